//! Local response normalisation across channels.

use super::super::math;
use super::blocks::{blocks, blocks_mut};

/// How much neighbouring channels inhibit each other, in rows of `channels` elements.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lrn {
    /// Channels of `x` and `y`: their last dimension.
    pub channels: usize,
    /// Channels summed over, the own one in the middle (of an even number, just before it).
    pub size: usize,
    /// Factor of the mean square.
    pub alpha: f32,
    /// Exponent.
    pub beta: f32,
    /// Added to the mean square.
    pub bias: f32,
}

/// `y = x / (bias + alpha / size · Σ x²)^beta`, the sum being over the channels nearby.
pub fn lrn_f32(p: &Lrn, x: &[f32], y: &mut [f32]) {
    debug_assert_eq!(x.len(), y.len());
    let before = p.size.saturating_sub(1) / 2;
    let scale = p.alpha / p.size as f32;
    for (x, y) in blocks(x, p.channels).zip(blocks_mut(y, p.channels)) {
        for (c, (y, &own)) in y.iter_mut().zip(x).enumerate() {
            let end = (c + p.size).saturating_sub(before).min(x.len());
            let near = x.get(c.saturating_sub(before)..end).unwrap_or(&[]);
            let sum = near.iter().fold(0.0, |sum, x| sum + x * x);
            *y = own / power(p.bias + scale * sum, p.beta);
        }
    }
}

/// `x^beta`; by roots for 3/4, the value that networks use.
#[inline(always)]
fn power(x: f32, beta: f32) -> f32 {
    if beta == 0.75 {
        let root = math::sqrt(x);
        root * math::sqrt(root)
    } else {
        math::pow(x, beta)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn it_equals_the_definition() {
        for (channels, size, beta) in [(8, 5, 0.75), (7, 4, 0.5), (3, 9, 0.75), (5, 1, 1.3)] {
            let p = Lrn {
                channels,
                size,
                alpha: 0.3,
                beta,
                bias: 1.5,
            };
            let x: Vec<f32> = (0..channels * 3)
                .map(|i| (i * 37 % 23) as f32 - 11.0)
                .collect();
            let mut y = std::vec![0.0; x.len()];
            lrn_f32(&p, &x, &mut y);
            for (i, &got) in y.iter().enumerate() {
                let (row, c) = (i / channels * channels, (i % channels) as isize);
                let (lo, hi) = (c - (size as isize - 1) / 2, c + size as isize / 2);
                let sum: f64 = (lo.max(0)..=hi.min(channels as isize - 1))
                    .map(|c| f64::from(x[row + c as usize]).powi(2))
                    .sum();
                let base = 1.5 + f64::from(p.alpha) / size as f64 * sum;
                let want = f64::from(x[i]) / base.powf(f64::from(beta));
                assert!(
                    (f64::from(got) - want).abs() < 1e-5,
                    "{p:?}: {got}, not {want}"
                );
            }
        }
    }
}
