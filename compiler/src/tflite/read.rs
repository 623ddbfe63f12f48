//! Taking a FlatBuffer apart: what is copied is checked and counted, so that a file in which many things share one place cannot take
//! more memory than a few times its size.

use super::schema::{
    BufferRef, BuiltinOperator, BuiltinOptionsRef, ModelRef, OperatorCodeRef, OperatorRef,
    QuantizationParametersRef, SignatureDefRef, SubGraphRef, TensorMapRef, TensorRef, TensorType,
};
use crate::diag::{Diag, Diags};
use crate::onnx::Problems;
use crate::tensor::{self, DType};
use planus::ReadAsRoot;
use std::collections::BTreeSet;

/// A file, taken apart.
pub(super) struct Document<'a> {
    /// What wrote it, or what it is.
    pub description: &'a str,
    /// The network, and graphs that its operators name.
    pub subgraphs: Vec<Graph<'a>>,
    /// Operators that are called.
    pub operators: Vec<Called<'a>>,
    /// Contents of constants.
    pub buffers: Vec<&'a [u8]>,
    /// Names of inputs and outputs.
    pub signatures: Vec<Signature<'a>>,
    /// Bytes of the file.
    pub bytes: usize,
}

/// An operator that is called, perhaps several times.
pub(super) enum Called<'a> {
    /// One of TensorFlow Lite's own.
    Builtin(BuiltinOperator),
    /// Another.
    Custom(&'a str),
    /// One that was added after this was written.
    Unknown(i32),
}

/// Tensors and the operators between them, in the order in which they run.
pub(super) struct Graph<'a> {
    pub name: &'a str,
    pub tensors: Vec<TensorInfo<'a>>,
    pub inputs: Vec<usize>,
    pub outputs: Vec<usize>,
    pub operations: Vec<Operation<'a>>,
}

/// What is said of a tensor.
pub(super) struct TensorInfo<'a> {
    pub name: &'a str,
    pub shape: Vec<usize>,
    /// Its element type, if ONNX has one.
    pub dtype: Option<DType>,
    /// How the file calls that.
    pub ty: TensorType,
    /// Where its contents are; 0 if it is none.
    pub buffer: usize,
    pub quantisation: Option<Quantisation>,
    /// Whether it keeps its contents from run to run.
    pub is_variable: bool,
}

/// What integers stand for: one scale, or one for each index along an axis.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Quantisation {
    pub scales: Vec<f32>,
    pub zeros: Vec<i32>,
    pub axis: usize,
}

/// A call of an operator.
pub(super) struct Operation<'a> {
    /// Which of the document's operators.
    pub operator: usize,
    /// Tensors; none where an optional one is absent.
    pub inputs: Vec<Option<usize>>,
    pub outputs: Vec<usize>,
    /// Read when they are asked for: what is not known has no options that are.
    pub options: Read<Option<BuiltinOptionsRef<'a>>>,
}

/// Names for the inputs and outputs of a graph.
pub(super) struct Signature<'a> {
    pub graph: usize,
    pub ports: Vec<(&'a str, usize)>,
}

impl TensorInfo<'_> {
    /// Its element type.
    pub(super) fn dtype(&self) -> Result<DType, Diag> {
        let message = format!("elements of type {:?} are not supported", self.ty);
        self.dtype
            .ok_or_else(|| Diag::new("unsupported-type", message).at_tensor(self.name))
    }
}

impl Called<'_> {
    /// What a person calls it.
    pub(super) fn name(&self) -> String {
        match self {
            Called::Builtin(builtin) => builtin.name().into(),
            Called::Custom(name) => format!("CUSTOM `{name}`"),
            Called::Unknown(code) => format!("builtin {code}"),
        }
    }
}

/// Takes a file apart.
pub(super) fn document(bytes: &[u8]) -> Result<Document<'_>, Diags> {
    let mut reader = Reader {
        bytes,
        left: 8 * bytes.len() + 65536,
    };
    let mut problems = Problems::default();
    let document = reader.document(&mut problems).map_err(Diags::from)?;
    problems.finish(document)
}

pub(super) type Read<T> = planus::Result<T>;

