//! Watching a network run, layer by layer: what each takes by a clock of the caller's, and which bytes it writes.
//!
//! A network tells its watch where layers begin and end. One that listens to nothing, such as `()`, costs nothing: what is
//! compiled is what it would be without.

/// A counter that goes up steadily, such as one of a core's cycles.
pub trait Clock {
    /// What it shows.
    fn now(&mut self) -> u64;
}

/// Who watches. Layers are numbered from 0, in the order of `LAYERS`; one that runs row by row begins and ends with each row.
pub trait Watch {
    /// A layer begins.
    fn begin(&mut self, _layer: usize) {}

    /// A layer ended.
    fn end(&mut self, _layer: usize) {}

    /// What a layer that ended has written: all of a tensor, or the next row of it; of one that adds up rows, the sum so far.
    fn wrote(&mut self, _layer: usize, _bytes: &[u8]) {}
}

impl Watch for () {}

/// What each of some layers takes by a clock.
pub struct Profile<'a, C, const LAYERS: usize> {
    clock: &'a mut C,
    began: u64,
    /// What layers took so far, in the clock's unit.
    pub ticks: [u64; LAYERS],
}

impl<'a, C: Clock, const LAYERS: usize> Profile<'a, C, LAYERS> {
    /// Before anything took any time.
    pub fn new(clock: &'a mut C) -> Self {
        Profile {
            clock,
            began: 0,
            ticks: [0; LAYERS],
        }
    }
}

impl<C: Clock, const LAYERS: usize> Watch for Profile<'_, C, LAYERS> {
    fn begin(&mut self, _layer: usize) {
        self.began = self.clock.now();
    }

    fn end(&mut self, layer: usize) {
        let took = self.clock.now().wrapping_sub(self.began);
        if let Some(ticks) = self.ticks.get_mut(layer) {
            *ticks = ticks.wrapping_add(took);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goes up by one more each time.
    struct Faster(u64, u64);

    impl Clock for Faster {
        fn now(&mut self) -> u64 {
            self.1 += 1;
            self.0 += self.1;
            self.0
        }
    }

    #[test]
    fn layers_take_what_the_clock_says_over_all_rows() {
        let mut clock = Faster(0, 0);
        let mut profile = Profile::<_, 2>::new(&mut clock);
        // The clock goes up by 2, by 4, by 6 and by 8 from a beginning to an end.
        for layer in [0, 1, 0, 2] {
            profile.begin(layer);
            profile.end(layer);
        }
        assert_eq!(profile.ticks, [2 + 6, 4]);
    }
}
