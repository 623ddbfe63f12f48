//! How operators work along time: what they say when a network over a whole sequence becomes one that
//! takes the sequence slice by slice.
//!
//! Time is an axis of the network's input, and of whatever is computed from it position by position.
//! An operator answers for its own outputs only ([`Op::along_time`]): which
//! positions of its inputs it needs for a position of its output. Which rows are kept from one step to
//! the next, and from when on answers are right, follows from that downstream.

use super::Op;
use crate::tensor::TensorType;
use mlc_runtime_core::scalar::Scalar;
use std::borrow::Cow;
use std::sync::Arc;

/// Why an operator cannot compute some positions in time before it has seen all.
pub type Refusal = Cow<'static, str>;

/// The inputs of an operator that is to compute some positions in time; at least one has such an axis.
pub struct Slices<'a> {
    /// Their types, for the whole sequence.
    pub types: &'a [Option<&'a TensorType>],
    /// Which of their axes is time; those that are the same at all times have none.
    pub axes: &'a [Option<usize>],
    /// How many positions of its output the operator is to compute.
    pub rows: usize,
}

/// How an operator computes some positions of its output.
pub enum TimeRule {
    /// Each from the same position of every input that has time.
    Position {
        /// What computes so many of them.
        op: Arc<dyn Op>,
        /// Where time is in the outputs.
        axis: usize,
    },
    /// Each from a window over the first input, and from the same position of the others that have time.
    Window {
        /// What computes so many of them from just the positions that it needs, without padding in time.
        op: Arc<dyn Op>,
        /// Where time is in the output.
        axis: usize,
        /// The window.
        span: Span,
    },
    /// The first output's each from the same position of the first input and from a state, which the
    /// operator keeps itself; other outputs are the state after the latest position.
    Past {
        /// What computes so many of them.
        op: Arc<dyn Op>,
        /// Where time is in the first output.
        axis: usize,
    },
    /// The outputs have no time: they sum up all positions of the input.
    Everything,
}

/// A window that slides along time.
pub struct Span {
    /// Positions that it covers.
    pub extent: usize,
    /// Positions from one window to the next.
    pub stride: usize,
    /// Positions of padding before the first; positions that are left out there, if negative.
    pub before: isize,
    /// What padding stands for, if there is any.
    pub fill: Option<Scalar>,
}

impl Slices<'_> {
    /// The axis of time of the first input, which is the only one that has one.
    pub fn only(&self) -> Result<usize, Refusal> {
        match self.axes {
            [Some(axis), rest @ ..] if rest.iter().all(Option::is_none) => Ok(*axis),
            _ => Err("it combines all positions in time of one input with those of another".into()),
        }
    }

    /// The type of the `i`-th input over the whole sequence.
    pub fn ty(&self, i: usize) -> Result<&TensorType, Refusal> {
        self.types
            .get(i)
            .copied()
            .flatten()
            .ok_or_else(|| "an input is absent".into())
    }

    /// The axis of time of an output to which all inputs are broadcast: it has to be the same one of all.
    pub fn broadcast(&self) -> Result<usize, Refusal> {
        let rank = self
            .types
            .iter()
            .flatten()
            .map(|ty| ty.rank())
            .max()
            .unwrap_or(0);
        let inputs = || self.types.iter().zip(self.axes);
        let mut axes = inputs().filter_map(|(ty, axis)| Some(rank - (*ty)?.rank() + (*axis)?));
        let axis = axes.next().unwrap_or(0);
        if axes.any(|other| other != axis) {
            return Err("time is another axis in one input than in the other".into());
        }
        let varies = |ty: &TensorType| {
            let own = (axis + ty.rank()).checked_sub(rank);
            own.is_some_and(|own| ty.shape[own] != 1)
        };
        let constants = inputs().filter(|(_, axis)| axis.is_none());
        match constants.filter_map(|(ty, _)| *ty).any(varies) {
            true => Err("what it combines with the input differs from position to position".into()),
            false => Ok(axis),
        }
    }

    /// Each position from the same one of the only input that has time.
    pub fn alike(&self, op: impl Op) -> Result<TimeRule, Refusal> {
        let axis = self.only()?;
        Ok(TimeRule::Position {
            op: Arc::new(op),
            axis,
        })
    }

    /// As [`Slices::alike`], for an operator that mixes elements along the axis `mixed`.
    pub fn alike_beside(&self, mixed: usize, op: impl Op) -> Result<TimeRule, Refusal> {
        match self.only()? == mixed {
            true => Err("it mixes all positions in time".into()),
            false => self.alike(op),
        }
    }

    /// Time is the axis of images.
    pub(crate) fn per_image(&self, op: impl Op) -> Result<TimeRule, Refusal> {
        let others = self.axes.iter().flatten().all(|&axis| axis == 0);
        let op = Arc::new(op);
        match others {
            true => Ok(TimeRule::Position { op, axis: 0 }),
            false => Err("time is another axis in one input than in the other".into()),
        }
    }
}
