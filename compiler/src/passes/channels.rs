//! Channels that never vary, whatever the input, leave a quantised network.
//!
//! Trained networks have filters that died: after a ReLU their channel is the same number for every input. An interval
//! for each channel, from the range of the input's type through the very requantisation that kernels do, proves
//! it. What a constant channel contributes to the sums of the next layer is one number for each of these, which its bias
//! takes; then nobody reads the channel, and whoever made it need not. The same goes for channels that all
//! weights behind them ignore. Results are the same, bit for bit: sums are exact.

use super::sweep;
use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, Remark, ValueId};
use crate::ops::Op;
use crate::ops::integers::conv::ConvInt;
use crate::ops::integers::pool::{AverageInt, Finish};
use crate::ops::lookup::Lookup;
use crate::ops::quantize::code_range;
use crate::tensor::{DType, Tensor, TensorType};
use bytemuck::Pod;
use mlc_runtime_core::kernels::requantize::Requantize;
use mlc_runtime_core::scalar::Typed;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// Dropping channels may leave others that nobody reads: so often it is tried again.
const MOST_ROUNDS: usize = 16;

pub(super) fn run(graph: &mut Graph) -> Result<(), Diag> {
    if graph.settings.keep_constant_channels {
        return Ok(());
    }
    let mut dropped = BTreeSet::new();
    for _ in 0..MOST_ROUNDS {
        let plan = Plan::of(graph);
        if plan.drops.is_empty() {
            break;
        }
        plan.carry_out(graph, &mut dropped)?;
        *graph = graph.compact();
    }
    Ok(())
}

/// The least and the greatest element of a channel.
type Interval = (i32, i32);

/// An operator as this pass sees it.
enum Kind<'a> {
    /// Each output channel is a sum over all input channels: here channels may end.
    Mixing(&'a ConvInt, Weights),
    /// Each output channel comes of the same input channel.
    Filter(&'a ConvInt, Weights),
    /// The same, without numbers for each channel.
    Pool(&'a AverageInt),
    Table,
    Other,
}

/// Weights of a convolution, `[taps, inputs, outputs]`.
struct Weights {
    values: Vec<i32>,
    taps: usize,
    inputs: usize,
    outputs: usize,
    dtype: DType,
}

impl Weights {
    fn of(graph: &Graph, node: &Node) -> Option<Weights> {
        let tensor = graph.constant(node.input(1)?)?;
        let &[.., inputs, outputs] = &tensor.ty.shape[..] else {
            return None;
        };
        // Two in a byte are not taken apart again.
        let dtype = tensor.ty.dtype;
        let values = match dtype {
            DType::I8 | DType::I16 => tensor.to_vec::<i64>()?,
            _ => return None,
        };
        let values: Vec<_> = values.into_iter().map(|w| w as i32).collect();
        let taps = values.len().checked_div(inputs * outputs)?;
        Some(Weights {
            values,
            taps,
            inputs,
            outputs,
            dtype,
        })
    }

    fn at(&self, tap: usize, input: usize, output: usize) -> i64 {
        self.values[(tap * self.inputs + input) * self.outputs + output].into()
    }

    /// Without those input and output channels.
    fn without(&self, inputs: &BTreeSet<usize>, outputs: &BTreeSet<usize>) -> Vec<i32> {
        let row = |i: &usize| !inputs.contains(&(i % self.inputs));
        let rows = self.values.chunks_exact(self.outputs).enumerate();
        let rows = rows.filter(|(i, _)| row(i)).map(|(_, row)| row);
        rows.flat_map(|row| kept(row, outputs)).collect()
    }
}

/// Elements that are not dropped.
fn kept<T: Copy>(values: &[T], dropped: &BTreeSet<usize>) -> Vec<T> {
    let kept = values
        .iter()
        .enumerate()
        .filter(|(i, _)| !dropped.contains(i));
    kept.map(|(_, &value)| value).collect()
}

fn kind<'a>(graph: &Graph, node: &'a Node) -> Kind<'a> {
    if let Some(conv) = node.op_as::<ConvInt>() {
        return match Weights::of(graph, node) {
            Some(w) if conv.groups == 1 => Kind::Mixing(conv, w),
            Some(w) if w.inputs == 1 && conv.channels == conv.groups => Kind::Filter(conv, w),
            _ => Kind::Other,
        };
    }
    match node.op_as::<AverageInt>() {
        Some(pool) => Kind::Pool(pool),
        None if node.op_as::<Lookup>().is_some() => Kind::Table,
        None => Kind::Other,
    }
}

