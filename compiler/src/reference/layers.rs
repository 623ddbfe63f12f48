//! Layers of a compiled network against the graph as it is written, each given the graph's own inputs.
//!
//! The compiled program is interpreted, and every tensor that the file knows is replaced by the reference's as soon as
//! it was computed: so each layer is judged by its own doing. The contract of a layer:
//!
//! * an integer that stands for a number is at most half a step from it, which leaves two right answers where the
//!   number is a half; in the arithmetic of TensorFlow Lite it is one of the number's two neighbours. In both cases
//!   that number is known to `SLACK` of the range of the integers only: where scales, biases and functions are
//!   floats, these are rounded;
//! * floats are within the tolerance;
//! * anything else is equal.

use super::Reference;
use super::array::Array;
use super::compare::{Difference, Tolerance};
use crate::diag::Diag;
use crate::interp;
use crate::program::{BufferId, Program, Step, Storage};
use crate::quantization::Profile;
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::table::Role;
use serde::Serialize;
use std::collections::HashMap;

/// How exactly floats know a number, as a part of the range of the integers that stand for it: a thousandth of a step
/// of those of 8 bits.
const SLACK: f64 = 1.0 / (1 << 18) as f64;

/// A tensor of the file, as a layer computed it.
#[derive(Clone, Debug, Serialize)]
pub struct Layer {
    /// The step of the program that finished it, counted from 1.
    pub step: usize,
    /// The layer.
    pub layer: String,
    /// The operator.
    pub operator: String,
    /// What computes it.
    pub kernel: &'static str,
    /// The tensor's name in the ONNX file.
    pub tensor: String,
    /// How many elements it has.
    pub elements: usize,
    /// How it differs from what the graph says.
    pub off: Off,
}

/// How a tensor differs from what the graph says.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "of", rename_all = "lowercase")]
pub enum Off {
    /// Integers that stand for numbers.
    Codes(Codes),
    /// Anything else.
    Numbers(Difference),
}

/// How integers that stand for numbers differ from those that the graph's are rounded to, halves to even.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Codes {
    /// How many of them differ.
    pub differing: usize,
    /// How many of these are no right answer either.
    pub wrong: usize,
    /// By how many steps at most.
    pub steps: i64,
    /// How far from its number one is at most, in steps.
    pub furthest: f64,
}

impl Codes {
    /// Both together.
    pub fn and(&self, other: &Codes) -> Codes {
        Codes {
            differing: self.differing + other.differing,
            wrong: self.wrong + other.wrong,
            steps: self.steps.max(other.steps),
            furthest: self.furthest.max(other.furthest),
        }
    }
}

impl Layer {
    /// The same layer for this sample and another.
    pub fn and(&self, other: &Layer) -> Layer {
        let off = match (&self.off, &other.off) {
            (Off::Codes(a), Off::Codes(b)) => Off::Codes(a.and(b)),
            (Off::Numbers(a), Off::Numbers(b)) => Off::Numbers(a.and(b)),
            (own, _) => own.clone(),
        };
        let elements = self.elements + other.elements;
        Layer {
            elements,
            off,
            ..self.clone()
        }
    }

    /// How many elements are not right by the contract.
    pub fn wrong(&self) -> usize {
        match &self.off {
            Off::Codes(codes) => codes.wrong,
            Off::Numbers(difference) => difference.beyond,
        }
    }

    /// Whether the layer is within its contract.
    pub fn holds(&self) -> bool {
        self.wrong() == 0
    }
}

/// What is asked of layers.
#[derive(Clone, Copy, Debug)]
pub struct Contract {
    /// The arithmetic on integers.
    pub profile: Profile,
    /// What floats may be off by.
    pub tolerance: Tolerance,
}

impl Contract {
    /// How many steps an integer may be from its number.
    fn reach(&self, dtype: DType) -> f64 {
        let steps = match self.profile {
            Profile::Onnx => 0.5,
            _ => 1.0,
        };
        steps + SLACK * f64::from(dtype.bits() as u32).exp2()
    }

    /// How what a layer computed differs from what it should be; `None` if the two cannot be compared.
    fn judge(&self, found: &Tensor, expected: &Array) -> Option<Off> {
        if !is_code(found.ty.dtype) {
            let difference = Difference::of(found, &expected.tensor()?, self.tolerance);
            return Some(Off::Numbers(difference));
        }
        // Where nobody knows what was rounded, the neighbours are right.
        let (numbers, reach) = match &expected.unrounded {
            Some(unrounded) => (unrounded, self.reach(found.ty.dtype)),
            None => (&expected.data, 1.0),
        };
        let mut codes = Codes::default();
        let found = found.to_vec::<f64>()?;
        for ((found, rounded), number) in found.iter().zip(&expected.data).zip(numbers) {
            let off = (found - number).abs();
            codes.differing += usize::from(found != rounded);
            codes.wrong += usize::from(off > reach);
            codes.steps = codes.steps.max((found - rounded).abs() as i64);
            codes.furthest = codes.furthest.max(off);
        }
        Some(Off::Codes(codes))
    }
}

