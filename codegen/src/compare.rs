//! How far an answer is from the one it should be, and how far it may be.
//!
//! A float may be off by 1e-4 of its own value and 1e-5 of the range of its tensor together: sums in another
//! order round differently. Anything else must be equal.

use mlc_compiler::tensor::{DType, Tensor};
use serde::Serialize;

/// What a float may be off by, as a part of its value.
pub const RELATIVE: f64 = 1e-4;
/// What it may be off by besides, as a part of the range of the tensor.
pub const ABSOLUTE: f64 = 1e-5;

/// The difference of two tensors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The largest difference of two elements.
    pub absolute: f64,
    /// The largest difference of two elements in relation to the right one, or to a thousandth of the range
    /// where that is more.
    pub relative: f64,
    /// The largest difference in units of what is allowed: up to 1 is right.
    pub of_tolerance: f64,
    /// The range of what is right, from the least to the greatest element.
    pub range: f64,
}

impl Difference {
    /// How `found` differs from `expected`; infinitely if types, shapes or NaNs do.
    pub fn of(found: &Tensor, expected: &Tensor) -> Self {
        let values = found.to_vec::<f64>().zip(expected.to_vec::<f64>());
        match values.filter(|_| found.ty == expected.ty) {
            Some((found, expected_values)) => {
                let exact = !matches!(expected.ty.dtype, DType::F32 | DType::F64);
                Difference::of_values(&found, &expected_values, exact)
            }
            None if found.identical(expected) => Difference::of_values(&[], &[], true),
            None => Difference {
                absolute: f64::INFINITY,
                relative: f64::INFINITY,
                of_tolerance: f64::INFINITY,
                range: 0.0,
            },
        }
    }

    fn of_values(found: &[f64], expected: &[f64], exact: bool) -> Self {
        let finite = expected.iter().copied().filter(|x| x.is_finite());
        let ends = finite.fold(None, |ends: Option<(f64, f64)>, x| {
            let (low, high) = ends.unwrap_or((x, x));
            Some((low.min(x), high.max(x)))
        });
        let range = ends.map_or(0.0, |(low, high)| high - low);
        let mut difference = Difference {
            absolute: 0.0,
            relative: 0.0,
            of_tolerance: 0.0,
            range,
        };
        let pairs = found.iter().zip(expected);
        pairs.for_each(|(&found, &expected)| difference.element(found, expected, exact));
        difference
    }

    fn element(&mut self, found: f64, expected: f64, exact: bool) {
        if found == expected || found.is_nan() && expected.is_nan() {
            return;
        }
        let error = (found - expected).abs();
        let error = if error.is_nan() { f64::INFINITY } else { error };
        let allowed = match exact {
            true => 0.0,
            false => RELATIVE * expected.abs() + ABSOLUTE * self.range,
        };
        self.absolute = self.absolute.max(error);
        self.relative = self
            .relative
            .max(ratio(error, expected.abs().max(1e-3 * self.range)));
        self.of_tolerance = self.of_tolerance.max(ratio(error, allowed));
    }

    /// Whether it is within what is allowed.
    pub fn passes(&self) -> bool {
        self.of_tolerance <= 1.0
    }

    /// The larger of two, each figure on its own.
    pub fn max(&self, other: &Difference) -> Difference {
        Difference {
            absolute: self.absolute.max(other.absolute),
            relative: self.relative.max(other.relative),
            of_tolerance: self.of_tolerance.max(other.of_tolerance),
            range: self.range.max(other.range),
        }
    }
}

/// A quotient that is infinite, not NaN, where infinity is part of it or nothing is allowed.
fn ratio(error: f64, scale: f64) -> f64 {
    match error.is_finite() && scale > 0.0 {
        true => error / scale,
        false => f64::INFINITY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(found: [f32; 3], expected: [f32; 3]) -> Difference {
        Difference::of(&Tensor::new([3], &found), &Tensor::new([3], &expected))
    }

    #[test]
    fn what_is_allowed_grows_with_the_value_and_the_range() {
        assert_eq!(of([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]).of_tolerance, 0.0);
        assert!(of([0.0, 1.00011, 2.0], [0.0, 1.0, 2.0]).passes());
        assert!(!of([0.0, 1.00013, 2.0], [0.0, 1.0, 2.0]).passes());
        assert!(!of([0.000_03, 1.0, 2.0], [0.0, 1.0, 2.0]).passes());
    }

    #[test]
    fn a_nan_or_another_shape_never_passes() {
        let nan = f32::NAN;
        assert!(!of([nan, 1.0, 2.0], [0.0, 1.0, 2.0]).passes());
        assert!(!of([0.0, 1.0, 2.0], [nan, 1.0, 2.0]).passes());
        assert!(!of([0.0, 1.0, 2.0], [0.0, f32::INFINITY, 2.0]).passes());
        assert!(of([nan, f32::INFINITY, 2.0], [nan, f32::INFINITY, 2.0]).passes());
        let (row, column) = (
            Tensor::new([1, 2], &[0_f32; 2]),
            Tensor::new([2, 1], &[0_f32; 2]),
        );
        assert!(!Difference::of(&row, &column).passes());
    }

    #[test]
    fn integers_must_be_equal() {
        let tensor = |x: i64| Tensor::new([2], &[1_000_000, x]);
        assert!(Difference::of(&tensor(5), &tensor(5)).passes());
        assert!(!Difference::of(&tensor(5), &tensor(6)).passes());
    }
}
