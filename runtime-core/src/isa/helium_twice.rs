//! Helium: sums whose products are rounded twice, as TensorFlow Lite does it.
//!
//! `vqrdmulh` is its first rounding. Shifts of channels are words, to the left, so that they are fewer than none.

/// Rounds high words of products a second time, halves away from zero, and adds what stands for 0. One more register is
/// used.
#[allow(unused_macros, reason = "only loops in assembly have it")]
macro_rules! rounded {
    ($high:literal, $used:literal, $shifts:literal, $offset:literal) => {
        concat!(
            "vshr.s32 ",
            $used,
            ", ",
            $high,
            ", #31\n",
            "vadd.i32 ",
            $high,
            ", ",
            $high,
            ", ",
            $used,
            "\n",
            "vrshl.s32 ",
            $high,
            ", ",
            $high,
            ", ",
            $shifts,
            "\n",
            "vadd.i32 ",
            $high,
            ", ",
            $high,
            ", ",
            $offset,
            "\n",
        )
    };
}
#[allow(unused_imports, reason = "only loops in assembly have it")]
pub(super) use rounded;

/// The other half: what twins go by.
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
mod twin {
    use super::super::super::kernels::packed::finish::{Finish, Scale};

    /// The multipliers of channels, and their shifts to the left if there are any.
    pub(in super::super) struct Scales<'a, const N: usize> {
        multipliers: &'a [i32; N],
        shifts: Option<&'a [i32; N]>,
    }

    impl<'a, const N: usize> Scales<'a, N> {
        /// Those at the end of constants, and what is before them.
        pub(in super::super) fn of(
            packed: &'a [i32],
            finish: &Finish,
        ) -> Option<(&'a [i32], Self)> {
            let (packed, shifts) = match finish.twice() {
                true => packed.split_last_chunk::<N>().map(|(p, s)| (p, Some(s)))?,
                false => (packed, None),
            };
            let (packed, multipliers) = packed.split_last_chunk::<N>()?;
            let scales = Scales {
                multipliers,
                shifts,
            };
            Some((packed, scales))
        }

        pub(in super::super) fn each(&self) -> impl Iterator<Item = Scale> {
            let shift = |c: usize| self.shifts.and_then(|shifts| shifts.get(c));
            let scale = move |(c, &multiplier)| Scale {
                multiplier,
                shift: !shift(c).copied().unwrap_or(-1) as u8,
            };
            self.multipliers.iter().enumerate().map(scale)
        }
    }
}
#[cfg(not(all(
    target_arch = "arm",
    target_has_atomic = "32",
    not(any(target_os = "linux", target_os = "android"))
)))]
pub(super) use twin::Scales;
