//! Tensors at compile time: element types, shapes and constant data.

use crate::diag::Diag;
use bytemuck::Pod;
use mlc_runtime_core::scalar::{ElementType, Scalar, Typed};
use std::fmt;
use std::sync::Arc;

/// Every element type of ONNX. Those without [`DType::storage`] can be read, not computed with.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum DType {
    F32,
    F64,
    F16,
    BF16,
    F8E4M3FN,
    F8E4M3FNUZ,
    F8E5M2,
    F8E5M2FNUZ,
    F8E8M0,
    F4E2M1,
    F6E2M3,
    F6E3M2,
    I2,
    U2,
    I4,
    U4,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
    Bool,
    String,
    Complex64,
    Complex128,
}

impl DType {
    /// How kernels see elements of this type, if any works on it. Truth values are bytes, 0 or 1.
    pub fn storage(self) -> Option<ElementType> {
        Some(match self {
            DType::F32 => ElementType::F32,
            DType::F64 => ElementType::F64,
            DType::I8 => ElementType::I8,
            DType::I16 => ElementType::I16,
            DType::I32 => ElementType::I32,
            DType::I64 => ElementType::I64,
            DType::U8 | DType::Bool => ElementType::U8,
            DType::U16 => ElementType::U16,
            DType::U32 => ElementType::U32,
            DType::U64 => ElementType::U64,
            _ => return None,
        })
    }

    /// Bits an element takes in ONNX's raw data; 0 for strings.
    pub fn bits(self) -> usize {
        match self {
            DType::I2 | DType::U2 => 2,
            DType::I4 | DType::U4 | DType::F4E2M1 => 4,
            DType::F6E2M3 | DType::F6E3M2 => 6,
            DType::F8E4M3FN | DType::F8E4M3FNUZ | DType::F8E5M2 | DType::F8E5M2FNUZ => 8,
            DType::F8E8M0 | DType::I8 | DType::U8 | DType::Bool => 8,
            DType::F16 | DType::BF16 | DType::I16 | DType::U16 => 16,
            DType::F32 | DType::I32 | DType::U32 => 32,
            DType::F64 | DType::I64 | DType::U64 | DType::Complex64 => 64,
            DType::Complex128 => 128,
            DType::String => 0,
        }
    }

    /// Bytes that `len` elements take, packed as ONNX packs sub-byte types.
    pub fn bytes(self, len: usize) -> usize {
        (len * self.bits()).div_ceil(8)
    }
}

impl From<ElementType> for DType {
    fn from(ty: ElementType) -> Self {
        match ty {
            ElementType::F32 => DType::F32,
            ElementType::F64 => DType::F64,
            ElementType::I8 => DType::I8,
            ElementType::I16 => DType::I16,
            ElementType::I32 => DType::I32,
            ElementType::I64 => DType::I64,
            ElementType::U8 => DType::U8,
            ElementType::U16 => DType::U16,
            ElementType::U32 => DType::U32,
            ElementType::U64 => DType::U64,
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("{self:?}").to_lowercase())
    }
}

/// Type of a tensor: element type and static shape, outermost dimension first.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct TensorType {
    /// Element type.
    pub dtype: DType,
    /// Dimensions; empty for a scalar.
    pub shape: Vec<usize>,
}

impl TensorType {
    /// A tensor type.
    pub fn new(dtype: DType, shape: impl Into<Vec<usize>>) -> Self {
        TensorType {
            dtype,
            shape: shape.into(),
        }
    }

    /// Number of dimensions.
    pub fn rank(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes the elements take.
    pub fn bytes(&self) -> usize {
        self.dtype.bytes(self.len())
    }
}

impl fmt::Display for TensorType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dims: Vec<_> = self.shape.iter().map(usize::to_string).collect();
        write!(f, "{}[{}]", self.dtype, dims.join("×"))
    }
}

/// No tensor has more elements than this, nor an axis as many positions.
pub const MAX_ELEMENTS: usize = 1 << 28;
/// No tensor has more dimensions than this.
const MAX_RANK: usize = 64;

/// More elements than any tensor that fits a machine; keeps all arithmetic on sizes far from overflow.
const MAX_DECLARED: usize = 1 << 48;

/// Refuses shapes of absurdly many elements, however many zeros are among the dimensions.
pub(crate) fn check_shape(shape: &[usize]) -> Result<(), Diag> {
    if shape.len() > MAX_RANK {
        let message = format!(
            "a tensor of {} dimensions; {MAX_RANK} are the most",
            shape.len()
        );
        return Err(Diag::new("bad-dimension", message));
    }
    let nonzero = shape.iter().filter(|d| **d != 0);
    let len = nonzero.fold(1_usize, |len, d| len.saturating_mul(*d));
    if len > MAX_DECLARED {
        return Err(Diag::new(
            "bad-dimension",
            format!("a shape of {shape:?} is absurdly large"),
        ));
    }
    Ok(())
}

