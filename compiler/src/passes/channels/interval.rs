//! What the elements of each channel can be, whatever the input.
//!
//! On integers the extremes of sums go through the very requantisation that kernels do. On floats they are widened by
//! what rounding in any order of additions can do (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2),
//! and known only where nothing overflows: then no element is infinite or NaN.

use super::kind::{Linear, Sums, data, has_one_table, linear};
use crate::ir::{Graph, Node, ValueId};
use crate::ops::arithmetic::lookup::Lookup;
use crate::ops::integers::pool::{AverageInt, Finish};
use crate::ops::layout::reshape::Reshape;
use crate::ops::quantisation::quantize::code_range;
use crate::ops::spatial::pool::{self, Pool};
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::kernels::requantize::Requantize;
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar, ScalarFn};
use std::collections::HashMap;

/// The least and the greatest element of a channel, both finite.
pub(in super::super) type Interval = (f64, f64);

/// Of values with more channels nothing is known.
const MOST_CHANNELS: usize = 1 << 16;

/// Channels of all values of which something may be known.
const MOST_KNOWN: usize = 1 << 22;

/// What is known of the channels of all values.
pub(super) struct Intervals<'a> {
    graph: &'a Graph,
    known: HashMap<ValueId, Vec<Interval>>,
    /// Of how many channels more may be known.
    room: usize,
}

impl<'a> Intervals<'a> {
    pub(super) fn of(graph: &'a Graph) -> Self {
        let mut intervals = Intervals {
            graph,
            known: HashMap::new(),
            room: MOST_KNOWN,
        };
        for (i, &input) in graph.inputs.iter().enumerate() {
            if let Some(Some(range)) = graph.edges.ranges.get(i) {
                let channels = graph.ty(input).shape.last().copied().unwrap_or(1);
                if channels <= MOST_CHANNELS {
                    intervals.note(input, vec![(range.least, range.most); channels]);
                }
            }
        }
        for id in graph.order() {
            let node = graph.node(id);
            if let Some(found) = intervals.through(node) {
                intervals.note(node.outputs[0], found);
            }
        }
        intervals
    }

    fn note(&mut self, value: ValueId, found: Vec<Interval>) {
        if let Some(room) = self.room.checked_sub(found.len()) {
            self.room = room;
            self.known.insert(value, found);
        }
    }

    /// Of a value: as far as is known, or else what its type allows; nothing if that is no finite range.
    pub(super) fn get(&self, value: ValueId) -> Option<Vec<Interval>> {
        if let Some(known) = self.known.get(&value) {
            return Some(known.clone());
        }
        let ty = self.graph.ty(value);
        let channels = ty.shape.last().copied().unwrap_or(1);
        if channels > MOST_CHANNELS {
            return None;
        }
        if let Some(tensor) = self.graph.constant(value) {
            return of_constant(tensor, channels);
        }
        Some(vec![of_type(ty.dtype)?; channels])
    }

    fn through(&self, node: &Node) -> Option<Vec<Interval>> {
        match linear(self.graph, node) {
            Some(linear) => self.sums(node, &linear, &self.get(data(node)?)?),
            None => self.channel_by_channel(node),
        }
    }

    fn channel_by_channel(&self, node: &Node) -> Option<Vec<Interval>> {
        if let Some(function) = node.op.scalar_function() {
            return self.function(node, &function);
        }
        let x = self.get(data(node)?)?;
        if let Some(pool) = node.op_as::<AverageInt>() {
            return self.means(node, pool, &x);
        }
        if node.op_as::<Lookup>().is_some() && has_one_table(self.graph, node) {
            return self.images(node, &x);
        }
        if let Some(Pool { kind, window }) = node.op_as() {
            let taps = window.kernel.iter().product();
            return match kind {
                pool::Kind::Max => Some(x),
                pool::Kind::Average { .. } => Some(x.into_iter().map(|x| mean(x, taps)).collect()),
                _ => None,
            };
        }
        let y = self.graph.ty(node.outputs[0]).shape.last().copied();
        if node.op_as::<Reshape>().is_some() && y == Some(x.len()) {
            return Some(x);
        }
        self.moved(node)
    }

    /// Of elements that are moved about: the hull of all that they come from.
    fn moved(&self, node: &Node) -> Option<Vec<Interval>> {
        let data = node.op.moves(node.inputs.len())?;
        let sources = node.inputs.iter().zip(data).filter(|(_, data)| *data);
        let sources: Vec<_> = sources
            .filter_map(|(value, _)| Some(self.get((*value)?)))
            .collect::<Option<_>>()?;
        let hull = sources.into_iter().flatten().reduce(hull)?;
        let y = self.graph.ty(node.outputs[0]).shape.last().copied();
        let y = y.unwrap_or(1);
        (y <= MOST_CHANNELS).then(|| vec![hull; y])
    }

