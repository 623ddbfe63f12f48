//! Recurrent layers: `LSTM`, `GRU` and `RNN`.

mod import;

use crate::diag::Diag;
use crate::ir::{Lower, Op, Refusal, Slices, TimeRule};
use crate::ops::{OnnxOp, onnx, unsupported_type};
use crate::program::BufferId;
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::copy::CopyAll;
use mlc_runtime_core::kernels::gru::Gru;
use mlc_runtime_core::kernels::lstm::Lstm;
use mlc_runtime_core::kernels::recurrent::{Gate, Recurrence};
use mlc_runtime_core::kernels::rnn::Rnn;
use mlc_runtime_core::scalar::{ElementType, Scalar};
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// What is computed at each step, with the functions of each direction.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub enum Cell {
    Lstm {
        functions: [[Gate; 3]; 2],
        input_forget: bool,
    },
    Gru {
        functions: [[Gate; 2]; 2],
        linear_before_reset: bool,
    },
    Rnn {
        functions: [[Gate; 1]; 2],
    },
}

/// A recurrent layer over a whole sequence (`f32`).
///
/// Takes `[x, w, r, bias?, lengths?, initial_h?, initial_c?, peepholes?]` in the layouts of the
/// kernels: `x[seq, batch, input]`, `w[directions, input, gates * hidden]`, states
/// `[directions, batch, hidden]`. Yields `y[seq, directions, batch, hidden]`, the last state and,
/// of an LSTM, the last cell state.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// What a step computes.
    pub cell: Cell,
    /// Elements of a state.
    pub hidden: usize,
    /// 1 or 2.
    pub directions: usize,
    /// Whether the first direction runs from the end.
    pub reverse: bool,
    /// What goes into a function is cut off at plus and minus this.
    pub clip: f32,
    /// Whether a run begins with the states with which the one before it ended.
    pub remembers: bool,
}

/// The inputs by their places.
mod input {
    pub(crate) const BIAS: usize = 3;
    pub(crate) const LENGTHS: usize = 4;
    pub(crate) const INITIAL_H: usize = 5;
    pub(crate) const INITIAL_C: usize = 6;
    pub(crate) const PEEPHOLES: usize = 7;
}

impl Cell {
    /// Numbers computed for each element of the state.
    fn gates(&self) -> usize {
        match self {
            Cell::Lstm { .. } => 4,
            Cell::Gru { .. } => 3,
            Cell::Rnn { .. } => 1,
        }
    }

    /// Elements of the bias for each element of the state.
    fn biases(&self) -> usize {
        match self {
            Cell::Gru { .. } => 4,
            _ => self.gates(),
        }
    }
}

impl Recurrent {
    /// The types that the inputs must have for an `x` of that shape.
    fn wanted(&self, x: &[usize]) -> Option<[TensorType; 8]> {
        let &[_, batch, input] = x else { return None };
        let (directions, hidden) = (self.directions, self.hidden);
        let outputs = self.cell.gates().checked_mul(hidden)?;
        let f32 = |shape: &[usize]| TensorType::new(DType::F32, shape);
        let r = match self.cell {
            Cell::Gru { .. } => f32(&[directions, outputs.checked_mul(hidden)?]),
            _ => f32(&[directions, hidden, outputs]),
        };
        let state = f32(&[directions, batch, hidden]);
        Some([
            f32(x),
            f32(&[directions, input, outputs]),
            r,
            f32(&[directions, self.cell.biases().checked_mul(hidden)?]),
            TensorType::new(DType::I64, [batch]),
            state.clone(),
            state,
            f32(&[directions, hidden.checked_mul(3)?]),
        ])
    }

    fn shape(&self, x: &[usize]) -> Recurrence {
        Recurrence {
            seq: x[0],
            batch: x[1],
            input: x[2],
            hidden: self.hidden,
            directions: self.directions,
            reverse: self.reverse,
        }
    }

    fn macs(&self, s: &Recurrence) -> u64 {
        let outputs = self.directions * self.cell.gates() * s.hidden;
        (s.seq * s.batch * outputs * (s.input + s.hidden)) as u64
    }
}

