//! A QEMU plugin that counts, exactly, the instructions a guest executes between two marks.
//!
//! ```text
//! qemu-system-arm ... -plugin libqcount.so,begin=0x1234,end=0x1238,out=FILE
//! ```
//!
//! The marks are addresses of functions: counting starts when the block at `begin` has run, and stops
//! when the block at `end` is about to. Each region gives `out` a line `region N`; when the guest ends,
//! the lines `block ADDRESS N` say how many instructions of all regions were executed in the block of
//! code at that address: a profile without sampling.
//!
//! With `layers=0x1240:0x1244:..`, functions that do nothing, the line of a region goes on with a number for each of these:
//! how many of its instructions were executed after that function, and before another one of them. Those functions themselves
//! do not count.
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
    /// How many instructions it has.
    length: u64,
    /// The layer that begins with it, by number.
    layer: Option<usize>,
    /// How often it was executed inside regions.
    times: AtomicU64,
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
            blocks: Mutex::default(),
        })
    }

    fn execute(&self, block: &Block) {
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
        }
    }

    fn count_in_region(&self, so_far: u64, block: &Block) {
        if let Some(layer) = block.layer {
            return self.layer.store(layer, Relaxed);
        }
        self.count.store(so_far + block.length, Relaxed);
        block.times.fetch_add(1, Relaxed);
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
        let mut profile = BTreeMap::<u64, u64>::new();
        for block in self.blocks.lock().iter().flat_map(|blocks| blocks.iter()) {
            *profile.entry(block.address).or_default() += block.length * block.times.load(Relaxed);
        }
        for (address, count) in profile.into_iter().filter(|&(_, count)| count > 0) {
            self.write(&format!("block {address:#x} {count}"));
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
    let (address, length) = unsafe {
        (
            api::qemu_plugin_tb_vaddr(tb),
            api::qemu_plugin_tb_n_insns(tb),
        )
    };
    let block: &'static Block = Box::leak(Box::new(Block {
        address,
        length: length as u64,
        layer: counter.layers.iter().position(|&(at, _)| at == address),
        times: AtomicU64::new(0),
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
    counter.execute(unsafe { &*block.cast::<Block>() });
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
