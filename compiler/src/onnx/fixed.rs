//! Inputs that are fixed to constants: `--input rate=16000`, `--input mask=mask.npy`.
//!
//! What is fixed is no input any more but an initializer, so everything that follows from it is computed when the
//! model is compiled: shapes, and which branch of an `If` is taken.

use super::model::{Input, Model};
use super::tensor as proto_tensor;
use crate::diag::Diag;
use crate::npy;
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::Scalar;
use std::path::{Path, PathBuf};

/// What an input is fixed to.
#[derive(Clone, Debug)]
pub(super) enum Fixed {
    /// Numbers as text: one for all elements, or one for each.
    Numbers(Vec<String>),
    /// The tensor in a file.
    Tensor(Tensor, PathBuf),
}

impl Fixed {
    /// Reads what stands behind the name in an argument of `--input`; files are looked for in `folder`.
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Fixed, Diag> {
        let path = folder.join(text);
        let extension = path.extension().map(|e| e.to_ascii_lowercase());
        let tensor = match extension.as_ref().and_then(|e| e.to_str()) {
            Some("npy") => npy::load(&path)?,
            Some("pb") => proto_tensor::load(&path)?.1,
            _ => {
                return Ok(Fixed::Numbers(
                    text.split(',').map(|n| n.trim().into()).collect(),
                ));
            }
        };
        Ok(Fixed::Tensor(tensor, path))
    }

    /// The constant in place of an input of this type.
    pub(super) fn tensor(&self, ty: &TensorType) -> Result<Tensor, Diag> {
        match self {
            Fixed::Tensor(tensor, _) if tensor.ty == *ty => Ok(tensor.clone()),
            Fixed::Tensor(tensor, path) => {
                let message = format!(
                    "{} holds {}, but the input is {ty}",
                    path.display(),
                    tensor.ty
                );
                Err(Diag::new("conflicting-input", message))
            }
            Fixed::Numbers(numbers) => filled(numbers, ty),
        }
    }
}

/// A tensor of these numbers, or of one for all elements.
fn filled(numbers: &[String], ty: &TensorType) -> Result<Tensor, Diag> {
    ty.check_size()?;
    if numbers.len() != 1 && numbers.len() != ty.len() {
        let message = format!("{} numbers for {ty}", numbers.len());
        return Err(Diag::new("conflicting-input", message)
            .note("it takes one number for all elements, one for each, or a file"));
    }
    let mut bytes = Vec::new();
    for number in numbers {
        element(number, ty.dtype)
            .ok_or_else(|| unfit(number, ty))?
            .write_le(&mut bytes);
    }
    let repeats = if numbers.len() == 1 { ty.len() } else { 1 };
    Tensor::from_bytes(ty.clone(), &*bytes.repeat(repeats))
}

fn unfit(number: &str, ty: &TensorType) -> Diag {
    let message = format!("`{number}` is no element of {ty}");
    Diag::new("conflicting-input", message).note(
        "it takes a number such as `--input rate=16000`, or a file: `--input mask=mask.npy`, `.pb`",
    )
}

/// A number as an element of that type, if it is one; nothing is rounded to a whole number or cut off.
fn element(number: &str, dtype: DType) -> Option<Scalar> {
    let storage = dtype.storage()?;
    if dtype == DType::Bool {
        return match number {
            "true" | "1" => Some(Scalar::U8(1)),
            "false" | "0" => Some(Scalar::U8(0)),
            _ => None,
        };
    }
    Some(match dtype {
        DType::F32 => Scalar::F32(number.parse().ok()?),
        DType::F64 => Scalar::F64(number.parse().ok()?),
        DType::U64 => Scalar::U64(number.parse().ok()?),
        _ => {
            let whole: i64 = number.parse().ok()?;
            let cast = Scalar::I64(whole).cast(storage);
            (cast.cast(Scalar::I64(0).ty()) == Scalar::I64(whole)).then_some(cast)?
        }
    })
}

/// The input that an argument `NAME=..` begins with, by its place, and what follows. Names may hold `=`: the
/// longest that fits counts.
pub(super) fn split<'a>(inputs: &[Input], argument: &'a str) -> Option<(usize, &'a str)> {
    let rest = |input: &Input| {
        argument
            .strip_prefix(input.name.as_str())?
            .strip_prefix('=')
    };
    let found = inputs
        .iter()
        .enumerate()
        .filter_map(|(i, input)| Some((i, rest(input)?)));
    found.min_by_key(|(_, rest)| rest.len())
}

impl Model {
    /// Turns the input at `place` into a constant.
    pub(super) fn make_constant(&mut self, place: usize, fixed: &Fixed, tensor: Tensor) {
        let input = self.inputs.remove(place);
        self.fixed.push(input.name.clone());
        self.initializers.push((input.name, tensor));
        if let Fixed::Tensor(_, path) = fixed {
            self.files.push(path.clone());
        }
    }
}