/// The input of a node that has channels.
fn data(node: &Node) -> Option<ValueId> {
    node.input(0)
}

/// What is known of the channels of all values.
struct Intervals<'a> {
    graph: &'a Graph,
    known: HashMap<ValueId, Vec<Interval>>,
}

impl<'a> Intervals<'a> {
    fn of(graph: &'a Graph) -> Self {
        let mut intervals = Intervals {
            graph,
            known: HashMap::new(),
        };
        for id in graph.order() {
            let node = graph.node(id);
            if let Some(found) = intervals.through(node) {
                intervals.known.insert(node.outputs[0], found);
            }
        }
        intervals
    }

    /// Of a value: as far as is known, or else what its type allows; nothing if it is not quantised.
    fn get(&self, value: ValueId) -> Option<Vec<Interval>> {
        if let Some(known) = self.known.get(&value) {
            return Some(known.clone());
        }
        let TensorType { dtype, shape } = self.graph.ty(value);
        let quantised = matches!(dtype, DType::I8 | DType::U8 | DType::I16);
        quantised.then(|| {
            let range = code_range(*dtype, dtype.bits() as u32);
            vec![range; shape.last().copied().unwrap_or(1)]
        })
    }

    fn through(&self, node: &Node) -> Option<Vec<Interval>> {
        let x = self.get(data(node)?)?;
        match kind(self.graph, node) {
            Kind::Mixing(conv, w) => {
                let inputs = |_| 0..w.inputs;
                self.sums(node, conv, &w, &|m| inputs(m).map(|i| (i, x[i])).collect())
            }
            Kind::Filter(conv, w) => self.sums(node, conv, &w, &|m| vec![(0, x[m])]),
            Kind::Pool(pool) => self.means(node, pool, &x),
            Kind::Table => {
                let table = self.graph.constant(node.input(1)?)?;
                let table: Vec<_> = table.to_vec::<i64>()?;
                let quantised =
                    matches!(self.graph.ty(node.outputs[0]).dtype, DType::I8 | DType::U8);
                let image = |&(lo, hi): &Interval| {
                    let entries = (lo..=hi).map(|q| table[usize::from(q as u8)] as i32);
                    (
                        entries.clone().min().unwrap_or(0),
                        entries.max().unwrap_or(0),
                    )
                };
                quantised.then(|| x.iter().map(image).collect())
            }
            Kind::Other => None,
        }
    }

    /// Of sums of products: the extremes of each product, added up and requantised. In the padding a product is 0.
    fn sums(
        &self,
        node: &Node,
        conv: &ConvInt,
        w: &Weights,
        inputs: &dyn Fn(usize) -> Vec<(usize, Interval)>,
    ) -> Option<Vec<Interval>> {
        if self.graph.ty(node.outputs[0]).dtype == DType::I16 {
            return None;
        }
        let numbers = Numbers::of(self.graph, node)?;
        let padded = conv.window.pads.iter().any(|&pads| pads != (0, 0));
        let channel = |m: usize| {
            let bias = numbers.bias.get(m).copied().unwrap_or(0).into();
            let (mut least, mut most): (i64, i64) = (bias, bias);
            for (i, (lo, hi)) in inputs(m) {
                for tap in 0..w.taps {
                    let ends = [lo, hi].map(|q| w.at(tap, i, m) * i64::from(q - conv.zero_x));
                    let zero = if padded { 0 } else { ends[0] };
                    least += ends[0].min(ends[1]).min(zero);
                    most += ends[0].max(ends[1]).max(zero);
                }
            }
            [least, most].map(|sum| numbers.element(conv.requantize, m, sum))
        };
        let ends = (0..conv.channels).map(channel);
        ends.map(|[lo, hi]| Some((lo?, hi?))).collect()
    }

