//! One operator as a file.

use mlc_compiler::tensor::{DType, Tensor, TensorType as Type};
use mlc_compiler::tflite::schema::{
    Buffer, BuiltinOperator, BuiltinOptions, Model, Operator, OperatorCode, QuantizationParameters,
    SubGraph, Tensor as FileTensor, TensorType,
};
use mlc_runtime_core::scalar::Typed;
use planus::Builder;

/// A network of one operator.
#[derive(Clone)]
pub struct Layer {
    /// What it is called: the builtin, and what is special.
    pub name: String,
    /// The builtin.
    pub code: BuiltinOperator,
    /// Its options.
    pub options: Option<BuiltinOptions>,
    /// What it takes.
    pub inputs: Vec<Operand>,
    /// What it gives.
    pub outputs: Vec<Operand>,
}

/// A tensor, given when the network runs unless it holds something.
#[derive(Clone)]
pub struct Operand {
    shape: Vec<usize>,
    ty: TensorType,
    scales: Vec<f32>,
    zero: i64,
    axis: i32,
    data: Option<Vec<u8>>,
    /// Least and greatest of the elements that are made up.
    range: (f64, f64),
    is_absent: bool,
}

/// Numbers without meaning, the same ones each time: xorshift.
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each name.
    pub fn of(name: &str) -> Self {
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Random(hash | 1)
    }

    /// A number from `least` to `most`.
    pub fn within(&mut self, (least, most): (f64, f64)) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        least + (self.0 >> 11) as f64 / (1_u64 << 53) as f64 * (most - least)
    }
}

impl Operand {
    fn new(shape: &[usize], ty: TensorType, range: (f64, f64)) -> Self {
        Operand {
            shape: shape.to_vec(),
            ty,
            scales: Vec::new(),
            zero: 0,
            axis: 0,
            data: None,
            range,
            is_absent: false,
        }
    }

    /// Numbers from -2 to 2.
    pub fn floats(shape: &[usize]) -> Self {
        Operand::new(shape, TensorType::Float32, (-2.0, 2.0))
    }

    /// Integers of 8 bits that stand for numbers.
    pub fn bytes(shape: &[usize], scale: f32, zero: i64) -> Self {
        Operand::new(shape, TensorType::Int8, (-128.0, 127.0)).scaled(&[scale], zero)
    }

    /// Integers of 16 bits that stand for numbers.
    pub fn words(shape: &[usize], scale: f32) -> Self {
        Operand::new(shape, TensorType::Int16, (-32768.0, 32767.0)).scaled(&[scale], 0)
    }

    /// Integers of 32 bits, from `least` to `most`.
    pub fn integers(shape: &[usize], least: i32, most: i32) -> Self {
        Operand::new(shape, TensorType::Int32, (least.into(), most.into()))
    }

    /// Truth values.
    pub fn truths(shape: &[usize]) -> Self {
        Operand::new(shape, TensorType::Bool, (0.0, 1.0))
    }

    /// Constant integers, in a list.
    pub fn list(values: &[i32]) -> Self {
        Operand::integers(&[values.len()], 0, 0).holding(values)
    }

    /// A constant integer.
    pub fn number(value: i32) -> Self {
        Operand::integers(&[], 0, 0).holding(&[value])
    }

    /// An input that is left out.
    pub fn absent() -> Self {
        Operand {
            is_absent: true,
            ..Operand::floats(&[])
        }
    }

    /// Elements between others.
    pub fn within(mut self, least: f64, most: f64) -> Self {
        self.range = (least, most);
        self
    }

    /// Another type.
    pub fn typed(mut self, ty: TensorType) -> Self {
        self.ty = ty;
        self
    }

    /// The same elements in another shape.
    pub fn shaped(mut self, shape: &[usize]) -> Self {
        self.shape = shape.to_vec();
        self
    }

    /// Integers that stand for numbers, by one scale or one for each index along an axis.
    pub fn scaled(mut self, scales: &[f32], zero: i64) -> Self {
        self.scales = scales.to_vec();
        self.zero = zero;
        self
    }

    /// The axis that scales belong to.
    pub fn along(mut self, axis: i32) -> Self {
        self.axis = axis;
        self
    }

    /// Constant elements.
    pub fn holding<T: Typed + Copy>(mut self, values: &[T]) -> Self {
        let mut bytes = Vec::new();
        values
            .iter()
            .for_each(|value| value.scalar().write_le(&mut bytes));
        self.data = Some(bytes);
        self
    }

    /// Made up elements that are constant.
    pub fn constant(mut self, random: &mut Random) -> Self {
        self.data = Some(self.made_up(random).bytes().to_vec());
        self
    }

    fn dtype(&self) -> DType {
        match self.ty {
            TensorType::Int8 => DType::I8,
            TensorType::Int16 => DType::I16,
            TensorType::Int32 => DType::I32,
            TensorType::Int64 => DType::I64,
            TensorType::Uint8 => DType::U8,
            TensorType::Bool => DType::Bool,
            _ => DType::F32,
        }
    }