pub(super) fn malformed(error: planus::Error) -> Diag {
    let message = "the file is not a valid TensorFlow Lite model, or it is cut short";
    Diag::new("malformed-file", message).note(error.to_string())
}

fn wrong(message: impl Into<String>) -> Diag {
    Diag::new("malformed-file", message)
}

/// Elements of a list that may be absent.
fn list<'a, T: planus::VectorRead<'a> + 'a>(
    list: Read<Option<planus::Vector<'a, T>>>,
) -> Result<planus::vectors::Iter<'a, T>, Diag> {
    Ok(list
        .map_err(malformed)?
        .unwrap_or(planus::Vector::new_empty())
        .iter())
}

struct Reader<'a> {
    bytes: &'a [u8],
    /// Bytes that may still be copied.
    left: usize,
}

impl<'a> Reader<'a> {
    fn document(&mut self, problems: &mut Problems) -> Result<Document<'a>, Diag> {
        let model = ModelRef::read_as_root(self.bytes).map_err(malformed)?;
        let version = model.version().map_err(malformed)?;
        if version != 3 {
            let message = format!("the file has version {version} of its format, not 3");
            return Err(Diag::new("unsupported-version", message));
        }
        let mut operators = Vec::new();
        for code in list(model.operator_codes())? {
            self.take::<Called<'_>>(1)?;
            operators.push(called(code.map_err(malformed)?).map_err(malformed)?);
        }
        let mut buffers = Vec::new();
        for buffer in list(model.buffers())? {
            self.take::<&[u8]>(1)?;
            buffers.push(self.buffer(buffer.map_err(malformed)?)?);
        }
        let mut subgraphs = Vec::new();
        for (i, graph) in list(model.subgraphs())?.enumerate() {
            let graph = graph
                .map_err(malformed)
                .and_then(|graph| self.graph(graph, problems));
            let graph = graph.map_err(|diag| diag.note(format!("in subgraph {i}")))?;
            subgraphs.push(graph);
        }
        if subgraphs.is_empty() {
            return Err(wrong(
                "the file has no subgraph, so there is no network in it",
            ));
        }
        let signatures = list(model.signature_defs())?
            .map(|signature| self.signature(signature.map_err(malformed)?))
            .collect::<Result<_, _>>()?;
        Ok(Document {
            description: model.description().map_err(malformed)?.unwrap_or_default(),
            subgraphs,
            operators,
            buffers,
            signatures,
            bytes: self.bytes.len(),
        })
    }

    /// Counts so many copies of a type.
    fn take<T>(&mut self, count: usize) -> Result<(), Diag> {
        let left = self.left.checked_sub(count.saturating_mul(size_of::<T>()));
        self.left = left.ok_or_else(|| wrong("the file describes far more than it holds"))?;
        Ok(())
    }

    fn buffer(&self, buffer: BufferRef<'a>) -> Result<&'a [u8], Diag> {
        let (offset, size) = (buffer.offset(), buffer.size());
        let (offset, size) = (offset.map_err(malformed)?, size.map_err(malformed)?);
        if offset <= 1 {
            return Ok(buffer.data().map_err(malformed)?.unwrap_or_default());
        }
        // Large contents lie behind everything else.
        let range = usize::try_from(offset).ok().zip(usize::try_from(size).ok());
        let range = range.and_then(|(from, size)| Some(from..from.checked_add(size)?));
        let bytes = range.and_then(|range| self.bytes.get(range));
        bytes.ok_or_else(|| wrong("contents of a tensor lie outside the file"))
    }

    fn graph(
        &mut self,
        graph: SubGraphRef<'a>,
        problems: &mut Problems,
    ) -> Result<Graph<'a>, Diag> {
        let listed = list(graph.tensors())?;
        let (count, mut tensors) = (listed.len(), Vec::new());
        for tensor in listed {
            self.take::<TensorInfo<'_>>(1)?;
            let tensor = tensor.map_err(malformed)?;
            let name = tensor.name().map_err(malformed)?.unwrap_or_default();
            let tensor = self
                .tensor(tensor, name)
                .map_err(|diag| diag.at_tensor(name));
            // What is wrong with one says nothing of the others.
            tensors.extend(problems.value(tensor));
        }
        let mut read = Graph {
            name: graph.name().map_err(malformed)?.unwrap_or_default(),
            inputs: self.places(list(graph.inputs())?)?,
            outputs: self.places(list(graph.outputs())?)?,
            operations: Vec::new(),
            tensors,
        };
        for (i, operator) in list(graph.operators())?.enumerate() {
            self.take::<Operation<'_>>(1)?;
            let operation = operator
                .map_err(malformed)
                .and_then(|operator| self.operation(operator));
            let operation = operation.map_err(|diag| diag.note(format!("in operator {i}")))?;
            read.operations.push(operation);
        }
        check_places(&read, count, problems);
        Ok(read)
    }

    fn places(&mut self, list: planus::vectors::Iter<'a, i32>) -> Result<Vec<usize>, Diag> {
        self.take::<usize>(list.len())?;
        list.map(place).collect()
    }

    fn tensor(&mut self, tensor: TensorRef<'a>, name: &'a str) -> Result<TensorInfo<'a>, Diag> {
        let dims = list(tensor.shape())?;
        self.take::<usize>(dims.len())?;
        // Nodes are called after tensors.
        self.take::<[u8; 4]>(name.len())?;
        let shape: Vec<usize> = dims
            .map(|d| usize::try_from(d).ok())
            .collect::<Option<_>>()
            .ok_or_else(|| Diag::new("bad-dimension", "a dimension is negative"))?;
        if tensor.sparsity().map_err(malformed)?.is_some() {
            let message = "the tensor is stored sparsely, which is not supported";
            return Err(Diag::new("unsupported-storage", message)
                .note("convert the model without sparsity"));
        }
        let ty = tensor.type_().map_err(malformed)?;
        tensor::TensorType::new(dtype(ty).unwrap_or(DType::F32), &*shape).check_size()?;
        let quantisation = match tensor.quantization().map_err(malformed)? {
            Some(quantisation) => self.quantisation(quantisation, &shape)?,
            None => None,
        };
        if let Some(quantisation) = &quantisation {
            check_zeros(quantisation, ty)?;
        }
        Ok(TensorInfo {
            name,
            shape,
            dtype: dtype(ty),
            ty,
            buffer: tensor.buffer().map_err(malformed)? as usize,
            quantisation,
            is_variable: tensor.is_variable().map_err(malformed)?,
        })
    }

    fn quantisation(
        &mut self,
        quantisation: QuantizationParametersRef<'a>,
        shape: &[usize],
    ) -> Result<Option<Quantisation>, Diag> {
        let (scales, zeros) = (
            list(quantisation.scale())?,
            list(quantisation.zero_point())?,
        );
        if scales.len() == 0 {
            return Ok(None);
        }
        self.take::<[f32; 2]>(scales.len() + zeros.len())?;
        let scales: Vec<f32> = scales.collect();
        let mut zeros: Vec<i32> = zeros
            .map(|zero| i32::try_from(zero).ok())
            .collect::<Option<_>>()
            .ok_or_else(|| wrong("a zero point does not fit 32 bits"))?;
        if zeros.is_empty() || zeros.len() == 1 {
            zeros = vec![zeros.first().copied().unwrap_or(0); scales.len()];
        }
        let axis = quantisation.quantized_dimension().map_err(malformed)?;
        let along = usize::try_from(axis).ok().and_then(|axis| shape.get(axis));
        if zeros.len() != scales.len() || scales.len() > 1 && along != Some(&scales.len()) {
            let message = format!(
                "{} scales and {} zero points do not fit a tensor of {shape:?}",
                scales.len(),
                zeros.len()
            );
            return Err(Diag::new("bad-quantisation", message));
        }
        if !scales.iter().all(|scale| scale.is_finite() && *scale > 0.0) {
            return Err(Diag::new(
                "bad-quantisation",
                "a scale is not positive and finite",
            ));
        }
        let axis = if scales.len() > 1 { axis as usize } else { 0 };
        Ok(Some(Quantisation {
            scales,
            zeros,
            axis,
        }))
    }

    fn operation(&mut self, operator: OperatorRef<'a>) -> Result<Operation<'a>, Diag> {
        let inputs = list(operator.inputs())?;
        self.take::<Option<usize>>(inputs.len())?;
        let optional = |i: i32| {
            if i == -1 {
                Ok(None)
            } else {
                place(i).map(Some)
            }
        };
        Ok(Operation {
            operator: operator.opcode_index().map_err(malformed)? as usize,
            inputs: inputs.map(optional).collect::<Result<_, _>>()?,
            outputs: self.places(list(operator.outputs())?)?,
            options: operator.builtin_options(),
        })
    }

    fn signature(&mut self, signature: SignatureDefRef<'a>) -> Result<Signature<'a>, Diag> {
        let mut ports = Vec::new();
        for port in list(signature.inputs())?.chain(list(signature.outputs())?) {
            let port: TensorMapRef<'a> = port.map_err(malformed)?;
            let name = port.name().map_err(malformed)?.unwrap_or_default();
            self.take::<(&str, usize)>(1)?;
            self.take::<u8>(name.len())?;
            ports.push((name, port.tensor_index().map_err(malformed)? as usize));
        }
        Ok(Signature {
            graph: signature.subgraph_index().map_err(malformed)? as usize,
            ports,
        })
    }
}

fn place(i: i32) -> Result<usize, Diag> {
    usize::try_from(i).map_err(|_| wrong(format!("there is no tensor {i}")))
}

/// Tensors that are named have to be there.
fn check_places(graph: &Graph<'_>, count: usize, problems: &mut Problems) {
    let operations = graph.operations.iter();
    let used = operations
        .flat_map(|operation| operation.inputs.iter().flatten().chain(&operation.outputs));
    let missing = graph.inputs.iter().chain(&graph.outputs).chain(used);
    let missing: BTreeSet<_> = missing.filter(|place| **place >= count).collect();
    for place in missing {
        problems.push(wrong(format!(
            "subgraph `{}` has no tensor {place}",
            graph.name
        )));
    }
}

/// What stands for 0 is an element.
fn check_zeros(quantisation: &Quantisation, ty: TensorType) -> Result<(), Diag> {
    let range = match ty {
        TensorType::Int8 => -128..=127,
        TensorType::Uint8 => 0..=255,
        TensorType::Int16 => -32768..=32767,
        TensorType::Uint16 => 0..=65535,
        TensorType::Int4 => -8..=7,
        _ => i32::MIN..=i32::MAX,
    };
    let outside = quantisation.zeros.iter().find(|zero| !range.contains(zero));
    match outside {
        Some(zero) => Err(Diag::new(
            "bad-quantisation",
            format!("the zero point {zero} is no element"),
        )),
        None => Ok(()),
    }
}

/// Which operator a code is: those up to 127 once had one byte.
fn called(code: OperatorCodeRef<'_>) -> Read<Called<'_>> {
    let number = code
        .builtin_code()?
        .max(code.deprecated_builtin_code()?.into());
    Ok(match BuiltinOperator::try_from(number) {
        Ok(BuiltinOperator::Custom) => Called::Custom(code.custom_code()?.unwrap_or_default()),
        Ok(builtin) => Called::Builtin(builtin),
        Err(_) => Called::Unknown(number),
    })
}

fn dtype(ty: TensorType) -> Option<DType> {
    Some(match ty {
        TensorType::Float32 => DType::F32,
        TensorType::Float16 => DType::F16,
        TensorType::Float64 => DType::F64,
        TensorType::Bfloat16 => DType::BF16,
        TensorType::Int64 => DType::I64,
        TensorType::Int32 => DType::I32,
        TensorType::Int16 => DType::I16,
        TensorType::Int8 => DType::I8,
        TensorType::Int4 => DType::I4,
        TensorType::Uint64 => DType::U64,
        TensorType::Uint32 => DType::U32,
        TensorType::Uint16 => DType::U16,
        TensorType::Uint8 => DType::U8,
        TensorType::Bool => DType::Bool,
        TensorType::String => DType::String,
        _ => return None,
    })
}
