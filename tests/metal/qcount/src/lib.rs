//! A QEMU plugin that counts, exactly, the instructions a guest executes between two marks.
//!
//! ```text
//! qemu-system-arm ... -plugin libqcount.so,begin=0x1234,end=0x1238,out=FILE
//! ```
//!
//! The marks are addresses of functions: counting starts when the block at `begin` has run, and stops
//! when the block at `end` is about to. Each region gives `out` a line `region N`; when the guest ends,
//! the lines `block ADDRESS LENGTH LAYER TIMES PASSED` say how often the block of code at that address, of so many
//! instructions, was executed in all regions, and how often the code behind it came next, so that its last branch was
//! not taken: a profile without sampling.
//!
//! With `layers=0x1240:0x1244:..`, functions that do nothing, the line of a region goes on with a number for each of these:
//! how many of its instructions were executed after that function, and before another one of them. Those functions themselves
//! do not count. Layers of blocks are numbered from 1; before the first, it is 0.
//!
//! QEMU executes translated blocks from their first instruction to their last, so counting whole blocks is exact
//! as long as no interrupt or fault leaves one early. Only what the plugin interface has had since
//! its first version is used.

mod api;

use std::collections::BTreeMap;
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, OnceLock};

/// The version of the plugin interface this is written to, which QEMU looks for.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static qemu_plugin_version: c_int = 1;

/// A translated block of the guest's code.
struct Block {
    address: u64,
    /// Where the code behind it begins.
    end: u64,
    /// How many instructions it has.
    length: u64,
    /// The layer that begins with it, by number.
    layer: Option<usize>,
    /// How often it was executed inside regions: before any layer, and in each.
    times: Vec<Times>,
}

/// How often a block was executed.
#[derive(Default)]
struct Times {
    all: AtomicU64,
    /// Of these, with the code behind it next.
    passed: AtomicU64,
}

struct Counter {
    begin: u64,
    end: u64,
    out: Mutex<BufWriter<File>>,
    /// Instructions in this region so far; [`OUTSIDE`] when there is none.
    count: AtomicU64,
    /// Where layers begin, and the instructions of each in this region so far.
    layers: Vec<(u64, AtomicU64)>,
    /// The layer that began last, by number; [`NONE`] before the first.
    layer: AtomicUsize,
    /// The block that was executed last in this region, and where it is counted.
    last: Mutex<Option<(&'static Block, usize)>>,
    /// Every block ever translated; QEMU keeps references to them.
    blocks: Mutex<Vec<&'static Block>>,
}

const OUTSIDE: u64 = u64::MAX;
const NONE: usize = usize::MAX;

static COUNTER: OnceLock<Counter> = OnceLock::new();

impl Counter {
    /// Reads `begin=`, `end=`, `out=` and, if it is there, `layers=`.
    fn from_arguments<'a>(arguments: impl Iterator<Item = &'a str>) -> Result<Self, String> {
        let given: BTreeMap<_, _> = arguments.filter_map(|a| a.split_once('=')).collect();
        let get = |name| {
            given
                .get(name)
                .ok_or_else(|| format!("`{name}=` is missing"))
        };
        let layers = given.get("layers").into_iter();
        let layers = layers.flat_map(|addresses| addresses.split(':'));
        let layer = |text| Ok((address(text)?, AtomicU64::new(0)));
        Ok(Self {
            begin: address(get("begin")?)?,
            end: address(get("end")?)?,
            out: Mutex::new(BufWriter::new(
                File::create(get("out")?).map_err(|e| e.to_string())?,
            )),
            count: AtomicU64::new(OUTSIDE),
            layers: layers.map(layer).collect::<Result<_, String>>()?,
            layer: AtomicUsize::new(NONE),
            last: Mutex::default(),
            blocks: Mutex::default(),
        })
    }

    fn execute(&self, block: &'static Block) {
        if block.address == self.end {
            self.finish_region();
        }
        let count = self.count.load(Relaxed);
        if count != OUTSIDE {
            self.count_in_region(count, block);
        }
        if block.address == self.begin {
            self.count.store(0, Relaxed);
            self.layer.store(NONE, Relaxed);
            self.follow(None);
        }
    }