    /// Of means of whole windows: those of windows that are all the same.
    fn means(&self, node: &Node, pool: &AverageInt, x: &[Interval]) -> Option<Vec<Interval>> {
        let plain = pool.window.pads.iter().all(|&pads| pads == (0, 0)) && !pool.window.ceil;
        let taps = i64::try_from(pool.window.kernel.iter().product::<usize>()).ok()?;
        let element = |q: i32| match pool.finish {
            Finish::Divide { lo, hi } => Some(q.clamp(lo, hi)),
            Finish::Requantize(requantize) => {
                let numbers = Numbers::scales(self.graph, [node.input(1)?, node.input(2)?])?;
                let sum = taps * i64::from(q - pool.zero_x);
                numbers.element(requantize, usize::try_from(taps - 1).ok()?, sum)
            }
        };
        let ends = x.iter().map(|&(lo, hi)| Some((element(lo)?, element(hi)?)));
        plain.then(|| ends.collect()).flatten()
    }
}

/// The numbers that belong to the output channels of a convolution.
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
    fn element(&self, requantize: Requantize, channel: usize, sum: i64) -> Option<i32> {
        let one = |n: usize| if n == 1 { 0 } else { channel };
        let multiplier = *self.multipliers.get(one(self.multipliers.len()))?;
        let shift = self
            .shifts
            .get(one(self.shifts.len()))
            .copied()
            .unwrap_or(0);
        let sum = i32::try_from(sum).ok()?;
        (multiplier >= 0).then(|| requantize.apply(sum, multiplier, shift))
    }
}

/// Which channels go, of which values.
struct Plan {
    drops: HashMap<ValueId, BTreeSet<usize>>,
    /// The element that each dropped channel of a value always is, where that matters.
    constants: HashMap<ValueId, Vec<Interval>>,
}

impl Plan {
    fn of(graph: &Graph) -> Plan {
        let intervals = Intervals::of(graph);
        let mut drops = HashMap::new();
        let mut constants = HashMap::new();
        for id in graph.order() {
            let node = graph.node(id);
            // Channels begin where all are mixed, and stay what they are until they are mixed again.
            let Kind::Mixing(..) = kind(graph, node) else {
                continue;
            };
            let Some((values, dead)) = Lane::from(graph, &intervals, node.outputs[0]) else {
                continue;
            };
            for value in values {
                constants.extend(intervals.get(value).map(|found| (value, found)));
                drops.insert(value, dead.clone());
            }
        }
        drops.retain(|_, dead| !dead.is_empty());
        Plan { drops, constants }
    }

    /// Makes every operator anew that reads or writes such values.
    fn carry_out(&self, graph: &mut Graph, told: &mut BTreeSet<String>) -> Result<(), Diag> {
        // Values change their names on the way: what was planned for one belongs to its successor.
        let mut now: HashMap<ValueId, ValueId> = HashMap::new();
        sweep(graph, |graph, id| self.rewrite(graph, id, &mut now, told))
    }

