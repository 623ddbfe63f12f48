//! The error function.

use super::{exp, polynomial};

/// `2/√π ∫₀ˣ exp(-t²) dt`: a polynomial near zero, beyond it one minus the exponential of a
/// polynomial that approaches the logarithm of the complement.
#[inline]
pub fn erf(x: f32) -> f32 {
    // (erf(x) - x) / x on |x| ≤ 0.92: relative error of erf 2^-26.
    const NEAR: [f32; 6] = [
        0.128_379_15,
        -0.376_124_98,
        0.112_818_46,
        -0.026_767_72,
        0.004_994_83,
        -5.999_405_4e-4,
    ];
    // log(1 - erf(t)) on 0.92..=3.95: relative error of erf 2^-29.3.
    const FAR: [f32; 7] = [
        -1.955_230_3e-4,
        -1.127_676_2,
        -0.637_181_16,
        -0.103_932_53,
        0.022_227_37,
        -0.003_043_330_3,
        1.959_487_4e-4,
    ];
    let t = if x.abs() > 3.95 { 3.95 } else { x.abs() };
    if t < 0.92 {
        x + x * polynomial(x * x, NEAR)
    } else {
        (1.0 - exp(polynomial(t, FAR))).copysign(x)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::accuracy::check;
    use super::*;

    /// The series of positive terms `2/√π exp(-x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!`.
    fn reference(x: f64) -> f64 {
        if x.abs() > 5.0 {
            return x.signum();
        }
        let (mut sum, mut term) = (0.0, x);
        for n in 1..200 {
            sum += term;
            term *= 2.0 * x * x / f64::from(2 * n + 1);
        }
        core::f64::consts::FRAC_2_SQRT_PI * (-x * x).exp() * sum
    }

    #[test]
    fn error_function() {
        check(erf, reference, -4.5, 4.5, 1.25);
    }
}