    /// Of a table of 256 entries.
    fn images(&self, node: &Node, x: &[Interval]) -> Option<Vec<Interval>> {
        let table: Vec<f64> = self.graph.constant(node.input(1)?)?.to_vec()?;
        let image = |&(lo, hi): &Interval| {
            let entries = (lo as i32..=hi as i32).map(|q| table[usize::from(q as u8)]);
            entries.map(|entry| (entry, entry)).reduce(hull)
        };
        x.iter().map(image).collect()
    }

    /// Of a function of corresponding elements.
    fn function(&self, node: &Node, function: &Expr) -> Option<Vec<Interval>> {
        let operands: Vec<_> = node
            .inputs
            .iter()
            .map(|v| self.get((*v)?))
            .collect::<Option<_>>()?;
        let channels = self
            .graph
            .ty(node.outputs[0])
            .shape
            .last()
            .copied()
            .unwrap_or(1);
        let fits = |x: &Vec<Interval>| x.len() == 1 || x.len() == channels;
        let channel = |c: usize| {
            let of = |x: &Vec<Interval>| x[if x.len() == 1 { 0 } else { c }];
            image(function, &operands.iter().map(of).collect::<Vec<_>>())
        };
        operands
            .iter()
            .all(fits)
            .then(|| (0..channels).map(channel).collect())
            .flatten()
    }

    /// Of sums of products: the extremes of each product, added up. In the padding a product is 0.
    fn sums(&self, node: &Node, linear: &Linear<'_>, x: &[Interval]) -> Option<Vec<Interval>> {
        let end = End::of(self, node, linear.sums)?;
        let (w, zero) = (&linear.weights, f64::from(linear.sums.zero()));
        let channel = |m: usize| {
            let mut sum = end.start(m);
            for i in 0..w.inputs {
                let (lo, hi) = x[if linear.is_filter { m } else { i }];
                for tap in 0..w.taps {
                    let weight = w.at(tap, i, m);
                    sum.add(weight * (lo - zero), weight * (hi - zero), linear.padded);
                }
            }
            end.element(m, sum)
        };
        (0..w.outputs).map(channel).collect()
    }

    /// Of means of whole windows: those of windows that are all the same.
    fn means(&self, node: &Node, pool: &AverageInt, x: &[Interval]) -> Option<Vec<Interval>> {
        let plain = pool.window.pads.iter().all(|&pads| pads == (0, 0)) && !pool.window.ceil;
        let taps = i64::try_from(pool.window.kernel.iter().product::<usize>()).ok()?;
        let element = |q: f64| match pool.finish {
            Finish::Divide { lo, hi } => Some(q.clamp(lo.into(), hi.into())),
            Finish::Requantize(requantize) => {
                let numbers = Numbers::scales(self.graph, [node.input(1)?, node.input(2)?])?;
                let sum = taps * (q as i64 - i64::from(pool.zero_x));
                numbers.element(requantize, usize::try_from(taps - 1).ok()?, sum)
            }
        };
        let ends = x.iter().map(|&(lo, hi)| Some((element(lo)?, element(hi)?)));
        plain.then(|| ends.collect()).flatten()
    }
}

/// What all integers of a type that is quantised to are between.
pub(in super::super) fn of_type(dtype: DType) -> Option<Interval> {
    let codes = matches!(dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16);
    let (lo, hi) = codes.then(|| code_range(dtype, dtype.bits() as u32))?;
    Some((lo.into(), hi.into()))
}

pub(in super::super) fn hull(a: Interval, b: Interval) -> Interval {
    (a.0.min(b.0), a.1.max(b.1))
}

/// An interval of finite floats.
pub(in super::super) fn finite(x: Interval) -> Option<Interval> {
    let most = f64::from(f32::MAX);
    (x.0 >= -most && x.1 <= most).then_some(x)
}

fn of_constant(tensor: &Tensor, channels: usize) -> Option<Vec<Interval>> {
    let values: Vec<f64> = tensor.to_vec()?;
    let mut found: Vec<Option<Interval>> = vec![None; channels.max(1)];
    for (i, &x) in values.iter().enumerate() {
        let channel = &mut found[i % channels.max(1)];
        *channel = Some(channel.map_or((x, x), |old| hull(old, (x, x))));
    }
    found.into_iter().map(|x| finite(x?)).collect()
}

/// A mean of so many floats that are added up in some order; it may count zeros of padding.
fn mean((lo, hi): Interval, taps: usize) -> Interval {
    let slack = (taps + 2) as f64 * f64::from(f32::EPSILON);
    (lo.min(0.0) * (1.0 + slack), hi.max(0.0) * (1.0 + slack))
}