    fn rewrite(
        &self,
        graph: &mut Graph,
        id: NodeId,
        now: &mut HashMap<ValueId, ValueId>,
        told: &mut BTreeSet<String>,
    ) -> Result<(), Diag> {
        let node = graph.node(id).clone();
        let none = BTreeSet::new();
        let of = |value: ValueId| self.drops.get(&value).unwrap_or(&none);
        let Some(x) = data(&node) else {
            return Ok(());
        };
        let before = now.get(&x).copied().unwrap_or(x);
        let (inputs, outputs) = (of(before), of(node.outputs[0]));
        if inputs.is_empty() && outputs.is_empty() {
            return Ok(());
        }
        let constants = self.constants.get(&before);
        let new = match kind(graph, &node) {
            Kind::Mixing(conv, w) => {
                let fold = Fold {
                    dropped: inputs,
                    constants,
                    zero: conv.zero_x,
                };
                Some(convolution(graph, &node, conv, &w, fold, outputs))
            }
            Kind::Filter(conv, w) => {
                let fold = Fold {
                    dropped: &none,
                    constants: None,
                    zero: conv.zero_x,
                };
                Some(convolution(graph, &node, conv, &w, fold, outputs))
            }
            // They have no numbers for each channel.
            Kind::Pool(_) | Kind::Table => Some((node.op.clone(), node.inputs.clone())),
            Kind::Other => None,
        };
        let Some((op, operands)) = new else {
            return Ok(());
        };
        let old = node.outputs[0];
        let value = graph.add_shared(&node.name, op, &operands)?[0];
        graph.value_mut(value).name = graph.value(old).name.clone();
        graph.replace(old, value);
        if !outputs.is_empty() {
            // It is not the tensor of the file any more.
            graph.value_mut(value).source = None;
            tell(graph, &node, outputs.len(), told);
        }
        now.insert(value, old);
        Ok(())
    }
}

fn tell(graph: &mut Graph, node: &Node, count: usize, told: &mut BTreeSet<String>) {
    if told.insert(format!("{} {count}", node.name)) {
        let plural = if count == 1 { "" } else { "s" };
        graph.remarks.push(Remark {
            layer: node.name.clone(),
            operator: node.op.name().into(),
            text: format!("loses {count} channel{plural} that never vary or that nobody reads"),
        });
    }
}

/// Constant input channels that become part of the bias.
struct Fold<'a> {
    dropped: &'a BTreeSet<usize>,
    constants: Option<&'a Vec<Interval>>,
    zero: i32,
}

/// A convolution without those channels, and its operands.
fn convolution(
    graph: &mut Graph,
    node: &Node,
    conv: &ConvInt,
    w: &Weights,
    fold: Fold<'_>,
    outputs: &BTreeSet<usize>,
) -> (Arc<dyn Op>, Vec<Option<ValueId>>) {
    let depthwise = conv.groups > 1;
    let mut bias = constant::<i32>(graph, node, 2);
    if !fold.dropped.is_empty() {
        bias.resize(conv.channels, 0);
    }
    for &i in fold.dropped {
        let element = fold.constants.map_or(fold.zero, |c| c[i].0);
        let step = i64::from(element - fold.zero);
        for (m, bias) in bias.iter_mut().enumerate() {
            let sum: i64 = (0..w.taps).map(|tap| w.at(tap, i, m) * step).sum();
            *bias = bias.wrapping_add(sum as i32);
        }
    }
    let channels = conv.channels - outputs.len();
    let inputs = w.inputs - fold.dropped.len();
    let weights = w.without(fold.dropped, outputs);
    let mut shape = graph
        .constant(node.inputs[1].expect("weights"))
        .expect("constant")
        .ty
        .shape
        .clone();
    let rank = shape.len();
    (shape[rank - 2], shape[rank - 1]) = (inputs, channels);
    let weights = super::integers::of_type(shape, &weights, w.dtype);
    let bias = kept(&bias, outputs);
    let multipliers = kept_of_each(constant::<i32>(graph, node, 3), conv.channels, outputs);
    let shifts = kept_of_each(constant::<i8>(graph, node, 4), conv.channels, outputs);
    let operands = [
        weights,
        Tensor::new([bias.len()], &bias),
        Tensor::new([multipliers.len()], &multipliers),
        Tensor::new([shifts.len()], &shifts),
    ];
    let operands = operands.map(|tensor| Some(graph.add_constant(&node.name, tensor)));
    let op = ConvInt {
        channels,
        groups: if depthwise { channels } else { 1 },
        ..conv.clone()
    };
    (Arc::new(op), [&[node.inputs[0]][..], &operands].concat())
}

fn constant<T: Typed + Pod>(graph: &Graph, node: &Node, i: usize) -> Vec<T> {
    let tensor = node.input(i).and_then(|value| graph.constant(value));
    tensor
        .and_then(|t| t.values::<T>())
        .map_or_else(Vec::new, <[T]>::to_vec)
}

