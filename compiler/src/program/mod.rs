//! The program: kernel calls in order, over virtual buffers.
//!
//! Lowering writes it, scheduling orders it and decides what is updated in place, planning gives
//! each buffer its bytes, and from there it is interpreted or emitted. It knows no operators.

mod segment;
mod stepping;

use crate::diag::Diag;
use crate::quantization::Quantization;
use crate::tensor::{Source, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Scalar};
use mlc_runtime_core::table::{Call, Role};
pub use segment::{Edge, Layer, Part, Segment};
pub use stepping::{Moving, Scope, Stepping};

/// Names a buffer of a program.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct BufferId(pub usize);

/// A block of elements that kernels work on.
#[derive(Clone, Debug)]
pub struct Buffer {
    /// A name for people; not unique.
    pub name: String,
    /// How kernels see the elements.
    pub element: ElementType,
    /// Element type and shape of the tensor it holds.
    pub ty: TensorType,
    /// Where its bytes are.
    pub storage: Storage,
    /// The ONNX tensor it holds, if it is one.
    pub source: Option<Source>,
}

/// Where the bytes of a buffer are.
#[derive(Clone, Debug)]
pub enum Storage {
    /// In the blob of weights.
    Constant(Tensor),
    /// In the arena, at a place of its own.
    Arena,
    /// Inside another buffer, `offset` bytes from its start.
    View {
        /// The other buffer.
        of: BufferId,
        /// Bytes from its start.
        offset: usize,
    },
    /// It starts as a copy of another buffer; scheduling decides whether it takes that one's bytes.
    CopyOf(BufferId),
    /// In the arena, where it keeps its contents from one run to the next.
    State {
        /// What it holds before the first run.
        initial: Initial,
    },
}

/// What a buffer that keeps its contents holds before the first run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Initial {
    /// This in all elements.
    Fill(Scalar),
    /// The contents of a constant buffer, as long as it is.
    Constant(BufferId),
}

impl Buffer {
    /// Number of elements.
    pub fn len(&self) -> usize {
        self.ty.len()
    }

    /// Whether there are no elements.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes it takes.
    pub fn bytes(&self) -> usize {
        self.len() * self.element.size()
    }
}

/// One kernel call.
#[derive(Clone, Debug)]
pub struct Step {
    /// The layer it belongs to, for people.
    pub layer: String,
    /// The operator it came from, for people.
    pub operator: String,
    /// The call.
    pub call: Call<BufferId>,
    /// Multiply-accumulates it takes.
    pub macs: u64,
    /// Whether it is one of steps that run row by row, and by number of which.
    pub segment: Option<usize>,
    /// Why no form of its kernel for the target fits, if there are any.
    pub unpacked: Option<String>,
}

/// An input or output of the program.
#[derive(Clone, Debug)]
pub struct Port {
    /// Its name in the ONNX file.
    pub name: String,
    /// Its type.
    pub ty: TensorType,
    /// The buffer that holds it.
    pub buffer: BufferId,
    /// What its integers stand for, if that is known.
    pub quantization: Option<Quantization>,
}

/// A network as kernel calls.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The model's name.
    pub name: String,
    /// Every buffer.
    pub buffers: Vec<Buffer>,
    /// The calls, in order.
    pub steps: Vec<Step>,
    /// What the caller gives.
    pub inputs: Vec<Port>,
    /// What the caller gets.
    pub outputs: Vec<Port>,
    /// Steps that run row by row, in order.
    pub segments: Vec<Segment>,
    /// Bytes of the arena that the order of its steps saves: in the order of the graph it would need so many more.
    pub order_saves: usize,
    /// How it takes time, if it takes it slice by slice.
    pub stepping: Option<Stepping>,
}

impl Program {
    /// The buffer of that id.
    pub fn buffer(&self, id: BufferId) -> &Buffer {
        &self.buffers[id.0]
    }

    /// Adds a buffer.
    pub fn add(&mut self, buffer: Buffer) -> BufferId {
        self.buffers.push(buffer);
        BufferId(self.buffers.len() - 1)
    }

    /// The buffer whose bytes `id` lies in, and how far into it.
    pub fn root(&self, id: BufferId) -> (BufferId, usize) {
        let (mut id, mut at) = (id, 0);
        while let Storage::View { of, offset } = self.buffer(id).storage {
            (id, at) = (of, at + offset);
        }
        (id, at)
    }

    /// Whether two buffers have a byte in common.
    pub fn overlap(&self, a: BufferId, b: BufferId) -> bool {
        let ((a_root, a_at), (b_root, b_at)) = (self.root(a), self.root(b));
        let (a_end, b_end) = (a_at + self.buffer(a).bytes(), b_at + self.buffer(b).bytes());
        a_root == b_root && a_at.max(b_at) < a_end.min(b_end)
    }

    /// The program with its steps in another order, before any run row by row.
    pub(crate) fn in_order(&self, order: &[usize]) -> Program {
        Program {
            steps: order.iter().map(|&i| self.steps[i].clone()).collect(),
            ..self.clone()
        }
    }

    /// The data of a buffer in the blob of weights.
    pub fn constant(&self, id: BufferId) -> Option<&Tensor> {
        match &self.buffer(id).storage {
            Storage::Constant(tensor) => Some(tensor),
            _ => None,
        }
    }

    /// The buffers that keep their contents from one run to the next, and what each holds before the first.
    pub fn states(&self) -> impl Iterator<Item = (BufferId, Initial)> {
        let state = |(i, buffer): (usize, &Buffer)| match buffer.storage {
            Storage::State { initial } => Some((BufferId(i), initial)),
            _ => None,
        };
        self.buffers.iter().enumerate().filter_map(state)
    }

    /// Whether a buffer keeps its contents from one run to the next.
    pub fn keeps(&self, id: BufferId) -> bool {
        matches!(self.buffer(id).storage, Storage::State { .. })
    }

    /// Multiply-accumulates of one run.
    pub fn macs(&self) -> u64 {
        self.steps.iter().map(|s| s.macs).sum()
    }

    /// Checks that every call fits its kernel's row. A failure is a defect of mlc.
    pub fn verify(&self) -> Result<(), Diag> {
        for step in &self.steps {
            self.verify_step(step).map_err(|problem| {
                let message = format!("call of {}: {problem}", step.call.kernel.name);
                Diag::new("invalid-program", message).at_node(&step.layer, &step.operator)
            })?;
        }
        Ok(())
    }

    fn verify_step(&self, step: &Step) -> Result<(), String> {
        let (kernel, operands) = (step.call.kernel, &step.call.operands);
        if kernel.operands.len() != operands.len() {
            return Err(format!(
                "{} operands, not {}",
                operands.len(),
                kernel.operands.len()
            ));
        }
        let mut generic = None;
        for (row, &id) in kernel.operands.iter().zip(operands) {
            let buffer = self.buffer(id);
            let constant = matches!(self.buffer(self.root(id).0).storage, Storage::Constant(_));
            if row.generic && *generic.get_or_insert(buffer.element) != buffer.element
                || !row.types.contains(&buffer.element)
            {
                return Err(format!("{} cannot be {:?}", row.name, buffer.element));
            }
            if row.role != Role::Read && constant {
                return Err(format!("{} is constant and would be written", row.name));
            }
        }
        Ok(())
    }
}

/// A call that copies one buffer into another.
pub(crate) fn copy_call(program: &Program, from: BufferId, to: BufferId) -> Call<BufferId> {
    use mlc_runtime_core::kernels::copy::CopyAll;
    let len = program.buffer(from).len();
    mlc_runtime_core::table::call::copy(CopyAll { len }, from, to)
}
