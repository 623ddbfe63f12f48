//! A clock of the core's cycles, which every Cortex-M has: SysTick, whose 24 bits are extended by an interrupt.

use core::sync::atomic::{AtomicU32, Ordering};
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

/// How often the counter began anew.
static TURNS: AtomicU32 = AtomicU32::new(0);

/// What the counter begins with.
const MOST: u32 = 0x00ff_ffff;

pub struct Clock(SYST);

impl Clock {
    pub fn start(mut counter: SYST) -> Self {
        counter.set_clock_source(SystClkSource::Core);
        counter.set_reload(MOST);
        counter.clear_current();
        counter.enable_counter();
        counter.enable_interrupt();
        Clock(counter)
    }

    /// Cycles since it started.
    pub fn cycles(&self) -> u64 {
        loop {
            let turns = TURNS.load(Ordering::Relaxed);
            let left = SYST::get_current();
            if turns == TURNS.load(Ordering::Relaxed) {
                return u64::from(turns) * (u64::from(MOST) + 1) + u64::from(MOST - left);
            }
        }
    }
}

#[exception]
fn SysTick() {
    // Nobody else writes it, so no exchange is needed, which small cores do not have.
    TURNS.store(
        TURNS.load(Ordering::Relaxed).wrapping_add(1),
        Ordering::Relaxed,
    );
}