/// Of numbers for each channel those that stay; one for all, or none, stays as it is.
fn kept_of_each<T: Copy>(values: Vec<T>, channels: usize, dropped: &BTreeSet<usize>) -> Vec<T> {
    match values.len() == channels {
        true => kept(&values, dropped),
        false => values,
    }
}

/// Values whose channels are the same ones: from where they were mixed to where they are mixed again.
struct Lane<'a> {
    graph: &'a Graph,
    intervals: &'a Intervals<'a>,
    values: Vec<ValueId>,
    dead: BTreeSet<usize>,
}

impl<'a> Lane<'a> {
    /// The values of a lane that begins with `value`, and its channels that nobody needs.
    fn from(
        graph: &'a Graph,
        intervals: &'a Intervals<'a>,
        value: ValueId,
    ) -> Option<(Vec<ValueId>, BTreeSet<usize>)> {
        let channels = *graph.ty(value).shape.last()?;
        let dead = (0..channels).collect();
        let mut lane = Lane {
            graph,
            intervals,
            values: vec![value],
            dead,
        };
        let mut next = 0;
        while next < lane.values.len() {
            lane.follow(lane.values[next])?;
            next += 1;
        }
        // A tensor has one channel at least.
        if lane.dead.len() == channels {
            lane.dead.pop_first();
        }
        Some((lane.values, lane.dead))
    }

    /// Asks all users of a value; `None` if one needs every channel.
    fn follow(&mut self, value: ValueId) -> Option<()> {
        if self.graph.is_output(value) {
            return None;
        }
        for &user in self.graph.users(value) {
            let node = self.graph.node(user);
            let twice = node.inputs.iter().filter(|&&v| v == Some(value)).count() > 1;
            if twice || data(node) != Some(value) {
                return None;
            }
            match kind(self.graph, node) {
                Kind::Mixing(conv, w) => self.keep_what_varies(value, conv, &w)?,
                Kind::Filter(..) | Kind::Pool(_) | Kind::Table => self.values.push(node.outputs[0]),
                Kind::Other => return None,
            }
        }
        Some(())
    }