impl TensorType {
    /// Whether a machine can hold such a tensor: dimensions come from a model and may be absurd.
    pub fn check_size(&self) -> Result<(), Diag> {
        if self.rank() > MAX_RANK {
            let message = format!(
                "{} dimensions are more than the {MAX_RANK} supported",
                self.rank()
            );
            return Err(Diag::new("too-many-dimensions", message));
        }
        // Without the zeros: products of some of the dimensions must not be too large either.
        let grown = |n: usize, &dim: &usize| n.checked_mul(dim.max(1));
        match self.shape.iter().try_fold(1, grown) {
            Some(n) if n <= MAX_ELEMENTS => Ok(()),
            _ => Err(Diag::new(
                "tensor-size",
                format!("{self} would be too large"),
            )),
        }
    }
}

/// The ONNX tensor that a value stands for: `value = transpose(tensor, perm)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Source {
    /// Name of the tensor in the ONNX file.
    pub tensor: String,
    /// Axes of the tensor, in the order in which the value has them.
    pub perm: Vec<usize>,
}

/// Bytes in memory that is aligned for every element type.
#[derive(Clone, Default)]
pub struct AlignedBytes {
    words: Vec<u64>,
    len: usize,
}

impl AlignedBytes {
    /// `len` zeros.
    pub fn zeros(len: usize) -> Self {
        AlignedBytes {
            words: vec![0; len.div_ceil(8)],
            len,
        }
    }
}

impl From<&[u8]> for AlignedBytes {
    fn from(bytes: &[u8]) -> Self {
        let mut aligned = AlignedBytes::zeros(bytes.len());
        aligned.copy_from_slice(bytes);
        aligned
    }
}

impl std::ops::Deref for AlignedBytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}

impl std::ops::DerefMut for AlignedBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }
}

/// A constant tensor: row-major, little-endian.
#[derive(Clone)]
pub struct Tensor {
    /// Its type.
    pub ty: TensorType,
    data: Arc<AlignedBytes>,
}

impl Tensor {
    /// A tensor of `bytes`, which must be as many as the type takes.
    pub fn from_bytes(ty: TensorType, bytes: impl Into<AlignedBytes>) -> Result<Self, Diag> {
        let data = Arc::new(bytes.into());
        if data.len() != ty.bytes() {
            let message = format!(
                "{} bytes of data for {ty}, which takes {}",
                data.len(),
                ty.bytes()
            );
            return Err(Diag::new("tensor-size", message));
        }
        Ok(Tensor { ty, data })
    }

    /// A tensor of `values`, which must be as many as `shape` says.
    ///
    /// # Panics
    /// If they are not.
    pub fn new<T: Typed + Pod>(shape: impl Into<Vec<usize>>, values: &[T]) -> Self {
        let ty = TensorType::new(T::TYPE.into(), shape);
        assert_eq!(ty.len(), values.len(), "values fill the shape");
        let data = AlignedBytes::from(bytemuck::cast_slice::<T, u8>(values));
        Tensor {
            ty,
            data: Arc::new(data),
        }
    }

    /// A tensor of one value and no dimensions.
    pub fn scalar<T: Typed + Pod>(value: T) -> Self {
        Tensor::new([], &[value])
    }

    /// The tensor's bytes, aligned for its elements.
    pub fn bytes(&self) -> &[u8] {
        &self.data
    }

    /// The elements, if they are stored as `T`.
    pub fn values<T: Typed + Pod>(&self) -> Option<&[T]> {
        (self.ty.dtype.storage() == Some(T::TYPE)).then(|| bytemuck::cast_slice(&self.data))
    }

    /// The elements converted to `T` as by Rust's `as`, if kernels work on their type.
    pub fn to_vec<T: Typed>(&self) -> Option<Vec<T>> {
        let ty = self.ty.dtype.storage()?;
        let convert = |b| T::from_scalar(Scalar::from_le_bytes(ty, b)?.cast(T::TYPE));
        self.data.chunks_exact(ty.size()).map(convert).collect()
    }

    /// The only element, converted to `T`; `None` if there is not exactly one.
    pub fn single<T: Typed>(&self) -> Option<T> {
        if self.ty.len() != 1 {
            return None;
        }
        match self.to_vec::<T>()?[..] {
            [x] => Some(x),
            _ => None,
        }
    }

