//! `TensorProto`, in each of its storage forms, to and from [`Tensor`].

use super::external::ExternalFiles;
use super::model::StringTensor;
use super::proto::TensorProto;
use super::proto::tensor_proto::{DataLocation, DataType};
use crate::diag::Diag;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType, check_shape};
use bytemuck::{NoUninit, cast_slice};
use prost::Message;
use prost::bytes::Bytes;
use std::path::Path;

const DTYPES: [(DataType, DType); 28] = [
    (DataType::Float, DType::F32),
    (DataType::Uint8, DType::U8),
    (DataType::Int8, DType::I8),
    (DataType::Uint16, DType::U16),
    (DataType::Int16, DType::I16),
    (DataType::Int32, DType::I32),
    (DataType::Int64, DType::I64),
    (DataType::String, DType::String),
    (DataType::Bool, DType::Bool),
    (DataType::Float16, DType::F16),
    (DataType::Double, DType::F64),
    (DataType::Uint32, DType::U32),
    (DataType::Uint64, DType::U64),
    (DataType::Complex64, DType::Complex64),
    (DataType::Complex128, DType::Complex128),
    (DataType::Bfloat16, DType::BF16),
    (DataType::Float8e4m3fn, DType::F8E4M3FN),
    (DataType::Float8e4m3fnuz, DType::F8E4M3FNUZ),
    (DataType::Float8e5m2, DType::F8E5M2),
    (DataType::Float8e5m2fnuz, DType::F8E5M2FNUZ),
    (DataType::Uint4, DType::U4),
    (DataType::Int4, DType::I4),
    (DataType::Float4e2m1, DType::F4E2M1),
    (DataType::Float8e8m0, DType::F8E8M0),
    (DataType::Uint2, DType::U2),
    (DataType::Int2, DType::I2),
    (DataType::Float6e2m3, DType::F6E2M3),
    (DataType::Float6e3m2, DType::F6E3M2),
];

/// A constant of a model.
#[derive(Clone, Debug)]
pub enum Constant {
    /// Of numbers or truth values.
    Tensor(Tensor),
    /// Of strings.
    Strings(StringTensor),
}

/// The element type of this code in a file (also the value of attributes such as `Cast`'s `to`).
pub fn dtype(code: i64) -> Result<DType, Diag> {
    let found = DTYPES
        .iter()
        .find(|(data_type, _)| *data_type as i64 == code);
    found.map(|(_, dtype)| *dtype).ok_or_else(|| match code {
        0 => Diag::new("unknown-dtype", "no element type is stated"),
        _ => Diag::new(
            "unknown-dtype",
            format!("there is no element type with code {code}"),
        ),
    })
}

/// The element type of this name, such as `FLOAT`; once, models said it so.
pub fn dtype_named(name: &str) -> Result<DType, Diag> {
    let code = DataType::from_str_name(&name.to_uppercase());
    let unknown = || {
        Diag::new(
            "unknown-dtype",
            format!("there is no element type `{name}`"),
        )
    };
    dtype(code.ok_or_else(unknown)? as i64)
}

/// The code of this element type in a file.
pub fn dtype_code(dtype: DType) -> i32 {
    let found = DTYPES.iter().find(|(_, candidate)| *candidate == dtype);
    found.map_or(DataType::Undefined, |(data_type, _)| *data_type) as i32
}

/// Checks the dimensions of a constant, and that the number of elements is not absurd.
pub fn shape(dims: &[i64]) -> Result<Vec<usize>, Diag> {
    let dim = |&d: &i64| {
        let negative = |_| Diag::new("bad-dimension", format!("dimension {d} is negative"));
        usize::try_from(d).map_err(negative)
    };
    let shape: Vec<usize> = dims.iter().map(dim).collect::<Result<_, _>>()?;
    check_shape(&shape)?;
    Ok(shape)
}

