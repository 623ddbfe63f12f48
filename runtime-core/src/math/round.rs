//! Rounding to integers, and the remainder that goes with rounding down.

/// 2^23: from here on, every number is an integer.
const INTEGERS: f32 = 8_388_608.0;

/// The nearest integer, the even one of two; keeps the sign of zero.
///
/// The addition of 2^23 leaves no fraction bits, so that it rounds.
#[inline]
pub fn round_even(x: f32) -> f32 {
    let magnitude = x.abs();
    if magnitude < INTEGERS {
        ((magnitude + INTEGERS) - INTEGERS).copysign(x)
    } else {
        x
    }
}

/// The greatest integer not above `x`.
#[inline]
pub fn floor(x: f32) -> f32 {
    let nearest = round_even(x);
    if nearest > x { nearest - 1.0 } else { nearest }
}

/// The least integer not below `x`.
#[inline]
pub fn ceil(x: f32) -> f32 {
    -floor(-x)
}

/// The integer part of `x`.
#[inline]
pub fn trunc(x: f32) -> f32 {
    floor(x.abs()).copysign(x)
}

/// The remainder of `a / b` that has the sign of `b`, as `numpy.mod` has it.
#[inline]
pub fn floor_mod(a: f32, b: f32) -> f32 {
    let remainder = a % b;
    if remainder == 0.0 {
        remainder.copysign(b)
    } else if (remainder < 0.0) != (b < 0.0) {
        remainder + b
    } else {
        remainder
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::arguments;
    use super::*;

    fn agree(f: fn(f32) -> f32, want: fn(f32) -> f32) {
        for x in arguments(-20.0, 20.0) {
            let (got, want) = (f(x), want(x));
            let same = got.is_nan() && want.is_nan() || got.to_bits() == want.to_bits();
            assert!(same, "{x:e}: {got:e}, not {want:e}");
        }
    }

    #[test]
    fn rounding_is_exact() {
        agree(round_even, f32::round_ties_even);
        agree(floor, f32::floor);
        agree(ceil, f32::ceil);
        agree(trunc, f32::trunc);
    }

    #[test]
    fn remainders_have_the_sign_of_the_divisor() {
        let cases = [
            (5.5, 2.0, 1.5),
            (-5.5, 2.0, 0.5),
            (5.5, -2.0, -0.5),
            (-5.5, -2.0, -1.5),
        ];
        for (a, b, want) in cases {
            assert_eq!(floor_mod(a, b), want);
        }
        assert!(floor_mod(4.0, -2.0).is_sign_negative());
        assert!(floor_mod(1.0, 0.0).is_nan() && floor_mod(f32::NAN, 1.0).is_nan());
        assert_eq!(floor_mod(-1.0, f32::INFINITY), f32::INFINITY);
    }
}
