//! What every shell must compute, in plain arithmetic.

/// The square root, correctly rounded, digit by digit in integers.
///
/// The mantissa's root is built from the highest bit down, each bit kept if the square still fits
/// (as in the long-hand method); the remainder then tells which way to round.
pub fn sqrt(x: f32) -> f32 {
    if x == 0.0 || x.is_nan() || x == f32::INFINITY {
        return x;
    }
    if x < 0.0 {
        return f32::NAN;
    }
    let (exponent, mantissa) = normalise(x.to_bits());
    // An even exponent is halved; the odd one lends a factor of two to the mantissa.
    let odd = (exponent & 1) as u32;
    let (root, remainder) = root(mantissa << odd);
    // 25 bits of root: 24 and one that, with the remainder, decides; a root is never a tie.
    let rounded = (root >> 1) + (root & 1 & u32::from(remainder != 0));
    let biased = ((exponent - odd as i32) >> 1) + 126;
    f32::from_bits(((biased as u32) << 23).wrapping_add(rounded))
}

/// `(e, m)` such that the positive finite number with those bits is `m · 2^(e - 23)`, `m` of 24 bits.
#[inline]
fn normalise(bits: u32) -> (i32, u32) {
    let (biased, fraction) = ((bits >> 23) as i32, bits & 0x7f_ffff);
    if biased == 0 {
        let shift = fraction.leading_zeros() as i32 - 8;
        (-126 - shift, fraction << shift)
    } else {
        (biased - 127, fraction | 0x80_0000)
    }
}

/// The integer square root of `m · 2^25`, and what remains of it.
#[inline]
fn root(m: u32) -> (u32, u32) {
    let (mut remainder, mut root, mut m) = (0u32, 0u32, u64::from(m) << 25);
    for _ in 0..25 {
        remainder = remainder << 2 | (m >> 48) as u32 & 3;
        m <<= 2;
        root <<= 1;
        let trial = root << 1 | 1;
        if remainder >= trial {
            remainder -= trial;
            root |= 1;
        }
    }
    (root, remainder)
}

/// `sums[p][j] += x[p][k] * w[k][j]` in order of `k`, each product and each sum rounded.
#[inline(always)]
pub fn add_float_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[f32; L]; P],
    x: &[[f32; K]; P],
    w: &[[f32; L]; K],
) {
    each_product(sums, x, w, |sum, x, w| sum + x * w);
}

/// `totals[p][j] += sums[p][j] * scales[j]`, each product and each sum rounded.
#[inline(always)]
pub fn add_scaled<const P: usize, const L: usize>(
    totals: &mut [[f32; L]; P],
    sums: &[[f32; L]; P],
    scales: &[f32; L],
) {
    for (totals, sums) in totals.iter_mut().zip(sums) {
        for ((total, sum), scale) in totals.iter_mut().zip(sums).zip(scales) {
            *total += sum * scale;
        }
    }
}

/// `sums[p][j] += Σk x[p][k] * w[k][j]` modulo 2³².
#[inline(always)]
pub fn add_products<const P: usize, const L: usize, const K: usize>(
    sums: &mut [[i32; L]; P],
    x: &[[i16; K]; P],
    w: &[[i16; L]; K],
) {
    each_product(sums, x, w, |sum, x, w| {
        sum.wrapping_add(i32::from(x).wrapping_mul(i32::from(w)))
    });
}

/// `sums[p][j] = add(sums[p][j], x[p][k], w[k][j])`, in order of `k`.
#[inline(always)]
pub fn each_product<S: Copy, F: Copy, const P: usize, const L: usize, const K: usize>(
    sums: &mut [[S; L]; P],
    x: &[[F; K]; P],
    w: &[[F; L]; K],
    add: impl Fn(S, F, F) -> S,
) {
    for (k, w) in w.iter().enumerate() {
        for (sums, x) in sums.iter_mut().zip(x) {
            let Some(&x) = x.get(k) else { return };
            for (sum, &w) in sums.iter_mut().zip(w) {
                *sum = add(*sum, x, w);
            }
        }
    }
}

/// Bytes as numbers of 16 bits.
#[inline(always)]
pub fn shorts_of_bytes<const L: usize>(x: &[i8; L]) -> [i16; L] {
    let mut shorts = [0; L];
    for (to, &from) in shorts.iter_mut().zip(x) {
        *to = from.into();
    }
    shorts
}

/// Bytes as floats.
#[inline(always)]
pub fn floats_of_bytes<const L: usize>(x: &[i8; L]) -> [f32; L] {
    let mut floats = [0.0; L];
    for (to, &from) in floats.iter_mut().zip(x) {
        *to = from.into();
    }
    floats
}