/// The constant that `proto` stores.
pub(super) fn constant(
    mut proto: TensorProto,
    files: &mut ExternalFiles,
) -> Result<Constant, Diag> {
    let dtype = dtype(proto.data_type.unwrap_or(0).into())?;
    let shape = shape(&proto.dims)?;
    if proto.segment.is_some() {
        return Err(Diag::new(
            "unsupported-storage",
            "tensors stored in segments are not supported",
        ));
    }
    if dtype == DType::String {
        let values = std::mem::take(&mut proto.string_data);
        return strings(shape, values).map(Constant::Strings);
    }
    let ty = TensorType::new(dtype, shape);
    if proto.data_location == Some(DataLocation::External as i32) {
        return files.tensor(&proto.external_data, ty).map(Constant::Tensor);
    }
    let bytes = match &proto.raw_data {
        Some(raw) if !raw.is_empty() => raw_bytes(raw, &ty),
        _ => typed_bytes(&proto, &ty).map_err(|diag| diag.note(stored(&proto))),
    }?;
    tensor_of(ty, bytes).map(Constant::Tensor)
}

/// A tensor of the bytes; truth values become 0 or 1, whatever stood for true.
pub(super) fn tensor_of(ty: TensorType, mut bytes: AlignedBytes) -> Result<Tensor, Diag> {
    if ty.dtype == DType::Bool {
        bytes.iter_mut().for_each(|b| *b = u8::from(*b != 0));
    }
    Tensor::from_bytes(ty, bytes)
}

fn strings(shape: Vec<usize>, values: Vec<Vec<u8>>) -> Result<StringTensor, Diag> {
    let len: usize = shape.iter().product();
    if values.len() != len {
        return Err(wrong_count(
            "string_data",
            values.len(),
            len,
            &TensorType::new(DType::String, shape),
        ));
    }
    Ok(StringTensor { shape, values })
}

fn raw_bytes(raw: &[u8], ty: &TensorType) -> Result<AlignedBytes, Diag> {
    if raw.len() != ty.bytes() {
        return Err(wrong_count("bytes of raw_data", raw.len(), ty.bytes(), ty));
    }
    Ok(raw.into())
}

/// The elements from the field that the element type calls for.
fn typed_bytes(proto: &TensorProto, ty: &TensorType) -> Result<AlignedBytes, Diag> {
    let len = ty.len();
    match ty.dtype {
        DType::F32 => elements("float_data", &proto.float_data, len, ty),
        DType::Complex64 => elements("float_data", &proto.float_data, 2 * len, ty),
        DType::F64 => elements("double_data", &proto.double_data, len, ty),
        DType::Complex128 => elements("double_data", &proto.double_data, 2 * len, ty),
        DType::I64 => elements("int64_data", &proto.int64_data, len, ty),
        DType::U64 => elements("uint64_data", &proto.uint64_data, len, ty),
        DType::I32 => elements("int32_data", &proto.int32_data, len, ty),
        DType::U32 => {
            let narrow = narrowed(&proto.uint64_data, |v| u32::try_from(v).ok())?;
            elements("uint64_data", &narrow, len, ty)
        }
        dtype if dtype.bits() == 16 => {
            let narrow = narrowed(&proto.int32_data, |v| low_bits(v, 16).map(|v| v as u16))?;
            elements("int32_data", &narrow, len, ty)
        }
        dtype if dtype.bits() == 6 => {
            let codes = narrowed(&proto.int32_data, |v| {
                u8::try_from(v).ok().filter(|v| *v < 64)
            })?;
            match codes.len() == len {
                true => Ok(AlignedBytes::from(&*packed_sixes(&codes))),
                false => Err(wrong_count("int32_data", codes.len(), len, ty)),
            }
        }
        // Other elements of less than a byte come packed, a byte's worth in each integer.
        _ => {
            let narrow = narrowed(&proto.int32_data, |v| low_bits(v, 8).map(|v| v as u8))?;
            elements("int32_data", &narrow, ty.bytes(), ty)
        }
    }
}

/// Codes of 6 bits one after the other, from the lowest bit up: four in three bytes.
fn packed_sixes(codes: &[u8]) -> Vec<u8> {
    let group = |codes: &[u8]| {
        let bits = codes
            .iter()
            .rev()
            .fold(0u32, |bits, &code| bits << 6 | u32::from(code));
        bits.to_le_bytes()
            .into_iter()
            .take((6 * codes.len()).div_ceil(8))
    };
    codes.chunks(4).flat_map(group).collect()
}

