//! Sparse constants, made dense.

use super::external::ExternalFiles;
use super::proto::SparseTensorProto;
use super::tensor::{Constant, constant, shape};
use crate::diag::Diag;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType};

/// What all sparse constants of a model may take when dense, beyond [`DENSE_PER_SPARSE`] times what is stored.
const FREE_BYTES: usize = 64 << 20;
const DENSE_PER_SPARSE: usize = 256;

/// Room left for sparse constants made dense: a few bytes can claim any shape.
pub(super) struct DenseRoom(usize);

impl Default for DenseRoom {
    fn default() -> Self {
        DenseRoom(FREE_BYTES)
    }
}

/// The dense tensor that `proto` stands for, and the name of its values.
pub(super) fn dense(
    proto: SparseTensorProto,
    files: &mut ExternalFiles,
    room: &mut DenseRoom,
) -> Result<Tensor, Diag> {
    let missing = || {
        Diag::new(
            "sparse-tensor",
            "the sparse tensor has no values or no indices",
        )
    };
    let values = numbers(constant(*proto.values.ok_or_else(missing)?, files)?)?;
    let indices = numbers(constant(*proto.indices.ok_or_else(missing)?, files)?)?;
    let ty = TensorType::new(values.ty.dtype, shape(&proto.dims)?);
    if values.ty.rank() != 1 || indices.ty.dtype != DType::I64 {
        let message = format!(
            "values of {} at indices of {} are no sparse tensor",
            values.ty, indices.ty
        );
        return Err(Diag::new("sparse-tensor", message));
    }
    room.take(&ty, values.bytes().len() + indices.bytes().len())?;
    let places = places(&indices, &ty, values.ty.len())?;
    Tensor::from_bytes(ty.clone(), scatter(&values, &places, &ty))
}

fn numbers(constant: Constant) -> Result<Tensor, Diag> {
    match constant {
        Constant::Tensor(tensor) => Ok(tensor),
        Constant::Strings(_) => Err(Diag::new(
            "sparse-tensor",
            "sparse tensors of strings are not supported",
        )),
    }
}

impl DenseRoom {
    fn take(&mut self, ty: &TensorType, stored: usize) -> Result<(), Diag> {
        let room = self
            .0
            .saturating_add(stored.saturating_mul(DENSE_PER_SPARSE));
        self.0 = room.checked_sub(ty.bytes()).ok_or_else(|| {
            Diag::new(
                "sparse-tensor",
                format!("the sparse tensor stores too little for {ty} to be made dense"),
            )
        })?;
        Ok(())
    }
}

/// Where the values go in row-major order: indices are such places, or one coordinate per dimension.
fn places(indices: &Tensor, ty: &TensorType, count: usize) -> Result<Vec<usize>, Diag> {
    let coordinates = match indices.ty.shape[..] {
        [n] if n == count => 1,
        [n, rank] if n == count && rank == ty.rank() => rank,
        _ => {
            let message = format!(
                "indices of {} do not fit {count} values in {ty}",
                indices.ty
            );
            return Err(Diag::new("sparse-tensor", message));
        }
    };
    let flat = [ty.len()];
    let dims = if indices.ty.rank() == 1 {
        &flat[..]
    } else {
        &ty.shape[..]
    };
    let indices = indices.values::<i64>().unwrap_or_default();
    if coordinates == 0 {
        return Ok(vec![0; count.min(1)]);
    }
    let places = indices
        .chunks_exact(coordinates)
        .map(|index| place(index, dims));
    ascending(places.collect::<Result<_, _>>()?)
}

fn place(index: &[i64], dims: &[usize]) -> Result<usize, Diag> {
    index
        .iter()
        .zip(dims)
        .try_fold(0, |place, (&i, &dim)| match usize::try_from(i) {
            Ok(i) if i < dim => Ok(place * dim + i),
            _ => Err(Diag::new(
                "sparse-tensor",
                format!("index {index:?} lies outside {dims:?}"),
            )),
        })
}

fn ascending(places: Vec<usize>) -> Result<Vec<usize>, Diag> {
    if places.is_sorted_by(|a, b| a < b) {
        return Ok(places);
    }
    Err(Diag::new("sparse-tensor", "the indices do not ascend"))
}

/// Copies elements to their places, bit by bit where they are smaller than a byte.
fn scatter(values: &Tensor, places: &[usize], ty: &TensorType) -> AlignedBytes {
    let mut dense = AlignedBytes::zeros(ty.bytes());
    let (bits, from) = (ty.dtype.bits(), values.bytes());
    for (i, &place) in places.iter().enumerate() {
        if bits < 8 {
            let element = (from[i * bits / 8] >> (i * bits % 8)) & ((1 << bits) - 1);
            dense[place * bits / 8] |= element << (place * bits % 8);
        } else {
            let size = bits / 8;
            dense[place * size..][..size].copy_from_slice(&from[i * size..][..size]);
        }
    }
    dense
}
