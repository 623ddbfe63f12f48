//! Reading recurrent layers: attributes, and weights in the layouts of the kernels.

use super::{Cell, Recurrent};
use crate::diag::Diag;
use crate::ir::ValueId;
use crate::ops::Importer;
use crate::ops::layout::slice::Part;
use crate::ops::reduction::reduce::Reduction;
use crate::tensor::DType;
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::recurrent::Gate;

const SIGMOID: Gate = Gate::Standard(Activation::Sigmoid);
const TANH: Gate = Gate::Standard(Activation::Tanh);

pub(super) fn lstm(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let directions = Directions::import(cx)?;
    let cell = Cell::Lstm {
        functions: functions(cx, directions.count, [SIGMOID, TANH, TANH])?,
        input_forget: cx.node.int("input_forget", 0)? != 0,
    };
    let r = cx.input(2)?;
    let r = outputs_last(cx, r)?;
    let bias = summed_bias(cx)?;
    let initial_c = initial(cx, 6)?;
    let peepholes = cx.optional(7);
    finish(cx, cell, directions, [Some(r), bias, initial_c, peepholes])
}

pub(super) fn gru(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let directions = Directions::import(cx)?;
    let cell = Cell::Gru {
        functions: functions(cx, directions.count, [SIGMOID, TANH])?,
        linear_before_reset: cx.node.int("linear_before_reset", 0)? != 0,
    };
    let r = gru_recurrent_weights(cx)?;
    let bias = gru_bias(cx)?;
    finish(cx, cell, directions, [Some(r), bias, None, None])
}

pub(super) fn rnn(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let directions = Directions::import(cx)?;
    let functions = functions(cx, directions.count, [TANH])?;
    let r = cx.input(2)?;
    let r = outputs_last(cx, r)?;
    let bias = summed_bias(cx)?;
    finish(
        cx,
        Cell::Rnn { functions },
        directions,
        [Some(r), bias, None, None],
    )
}

/// Which ways a layer walks its sequence.
#[derive(Clone, Copy)]
struct Directions {
    count: usize,
    reverse: bool,
}

impl Directions {
    fn import(cx: &Importer<'_>) -> Result<Self, Diag> {
        let (count, reverse) = match cx.node.string("direction", "forward")? {
            "forward" => (1, false),
            "reverse" => (1, true),
            "bidirectional" => (2, false),
            other => {
                let message = format!("`{other}` is not a direction");
                return Err(Diag::new("invalid-attribute", message).at_attribute("direction"));
            }
        };
        Ok(Directions { count, reverse })
    }
}

/// Adds the layer, given `[r, bias, initial_c, peepholes]` as the kernels take them.
fn finish(
    cx: &mut Importer<'_>,
    cell: Cell,
    directions: Directions,
    [r, bias, initial_c, peepholes]: [Option<ValueId>; 4],
) -> Result<(), Diag> {
    let w = cx.input(1)?;
    let op = Recurrent {
        cell,
        hidden: cx.ty(w).shape.get(1).map_or(0, |rows| rows / cell.gates()),
        directions: directions.count,
        reverse: directions.reverse,
        clip: cx.node.optional_float("clip")?.unwrap_or(f32::INFINITY),
        remembers: false,
    };
    let batch_first = cx.node.int("layout", 0)? != 0;
    let mut x = cx.input(0)?;
    if batch_first {
        x = swapped(cx, x)?;
    }
    let w = outputs_last(cx, w)?;
    let lengths = lengths(cx, x)?;
    let initial_h = initial(cx, 5)?;
    let inputs = [
        Some(x),
        Some(w),
        r,
        bias,
        lengths,
        initial_h,
        initial_c,
        peepholes,
    ];
    for (i, y) in cx.add_many(op, &inputs)?.into_iter().enumerate() {
        let y = match (batch_first, i) {
            (false, _) => y,
            (true, 0) => cx.transpose(y, &[2, 0, 1, 3])?,
            (true, _) => swapped(cx, y)?,
        };
        cx.set_output(i, y);
    }
    Ok(())
}

