//! Contents of a file's buffers as tensors: each is copied once, however many tensors share it.

use super::read::{Document, TensorInfo};
use crate::diag::Diag;
use crate::tensor::{DType, Tensor, TensorType};
use std::collections::HashMap;

/// Tensors that have been copied, by buffer and element type.
pub(super) struct Constants<'d, 'a> {
    document: &'d Document<'a>,
    copied: HashMap<(usize, DType), Tensor>,
    /// Bytes that may still be copied, in whatever order of axes.
    left: usize,
}

impl<'d, 'a> Constants<'d, 'a> {
    pub(super) fn new(document: &'d Document<'a>) -> Self {
        Constants {
            document,
            copied: HashMap::new(),
            left: 8 * document.bytes + (1 << 20),
        }
    }

    /// What a tensor holds, if it is constant.
    pub(super) fn of(&mut self, tensor: &TensorInfo<'_>) -> Result<Option<Tensor>, Diag> {
        if tensor.is_variable || tensor.buffer == 0 {
            return Ok(None);
        }
        let Some(&bytes) = self.document.buffers.get(tensor.buffer) else {
            let message = format!("there is no buffer {}", tensor.buffer);
            return Err(Diag::new("malformed-file", message).at_tensor(tensor.name));
        };
        // Without contents it is computed, but for one without elements.
        if bytes.is_empty() && !tensor.shape.contains(&0) {
            return Ok(None);
        }
        let ty = TensorType::new(tensor.dtype()?, tensor.shape.clone());
        let key = (tensor.buffer, ty.dtype);
        let copied = self.copied.get(&key);
        if let Some(copied) = copied.filter(|copied| copied.ty.len() == ty.len()) {
            return Ok(Some(copied.reshaped(ty.shape)));
        }
        self.take(2 * bytes.len(), tensor)?;
        let copy = copy(ty, bytes).map_err(|diag| diag.at_tensor(tensor.name))?;
        self.copied.insert(key, copy.clone());
        Ok(Some(copy))
    }

    /// A constant whose axis `d` is axis `perm[d]` of a tensor.
    pub(super) fn transposed(
        &mut self,
        tensor: &TensorInfo<'_>,
        perm: &[usize],
    ) -> Result<Option<Tensor>, Diag> {
        let Some(constant) = self.of(tensor)? else {
            return Ok(None);
        };
        if perm.iter().enumerate().all(|(i, axis)| i == *axis) {
            return Ok(Some(constant));
        }
        self.take(constant.bytes().len(), tensor)?;
        let message = format!(
            "a tensor of {:?} has no such axes as {perm:?}",
            tensor.shape
        );
        let transposed = constant.transposed(perm);
        transposed
            .map(Some)
            .ok_or_else(|| Diag::new("bad-rank", message).at_tensor(tensor.name))
    }

    fn take(&mut self, bytes: usize, tensor: &TensorInfo<'_>) -> Result<(), Diag> {
        let message = "constants would take far more memory than the file";
        let left = self.left.checked_sub(bytes);
        self.left =
            left.ok_or_else(|| Diag::new("malformed-file", message).at_tensor(tensor.name))?;
        Ok(())
    }
}

/// Integers of four bits become bytes, the lower half of a byte first.
fn copy(ty: TensorType, bytes: &[u8]) -> Result<Tensor, Diag> {
    if ty.dtype != DType::I4 {
        return Tensor::from_bytes(ty, bytes);
    }
    let low = |byte: &u8| (((byte << 4) as i8) >> 4) as u8;
    let high = |byte: &u8| ((*byte as i8) >> 4) as u8;
    let mut wide: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| [low(byte), high(byte)])
        .collect();
    wide.truncate(ty.len());
    Tensor::from_bytes(TensorType::new(DType::I8, ty.shape), &*wide)
}
