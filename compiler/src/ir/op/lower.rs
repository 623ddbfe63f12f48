//! What an operator writes its kernel calls to.

use super::Op;
use crate::diag::Diag;
use crate::interp;
use crate::program::{Buffer, BufferId, Initial, Port, Program, Step, Storage};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{ElementType, Scalar};
use mlc_runtime_core::table::{Call, Role};

/// Computes the outputs of one operator for constant inputs.
pub fn evaluate(op: &dyn Op, inputs: &[Option<&Tensor>]) -> Result<Vec<Tensor>, Diag> {
    interp::run(&Lower::alone(op, inputs)?, &[])
}

pub(crate) fn new_buffer(name: &str, ty: TensorType, storage: Storage) -> Result<Buffer, Diag> {
    let element = ty
        .dtype
        .storage()
        .ok_or_else(|| no_kernel(ty.dtype).at_tensor(name))?;
    Ok(Buffer {
        name: name.into(),
        element,
        ty,
        storage,
        source: None,
    })
}

fn no_kernel(dtype: DType) -> Diag {
    let message = format!("no kernel works on elements of type {dtype}");
    Diag::new("unsupported-type", message)
        .note("a Cast to a supported type on constants is folded at compile time")
}

/// What an operator writes its kernel calls to.
pub struct Lower<'a> {
    pub(crate) program: &'a mut Program,
    pub(crate) layer: &'a str,
    pub(crate) op: &'a dyn Op,
    pub(crate) inputs: Vec<Option<BufferId>>,
    pub(crate) outputs: Vec<BufferId>,
    pub(crate) used: Vec<bool>,
}

impl<'a> Lower<'a> {
    /// Lowers one operator with constant inputs to a program of its own.
    pub(crate) fn alone(op: &dyn Op, inputs: &[Option<&Tensor>]) -> Result<Program, Diag> {
        let mut program = Program {
            name: op.name().into(),
            ..Program::default()
        };
        let types: Vec<_> = inputs.iter().map(|t| t.map(|t| &t.ty)).collect();
        let types = op.infer(&types)?;
        let mut buffers = Vec::new();
        for input in inputs {
            let add = |t: &&Tensor| {
                new_buffer("", t.ty.clone(), Storage::Constant((*t).clone()))
                    .map(|b| program.add(b))
            };
            buffers.push(input.as_ref().map(add).transpose()?);
        }
        let mut outputs = Vec::new();
        for ty in types {
            let buffer = program.add(new_buffer("", ty.clone(), Storage::Arena)?);
            outputs.push(buffer);
            program.outputs.push(Port {
                name: String::new(),
                ty,
                buffer,
                quantization: None,
            });
        }
        op.lower(&mut Lower {
            program: &mut program,
            layer: "",
            op,
            inputs: buffers,
            used: vec![true; outputs.len()],
            outputs,
        })?;
        program.verify()?;
        Ok(program)
    }

    /// Number of inputs, absent ones included.
    pub fn input_count(&self) -> usize {
        self.inputs.len()
    }

    /// Whether the `i`-th input is there.
    pub fn has_input(&self, i: usize) -> bool {
        self.inputs.get(i).is_some_and(Option::is_some)
    }

    /// The `i`-th input; an optional `f32` input that is absent is an empty buffer.
    pub fn input(&mut self, i: usize) -> BufferId {
        self.input_or_empty(i, ElementType::F32)
    }

    /// The `i`-th input, or an empty buffer of `element`s if it is absent.
    pub fn input_or_empty(&mut self, i: usize, element: ElementType) -> BufferId {
        match self.inputs.get(i) {
            Some(&Some(id)) => id,
            _ => self.empty(element),
        }
    }

    /// A buffer of no elements.
    pub fn empty(&mut self, element: ElementType) -> BufferId {
        self.temporary(element, 0)
    }

    /// The `i`-th output.
    pub fn output(&self, i: usize) -> BufferId {
        self.outputs[i]
    }

    /// Whether anybody reads the `i`-th output. One that nobody reads need not be written.
    pub fn output_is_used(&self, i: usize) -> bool {
        self.used[i]
    }

    /// The type of the `i`-th input.
    ///
    /// # Panics
    /// If it is absent.
    pub fn input_type(&self, i: usize) -> &TensorType {
        let id = self.inputs[i].expect("an input that is there");
        &self.program.buffer(id).ty
    }

    /// The type of the `i`-th output.
    pub fn output_type(&self, i: usize) -> &TensorType {
        &self.program.buffer(self.outputs[i]).ty
    }

    /// The data of the `i`-th input, if it is constant.
    pub fn input_constant(&self, i: usize) -> Option<&Tensor> {
        self.program
            .constant(self.inputs.get(i).copied().flatten()?)
    }