    /// A channel is dead for a convolution if it is constant, and so is what padding stands for, or if its
    /// weights are 0.
    fn keep_what_varies(&mut self, value: ValueId, conv: &ConvInt, w: &Weights) -> Option<()> {
        let intervals = self.intervals.get(value)?;
        let padded = conv.window.pads.iter().any(|&pads| pads != (0, 0));
        let dead = |&i: &usize| {
            let (lo, hi) = intervals[i];
            let constant = lo == hi && (!padded || lo == conv.zero_x);
            let ignored = || (0..w.taps).all(|t| (0..w.outputs).all(|m| w.at(t, i, m) == 0));
            constant || ignored()
        };
        self.dead.retain(|i| dead(i));
        (!self.dead.is_empty()).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::Random;
    use crate::ops::window::Window;
    use crate::requantize::Layer;
    use crate::schedule::{Way, schedule};
    use crate::{interp, lower};
    use mlc_runtime_core::kernels::requantize::Rounding;

    /// A convolution of which some channels saturate whatever they read, and some weights are all 0.
    fn layer(g: &mut Graph, r: &mut Random, x: ValueId, channels: usize, filter: bool) -> ValueId {
        let inputs = *g.ty(x).shape.last().unwrap();
        let channels = if filter { inputs } else { channels };
        let (kernel, pad) = [(1, 0), (3, 1), (3, 0)][r.below(3)];
        let (kernel, pad) = if g.ty(x).shape[1] < 3 {
            (1, 0)
        } else {
            (kernel, pad)
        };
        let rows = if filter { 1 } else { inputs };
        let mut weights: Vec<i8> = (0..kernel * kernel * rows * channels)
            .map(|_| r.below(256) as u8 as i8)
            .collect();
        let ignored = r.below(rows);
        for (i, weight) in weights.iter_mut().enumerate() {
            if !filter && i / channels % rows == ignored {
                *weight = 0;
            }
        }
        let bias: Vec<i32> = (0..channels)
            .map(|_| [0, 1000, -10_000_000, 10_000_000][r.below(4)])
            .collect();
        let zero = [-128, 127, 5][r.below(3)];
        let window = Window {
            pads: vec![(pad, pad); 2],
            ..Window::still(vec![kernel; 2])
        };
        let requantize = Requantize {
            rounding: [Rounding::Nearest, Rounding::HalfEven { tie: 3 }][r.below(2)],
            shift: 40,
            zero,
            lo: -128,
            hi: 127,
        };
        let op = ConvInt {
            layer: Layer::Other,
            window,
            groups: if filter { channels } else { 1 },
            channels,
            zero_x: [-128, 127, 5, 0][r.below(4)],
            requantize,
        };
        let multipliers: Vec<i32> = (0..channels).map(|_| 1 + r.below(1 << 28) as i32).collect();
        let operands = [
            Tensor::new([kernel, kernel, rows, channels], &weights),
            Tensor::new([channels], &bias),
            Tensor::new([channels], &multipliers),
            Tensor::new([0], &[0i8; 0]),
        ];
        let operands = operands.map(|t| Some(g.add_constant("c", t)));
        g.add("layer", op, &[&[Some(x)][..], &operands].concat())
            .unwrap()[0]
    }

    fn table(g: &mut Graph, r: &mut Random, x: ValueId) -> ValueId {
        let entries: Vec<i8> = (0..256)
            .map(|q| (q as u8 as i8).max(r.below(3) as i8))
            .collect();
        let entries = g.add_constant("t", Tensor::new([256], &entries));
        g.add("table", Lookup, &[Some(x), Some(entries)]).unwrap()[0]
    }

    fn network(r: &mut Random) -> Graph {
        let mut g = Graph::new("g");
        let mut x = g.add_input("x", TensorType::new(DType::I8, [1, 6, 6, 3]));
        for _ in 0..2 + r.below(5) {
            let channels = 1 + r.below(6);
            let before = x;
            x = match r.below(4) {
                0 => table(&mut g, r, x),
                1 => layer(&mut g, r, x, channels, true),
                _ => layer(&mut g, r, x, channels, false),
            };
            if r.below(6) == 0 {
                // Somebody else reads it, too.
                let y = layer(&mut g, r, before, channels, false);
                g.add_output("z", y);
            }
        }
        x = layer(&mut g, r, x, 2, false);
        g.add_output("y", x);
        g
    }

    fn answer(g: &Graph, x: &Tensor) -> Vec<Tensor> {
        let program = schedule(lower::lower(g).unwrap(), Way::default()).unwrap();
        interp::run(&program, std::slice::from_ref(x)).unwrap()
    }

    #[test]
    fn answers_stay_the_same_to_the_bit() {
        let mut r = Random(1);
        let (mut before, mut after) = (0, 0);
        for seed in 0..300 {
            let whole = network(&mut r);
            let mut less = whole.clone();
            run(&mut less).unwrap();
            less.verify().unwrap();
            let weights = |g: &Graph| -> usize {
                let nodes = g.order().into_iter().map(|id| g.node(id));
                let constants = nodes.flat_map(|n| n.inputs.iter().flatten());
                constants
                    .filter_map(|&v| g.constant(v))
                    .map(|t| t.ty.len())
                    .sum()
            };
            (before, after) = (before + weights(&whole), after + weights(&less));
            for _ in 0..3 {
                let x: Vec<i8> = (0..108).map(|_| r.below(256) as u8 as i8).collect();
                let x = Tensor::new([1, 6, 6, 3], &x);
                let same = answer(&whole, &x)
                    .iter()
                    .zip(answer(&less, &x))
                    .all(|(a, b)| a.identical(&b));
                assert!(same, "network {seed}");
            }
        }
        assert!(
            after * 10 < before * 8,
            "{after} of {before} weights are left"
        );
    }
}