/// Extremes of a sum, and the greatest sum of magnitudes.
#[derive(Clone, Copy)]
struct Sum {
    least: f64,
    most: f64,
    /// Of products and of what is added to them, but for the bias.
    magnitude: f64,
    bias: f64,
    terms: usize,
}

impl Sum {
    fn new(bias: f64, (lo, hi): Interval) -> Self {
        Sum {
            least: bias + lo,
            most: bias + hi,
            magnitude: lo.abs().max(hi.abs()),
            bias,
            terms: 1,
        }
    }

    /// Adds a term between `a` and `b`, or nothing at all if there may be none.
    fn add(&mut self, a: f64, b: f64, or_nothing: bool) {
        let nothing = if or_nothing { 0.0 } else { a };
        self.least += a.min(b).min(nothing);
        self.most += a.max(b).max(nothing);
        self.magnitude += a.abs().max(b.abs());
        self.terms += 1;
    }

    /// With what rounding each product and each addition can do. A bias to which nothing is added stays what it is.
    fn rounded(self) -> Interval {
        let each = f64::from(f32::EPSILON) * (self.magnitude + self.bias.abs());
        let slack = match self.magnitude {
            0.0 => 0.0,
            _ => (self.terms + 2) as f64 * (each + f64::from(f32::MIN_POSITIVE)),
        };
        (self.least - slack, self.most + slack)
    }
}

/// What sums begin with, and what becomes of them.
enum End {
    Integers(Numbers, Requantize),
    Floats {
        bias: Vec<f64>,
        residual: Option<Vec<Interval>>,
        activation: Activation,
    },
}

impl End {
    fn of(intervals: &Intervals<'_>, node: &Node, sums: Sums<'_>) -> Option<End> {
        let graph = intervals.graph;
        match sums {
            Sums::Integers(_) if graph.ty(node.outputs[0]).dtype == DType::I16 => None,
            Sums::Integers(conv) => Some(End::Integers(Numbers::of(graph, node)?, conv.requantize)),
            Sums::Floats {
                activation,
                residual,
                ..
            } => {
                let bias = node.input(2).and_then(|bias| graph.constant(bias));
                Some(End::Floats {
                    bias: bias.map_or(Some(Vec::new()), Tensor::to_vec)?,
                    residual: match residual {
                        Some(value) => Some(intervals.get(value)?),
                        None => None,
                    },
                    activation,
                })
            }
        }
    }

    fn start(&self, channel: usize) -> Sum {
        match self {
            End::Integers(numbers, _) => {
                let bias = numbers.bias.get(channel).copied().unwrap_or(0);
                Sum::new(bias.into(), (0.0, 0.0))
            }
            End::Floats { bias, residual, .. } => {
                let bias = bias.get(channel).copied().unwrap_or(0.0);
                Sum::new(bias, residual.as_ref().map_or((0.0, 0.0), |r| r[channel]))
            }
        }
    }

    fn element(&self, channel: usize, sum: Sum) -> Option<Interval> {
        match self {
            End::Integers(numbers, requantize) => {
                let end = |sum: f64| numbers.element(*requantize, channel, sum as i64);
                Some((end(sum.least)?, end(sum.most)?))
            }
            End::Floats { activation, .. } => {
                let most = sum.magnitude + sum.bias.abs();
                finite((-most, most))?;
                finite(activated(*activation, sum.rounded()))
            }
        }
    }
}

/// The numbers that belong to the output channels of a convolution on integers.
struct Numbers {
    bias: Vec<i32>,
    multipliers: Vec<i32>,
    shifts: Vec<i8>,
}

impl Numbers {
    fn of(graph: &Graph, node: &Node) -> Option<Numbers> {
        let bias = graph.constant(node.input(2)?)?.values::<i32>()?.to_vec();
        Some(Numbers {
            bias,
            ..Numbers::scales(graph, [node.input(3)?, node.input(4)?])?
        })
    }

    fn scales(graph: &Graph, [multipliers, shifts]: [ValueId; 2]) -> Option<Numbers> {
        Some(Numbers {
            bias: Vec::new(),
            multipliers: graph.constant(multipliers)?.values::<i32>()?.to_vec(),
            shifts: graph.constant(shifts)?.values::<i8>()?.to_vec(),
        })
    }

    /// What a kernel makes of a sum: it grows with the sum.
    fn element(&self, requantize: Requantize, channel: usize, sum: i64) -> Option<f64> {
        let one = |n: usize| if n == 1 { 0 } else { channel };
        let multiplier = *self.multipliers.get(one(self.multipliers.len()))?;
        let shifts = &self.shifts;
        let shift = shifts.get(one(shifts.len())).copied().unwrap_or(0);
        let sum = i32::try_from(sum).ok()?;
        (multiplier >= 0).then(|| requantize.apply(sum, multiplier, shift).into())
    }
}

