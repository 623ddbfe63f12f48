//! Tensors as the reference sees them: row-major numbers of `f64`, which are not rounded to the tensor's own type.

use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Scalar};

/// A tensor of numbers that `f64` holds, or nearly: floats keep all their digits from operator to operator.
#[derive(Clone, Debug)]
pub struct Array {
    /// Element type in the file.
    pub dtype: DType,
    /// Dimensions, outermost first.
    pub shape: Vec<usize>,
    /// The elements.
    pub data: Vec<f64>,
    /// Of integers that stand for numbers: what they were before they were rounded, saturated.
    pub unrounded: Option<Vec<f64>>,
}

impl Array {
    /// Floats.
    pub(super) fn floats(shape: impl Into<Vec<usize>>, data: Vec<f64>) -> Self {
        Array::new(DType::F32, shape, data)
    }

    pub(super) fn new(dtype: DType, shape: impl Into<Vec<usize>>, data: Vec<f64>) -> Self {
        let (shape, unrounded) = (shape.into(), None);
        Array {
            dtype,
            shape,
            data,
            unrounded,
        }
    }

    /// The numbers of a tensor; `None` if its type has some that `f64` does not hold, or is no type of numbers.
    pub(super) fn of(tensor: &Tensor) -> Option<Self> {
        let TensorType { dtype, shape } = &tensor.ty;
        let exact = !matches!(dtype, DType::I64 | DType::U64 | DType::Bool);
        let data = tensor.to_vec::<f64>().filter(|_| exact)?;
        Some(Array::new(*dtype, shape.clone(), data))
    }

    /// The tensor, its elements rounded to its type.
    pub(super) fn tensor(&self) -> Option<Tensor> {
        let element = self.dtype.storage()?;
        let mut bytes = Vec::with_capacity(self.data.len() * element.size());
        for &x in &self.data {
            match element {
                ElementType::F32 => bytes.extend((x as f32).to_le_bytes()),
                _ => Scalar::F64(x).cast(element).write_le(&mut bytes),
            }
        }
        let ty = TensorType::new(self.dtype, self.shape.clone());
        Tensor::from_bytes(ty, &bytes[..]).ok()
    }

    /// Whether elements are floats.
    pub(super) fn is_float(&self) -> bool {
        matches!(self.dtype, DType::F32 | DType::F64)
    }

    /// The size of an axis; 1 beyond the first and last.
    pub(super) fn dim(&self, axis: usize) -> usize {
        self.shape.get(axis).copied().unwrap_or(1)
    }

    /// The only element.
    pub(super) fn single(&self) -> Option<f64> {
        match self.data[..] {
            [x] => Some(x),
            _ => None,
        }
    }

    /// The same elements under another shape; `None` if they are not as many.
    pub(super) fn reshaped(&self, shape: Vec<usize>) -> Option<Self> {
        let fits = shape.iter().product::<usize>() == self.data.len();
        fits.then(|| Array {
            shape,
            ..self.clone()
        })
    }

    /// The elements at these places, under another shape; `None` if there are no such places.
    pub(super) fn picked(&self, shape: Vec<usize>, places: &[usize]) -> Option<Self> {
        let pick = |from: &[f64]| -> Option<Vec<f64>> {
            places.iter().map(|&i| from.get(i).copied()).collect()
        };
        let unrounded = match &self.unrounded {
            Some(unrounded) => Some(pick(unrounded)?),
            None => None,
        };
        Some(Array {
            dtype: self.dtype,
            data: pick(&self.data)?,
            shape,
            unrounded,
        })
    }

    /// The array with axis `perm[i]` as its `i`-th; `None` if that is no order of its axes.
    pub fn transposed(&self, perm: &[usize]) -> Option<Self> {
        let strides = strides(&self.shape);
        let mut axes = perm.to_vec();
        axes.sort_unstable();
        if !axes.into_iter().eq(0..self.shape.len()) {
            return None;
        }
        let shape: Vec<_> = perm.iter().map(|&axis| self.shape[axis]).collect();
        let strides: Vec<_> = perm.iter().map(|&axis| strides[axis]).collect();
        let places: Vec<_> = indices(&shape).map(|i| dot(&i, &strides)).collect();
        self.picked(shape, &places)
    }

    /// Places of the elements that are broadcast to `shape`; `None` if they cannot be.
    pub(super) fn places_in(&self, shape: &[usize]) -> Option<Vec<usize>> {
        let skip = shape.len().checked_sub(self.shape.len())?;
        let pairs = self.shape.iter().zip(&shape[skip..]);
        if !pairs.clone().all(|(&own, &whole)| own == whole || own == 1) {
            return None;
        }
        let own = strides(&self.shape);
        let stride = |(i, (&dim, _))| if dim == 1 { 0 } else { own[i] };
        let strides: Vec<_> = pairs.enumerate().map(stride).collect();
        Some(indices(shape).map(|i| dot(&i[skip..], &strides)).collect())
    }
}

/// How far apart neighbours along each axis are.
pub(super) fn strides(shape: &[usize]) -> Vec<usize> {
    (0..shape.len())
        .map(|axis| shape[axis + 1..].iter().product())
        .collect()
}

/// The shape that two shapes are broadcast to.
pub(super) fn broadcast(a: &[usize], b: &[usize]) -> Option<Vec<usize>> {
    let rank = a.len().max(b.len());
    let dim = |shape: &[usize], i: usize| match (i + shape.len()).checked_sub(rank) {
        Some(i) => shape[i],
        None => 1,
    };
    let both = |i| match (dim(a, i), dim(b, i)) {
        (a, b) if a == b => Some(a),
        (1, d) | (d, 1) => Some(d),
        _ => None,
    };
    (0..rank).map(both).collect()
}

pub(super) fn dot(a: &[usize], b: &[usize]) -> usize {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// All indices of a shape, in order.
pub(super) fn indices(shape: &[usize]) -> impl Iterator<Item = Vec<usize>> {
    let len: usize = shape.iter().product();
    let shape = shape.to_vec();
    let mut next = vec![0; shape.len()];
    (0..len).map(move |_| {
        let index = next.clone();
        for (i, &dim) in next.iter_mut().zip(&shape).rev() {
            *i += 1;
            if *i < dim {
                break;
            }
            *i = 0;
        }
        index
    })
}
