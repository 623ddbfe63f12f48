//! How sums of packed layers become elements: in few instructions, and with everything that can be known folded.

/// What is made of the sum of an output channel, whose multiplier is `m`:
/// `min(max((⌊sum · m / 2³²⌋ + offset) >> shift, lo), hi)`.
///
/// The compiler has proved that nothing overflows, and that this is what the layer's own requantisation yields, for every
/// sum that there can be. Elements are signed here: those of `u8` are less by 128, as are `lo` and `hi`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Finish {
    /// The element that stands for 0, shifted left by `shift`, and a half of the last bit.
    pub offset: i32,
    /// Bits beyond the low word of products: 1 to 30.
    pub shift: u32,
    /// The least element.
    pub lo: i32,
    /// The greatest element.
    pub hi: i32,
    /// Whether elements are stored as `u8`, greater by 128.
    pub unsigned: bool,
}

impl Finish {
    /// The signed element that a sum becomes.
    #[inline(always)]
    pub fn element(&self, sum: i32, multiplier: i32) -> i32 {
        let high = (i64::from(sum).wrapping_mul(i64::from(multiplier)) >> 32) as i32;
        let element = high.wrapping_add(self.offset).wrapping_shr(self.shift);
        element.max(self.lo).min(self.hi)
    }

    /// The byte that a sum becomes.
    #[inline(always)]
    pub fn byte(&self, sum: i32, multiplier: i32) -> u8 {
        let bits = self.element(sum, multiplier) as u8;
        bits ^ if self.unsigned { 0x80 } else { 0 }
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