/// A tensor of three axes with the first two swapped.
fn swapped(cx: &mut Importer<'_>, x: ValueId) -> Result<ValueId, Diag> {
    check_rank(cx, x, 3)?;
    cx.transpose(x, &[1, 0, 2])
}

/// `[directions, outputs, inputs]` to `[directions, inputs, outputs]`.
fn outputs_last(cx: &mut Importer<'_>, w: ValueId) -> Result<ValueId, Diag> {
    check_rank(cx, w, 3)?;
    cx.transpose(w, &[0, 2, 1])
}

fn check_rank(cx: &Importer<'_>, value: ValueId, rank: usize) -> Result<(), Diag> {
    if cx.ty(value).rank() == rank {
        return Ok(());
    }
    let message = format!("{rank} dimensions are needed, not {}", cx.ty(value));
    Err(Diag::new("shape-mismatch", message))
}

/// Lengths of the sequences, unless they are known to be all that `x` has room for.
fn lengths(cx: &mut Importer<'_>, x: ValueId) -> Result<Option<ValueId>, Diag> {
    let Some(value) = cx.optional(4) else {
        return Ok(None);
    };
    let longest = cx.ty(x).shape.first().map_or(0, |&n| n as i64);
    let known = cx.graph.evaluate(value)?.and_then(|t| t.to_vec::<i64>());
    if known.is_some_and(|lengths| lengths.iter().all(|&n| n == longest)) {
        return Ok(None);
    }
    cx.cast(value, DType::I64).map(Some)
}

/// An initial state, unless it is zero.
fn initial(cx: &mut Importer<'_>, i: usize) -> Result<Option<ValueId>, Diag> {
    let Some(value) = cx.optional(i) else {
        return Ok(None);
    };
    let known = cx.graph.evaluate(value)?.and_then(|t| t.to_vec::<f32>());
    if known.is_some_and(|state| state.iter().all(|&h| h == 0.0)) {
        return Ok(None);
    }
    match cx.node.int("layout", 0)? {
        0 => Ok(Some(value)),
        _ => swapped(cx, value).map(Some),
    }
}

/// ONNX's two biases, of the input and of the state, as `[directions, 2, gates * hidden]`.
fn biases(cx: &mut Importer<'_>) -> Result<Option<ValueId>, Diag> {
    let Some(bias) = cx.optional(3) else {
        return Ok(None);
    };
    check_rank(cx, bias, 2)?;
    let (directions, both) = (cx.shape(bias)[0], cx.shape(bias)[1]);
    cx.reshape(bias, vec![directions, 2, both / 2]).map(Some)
}

fn summed_bias(cx: &mut Importer<'_>) -> Result<Option<ValueId>, Diag> {
    match biases(cx)? {
        Some(bias) => cx.reduce(Reduction::Sum, bias, &[1], false).map(Some),
        None => Ok(None),
    }
}

/// A third of the length of the last axis: what belongs to one of three gates.
fn third(cx: &Importer<'_>, x: ValueId) -> Result<usize, Diag> {
    let len = cx.shape(x).last().copied().unwrap_or(0);
    if len.is_multiple_of(3) {
        return Ok(len / 3);
    }
    let message = format!("{len} rows are not divided among three gates");
    Err(Diag::new("shape-mismatch", message))
}

/// For update and reset the sums, for the hidden gate both.
fn gru_bias(cx: &mut Importer<'_>) -> Result<Option<ValueId>, Diag> {
    let Some(bias) = biases(cx)? else {
        return Ok(None);
    };
    let (directions, hidden) = (cx.shape(bias)[0], third(cx, bias)?);
    let gates = first(cx, bias, 2, 2 * hidden)?;
    let gates = cx.reduce(Reduction::Sum, gates, &[1], false)?;
    let last = last(cx, bias, 2, hidden)?;
    let last = cx.reshape(last, vec![directions, 2 * hidden])?;
    cx.concat(&[gates, last], 1).map(Some)
}

