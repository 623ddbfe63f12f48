//! Types that a model states for its inputs and outputs.

use super::model::{Dim, Input, Output};
use super::proto::tensor_shape_proto::dimension::Value as DimValue;
use super::proto::type_proto::Value as TypeValue;
use super::proto::{TensorShapeProto, TypeProto, ValueInfoProto};
use super::tensor;
use crate::diag::Diag;
use crate::tensor::{DType, check_shape};

/// An input of the model, which must have an element type.
pub(super) fn input(info: &ValueInfoProto) -> Result<Input, Diag> {
    let located = |diag: Diag| diag.at_tensor(info.name());
    let (dtype, dims) = value_type(info.r#type.as_deref()).map_err(located)?;
    let untyped = || {
        located(Diag::new(
            "untyped-input",
            "the input's element type is not stated",
        ))
    };
    Ok(Input {
        name: info.name().into(),
        dtype: dtype.ok_or_else(untyped)?,
        ranked: dims.is_some(),
        dims: dims.unwrap_or_default(),
        range: None,
    })
}

/// An output of the model, with what is said of its type.
pub(super) fn output(info: &ValueInfoProto) -> Result<Output, Diag> {
    let (dtype, dims) =
        value_type(info.r#type.as_deref()).map_err(|diag| diag.at_tensor(info.name()))?;
    Ok(Output {
        name: info.name().into(),
        dtype,
        dims,
    })
}

type ValueType = (Option<DType>, Option<Vec<Dim>>);

fn value_type(proto: Option<&TypeProto>) -> Result<ValueType, Diag> {
    let other = match proto.and_then(|proto| proto.value.as_ref()) {
        None => return Ok((None, None)),
        Some(TypeValue::TensorType(ty)) => {
            let code = ty.elem_type.filter(|code| *code != 0);
            let dtype = code.map(|code| tensor::dtype(code.into())).transpose()?;
            return Ok((dtype, ty.shape.as_ref().map(dims).transpose()?));
        }
        Some(TypeValue::SequenceType(_)) => "a sequence",
        Some(TypeValue::MapType(_)) => "a map",
        Some(TypeValue::OptionalType(_)) => "an optional value",
        Some(TypeValue::SparseTensorType(_)) => "a sparse tensor",
        Some(TypeValue::OpaqueType(_)) => "a value of an opaque type",
    };
    let message = format!("the value is {other}; only tensors can be inputs and outputs");
    Err(Diag::new("unsupported-type", message))
}

fn dims(shape: &TensorShapeProto) -> Result<Vec<Dim>, Diag> {
    let dims: Vec<Dim> = shape
        .dim
        .iter()
        .map(|d| dim(d.value.as_ref()))
        .collect::<Result<_, _>>()?;
    let known = |dim: &Dim| {
        if let Dim::Known(size) = dim {
            Some(*size)
        } else {
            None
        }
    };
    check_shape(&dims.iter().filter_map(known).collect::<Vec<_>>())?;
    Ok(dims)
}

fn dim(value: Option<&DimValue>) -> Result<Dim, Diag> {
    match value {
        Some(DimValue::DimParam(name)) if !name.is_empty() => Ok(Dim::Symbol(name.clone())),
        // Some exporters write this where they know nothing.
        Some(DimValue::DimValue(-1)) => Ok(Dim::Unknown),
        Some(DimValue::DimValue(size)) => {
            let negative = |_| Diag::new("bad-dimension", format!("dimension {size} is negative"));
            usize::try_from(*size).map(Dim::Known).map_err(negative)
        }
        _ => Ok(Dim::Unknown),
    }
}
