//! How sums of packed layers become elements: in few instructions, and with everything that can be known folded.

/// What is made of the sum of an output channel, whose multiplier is `m`:
///
/// * rounded once, `min(max((⌊sum · m / 2³²⌋ + offset) >> shift, lo), hi)`;
/// * rounded twice, as TensorFlow Lite does it, if `shift` is 0: each channel has a shift `s` of its own, and
///   `min(max((⌊2 · sum · m / 2³² + ½⌋ - [sum < 0] + (offset << s)) >> s >> 1, lo), hi)`. The first rounding leaves the
///   high word of the doubled product; the second takes halves away from zero, which is what a negative sum is less by.
///
/// The compiler has proved that nothing overflows, and that this is what the layer's own requantisation yields, for every
/// sum that there can be. Elements are signed here: those of `u8` are less by 128, as are `lo` and `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    /// The element that stands for 0, shifted left by `shift`, or by one, and a half of the last bit.
    pub offset: i32,
    /// Bits beyond the low word of products: 1 to 30; or 0 if channels have shifts of their own.
    pub shift: u32,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
    /// Whether elements are stored as `u8`, greater by 128.
    pub unsigned: bool,
}

/// What a sum is multiplied by.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Scale {
    /// The multiplier.
    pub multiplier: i32,
    /// The shift, where channels have their own.
    pub shift: u8,
}

impl Finish {
    /// Whether products are rounded twice.
    #[inline(always)]
    pub const fn twice(&self) -> bool {
        self.shift == 0
    }

    /// The signed element that a sum becomes whose product is rounded once.
    #[inline(always)]
    pub fn element(&self, sum: i32, multiplier: i32) -> i32 {
        let high = (i64::from(sum).wrapping_mul(i64::from(multiplier)) >> 32) as i32;
        let element = high.wrapping_add(self.offset).wrapping_shr(self.shift);
        element.max(self.lo).min(self.hi)
    }

    /// The same of one whose product is rounded twice.
    #[inline(always)]
    fn element_twice(&self, sum: i32, Scale { multiplier, shift }: Scale) -> i32 {
        let product = i64::from(sum).wrapping_mul(i64::from(multiplier));
        let high = (product.wrapping_add(1 << 30) >> 31) as i32;
        let offset = self.offset.wrapping_shl(shift.into());
        let raised = high.wrapping_add(offset).wrapping_add(sum >> 31);
        let element = raised.wrapping_shr(shift.into()) >> 1;
        element.max(self.lo).min(self.hi)
    }

    /// The byte that a sum becomes.
    #[inline(always)]
    pub fn byte(&self, sum: i32, scale: Scale) -> u8 {
        let element = match self.twice() {
            false => self.element(sum, scale.multiplier),
            true => self.element_twice(sum, scale),
        };
        element as u8 ^ if self.unsigned { 0x80 } else { 0 }
    }

    /// Whether saturation to 8 bits is all that becomes of an element.
    #[inline(always)]
    pub fn saturates(&self) -> bool {
        self.lo == i8::MIN.into() && self.hi == i8::MAX.into() && !self.unsigned
    }

    /// What bounds a byte `b`, after it was saturated to a signed one and its highest bit was turned over, by saturating
    /// operations on unsigned bytes: `b - [0]`, `+ [1]`, and then `- [2]`, which wraps.
    #[inline(always)]
    pub fn bounds(&self) -> [u32; 3] {
        let (lo, hi) = ((self.lo + 128) as u32, (self.hi + 128) as u32);
        let above = 255u32.wrapping_sub(hi);
        let sign = if self.unsigned { 0 } else { 0x80 };
        [lo, above.wrapping_add(lo), above.wrapping_add(sign) & 0xff]
    }
}

/// Scales of four channels as they are packed for most instruction sets: the multipliers, and where products are rounded
/// twice, a word of shifts.
#[cfg_attr(
    any(target_arch = "arm", target_arch = "riscv32"),
    allow(dead_code, reason = "only the twins of assembly go by it")
)]
#[inline(always)]
pub fn scale_of_four(packed: &[i32], channel: usize) -> Scale {
    let word = |at: usize| packed.get(at).copied().unwrap_or(0);
    let shifts = word(4).to_le_bytes();
    Scale {
        multiplier: word(channel),
        shift: shifts.get(channel).copied().unwrap_or(0),
    }
}

/// Words of constants that four channels take besides weights: biases, multipliers, and shifts if there are any.
pub const fn words_of_four(twice: bool) -> usize {
    4 + 4 + twice as usize
}

/// Chooses a kernel by how often it rounds, in a `match` that constant folding removes: `rounding!(p.finish, TWICE =>
/// conv2d::<Dsp<TWICE>>(p, x, y))`.
macro_rules! rounding {
    ($finish:expr, $twice:ident => $body:expr) => {
        match $finish.twice() {
            false => {
                const $twice: bool = false;
                $body
            }
            true => {
                const $twice: bool = true;
                $body
            }
        }
    };
}
pub(in super::super) use rounding;