    /// A constant of the operator's own, such as packed weights.
    pub fn constant(&mut self, tensor: Tensor) -> Result<BufferId, Diag> {
        let buffer = new_buffer(self.layer, tensor.ty.clone(), Storage::Constant(tensor))?;
        Ok(self.program.add(buffer))
    }

    /// A buffer for intermediate results or scratch, `len` elements long.
    pub fn temporary(&mut self, element: ElementType, len: usize) -> BufferId {
        self.program.add(Buffer {
            name: self.layer.into(),
            element,
            ty: TensorType::new(element.into(), [len]),
            storage: Storage::Arena,
            source: None,
        })
    }

    /// A buffer that keeps its contents from one run to the next; before the first, all are `fill`.
    pub fn state(&mut self, len: usize, fill: Scalar) -> BufferId {
        let id = self.temporary(fill.ty(), len);
        let initial = Initial::Fill(fill);
        self.program.buffers[id.0].storage = Storage::State { initial };
        id
    }

    /// A buffer like a constant that keeps its contents from one run to the next; before the first, it holds what the
    /// constant does.
    pub fn state_from(&mut self, constant: BufferId) -> BufferId {
        let storage = Storage::State {
            initial: Initial::Constant(constant),
        };
        let buffer = Buffer {
            name: self.layer.into(),
            storage,
            source: None,
            ..self.program.buffer(constant).clone()
        };
        self.program.add(buffer)
    }

    /// The `i`-th output as a buffer that keeps its contents, as [`Lower::state`].
    pub fn output_state(&mut self, i: usize, fill: Scalar) -> BufferId {
        let initial = Initial::Fill(fill);
        self.program.buffers[self.outputs[i].0].storage = Storage::State { initial };
        self.outputs[i]
    }

    /// A buffer for intermediate results, `len` elements of the type that `like` has.
    pub fn temporary_like(&mut self, like: BufferId, len: usize) -> BufferId {
        self.temporary(self.program.buffer(like).element, len)
    }

    /// A buffer that starts with the contents of `from`, for a kernel's `update` operand. No bytes
    /// are copied if nobody reads `from` later.
    pub fn copy_of(&mut self, from: BufferId) -> BufferId {
        let storage = Storage::CopyOf(from);
        let buffer = Buffer {
            storage,
            source: None,
            ..self.program.buffer(from).clone()
        };
        self.program.add(buffer)
    }

    /// The `i`-th output as a buffer that starts with the contents of `from`, as [`Lower::copy_of`].
    pub fn output_copy_of(&mut self, i: usize, from: BufferId) -> BufferId {
        self.program.buffers[self.outputs[i].0].storage = Storage::CopyOf(from);
        self.outputs[i]
    }

    /// The `i`-th output as nothing but another view of `from`, `offset` elements into it: a reshape.
    pub fn output_view(&mut self, i: usize, from: BufferId, offset: usize) {
        let out = self.outputs[i];
        let storage = match self.program.constant(from) {
            Some(tensor) => {
                let (ty, size) = (
                    &self.program.buffer(out).ty,
                    self.program.buffer(out).element.size(),
                );
                let bytes = &tensor.bytes()[offset * size..][..ty.len() * size];
                let tensor =
                    Tensor::from_bytes(ty.clone(), bytes).expect("a view within its buffer");
                Storage::Constant(tensor)
            }
            None => Storage::View {
                of: from,
                offset: offset * self.program.buffer(out).element.size(),
            },
        };
        self.program.buffers[out.0].storage = storage;
    }

    /// A part of the `i`-th output for a call that writes no more than that: as large as `like`, from its element
    /// `offset` on.
    pub fn output_part(&mut self, i: usize, offset: usize, like: BufferId) -> BufferId {
        let whole = self.program.buffer(self.outputs[i]);
        let part = Buffer {
            name: whole.name.clone(),
            element: whole.element,
            ty: self.program.buffer(like).ty.clone(),
            storage: Storage::View {
                of: self.outputs[i],
                offset: offset * whole.element.size(),
            },
            source: None,
        };
        self.program.add(part)
    }

    /// Writes a call.
    pub fn call(&mut self, call: Call<BufferId>) {
        self.call_counted(call, 0);
    }

    /// Writes a call that takes `macs` multiply-accumulates, if there is anything to compute.
    pub fn call_counted(&mut self, call: Call<BufferId>, macs: u64) {
        let operands = call.kernel.operands.iter().zip(&call.operands);
        let mut results =
            operands.filter(|(row, _)| matches!(row.role, Role::Write | Role::Update));
        if results.all(|(_, &id)| self.program.buffer(id).is_empty()) {
            return;
        }
        let (layer, operator) = (self.layer.into(), self.op.name().into());
        self.program.steps.push(Step {
            layer,
            operator,
            call,
            macs,
            segment: None,
            unpacked: None,
        });
    }
}
