//! What a program needs around an emitted crate to run and be measured on an emulated
//! microcontroller: start-up code, the host's files through semihosting, a painted stack and marks
//! for the instruction counter. No dependencies, and nothing here can panic.
//!
//! A firmware is one line, the model's type and the names of its places:
//!
//! ```text
//! metal_support::firmware!(model::Digits, inputs: [image_mut], outputs: [scores]);
//! ```
//!
//! A network that borrows its arenas has these as well, with the constants of their sizes and sections of the image:
//!
//! ```text
//! metal_support::firmware!(model::Digits, inputs: [image_mut], outputs: [scores], arenas: [dtcm: DTCM_BYTES, ".bss.region.dtcm"]);
//! ```
//!
//! Built for the host, the same program reads and writes the same files, and measures nothing.
#![cfg_attr(target_os = "none", no_std)]

#[cfg(target_os = "none")]
mod boot;
#[cfg(not(target_os = "none"))]
mod host;
#[cfg(target_os = "none")]
mod measure;
mod plain;
#[cfg(target_os = "none")]
mod semihost;

#[cfg(not(target_os = "none"))]
pub use host::{File, Stack, main, region, report};
#[cfg(target_os = "none")]
pub use measure::{Stack, region};
pub use plain::{Memory, Plain};
#[cfg(target_os = "none")]
pub use semihost::{File, report};

/// What went wrong, in words.
pub struct Failure(pub &'static core::ffi::CStr);

#[cfg(target_os = "none")]
unsafe extern "C" {
    /// Defined nowhere. An image that has any reachable panic refers to it, and so does not link.
    safe fn image_has_a_panic_path() -> !;
}

#[cfg(target_os = "none")]
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    image_has_a_panic_path()
}

/// Makes `net` a network that lies in a static, or whose arenas do, each in its section.
#[doc(hidden)]
#[macro_export]
macro_rules! network {
    ($name:ident, $krate:ident :: $net:ident, []) => {
        static mut NET: $krate::$net = $krate::$net::new();
        // SAFETY: start-up calls this function once, and nothing else names NET.
        let $name = unsafe { &mut *(&raw mut NET) };
    };
    ($name:ident, $krate:ident :: $net:ident, [$($arena:ident: $bytes:ident, $section:literal),+]) => {
        $(let $arena = {
            #[cfg_attr(target_os = "none", unsafe(link_section = $section))]
            static mut ARENA: $krate::Arena<{ $krate::$bytes }> = $krate::Arena::new();
            // SAFETY: start-up calls this function once, and nothing else names this ARENA.
            unsafe { &mut *(&raw mut ARENA) }
        };)+
        let $name = &mut $krate::$net::new($($arena),+);
    };
}

/// The program: reads one set of inputs after another from `inputs.bin` until it ends, runs the
/// model on each and appends what it answers to `outputs.bin`; then prints what it cost.
///
/// With the firmware's feature `planted-panic`, an image holds a panic path and must not link.
#[macro_export]
macro_rules! firmware {
    (
        $krate:ident :: $net:ident, inputs: [$($input:ident),*], outputs: [$($output:ident),*]
        $(, arenas: [$($arena:ident: $bytes:ident, $section:literal),*])?
    ) => {
        $crate::firmware!(
            $krate::$net, [$($output),*], [$($($arena: $bytes, $section),*)?],
            |inputs, net| true $(&& inputs.read(net.$input())?)*,
            |net| net.infer()
        );
    };
    // The input comes row by row: as a whole it lies beside the network.
    (
        $krate:ident :: $net:ident, rows: [$element:ty; $len:expr], outputs: [$($output:ident),*]
        $(, arenas: [$($arena:ident: $bytes:ident, $section:literal),*])?
    ) => {
        static mut INPUT: [$element; $len] = [0 as $element; $len];
        $crate::firmware!(
            $krate::$net, [$($output),*], [$($($arena: $bytes, $section),*)?],
            // SAFETY: nothing else names INPUT, and neither reference outlives its expression.
            |inputs, _net| inputs.read(unsafe { &mut *(&raw mut INPUT) })?,
            |net| _ = net.run(unsafe { &*(&raw const INPUT) })
        );
    };
    (
        $krate:ident :: $net:ident, [$($output:ident),*], [$($arena:ident: $bytes:ident, $section:literal),*],
        |$inputs:ident, $read_net:ident| $read:expr, |$run_net:ident| $run:expr
    ) => {
        #[unsafe(no_mangle)]
        fn firmware_main() -> Result<(), $crate::Failure> {
            $crate::network!(net, $krate::$net, [$($arena: $bytes, $section),*]);
            let $inputs = $crate::File::open(c"inputs.bin")?;
            let outputs = $crate::File::create(c"outputs.bin")?;
            let stack = $crate::Stack::paint();
            loop {
                let $read_net = &mut *net;
                if !($read) {
                    break;
                }
                let $run_net = &mut *net;
                $crate::region(|| $run);
                $(outputs.write(net.$output())?;)*
            }
            $crate::report(c"stack_bytes ", stack.used()? as u64);
            $crate::report(c"arena_bytes ", $krate::ARENA_BYTES as u64);
            $crate::report(c"weight_bytes ", $krate::WEIGHT_BYTES as u64);
            $crate::report(c"macs ", $krate::MACS as u64);
            #[cfg(feature = "planted-panic")]
            core::assert!(core::hint::black_box(true));
            Ok(())
        }

        #[cfg(not(target_os = "none"))]
        fn main() -> std::process::ExitCode {
            $crate::main(firmware_main)
        }
    };
}

/// A program that makes calls, one after the other: reads the operands of each from `inputs.bin` as they lie in memory, each
/// with a guard behind it, and appends what is there afterwards to `outputs.bin`.
#[macro_export]
macro_rules! calls {
    (
        guard: $guard:literal, most: $most:literal,
        $($words:literal: $kernel:path, $params:expr, [$($operand:ty: $len:literal),*];)*
    ) => {
        /// Makes a call on its operands.
        type Call = fn($crate::Memory<'_>) -> Option<()>;

        static CALLS: &[(usize, Call)] = &[$(
            ($words, |mut memory| {
                $kernel(&$params, $(memory.take::<$operand>($len, $guard)?),*);
                Some(())
            }),
        )*];

        #[unsafe(no_mangle)]
        fn firmware_main() -> Result<(), $crate::Failure> {
            static mut MEMORY: [u64; $most] = [0; $most];
            // SAFETY: start-up calls this function once, and nothing else names MEMORY.
            let memory = unsafe { &mut *(&raw mut MEMORY) };
            let inputs = $crate::File::open(c"inputs.bin")?;
            let outputs = $crate::File::create(c"outputs.bin")?;
            for (words, call) in CALLS {
                let too_few = $crate::Failure(c"the memory is too small for a call\n");
                let operands = memory.get_mut(..*words).ok_or(too_few)?;
                inputs.read(operands)?;
                let too_few = $crate::Failure(c"operands do not fit\n");
                call($crate::Memory::new(operands)).ok_or(too_few)?;
                outputs.write(operands)?;
            }
            Ok(())
        }
    };
}