/// Compares every tensor of the file that a compiled program still computes.
pub fn compare(
    program: &Program,
    inputs: &[Tensor],
    reference: &Reference,
    contract: Contract,
) -> Result<Vec<Layer>, Diag> {
    let mut layers = Vec::new();
    let mut writers = writers(program);
    let known = known(program, &writers);
    interp::run_observed(program, inputs, &mut |id, bytes| {
        // Of what several steps write parts of only the last state counts.
        let Some(step) = writers.get_mut(&id).and_then(Vec::pop) else {
            return;
        };
        let unfinished = writers.get(&id).is_some_and(|later| !later.is_empty());
        let Some(buffer) = known
            .get(&id)
            .filter(|_| !unfinished)
            .map(|&id| program.buffer(id))
        else {
            return;
        };
        let Some(source) = &buffer.source else { return };
        let expected = reference
            .array(&source.tensor)
            .and_then(|x| x.transposed(&source.perm));
        let Some(expected) =
            expected.filter(|x| (x.dtype, &x.shape) == (buffer.ty.dtype, &buffer.ty.shape))
        else {
            return;
        };
        let found = Tensor::from_bytes(buffer.ty.clone(), &*bytes).ok();
        let Some(off) = found.and_then(|found| contract.judge(&found, &expected)) else {
            return;
        };
        layers.push(layer(
            &program.steps[step],
            step,
            &source.tensor,
            buffer.len(),
            off,
        ));
        // Of wide integers only those are right that are equal already, and floats do not hold all of them.
        let wide = matches!(expected.dtype, DType::I64 | DType::U64);
        if let Some(tensor) = expected.tensor().filter(|_| !wide) {
            bytes.copy_from_slice(tensor.bytes());
        }
    })?;
    Ok(layers)
}

/// Whether a program computes integers that may stand for numbers.
pub fn is_quantised(program: &Program) -> bool {
    let mut written = program.steps.iter().flat_map(written);
    written.any(|id| is_code(program.buffer(id).ty.dtype))
}

fn is_code(dtype: DType) -> bool {
    matches!(dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16)
}

/// The buffers that a step writes.
fn written(step: &Step) -> impl Iterator<Item = BufferId> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let written =
        operands.filter(|(operand, _)| matches!(operand.role, Role::Write | Role::Update));
    written.map(|(_, &id)| id)
}

fn layer(step: &Step, number: usize, tensor: &str, elements: usize, off: Off) -> Layer {
    Layer {
        step: number + 1,
        layer: step.layer.clone(),
        operator: step.operator.clone(),
        kernel: step.call.kernel.name,
        tensor: tensor.into(),
        elements,
        off,
    }
}

/// For each buffer one with a name in the file that holds the same bytes: itself, or another shape of it.
fn known(
    program: &Program,
    writers: &HashMap<BufferId, Vec<usize>>,
) -> HashMap<BufferId, BufferId> {
    let ids = (0..program.buffers.len()).map(BufferId);
    let named = ids.filter(|&id| program.buffer(id).source.is_some());
    let mut known = HashMap::new();
    for id in named {
        known.insert(id, id);
        let same = same_bytes(program, writers, id);
        known.entry(same).or_insert(id);
    }
    known
}

/// The buffer that a step writes and that is `id` under another shape. What a step writes over another buffer is not that one
/// by another name: it ends there.
fn same_bytes(
    program: &Program,
    writers: &HashMap<BufferId, Vec<usize>>,
    mut id: BufferId,
) -> BufferId {
    let bytes = program.buffer(id).bytes();
    while let Storage::View { of, offset: 0 } = program.buffer(id).storage {
        if writers.contains_key(&id) || program.buffer(of).bytes() != bytes {
            break;
        }
        id = of;
    }
    id
}

/// The steps that write each buffer, the last one first.
fn writers(program: &Program) -> HashMap<BufferId, Vec<usize>> {
    let mut writers: HashMap<BufferId, Vec<usize>> = HashMap::new();
    for (i, step) in program.steps.iter().enumerate().rev() {
        written(step).for_each(|id| writers.entry(id).or_default().push(i));
    }
    writers
}