    fn made_up(&self, random: &mut Random) -> Tensor {
        made_up(self.dtype(), &self.shape, self.range, random)
    }

    fn in_file(&self, name: String, buffers: &mut Vec<Buffer>) -> FileTensor {
        let buffer = match &self.data {
            Some(data) => {
                buffers.push(Buffer {
                    data: Some(data.clone()),
                    ..Buffer::default()
                });
                buffers.len() as u32 - 1
            }
            None => 0,
        };
        let quantization = (!self.scales.is_empty()).then(|| {
            Box::new(QuantizationParameters {
                scale: Some(self.scales.clone()),
                zero_point: Some(vec![self.zero; self.scales.len()]),
                quantized_dimension: self.axis,
                ..QuantizationParameters::default()
            })
        });
        FileTensor {
            shape: Some(self.shape.iter().map(|&size| size as i32).collect()),
            type_: self.ty,
            buffer,
            name: Some(name),
            quantization,
            ..FileTensor::default()
        }
    }
}

impl Layer {
    /// The file's bytes.
    pub fn file(&self) -> Vec<u8> {
        let mut graph = SubGraph::default();
        let mut buffers = vec![Buffer::default()];
        let (mut tensors, mut places) = (Vec::new(), Vec::new());
        let inputs = self
            .inputs
            .iter()
            .enumerate()
            .map(|(i, x)| (format!("x{i}"), x));
        let outputs = self
            .outputs
            .iter()
            .enumerate()
            .map(|(i, y)| (format!("y{i}"), y));
        for (name, operand) in inputs.chain(outputs) {
            places.push(if operand.is_absent {
                -1
            } else {
                tensors.len() as i32
            });
            if !operand.is_absent {
                tensors.push(operand.in_file(name, &mut buffers));
            }
        }
        let (inputs, outputs) = places.split_at(self.inputs.len());
        let given = self.inputs.iter().zip(inputs).filter(|(x, _)| x.is_given());
        graph.inputs = Some(given.map(|(_, place)| *place).collect());
        graph.outputs = Some(outputs.to_vec());
        graph.tensors = Some(tensors);
        graph.operators = Some(vec![Operator {
            inputs: Some(inputs.to_vec()),
            outputs: Some(outputs.to_vec()),
            builtin_options: self.options.clone(),
            ..Operator::default()
        }]);
        let number = self.code as i32;
        let code = OperatorCode {
            builtin_code: number,
            deprecated_builtin_code: number.min(127) as i8,
            // The first one that engines know.
            version: if self.code == BuiltinOperator::BroadcastTo {
                2
            } else {
                1
            },
            ..OperatorCode::default()
        };
        encoded(&Model {
            version: 3,
            operator_codes: Some(vec![code]),
            subgraphs: Some(vec![graph]),
            buffers: Some(buffers),
            ..Model::default()
        })
    }

    /// Made up inputs.
    pub fn given(&self, round: usize) -> Vec<Tensor> {
        let mut random = Random::of(&format!("{} {round}", self.name));
        let given = self.inputs.iter().filter(|operand| operand.is_given());
        given.map(|operand| operand.made_up(&mut random)).collect()
    }
}

/// A tensor of elements without meaning.
pub fn made_up(dtype: DType, shape: &[usize], range: (f64, f64), random: &mut Random) -> Tensor {
    let mut bytes = Vec::new();
    for _ in 0..shape.iter().product() {
        let x = random.within(range);
        match dtype {
            DType::F32 => bytes.extend((x as f32).to_le_bytes()),
            DType::I64 => bytes.extend((x.round() as i64).to_le_bytes()),
            DType::I32 => bytes.extend((x.round() as i32).to_le_bytes()),
            DType::I16 => bytes.extend((x.round() as i16).to_le_bytes()),
            DType::I8 => bytes.extend((x.round() as i8).to_le_bytes()),
            _ => bytes.push(x.round() as u8),
        }
    }
    Tensor::from_bytes(Type::new(dtype, shape), &*bytes).expect("as many bytes as elements take")
}

impl Operand {
    fn is_given(&self) -> bool {
        self.data.is_none() && !self.is_absent
    }
}

/// The bytes of a file.
pub(super) fn encoded(model: &Model) -> Vec<u8> {
    with_identifier(Builder::new().finish(model, None))
}

/// Planus writes an identifier before the place of the root, readers look for it after that. Contents stay aligned.
fn with_identifier(file: &[u8]) -> Vec<u8> {
    const ADDED: [u8; 16] = *b"TFL3\0\0\0\0\0\0\0\0\0\0\0\0";
    let (root, rest) = file.split_at(4);
    let root = u32::from_le_bytes([root[0], root[1], root[2], root[3]]) + ADDED.len() as u32;
    [&root.to_le_bytes()[..], &ADDED, rest].concat()
}
