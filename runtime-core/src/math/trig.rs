//! Sine, cosine and tangent of every `f32`.
//!
//! Arguments above π/4 are reduced by the method of Payne and Hanek (*Radian reduction for
//! trigonometric functions*, SIGNUM Newsletter 18, 1983) in integers: it is exact for the largest
//! argument, and at three products of 32 bits no slower than several steps in `f32`.

use super::polynomial;
use core::f32::consts::FRAC_PI_4;

/// 2/π in binary, after 32 zero bits: the word of weight 2^0 and those below.
const TWO_OVER_PI: [u32; 8] = [
    0,
    0xa2f9_836e,
    0x4e44_1529,
    0xfc27_57d1,
    0xf534_ddc0,
    0xdb62_9599,
    0x3c43_9041,
    0xfe51_63ab,
];

/// π/2 · 2^31.
const HALF_PI: u64 = 0xc90f_daa2;

/// `(q, r)` such that `x = q π/2 + r` up to multiples of 2π, with `|r| ≤ π/4`.
#[inline]
fn reduce(x: f32) -> (u32, f32) {
    if x.abs() <= FRAC_PI_4 {
        return (0, x);
    }
    let (quadrant, r) = reduce_magnitude(x.to_bits() & 0x7fff_ffff);
    if x < 0.0 {
        (quadrant.wrapping_neg(), -r)
    } else {
        (quadrant, r)
    }
}

/// [`reduce`] for the positive number with those bits, which is above π/4.
fn reduce_magnitude(bits: u32) -> (u32, f32) {
    if bits >= 0x7f80_0000 {
        return (0, f32::NAN);
    }
    // |x| = mantissa · 2^(exponent - 150); bits of 2/π that only add multiples of 4 are skipped.
    let mantissa = u64::from(bits & 0x7f_ffff | 0x80_0000);
    let skip = (bits >> 23).wrapping_sub(120);
    let window = TWO_OVER_PI
        .get((skip >> 5) as usize..)
        .and_then(|words| words.first_chunk::<4>())
        .unwrap_or(&[0; 4]);
    let word = |hi: u32, lo: u32| {
        let pair = u64::from(hi) << 32 | u64::from(lo);
        (pair << (skip & 31)) >> 32
    };
    let [a, b, c, d] = *window;
    let high = (mantissa * word(a, b)) << 32;
    let low = (mantissa * word(c, d)) >> 32;
    // |x| · 2/π modulo 4, with 62 bits after the point.
    let turns = high.wrapping_add(mantissa * word(b, c)).wrapping_add(low);
    let quadrant = (turns.wrapping_add(1 << 61) >> 62) as u32;
    let rest = turns.wrapping_sub(u64::from(quadrant) << 62) as i64;
    (quadrant, radians(rest))
}

/// `rest · 2^-62 · π/2`, rounded once.
#[inline]
fn radians(rest: i64) -> f32 {
    let magnitude = rest.unsigned_abs();
    let shift = magnitude.leading_zeros();
    let digits = magnitude.checked_shl(shift).unwrap_or(0) >> 32;
    let product = digits * HALF_PI;
    // Of 64 bits, the upper 32 hold more than an f32 keeps; the others decide a tie.
    let sticky = u32::from(product as u32 != 0);
    let rounded = ((product >> 32) as u32 | sticky) as f32;
    // rest · 2^-62 = digits · 2^(-30 - shift), less what was cut off.
    let r = rounded * f32::from_bits(127u32.wrapping_sub(29 + shift) << 23);
    if rest < 0 { -r } else { r }
}

/// Sine on `|r| ≤ π/4`: relative error 2^-28.
#[inline(always)]
fn sin_reduced(r: f32) -> f32 {
    const P: [f32; 3] = [-0.166_666_55, 0.008_332_158, -1.951_495_8e-4];
    let square = r * r;
    r + r * square * polynomial(square, P)
}

/// Cosine on `|r| ≤ π/4`: relative error 2^-33.
#[inline(always)]
fn cos_reduced(r: f32) -> f32 {
    const P: [f32; 3] = [0.041_666_646, -0.001_388_731_3, 2.443_278_6e-5];
    let square = r * r;
    (1.0 - 0.5 * square) + square * square * polynomial(square, P)
}

/// The sine of `r` plus `quadrant` right angles.
#[inline(always)]
fn sin_of(quadrant: u32, r: f32) -> f32 {
    let y = if quadrant & 1 == 0 {
        sin_reduced(r)
    } else {
        cos_reduced(r)
    };
    if quadrant & 2 == 0 { y } else { -y }
}

/// The sine of an angle in radians; NaN of an infinite one.
#[inline]
pub fn sin(x: f32) -> f32 {
    let (quadrant, r) = reduce(x);
    sin_of(quadrant, r)
}

/// The cosine of an angle in radians; NaN of an infinite one.
#[inline]
pub fn cos(x: f32) -> f32 {
    let (quadrant, r) = reduce(x);
    sin_of(quadrant.wrapping_add(1), r)
}

/// The tangent of an angle in radians; NaN of an infinite one.
#[inline]
pub fn tan(x: f32) -> f32 {
    // Relative error 2^-25.7.
    const P: [f32; 6] = [
        0.333_331_56,
        0.133_388_34,
        0.053_408_39,
        0.024_440_64,
        0.003_102_767_7,
        0.009_395_727,
    ];
    let (quadrant, r) = reduce(x);
    let square = r * r;
    let y = r + r * square * polynomial(square, P);
    if quadrant & 1 == 0 { y } else { -1.0 / y }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    #[test]
    fn trigonometric_functions() {
        check(sin, f64::sin, -10.0, 10.0, 1.6);
        check(cos, f64::cos, -10.0, 10.0, 1.6);
        check(tan, f64::tan, -10.0, 10.0, 2.5);
    }

    #[test]
    fn the_worst_case_of_the_reduction_is_right() {
        // The f32 nearest to a multiple of π/2, relative to its magnitude.
        let x = 16_367_173.0 * 2f32.powi(72);
        assert_eq!(cos(x), f64::cos(f64::from(x)) as f32);
    }
}