    /// The same data under another shape.
    ///
    /// # Panics
    /// If it has another number of elements.
    pub fn reshaped(&self, shape: impl Into<Vec<usize>>) -> Self {
        let ty = TensorType::new(self.ty.dtype, shape);
        assert_eq!(
            ty.len(),
            self.ty.len(),
            "a reshape keeps the number of elements"
        );
        Tensor {
            ty,
            data: self.data.clone(),
        }
    }

    /// The same data under another element type of the same storage (truth values as bytes, say).
    ///
    /// # Panics
    /// If elements of that type have another size.
    pub fn retyped(&self, dtype: DType) -> Self {
        assert_eq!(
            dtype.bits(),
            self.ty.dtype.bits(),
            "elements keep their size"
        );
        Tensor {
            ty: TensorType::new(dtype, self.ty.shape.clone()),
            data: self.data.clone(),
        }
    }

    /// The tensor whose axis `d` is axis `perm[d]` of this one; `None` if elements are not whole bytes or `perm` does not
    /// fit.
    pub fn transposed(&self, perm: &[usize]) -> Option<Self> {
        let shape = &self.ty.shape;
        let (size, rest) = (self.ty.dtype.bits() / 8, self.ty.dtype.bits() % 8);
        if !is_order_of(perm, shape.len()) || size == 0 || rest != 0 {
            return None;
        }
        // How far apart here neighbours along each axis of the other are.
        let stride = |&axis: &usize| shape[axis + 1..].iter().product::<usize>();
        let axes: Vec<_> = perm
            .iter()
            .map(|axis| (shape[*axis], stride(axis)))
            .collect();
        let mut bytes = Vec::with_capacity(self.bytes().len());
        for i in 0..self.ty.len() {
            let (mut rest, mut from) = (i, 0);
            for (len, stride) in axes.iter().rev() {
                from += rest % len * stride;
                rest /= len;
            }
            bytes.extend_from_slice(self.bytes().get(from * size..(from + 1) * size)?);
        }
        let dims: Vec<_> = axes.iter().map(|(len, _)| *len).collect();
        Tensor::from_bytes(TensorType::new(self.ty.dtype, dims), &*bytes).ok()
    }

    /// The tensor that, [transposed](Self::transposed) by `perm`, is this one.
    pub fn untransposed(&self, perm: &[usize]) -> Option<Self> {
        if !is_order_of(perm, self.ty.rank()) {
            return None;
        }
        let mut inverse: Vec<usize> = (0..perm.len()).collect();
        inverse.sort_by_key(|&i| perm[i]);
        self.transposed(&inverse)
    }

    /// Whether both are the same type and bits, but for what is inside a NaN.
    pub fn identical(&self, other: &Tensor) -> bool {
        let same = || Arc::ptr_eq(&self.data, &other.data) || self.bytes() == other.bytes();
        self.ty == other.ty
            && (same()
                || self.is_alike(other, |x: f32| (!x.is_nan()).then_some(x.to_bits().into()))
                || self.is_alike(other, |x: f64| (!x.is_nan()).then_some(x.to_bits())))
    }

    /// Whether elements of type `T` are the same by what stands for them.
    fn is_alike<T: Typed + Pod>(&self, other: &Tensor, of: impl Fn(T) -> Option<u64>) -> bool {
        let both = self.values::<T>().zip(other.values::<T>());
        both.is_some_and(|(a, b)| a.iter().map(|&x| of(x)).eq(b.iter().map(|&x| of(x))))
    }
}

/// Whether `perm` names each of so many axes once.
fn is_order_of(perm: &[usize], rank: usize) -> bool {
    perm.len() == rank && (0..rank).all(|axis| perm.contains(&axis))
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.ty)?;
        if let (true, Some(values)) = (self.ty.len() <= 8, self.to_vec::<f64>()) {
            write!(f, " {values:?}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_change_places_and_go_back() {
        let original = Tensor::new([2, 3], &[0_i64, 1, 2, 10, 11, 12]);
        let value = original.transposed(&[1, 0]).unwrap();
        assert!(value.identical(&Tensor::new([3, 2], &[0_i64, 10, 1, 11, 2, 12])));
        assert!(value.untransposed(&[1, 0]).unwrap().identical(&original));
        let value = Tensor::new([1, 2, 2, 1], &[0_i64, 1, 2, 3]);
        let original = value.untransposed(&[0, 2, 3, 1]).unwrap();
        assert!(original.identical(&Tensor::new([1, 1, 2, 2], &[0_i64, 1, 2, 3])));
        for wrong in [&[0, 1][..], &[0, 0, 1, 2], &[0, 1, 2, 4]] {
            assert!(value.transposed(wrong).is_none() && value.untransposed(wrong).is_none());
        }
    }
}