impl Op for Recurrent {
    fn name(&self) -> &'static str {
        match self.cell {
            Cell::Lstm { .. } => "LSTM",
            Cell::Gru { .. } => "GRU",
            Cell::Rnn { .. } => "RNN",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(_), Some(_), ..] = inputs else {
            let message = "a recurrent layer takes an input and two matrices";
            return Err(Diag::new("missing-input", message));
        };
        if x.dtype != DType::F32 {
            return Err(unsupported_type(x.dtype));
        }
        let wanted = self.wanted(&x.shape).ok_or_else(|| {
            let message = format!("{x} is not a sequence of batches of vectors");
            Diag::new("shape-mismatch", message)
        })?;
        for (input, wanted) in inputs.iter().zip(&wanted) {
            if let Some(other) = input.filter(|input| *input != wanted) {
                let message = format!("an input of this layer must be {wanted}, not {other}");
                return Err(Diag::new("shape-mismatch", message));
            }
        }
        let state = wanted[input::INITIAL_H].clone();
        let y = [x.shape[0], self.directions, x.shape[1], self.hidden];
        let mut outputs = vec![TensorType::new(DType::F32, y), state.clone()];
        if let Cell::Lstm { .. } = self.cell {
            outputs.push(state);
        }
        Ok(outputs)
    }

    /// It keeps the states itself.
    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        if cx.only()? != 0 {
            return Err("time is not the axis of its sequence".into());
        }
        if self.directions != 1 || self.reverse {
            return Err("it runs backwards in time".into());
        }
        if cx.types.get(input::LENGTHS).is_some_and(Option::is_some) {
            return Err("it is given the length of the sequence".into());
        }
        let remembers = true;
        let op = Arc::new(Recurrent {
            remembers,
            ..self.clone()
        });
        Ok(TimeRule::Past { op, axis: 0 })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let shape = self.shape(&cx.input_type(0).shape);
        let [x, w, r, bias] = [0, 1, 2, input::BIAS].map(|i| cx.input(i));
        let initial_h = self.initial(cx, input::INITIAL_H)?;
        let lengths = cx.input_or_empty(input::LENGTHS, ElementType::I64);
        let y = self.sequence_output(cx);
        let (hidden, clip, y_h) = (self.hidden, self.clip, cx.output(1));
        let mut states = vec![(y_h, initial_h)];
        let mut scratch = |gates: usize| cx.temporary(ElementType::F32, gates * hidden);
        let call = match self.cell {
            Cell::Lstm {
                functions,
                input_forget,
            } => {
                let gates = scratch(4);
                let peepholes = cx.input(input::PEEPHOLES);
                let initial_c = self.initial(cx, input::INITIAL_C)?;
                let p = Lstm {
                    shape,
                    functions,
                    clip,
                    input_forget,
                };
                let y_c = cx.output(2);
                states.push((y_c, initial_c));
                call::lstm_f32(
                    p, x, w, r, bias, peepholes, lengths, initial_h, initial_c, y, y_h, y_c, gates,
                )
            }
            Cell::Gru {
                functions,
                linear_before_reset,
            } => {
                let p = Gru {
                    shape,
                    functions,
                    clip,
                    linear_before_reset,
                };
                call::gru_f32(p, x, w, r, bias, lengths, initial_h, y, y_h, scratch(4))
            }
            Cell::Rnn { functions } => {
                let functions = functions.map(|[f]| f);
                let p = Rnn {
                    shape,
                    functions,
                    clip,
                };
                call::rnn_f32(p, x, w, r, bias, lengths, initial_h, y, y_h, scratch(1))
            }
        };
        cx.call_counted(call, self.macs(&shape));
        let len = self.directions * shape.batch * hidden;
        for (from, to) in states.into_iter().filter(|_| self.remembers) {
            cx.call(call::copy(CopyAll { len }, from, to));
        }
        Ok(())
    }
}

impl Recurrent {
    /// The state before the first position, the `i`-th input: that after the last run's, if it is kept.
    fn initial(&self, cx: &mut Lower<'_>, i: usize) -> Result<BufferId, Diag> {
        let given = cx.input(i);
        if !self.remembers {
            return Ok(given);
        }
        if cx.input_constant(i).is_some() {
            return Ok(cx.state_from(given));
        }
        if cx.has_input(i) {
            return Err(Diag::new("no-steps", "its initial state is not constant"));
        }
        let batch = cx.input_type(0).shape[1];
        Ok(cx.state(self.directions * batch * self.hidden, Scalar::F32(0.0)))
    }

    /// Where every state goes: nowhere, if nobody reads them.
    fn sequence_output(&self, cx: &mut Lower<'_>) -> BufferId {
        match cx.output_is_used(0) {
            true => cx.output(0),
            false => cx.empty(ElementType::F32),
        }
    }
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("GRU", import::gru),
    onnx("LSTM", import::lstm),
    onnx("RNN", import::rnn),
];