fn elements<T: NoUninit>(
    field: &str,
    values: &[T],
    len: usize,
    ty: &TensorType,
) -> Result<AlignedBytes, Diag> {
    if values.len() != len {
        return Err(wrong_count(field, values.len(), len, ty));
    }
    Ok(cast_slice::<T, u8>(values).into())
}

fn narrowed<T: Copy + std::fmt::Display, U>(
    values: &[T],
    narrow: impl Fn(T) -> Option<U>,
) -> Result<Vec<U>, Diag> {
    let one = |&v: &T| {
        let message = format!("value {v} does not fit the tensor's element type");
        narrow(v).ok_or_else(|| Diag::new("tensor-value", message))
    };
    values.iter().map(one).collect()
}

/// `v`, if it fits `bits` bits as a signed or as an unsigned number; files are found with either.
fn low_bits(v: i32, bits: u32) -> Option<i32> {
    (-(1 << (bits - 1))..1 << bits).contains(&v).then_some(v)
}

/// What data there is, for when it is not what there should be.
fn stored(proto: &TensorProto) -> String {
    let fields = [
        ("float_data", proto.float_data.len()),
        ("int32_data", proto.int32_data.len()),
        ("string_data", proto.string_data.len()),
        ("int64_data", proto.int64_data.len()),
        ("double_data", proto.double_data.len()),
        ("uint64_data", proto.uint64_data.len()),
    ];
    let present = fields.iter().filter(|(_, len)| *len > 0);
    let present: Vec<_> = present
        .map(|(field, len)| format!("{len} in {field}"))
        .collect();
    match present.len() {
        0 => "the tensor has no data at all".into(),
        _ => format!("values of the tensor: {}", present.join(", ")),
    }
}

fn wrong_count(what: &str, found: usize, expected: usize, ty: &TensorType) -> Diag {
    let what = if what.contains(' ') {
        what.into()
    } else {
        format!("values in {what}")
    };
    Diag::new(
        "tensor-size",
        format!("{found} {what} for {ty}, which takes {expected}"),
    )
}

/// The message that stores `tensor` under `name`.
pub fn to_proto(name: &str, tensor: &Tensor) -> TensorProto {
    TensorProto {
        name: Some(name.into()),
        dims: tensor.ty.shape.iter().map(|d| *d as i64).collect(),
        data_type: Some(dtype_code(tensor.ty.dtype)),
        raw_data: Some(Bytes::copy_from_slice(tensor.bytes())),
        ..TensorProto::default()
    }
}

/// Reads the tensor that `bytes` encode, as ONNX test data does in `input_0.pb`, and its name, which may be empty.
pub fn parse(bytes: &[u8], folder: Option<&Path>) -> Result<(String, Tensor), Diag> {
    let decoded = TensorProto::decode(Bytes::copy_from_slice(bytes));
    let mut proto = decoded.map_err(|error| {
        Diag::new(
            "malformed-file",
            "the file is not a valid TensorProto, or it is cut short",
        )
        .note(error.to_string())
    })?;
    let name = proto.name.take().unwrap_or_default();
    match constant(proto, &mut ExternalFiles::new(folder))? {
        Constant::Tensor(tensor) => Ok((name, tensor)),
        Constant::Strings(_) => Err(Diag::new(
            "unsupported-dtype",
            "no kernel works on tensors of strings",
        )
        .at_tensor(&name)),
    }
}

/// The bytes that encode `tensor` under `name`.
pub fn encode(name: &str, tensor: &Tensor) -> Vec<u8> {
    to_proto(name, tensor).encode_to_vec()
}

/// Reads the tensor in a file such as `input_0.pb`, and its name, which may be empty.
pub fn load(path: &Path) -> Result<(String, Tensor), Diag> {
    let located = |diag: Diag| diag.note(format!("file {}", path.display()));
    let bytes = super::read_file(path).map_err(located)?;
    parse(&bytes, path.parent()).map_err(located)
}

/// Writes `tensor` under `name` to a file such as `output_0.pb`.
pub fn save(path: &Path, name: &str, tensor: &Tensor) -> Result<(), Diag> {
    std::fs::write(path, encode(name, tensor)).map_err(|error| {
        Diag::new(
            "unwritable-file",
            format!("cannot write {}: {error}", path.display()),
        )
    })
}
