//! Every storage form of every element type.

use crate::onnx::proto::TensorProto;
use crate::onnx::tensor::{dtype_code, encode, parse};
use crate::tensor::{DType, Tensor, TensorType};
use prost::Message;

const NUMERIC: [DType; 27] = {
    use DType::*;
    [
        F32, F64, F16, BF16, F8E4M3FN, F8E4M3FNUZ, F8E5M2, F8E5M2FNUZ, F8E8M0, F4E2M1, F6E2M3,
        F6E3M2, I2, U2, I4, U4, I8, I16, I32, I64, U8, U16, U32, U64, Bool, Complex64, Complex128,
    ]
};

/// Five elements with distinct bytes, valid for every type.
fn tensor(dtype: DType) -> Tensor {
    let ty = TensorType::new(dtype, [5]);
    let byte = |i: usize| {
        if dtype == DType::Bool {
            (i % 2) as u8
        } else {
            (37 * i + 129) as u8
        }
    };
    let mut bytes: Vec<u8> = (0..ty.bytes()).map(byte).collect();
    // Whatever lies behind the last element of a packed type is not part of it.
    if let (1.., Some(last)) = (ty.len() * dtype.bits() % 8, bytes.last_mut()) {
        *last &= (1 << (ty.len() * dtype.bits() % 8)) - 1;
    }
    Tensor::from_bytes(ty, &*bytes).unwrap()
}

/// The tensor in typed fields, following the comments of onnx.proto.
fn typed(tensor: &Tensor) -> TensorProto {
    let bytes = tensor.bytes();
    let mut proto = TensorProto {
        dims: vec![5],
        data_type: Some(dtype_code(tensor.ty.dtype)),
        ..TensorProto::default()
    };
    fn chunks<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> {
        bytes.as_chunks::<N>().0.iter().copied()
    }
    match tensor.ty.dtype {
        DType::F32 | DType::Complex64 => {
            proto.float_data = chunks(bytes).map(f32::from_le_bytes).collect()
        }
        DType::F64 | DType::Complex128 => {
            proto.double_data = chunks(bytes).map(f64::from_le_bytes).collect()
        }
        DType::I64 => proto.int64_data = chunks(bytes).map(i64::from_le_bytes).collect(),
        DType::U64 => proto.uint64_data = chunks(bytes).map(u64::from_le_bytes).collect(),
        DType::U32 => {
            proto.uint64_data = chunks(bytes)
                .map(|b| u32::from_le_bytes(b).into())
                .collect()
        }
        DType::I32 => proto.int32_data = chunks(bytes).map(i32::from_le_bytes).collect(),
        DType::I16 => {
            proto.int32_data = chunks(bytes)
                .map(|b| i16::from_le_bytes(b).into())
                .collect()
        }
        DType::I8 => proto.int32_data = bytes.iter().map(|b| *b as i8 as i32).collect(),
        dtype if dtype.bits() == 16 => {
            proto.int32_data = chunks(bytes)
                .map(|b| u16::from_le_bytes(b).into())
                .collect()
        }
        dtype if dtype.bits() == 6 => {
            let bit = |i: usize| i32::from(bytes[i / 8] >> (i % 8) & 1);
            let code = |i: usize| (0..6).map(|k| bit(6 * i + k) << k).sum();
            proto.int32_data = (0..tensor.ty.len()).map(code).collect();
        }
        _ => proto.int32_data = bytes.iter().map(|b| i32::from(*b)).collect(),
    }
    proto
}

#[test]
fn raw_and_typed_data_are_read_alike() {
    for dtype in NUMERIC {
        let tensor = tensor(dtype);
        let (name, raw) = parse(&encode("x", &tensor), None).unwrap();
        assert_eq!(name, "x");
        assert!(raw.identical(&tensor), "{dtype} raw");
        let typed = parse(&typed(&tensor).encode_to_vec(), None).unwrap().1;
        assert!(typed.identical(&tensor), "{dtype} typed");
    }
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let proto = |dtype, values: &[i32]| TensorProto {
        dims: vec![values.len() as i64],
        data_type: Some(dtype_code(dtype)),
        int32_data: values.into(),
        ..TensorProto::default()
    };
    let read = |proto: TensorProto| parse(&proto.encode_to_vec(), None);
    assert!(read(proto(DType::U8, &[256])).is_err());
    assert!(read(proto(DType::I8, &[-129])).is_err());
    assert!(read(proto(DType::F16, &[65536])).is_err());
    // Bits of a half as a signed number, as some writers have them.
    assert_eq!(
        read(proto(DType::F16, &[-1])).unwrap().1.bytes(),
        [255, 255]
    );
    assert_eq!(read(proto(DType::Bool, &[2, 0])).unwrap().1.bytes(), [1, 0]);
}

#[test]
fn zero_elements_need_no_data() {
    for dtype in NUMERIC {
        let proto = TensorProto {
            dims: vec![3, 0],
            data_type: Some(dtype_code(dtype)),
            ..TensorProto::default()
        };
        assert_eq!(
            parse(&proto.encode_to_vec(), None).unwrap().1.ty,
            TensorType::new(dtype, [3, 0])
        );
    }
}
