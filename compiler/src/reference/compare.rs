//! How far an answer is from the one it should be, and how far it may be.
//!
//! A float may be off by a part of its own value and a part of what its tensor spans together: sums in another order
//! round differently. Anything else must be equal.

use crate::tensor::{DType, Tensor};
use serde::Serialize;
use std::fmt;

/// What a float may be off by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Tolerance {
    /// As a part of its value.
    pub relative: f64,
    /// Besides.
    pub absolute: Absolute,
}

/// What a float may be off by, whatever its value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Absolute {
    /// So much.
    Number(f64),
    /// A part of what the tensor spans: of its range, or of its greatest magnitude where that is more, as it is where
    /// all elements are nearly the same.
    OfSpan(f64),
}

/// What a tensor of nothing but zeros spans as far as tolerances are concerned.
const SPAN_OF_ZEROS: f64 = 1e-2;

impl Default for Tolerance {
    fn default() -> Self {
        Tolerance {
            relative: 1e-4,
            absolute: Absolute::OfSpan(1e-5),
        }
    }
}

impl Tolerance {
    /// What an element may be off by in a tensor that spans so much.
    fn of(&self, expected: f64, span: f64) -> f64 {
        let absolute = match self.absolute {
            Absolute::Number(absolute) => absolute,
            Absolute::OfSpan(part) if span == 0.0 => part * SPAN_OF_ZEROS,
            Absolute::OfSpan(part) => part * span,
        };
        self.relative * expected.abs() + absolute
    }
}

impl fmt::Display for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:e} of the value + ", self.relative)?;
        match self.absolute {
            Absolute::Number(absolute) => write!(f, "{absolute:e}"),
            Absolute::OfSpan(part) => write!(f, "{part:e} of what the output spans"),
        }
    }
}

/// The difference of two tensors.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Difference {
    /// How many elements there are.
    pub elements: usize,
    /// How many are further off than they may be: of integers all that differ.
    pub beyond: usize,
    /// The mean of all elements' differences.
    pub mean: f64,
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
    pub fn of(found: &Tensor, expected: &Tensor, tolerance: Tolerance) -> Self {
        let values = found.to_vec::<f64>().zip(expected.to_vec::<f64>());
        match values.filter(|_| found.ty == expected.ty) {
            Some((found, expected_values)) => {
                let float = matches!(expected.ty.dtype, DType::F32 | DType::F64);
                Difference::of_values(&found, &expected_values, float.then_some(tolerance))
            }
            None if found.identical(expected) => Difference {
                elements: expected.ty.len(),
                ..Difference::default()
            },
            None => Difference {
                elements: expected.ty.len(),
                beyond: expected.ty.len(),
                mean: f64::INFINITY,
                absolute: f64::INFINITY,
                relative: f64::INFINITY,
                of_tolerance: f64::INFINITY,
                range: 0.0,
            },
        }
    }

    fn of_values(found: &[f64], expected: &[f64], tolerance: Option<Tolerance>) -> Self {
        let finite = expected.iter().copied().filter(|x| x.is_finite());
        let ends = finite.fold(None, |ends: Option<(f64, f64)>, x| {
            let (low, high) = ends.unwrap_or((x, x));
            Some((low.min(x), high.max(x)))
        });
        let (low, high) = ends.unwrap_or((0.0, 0.0));
        let span = (high - low).max(low.abs()).max(high.abs());
        let mut difference = Difference {
            elements: expected.len(),
            range: high - low,
            ..Difference::default()
        };
        for (&found, &expected) in found.iter().zip(expected) {
            let allowed = tolerance.map_or(0.0, |tolerance| tolerance.of(expected, span));
            difference.element(found, expected, allowed);
        }
        difference
    }

    fn element(&mut self, found: f64, expected: f64, allowed: f64) {
        if found == expected || found.is_nan() && expected.is_nan() {
            return;
        }
        let error = (found - expected).abs();
        let error = if error.is_nan() { f64::INFINITY } else { error };
        let of_tolerance = ratio(error, allowed);
        self.beyond += usize::from(of_tolerance > 1.0);
        self.mean += error / self.elements as f64;
        self.absolute = self.absolute.max(error);
        self.relative = self
            .relative
            .max(ratio(error, expected.abs().max(1e-3 * self.range)));
        self.of_tolerance = self.of_tolerance.max(of_tolerance);
    }

    /// Whether it is within what is allowed.
    pub fn passes(&self) -> bool {
        self.of_tolerance <= 1.0
    }

    /// Both together: elements are added, and of other figures the larger counts.
    pub fn and(&self, other: &Difference) -> Difference {
        let elements = self.elements + other.elements;
        let sum = |d: &Difference| d.mean * d.elements as f64;
        Difference {
            elements,
            mean: (sum(self) + sum(other)) / elements.max(1) as f64,
            beyond: self.beyond + other.beyond,
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
        let (found, expected) = (Tensor::new([3], &found), Tensor::new([3], &expected));
        Difference::of(&found, &expected, Tolerance::default())
    }

    #[test]
    fn what_is_allowed_grows_with_the_value_and_the_range() {
        assert_eq!(of([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]).of_tolerance, 0.0);
        assert!(of([0.0, 1.00011, 2.0], [0.0, 1.0, 2.0]).passes());
        assert!(!of([0.0, 1.00013, 2.0], [0.0, 1.0, 2.0]).passes());
        let off = of([0.000_03, 1.0, 2.1], [0.0, 1.0, 2.0]);
        assert_eq!((off.passes(), off.beyond, off.elements), (false, 2, 3));
    }

    /// A range of 0 says nothing about how precise floats are.
    #[test]
    fn constants_may_be_off_as_well() {
        assert!(of([5.0004; 3], [5.0; 3]).passes());
        assert!(!of([5.001; 3], [5.0; 3]).passes());
        assert!(of([1e-8; 3], [0.0; 3]).passes());
        assert!(!of([1e-3; 3], [0.0; 3]).passes());
    }

    #[test]
    fn tolerances_may_be_given() {
        let tolerance = |relative, absolute| Tolerance {
            relative,
            absolute: Absolute::Number(absolute),
        };
        let passes = |tolerance| {
            let (found, expected) = (Tensor::scalar(1.5_f32), Tensor::scalar(1.0_f32));
            Difference::of(&found, &expected, tolerance).passes()
        };
        assert!(passes(tolerance(0.0, 0.5)) && passes(tolerance(0.5, 0.0)));
        assert!(!passes(tolerance(0.2, 0.2)) && !passes(tolerance(0.0, 0.0)));
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
        assert!(!Difference::of(&row, &column, Tolerance::default()).passes());
    }

    #[test]
    fn integers_must_be_equal() {
        let tensor = |x: i64| Tensor::new([2], &[1_000_000, x]);
        let of = |x| Difference::of(&tensor(5), &tensor(x), Tolerance::default());
        assert!(of(5).passes());
        assert!(!of(6).passes());
    }
}
