//! The DSP extension of Armv7E-M and Armv8-M: sums whose products are rounded twice, as TensorFlow Lite does it.
//!
//! `smmlar` multiplies a doubled sum to the high word, rounds it, and adds what the channel's shift makes of the element
//! that stands for 0 and of a half; a negative sum is less by one before that.

/// Elements of 8 bits, of the doubled sums of one channel. The next multiplier is at `r1`; `r0` has the offset, `r2` the
/// shift of the channel, and that of the next one after it.
#[allow(unused_macros, reason = "only loops in assembly have it")]
macro_rules! twice {
    ($($sum:literal),*) => {
        concat!(
            "ldr r3, [r1], #4\n",
            "lsl r12, r0, r2\n",
            $(
                "add lr, r12, ", $sum, ", asr #31\n",
                "smmlar ", $sum, ", ", $sum, ", r3, lr\n",
            )*
            $("asr ", $sum, ", ", $sum, ", r2\n",)*
            $("ssat ", $sum, ", #8, ", $sum, ", asr #1\n",)*
            "lsr r2, r2, #8\n",
        )
    };
}
#[allow(unused_imports, reason = "only loops in assembly have it")]
pub(super) use twice;