/// What an activation makes of an interval.
pub(in super::super) fn activated(activation: Activation, (lo, hi): Interval) -> Interval {
    match activation {
        Activation::Identity => (lo, hi),
        Activation::Relu => (lo.max(0.0), hi.max(0.0)),
        Activation::Clip {
            lo: least,
            hi: most,
        } => {
            let cut = |x: f64| x.max(least.into()).min(most.into());
            (cut(lo), cut(hi))
        }
        Activation::LeakyRelu { alpha } if alpha >= 0.0 => {
            let ends = [lo, hi].map(|x| if x < 0.0 { f64::from(alpha) * x } else { x });
            widened((ends[0], ends[1]))
        }
        Activation::LeakyRelu { alpha } => {
            let most = lo.abs().max(hi.abs()) * f64::from(alpha.abs()).max(1.0);
            widened((-most, most))
        }
        Activation::Sigmoid | Activation::HardSigmoid { .. } => (0.0, 1.0),
        Activation::Tanh => (-1.0, 1.0),
        // None of them falls below -0.38, or exceeds what it is applied to.
        Activation::HardSwish | Activation::Silu | Activation::Gelu => widened((-0.4, hi.max(0.0))),
    }
}

/// With room for a few roundings.
fn widened((lo, hi): Interval) -> Interval {
    let slack = 4.0 * f64::from(f32::EPSILON) * lo.abs().max(hi.abs());
    (lo - slack, hi + slack)
}

/// Functions that only grow, or only fall, with each argument, whatever the others are: their extremes are at the ends
/// of intervals. Rounding keeps that order, and so does saturation; integers must not wrap around.
const MONOTONE: &[&str] = &[
    "add", "sub", "mul", "neg", "max", "at_least", "min", "floor", "ceil", "trunc", "round",
    "to_f32", "to_i32",
];

/// Conversions that saturate floats, but cut off integers.
const SATURATING: &[&str] = &["to_i8", "to_u8", "to_i16", "to_u16"];

/// Products and sums of such integers do not wrap around.
const SMALL: f64 = 32768.0;

/// What a function makes of arguments in these intervals.
pub(in super::super) fn image(function: &Expr, arguments: &[Interval]) -> Option<Interval> {
    let [least, most] = ends(function, arguments)?;
    finite((number(least)?, number(most)?))
}

fn is_monotone(function: &ScalarFn, operands: &[[Scalar; 2]]) -> bool {
    let floats = function.args.iter().all(|&ty| ty == ElementType::F32);
    let wide = function.args.iter().all(|&ty| ty == ElementType::I32);
    let is_small = |end: &Scalar| number(*end).is_some_and(|x| x.abs() <= SMALL);
    match function.name {
        "div" => floats && operands[1][0] == operands[1][1],
        name if SATURATING.contains(&name) => floats,
        name if MONOTONE.contains(&name) => {
            let converts = function.args.len() == 1;
            floats || converts || wide && operands.iter().flatten().all(is_small)
        }
        _ => false,
    }
}

fn number(x: Scalar) -> Option<f64> {
    match x.cast(ElementType::F64) {
        Scalar::F64(x) if x.is_finite() => Some(x),
        _ => None,
    }
}

/// The least and the greatest value.
fn ends(function: &Expr, arguments: &[Interval]) -> Option<[Scalar; 2]> {
    let (function, operands) = match function {
        Expr::Arg(i, ty) => {
            let (lo, hi) = *arguments.get(*i)?;
            return Some([lo, hi].map(|end| Scalar::F64(end).cast(*ty)));
        }
        Expr::Const(x) => return Some([*x; 2]),
        Expr::Call(function, operands) => (function, operands),
    };
    let operands: Vec<_> = operands
        .iter()
        .map(|x| ends(x, arguments))
        .collect::<Option<_>>()?;
    if !is_monotone(function, &operands) {
        return None;
    }
    let corners = (0..1usize << operands.len()).map(|corner| {
        let ends = operands.iter().enumerate();
        let ends: Vec<_> = ends.map(|(i, ends)| ends[corner >> i & 1]).collect();
        (function.eval)(&ends)
    });
    let corners: Vec<_> = corners.collect::<Option<_>>()?;
    let numbers: Vec<_> = corners.iter().map(|&x| number(x)).collect::<Option<_>>()?;
    let at = |x: f64| corners[numbers.iter().position(|&n| n == x).unwrap_or(0)];
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some([at(least), at(most)])
}
