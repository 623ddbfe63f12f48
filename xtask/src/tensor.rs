//! Recorded tensors: the files `input_K.pb` and `output_K.pb` of ONNX test data.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use prost::Message;

/// The fields of ONNX's `TensorProto` that hold numbers.
#[derive(Clone, PartialEq, Message)]
struct TensorProto {
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(float, repeated, tag = "4")]
    float_data: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    int32_data: Vec<i32>,
    #[prost(int64, repeated, tag = "7")]
    int64_data: Vec<i64>,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
    #[prost(double, repeated, tag = "10")]
    double_data: Vec<f64>,
}

/// The numbers of a tensor as they lie in memory, little-endian.
pub(crate) struct Tensor {
    /// Whether they are `f32`.
    pub(crate) is_f32: bool,
    pub(crate) bytes: Vec<u8>,
}

/// ONNX's `TensorProto.DataType`.
const FLOAT: i32 = 1;

/// Bytes of an element by ONNX's `TensorProto.DataType`.
fn width(data_type: i32) -> Result<usize> {
    Ok(match data_type {
        2 | 3 | 9 => 1,
        4 | 5 => 2,
        FLOAT | 6 | 12 => 4,
        7 | 11 | 13 => 8,
        other => bail!("element type {other} has no counterpart on the metal"),
    })
}

/// Reads `PREFIX_0.pb`, `PREFIX_1.pb`, ... in a folder.
pub(crate) fn read_all(dir: &Path, prefix: &str) -> Result<Vec<Tensor>> {
    let paths = (0..).map(|k| dir.join(format!("{prefix}_{k}.pb")));
    paths.take_while(|path| path.exists()).map(read).collect()
}

fn read(path: PathBuf) -> Result<Tensor> {
    let parse = || {
        let proto = TensorProto::decode(&*fs::read(&path)?)?;
        Ok(Tensor {
            is_f32: proto.data_type == FLOAT,
            bytes: bytes(&proto)?,
        })
    };
    let parsed: Result<_> = parse();
    parsed.with_context(|| format!("cannot read {}", path.display()))
}

/// The elements, from whichever field holds them.
fn bytes(proto: &TensorProto) -> Result<Vec<u8>> {
    let width = width(proto.data_type)?;
    // Little-endian: a narrow integer is the beginning of the wide one it was stored in.
    let narrow = |wide: &[u8]| wide[..width.min(wide.len())].to_vec();
    let mut bytes = proto.raw_data.clone();
    bytes.extend(proto.float_data.iter().flat_map(|x| x.to_le_bytes()));
    bytes.extend(proto.double_data.iter().flat_map(|x| x.to_le_bytes()));
    bytes.extend(
        proto
            .int32_data
            .iter()
            .flat_map(|x| narrow(&x.to_le_bytes())),
    );
    bytes.extend(
        proto
            .int64_data
            .iter()
            .flat_map(|x| narrow(&x.to_le_bytes())),
    );
    Ok(bytes)
}