/// The matrices of update and reset side by side, then that of the hidden gate.
fn gru_recurrent_weights(cx: &mut Importer<'_>) -> Result<ValueId, Diag> {
    let r = cx.input(2)?;
    let r = outputs_last(cx, r)?;
    let shape = cx.shape(r);
    let (directions, hidden) = (shape[0], third(cx, r)?);
    let gates = first(cx, r, 2, 2 * hidden)?;
    let gates = cx.reshape(gates, vec![directions, shape[1] * 2 * hidden])?;
    let last = last(cx, r, 2, hidden)?;
    let last = cx.reshape(last, vec![directions, shape[1] * hidden])?;
    cx.concat(&[gates, last], 1)
}

fn first(cx: &mut Importer<'_>, x: ValueId, axis: usize, len: usize) -> Result<ValueId, Diag> {
    cx.slice(x, axis, Part::all(len))
}

fn last(cx: &mut Importer<'_>, x: ValueId, axis: usize, len: usize) -> Result<ValueId, Diag> {
    let begin = cx.shape(x)[axis] - len;
    cx.slice(
        x,
        axis,
        Part {
            begin,
            len,
            step: 1,
        },
    )
}

/// The functions of each direction: as the attribute names them, else `default`.
fn functions<const N: usize>(
    cx: &Importer<'_>,
    directions: usize,
    default: [Gate; N],
) -> Result<[[Gate; N]; 2], Diag> {
    let mut functions = [default; 2];
    let Some(names) = cx.node.strings("activations")? else {
        return Ok(functions);
    };
    if names.len() != directions * N {
        let message = format!(
            "{} functions are needed, not {}",
            directions * N,
            names.len()
        );
        return Err(Diag::new("invalid-attribute", message).at_attribute("activations"));
    }
    let alphas = cx.node.floats("activation_alpha")?.unwrap_or(&[]);
    let betas = cx.node.floats("activation_beta")?.unwrap_or(&[]);
    let (mut alphas, mut betas) = (alphas.iter().copied(), betas.iter().copied());
    for (function, name) in functions.iter_mut().flatten().zip(names) {
        *function = gate(name, &mut alphas, &mut betas).ok_or_else(|| {
            let message = format!("`{name}` is not a function of a recurrent layer");
            Diag::new("invalid-attribute", message).at_attribute("activations")
        })?;
    }
    Ok(functions)
}

/// The function of that name. Only those that have parameters take the next ones from the lists.
fn gate(
    name: &str,
    alphas: &mut impl Iterator<Item = f32>,
    betas: &mut impl Iterator<Item = f32>,
) -> Option<Gate> {
    let mut alpha = |default| alphas.next().unwrap_or(default);
    let mut beta = |default| betas.next().unwrap_or(default);
    Some(match &*name.to_ascii_lowercase() {
        "relu" => Gate::Standard(Activation::Relu),
        "tanh" => TANH,
        "sigmoid" => SIGMOID,
        "affine" => Gate::Affine {
            alpha: alpha(1.0),
            beta: beta(0.0),
        },
        "leakyrelu" => Gate::Standard(Activation::LeakyRelu { alpha: alpha(0.01) }),
        "thresholdedrelu" => Gate::ThresholdedRelu { alpha: alpha(1.0) },
        "scaledtanh" => Gate::ScaledTanh {
            alpha: alpha(1.0),
            beta: beta(1.0),
        },
        "hardsigmoid" => Gate::Standard(Activation::HardSigmoid {
            alpha: alpha(0.2),
            beta: beta(0.5),
        }),
        "elu" => Gate::Elu { alpha: alpha(1.0) },
        "softsign" => Gate::Softsign,
        "softplus" => Gate::Softplus,
        _ => return None,
    })
}
