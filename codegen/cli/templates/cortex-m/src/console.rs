//! Where text goes: to the debug probe (RTT), or with the feature `semihosting` to whoever runs the emulator.

#[cfg(feature = "semihosting")]
pub use cortex_m_semihosting::hprintln as println;
#[cfg(not(feature = "semihosting"))]
pub use rtt_target::rprintln as println;

use panic_halt as _;

/// Whether this is for an emulator.
pub const IS_EMULATED: bool = cfg!(feature = "semihosting");

pub fn open() {
    #[cfg(not(feature = "semihosting"))]
    rtt_target::rtt_init_print!();
}

/// Nothing is left to do: an emulator ends, and says whether all is well.
pub fn close(_well: bool) -> ! {
    #[cfg(feature = "semihosting")]
    {
        use cortex_m_semihosting::debug;
        let status = if _well {
            debug::EXIT_SUCCESS
        } else {
            debug::EXIT_FAILURE
        };
        debug::exit(status);
    }
    loop {
        cortex_m::asm::wfi();
    }
}