    /// Takes note of the block that is executed now, and returns the one before it.
    fn follow(&self, block: Option<(&'static Block, usize)>) -> Option<(&'static Block, usize)> {
        // One processor executes one block after the other, so nothing waits for the lock, and nothing panics with it.
        let mut last = self.last.lock().ok()?;
        std::mem::replace(&mut *last, block)
    }

    fn count_in_region(&self, so_far: u64, block: &'static Block) {
        if let Some(layer) = block.layer {
            self.follow(None);
            return self.layer.store(layer, Relaxed);
        }
        self.count.store(so_far + block.length, Relaxed);
        // The number of no layer is the greatest, and the one after it 0.
        let place = self.layer.load(Relaxed).wrapping_add(1);
        block.times[place].all.fetch_add(1, Relaxed);
        let before = self.follow(Some((block, place)));
        if let Some((before, place)) = before.filter(|(before, _)| before.end == block.address) {
            before.times[place].passed.fetch_add(1, Relaxed);
        }
        if let Some((_, count)) = self.layers.get(self.layer.load(Relaxed)) {
            count.fetch_add(block.length, Relaxed);
        }
    }

    fn finish_region(&self) {
        let count = self.count.swap(OUTSIDE, Relaxed);
        if count != OUTSIDE {
            let layers = self.layers.iter().map(|(_, count)| count.swap(0, Relaxed));
            let layers = layers.map(|count| format!(" {count}"));
            self.write(&format!("region {count}{}", layers.collect::<String>()));
        }
    }

    fn write_profile(&self) {
        // Some blocks are translated more than once.
        let mut profile = BTreeMap::<(u64, u64, usize), (u64, u64)>::new();
        for block in self.blocks.lock().iter().flat_map(|blocks| blocks.iter()) {
            for (layer, times) in block.times.iter().enumerate() {
                let sums = profile.entry((block.address, block.length, layer));
                let (all, passed) = sums.or_default();
                *all += times.all.load(Relaxed);
                *passed += times.passed.load(Relaxed);
            }
        }
        profile.retain(|_, (all, _)| *all > 0);
        for ((address, length, layer), (all, passed)) in profile {
            self.write(&format!(
                "block {address:#x} {length} {layer} {all} {passed}"
            ));
        }
    }

    fn write(&self, line: &str) {
        let written = self.out.lock().map(|mut out| writeln!(out, "{line}"));
        if !matches!(written, Ok(Ok(()))) {
            eprintln!("qcount: cannot write to its file");
        }
    }
}

fn address(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text.trim_start_matches("0x"), 16).map_err(|e| format!("`{text}`: {e}"))
}

/// QEMU has translated a block: from now on each execution of it is seen.
extern "C" fn translated(_: u64, tb: *mut api::Tb) {
    let Some(counter) = COUNTER.get() else { return };
    // SAFETY: QEMU gives a block that is valid during this call.
    let (address, length, end) = unsafe {
        let length = api::qemu_plugin_tb_n_insns(tb);
        let last = api::qemu_plugin_tb_get_insn(tb, length.saturating_sub(1));
        let end = api::qemu_plugin_insn_vaddr(last) + api::qemu_plugin_insn_size(last) as u64;
        (api::qemu_plugin_tb_vaddr(tb), length, end)
    };
    let places = counter.layers.len() + 1;
    let block: &'static Block = Box::leak(Box::new(Block {
        address,
        end,
        length: length as u64,
        layer: counter.layers.iter().position(|&(at, _)| at == address),
        times: (0..places).map(|_| Times::default()).collect(),
    }));
    if let Ok(mut blocks) = counter.blocks.lock() {
        blocks.push(block);
    }
    let data = (&raw const *block).cast_mut().cast();
    // SAFETY: as above; the callback gets a block that lives for ever.
    unsafe { api::qemu_plugin_register_vcpu_tb_exec_cb(tb, executed, api::NO_REGISTERS, data) };
}

extern "C" fn executed(_: c_uint, block: *mut c_void) {
    let Some(counter) = COUNTER.get() else { return };
    // SAFETY: `translated` registered a block that lives for ever and is only shared.
    counter.execute(unsafe { &*block.cast::<Block>().cast_const() });
}

extern "C" fn ended(_: u64, _: *mut c_void) {
    let Some(counter) = COUNTER.get() else { return };
    counter.write_profile();
    if let Ok(mut out) = counter.out.lock() {
        let _ = out.flush();
    }
}

/// QEMU loads the plugin: reads its arguments and asks to see every block.
///
/// # Safety
/// `argv` holds `argc` texts, as QEMU promises.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    _: *const c_void,
    argc: c_int,
    argv: *const *const c_char,
) -> c_int {
    let count = usize::try_from(argc).unwrap_or(0);
    // SAFETY: the caller's promise.
    let texts = (0..count).map(|i| unsafe { CStr::from_ptr(*argv.add(i)) });
    match Counter::from_arguments(texts.filter_map(|text| text.to_str().ok())) {
        Ok(counter) => COUNTER.set(counter).map_or(-1, |()| register(id)),
        Err(message) => {
            eprintln!("qcount: {message}");
            -1
        }
    }
}

fn register(id: u64) -> c_int {
    // SAFETY: `id` is the one QEMU gave, and the callbacks live as long as the plugin.
    unsafe {
        api::qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        api::qemu_plugin_register_atexit_cb(id, ended, std::ptr::null_mut());
    }
    0
}
