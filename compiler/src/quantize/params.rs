//! Scales and zero points: `real = scale · (stored − zero)`, as ONNX's `QuantizeLinear` and `DequantizeLinear` have it.

use crate::tensor::{DType, Tensor};
use serde::Serialize;

/// How activations are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// In 8 bits, with a zero point.
    Int8,
    /// In 16 bits, symmetric around zero.
    Int16,
}

impl Precision {
    /// The least and the greatest number that is stored.
    pub(super) fn limits(self) -> (i32, i32) {
        match self {
            Precision::Int8 => (i8::MIN.into(), i8::MAX.into()),
            Precision::Int16 => (i16::MIN.into(), i16::MAX.into()),
        }
    }
}

/// How an activation is quantised.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Params {
    /// How its elements are stored.
    pub precision: Precision,
    /// The step between neighbouring numbers.
    pub scale: f32,
    /// What stands for 0.
    pub zero: i32,
}

impl Params {
    /// Parameters for numbers from `lo` to `hi`, widened so that 0 is among them; it is stored exactly.
    pub(super) fn of_range((lo, hi): (f32, f32), precision: Precision) -> Self {
        let (lo, hi) = (lo.min(0.0), hi.max(0.0));
        let (least, greatest) = precision.limits();
        let (scale, zero) = match precision {
            Precision::Int8 => {
                let scale = step((hi - lo) / (greatest - least) as f32);
                let zero = (least as f32 - lo / scale).round_ties_even() as i32;
                (scale, zero.clamp(least, greatest))
            }
            Precision::Int16 => (step(hi.max(-lo) / greatest as f32), 0),
        };
        Params {
            precision,
            scale,
            zero,
        }
    }

    /// What is stored for `x`.
    pub(super) fn store(&self, x: f32) -> i32 {
        let (least, greatest) = self.precision.limits();
        // Floats convert with saturation, and NaN to 0.
        let rounded = (x / self.scale).round_ties_even() as i32;
        rounded.saturating_add(self.zero).clamp(least, greatest)
    }

    /// What remains of `x` after it was stored.
    pub(super) fn round(&self, x: f32) -> f32 {
        (self.store(x) - self.zero) as f32 * self.scale
    }

    /// What remains of a tensor of floats after it was stored; any other tensor stays as it is.
    pub(super) fn round_tensor(&self, tensor: &Tensor) -> Tensor {
        match tensor.values::<f32>() {
            Some(values) => {
                let rounded: Vec<f32> = values.iter().map(|&x| self.round(x)).collect();
                Tensor::new(tensor.ty.shape.clone(), &rounded)
            }
            None => tensor.clone(),
        }
    }

    /// What is stored for a tensor of floats.
    pub(super) fn store_tensor(&self, shape: &[usize], values: &[f32]) -> Tensor {
        let stored = values.iter().map(|&x| self.store(x));
        match self.precision {
            Precision::Int8 => Tensor::new(shape, &stored.map(|q| q as i8).collect::<Vec<_>>()),
            Precision::Int16 => Tensor::new(shape, &stored.map(|q| q as i16).collect::<Vec<_>>()),
        }
    }

    /// The zero point as a tensor, whose type is that of what is stored.
    pub(super) fn zero_point(&self) -> Tensor {
        match self.precision {
            Precision::Int8 => Tensor::scalar(self.zero as i8),
            Precision::Int16 => Tensor::scalar(self.zero as i16),
        }
    }

    /// The type of what is stored.
    pub fn dtype(&self) -> DType {
        match self.precision {
            Precision::Int8 => DType::I8,
            Precision::Int16 => DType::I16,
        }
    }
}

/// A step that can be divided by: where all numbers are 0, any will do.
fn step(scale: f32) -> f32 {
    if scale >= f32::MIN_POSITIVE && scale.is_finite() {
        scale
    } else {
        1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_exact_and_ends_are_reached() {
        for range in [
            (-1.0, 3.0),
            (0.0, 6.0),
            (2.0, 5.0),
            (-4.0, -1.0),
            (0.0, 0.0),
        ] {
            for precision in [Precision::Int8, Precision::Int16] {
                let p = Params::of_range(range, precision);
                assert_eq!(p.round(0.0), 0.0);
                for x in [range.0, range.1] {
                    assert!((p.round(x) - x).abs() <= 0.501 * p.scale, "{p:?} {x}");
                }
            }
        }
    }

    #[test]
    fn halves_go_to_the_even_neighbour_and_what_is_too_large_saturates() {
        let p = Params {
            precision: Precision::Int8,
            scale: 1.0,
            zero: 3,
        };
        let stored = [0.5, 1.5, -0.5, 1e30, -1e30, f32::NAN].map(|x| p.store(x));
        assert_eq!(stored, [3, 5, 3, 127, -128, 3]);
    }
}
