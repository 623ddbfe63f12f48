//! What is known of a value of a random network.

use mlc_compiler::tensor::{DType, TensorType};

/// A value: its name, its type, and how well its elements are known.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// Its name; empty until it has one.
    pub(super) name: String,
    pub(super) ty: TensorType,
    /// Whether every bit is certain: nothing went in that may be rounded one way or another.
    pub(super) exact: bool,
    /// How far elements may be off, beyond rounding: quantisation steps.
    pub(super) slack: f64,
    /// The grid its elements lie on, if it was dequantised.
    pub(super) grid: Option<Grid>,
}

/// What quantised integers stand for: `(q - zero) * scale`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Grid {
    pub(super) dtype: DType,
    pub(super) scale: f32,
    pub(super) zero: i64,
}

impl Grid {
    /// The greatest magnitude on it.
    pub(super) fn reach(&self) -> f64 {
        let (low, high) = limits(self.dtype);
        let steps = (high - self.zero).max(self.zero - low);
        f64::from(self.scale) * steps as f64
    }
}

/// The least and the greatest of a quantised type.
pub(super) fn limits(dtype: DType) -> (i64, i64) {
    match dtype {
        DType::U8 => (0, 255),
        DType::I8 => (-128, 127),
        DType::U16 => (0, 65_535),
        _ => (-32_768, 32_767),
    }
}

impl Known {
    /// Elements of which every bit is certain.
    pub(super) fn exactly(dtype: DType, shape: impl Into<Vec<usize>>) -> Self {
        Known {
            name: String::new(),
            ty: TensorType::new(dtype, shape),
            exact: true,
            slack: 0.0,
            grid: None,
        }
    }

    /// Floats that were rounded.
    pub(super) fn rounded(shape: impl Into<Vec<usize>>) -> Self {
        Known {
            exact: false,
            ..Known::exactly(DType::F32, shape)
        }
    }

    /// The same elements, or some of them, in another shape.
    pub(super) fn shaped(&self, shape: impl Into<Vec<usize>>) -> Self {
        Known {
            ty: TensorType::new(self.ty.dtype, shape),
            grid: None,
            ..self.clone()
        }
    }

    /// As well known as both this and another.
    pub(super) fn joined(&self, other: &Known) -> Self {
        Known {
            exact: self.exact && other.exact,
            slack: self.slack.max(other.slack),
            grid: None,
            ..self.clone()
        }
    }

    /// The same, off by as much as this and no longer on any grid.
    pub(super) fn off_by(self, slack: f64) -> Self {
        Known {
            slack,
            exact: self.exact && slack == 0.0,
            grid: None,
            ..self
        }
    }

    pub(super) fn shape(&self) -> &[usize] {
        &self.ty.shape
    }

    pub(super) fn rank(&self) -> usize {
        self.ty.shape.len()
    }

    /// Whether it is of floats that are off by rounding at most.
    pub(super) fn is_float(&self) -> bool {
        self.ty.dtype == DType::F32 && self.slack == 0.0
    }

    /// Whether it is of integers that are certain.
    pub(super) fn is_integer(&self) -> bool {
        !matches!(self.ty.dtype, DType::F32 | DType::Bool) && self.exact
    }

    /// Whether it is of truth values.
    pub(super) fn is_mask(&self) -> bool {
        self.ty.dtype == DType::Bool
    }
}
