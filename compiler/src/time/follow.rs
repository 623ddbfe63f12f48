//! How each value of a graph moves along time.
//!
//! Positions of a value are counted from the start of all time. A position takes in slices at a *rate*, the
//! product of the strides in front of it. After step `k`, of `n` positions each, those up to `n·(k + 1) - 1 -
//! delay` are there; those before `first` mean nothing, since layers in front of them would have had to see
//! slices from before the start.
//!
//! The original network over `m` slices would have `m / rate + tail` positions: fewer than slices where it is not
//! padded, or crops. So the newest position of a step may be ahead of the last one of the original over as many slices,
//! or behind; what is ahead waits, and what is left of that is how late a step is.

use crate::diag::Diag;
use crate::ir::{Graph, Node, NodeId, Refusal as Reason, Slices, Span, TimeRule, ValueId};
use crate::program::{Moving, Scope, Stepping};
use std::collections::HashMap;

/// How a value moves along time.
#[derive(Clone, Copy, Debug)]
pub(super) enum Flow {
    /// It is the same at all times.
    Fixed,
    /// It has an axis of time.
    Timed(Timed),
    /// It sums up the latest positions in time, or is a state.
    Whole,
}

/// A value with an axis of time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Timed {
    /// The axis.
    pub(super) axis: usize,
    /// Slices from one position to the next.
    pub(super) rate: usize,
    /// Positions by which the newest one is behind.
    pub(super) delay: isize,
    /// The first position that means anything.
    first: isize,
    /// Positions that the value has in the original network.
    pub(super) len: usize,
    /// Positions that it has beyond one for each `rate` slices, over however many.
    tail: isize,
    /// How many of them, at the end, follow from padding after the last slice; and what padded.
    future: Option<(usize, NodeId)>,
}

/// How all values move, along one axis of the input.
pub(super) struct Flows {
    values: HashMap<ValueId, Flow>,
    /// Whether any operator slides over time, or remembers.
    pub(super) looks_back: bool,
    /// Slices of the original network's input.
    len: usize,
    /// Slices that are taken to have come before the first: those of a window that began earlier.
    phase: usize,
    /// Whether the start of time matters: it is padded, or a recurrent layer begins there.
    starts: bool,
    /// What has to be there for right outputs.
    wanted: Vec<Wanted>,
    pub(super) stepping: Stepping,
}

/// What has to be there for right outputs.
#[derive(Clone, Copy)]
enum Wanted {
    /// The positions that are new in a step, as an output.
    Output(Timed),
    /// The state after the newest position.
    State(Timed),
    /// The latest ones, as many as the original network has.
    All(Timed),
}

/// Why it cannot be done, and after how many nodes that was found out.
pub(super) struct Refusal {
    pub(super) diag: Diag,
    pub(super) nodes: usize,
}

/// The most slices that a step may take.
const MOST_SLICES: usize = 1 << 12;

impl Flows {
    /// Follows time along an axis of the only input.
    pub(super) fn along(graph: &Graph, axis: usize) -> Result<Flows, Refusal> {
        let plain = Flows::in_phase(graph, axis, 0)?;
        if plain.starts || plain.stepping.late == 0 {
            return Ok(plain);
        }
        // The first windows may begin at any slice: such that the last ones end at the newest.
        let others = (1..plain.stepping.hop).filter_map(|p| Flows::in_phase(graph, axis, p).ok());
        let late = |flows: &Flows| flows.stepping.late.unsigned_abs();
        let best = others.min_by_key(late);
        Ok(match best {
            Some(best) if late(&best) < late(&plain) => best,
            _ => plain,
        })
    }

    fn in_phase(graph: &Graph, axis: usize, phase: usize) -> Result<Flows, Refusal> {
        let input = graph.inputs[0];
        let len = graph.ty(input).shape[axis];
        let time = Timed {
            axis,
            rate: 1,
            delay: -(phase as isize),
            first: phase as isize,
            len,
            tail: 0,
            future: None,
        };
        let mut flows = Flows {
            values: HashMap::from([(input, Flow::Timed(time))]),
            looks_back: false,
            len,
            phase,
            starts: false,
            wanted: Vec::new(),
            stepping: Stepping {
                axis,
                hop: 1,
                warm_up: 0,
                scope: Scope::SoFar,
                late: 0,
                outputs: Vec::new(),
            },
        };
        for (nodes, id) in graph.order().into_iter().enumerate() {
            let node = graph.node(id);
            let located = |diag: Diag| Refusal {
                diag: diag.at_node(&node.name, node.op.name()),
                nodes,
            };
            flows.node(graph, id).map_err(located)?;
        }
        let nodes = graph.node_count();
        flows
            .finish(graph)
            .map_err(|diag| Refusal { diag, nodes })?;
        Ok(flows)
    }

    /// How a value moves.
    pub(super) fn of(&self, value: ValueId) -> Flow {
        self.values.get(&value).copied().unwrap_or(Flow::Fixed)
    }

    fn timed(&self, value: ValueId) -> Option<Timed> {
        match self.of(value) {
            Flow::Timed(timed) => Some(timed),
            _ => None,
        }
    }

    /// Positions of a value that a step computes.
    pub(super) fn rows(&self, timed: Timed) -> usize {
        self.stepping.hop / timed.rate
    }

    /// What a node says of itself, for so many positions of its output.
    pub(super) fn ask(&self, graph: &Graph, node: &Node, rows: usize) -> Result<TimeRule, Reason> {
        let types: Vec<_> = node.inputs.iter().map(|v| v.map(|v| graph.ty(v))).collect();
        let axis = |v: &Option<ValueId>| Some(self.timed((*v)?)?.axis);
        let axes: Vec<_> = node.inputs.iter().map(axis).collect();
        node.op.along_time(&Slices {
            types: &types,
            axes: &axes,
            rows,
        })
    }

    /// Those of a node's inputs that have time.
    pub(super) fn moving(&self, node: &Node) -> Vec<Timed> {
        let inputs = node.inputs.iter().flatten();
        inputs.filter_map(|&v| self.timed(v)).collect()
    }

    /// Whether a node reads a sum over time, or a state.
    pub(super) fn reads_whole(&self, node: &Node) -> bool {
        let mut inputs = node.inputs.iter().flatten();
        inputs.any(|&v| matches!(self.of(v), Flow::Whole))
    }

    fn node(&mut self, graph: &Graph, id: NodeId) -> Result<(), Diag> {
        let node = graph.node(id);
        let moving = self.moving(node);
        let flow = match &moving[..] {
            moving if self.reads_whole(node) => self.joins(moving)?,
            [] => Flow::Fixed,
            moving => self.moves(graph, id, moving)?,
        };
        self.values.insert(node.outputs[0], flow);
        Ok(())
    }

    /// A node that reads a sum over time, or a state, and what has just one position.
    fn joins(&mut self, moving: &[Timed]) -> Result<Flow, Diag> {
        if moving.iter().any(|timed| timed.len != 1) {
            let reason = "it combines what sums up time with what has all positions in time";
            return Err(refusal(reason.into()));
        }
        self.wanted.extend(moving.iter().copied().map(Wanted::All));
        Ok(Flow::Whole)
    }

    /// A node that reads what has time.
    fn moves(&mut self, graph: &Graph, id: NodeId, moving: &[Timed]) -> Result<Flow, Diag> {
        let node = graph.node(id);
        let flow = match self.ask(graph, node, moving[0].len).map_err(refusal)? {
            TimeRule::Position { axis, .. } => Flow::Timed(self.beside(moving, axis)?),
            TimeRule::Window { axis, span, .. } => {
                Flow::Timed(self.window(graph, id, moving, axis, &span)?)
            }
            TimeRule::Past { axis, .. } => {
                self.past(graph, node, moving[0])?;
                return Ok(Flow::Timed(Timed { axis, ..moving[0] }));
            }
            TimeRule::Everything => {
                self.wanted.extend(moving.iter().copied().map(Wanted::All));
                Flow::Whole
            }
        };
        match node.outputs.len() {
            1 => Ok(flow),
            _ => Err(refusal("it has several outputs".into())),
        }
    }

    /// Inputs of which the same positions belong together: the latest comes when the last of them is there.
    fn beside(&self, moving: &[Timed], axis: usize) -> Result<Timed, Diag> {
        let mut all = Timed { axis, ..moving[0] };
        for timed in moving {
            if (timed.rate, timed.len) != (all.rate, all.len) {
                let reason = "its inputs have positions in time at different rates";
                return Err(refusal(reason.into()));
            }
            all.delay = all.delay.max(timed.delay);
            all.first = all.first.max(timed.first);
            all.tail = all.tail.min(timed.tail);
            all.future = all.future.max(timed.future);
        }
        Ok(all)
    }

    /// A window over the first input; others belong to positions of the output.
    fn window(
        &mut self,
        graph: &Graph,
        id: NodeId,
        moving: &[Timed],
        axis: usize,
        span: &Span,
    ) -> Result<Timed, Diag> {
        let len = graph.ty(graph.node(id).outputs[0]).shape[axis];
        let x = moving[0];
        let (stride, extent) = (span.stride as isize, span.extent as isize);
        self.looks_back |= span.extent > 1;
        if span.before > 0 {
            self.begin(graph, x)?;
        }
        let rate = x.rate.checked_mul(span.stride);
        let rate = rate.filter(|&rate| rate <= MOST_SLICES);
        let rate = rate.ok_or_else(|| refusal("a step would take too many slices".into()))?;
        self.stepping.hop = common(self.stepping.hop, rate)?;
        let first = match span.before > 0 {
            true => 0,
            false => ceil_div(x.first + span.before, stride),
        };
        let own = Timed {
            axis,
            rate,
            delay: ceil_div(behind(x, span), stride),
            first,
            len,
            tail: tail(x, len, span),
            future: None,
        };
        // Windows that end in padding, or in what follows from it.
        let known = x.len as isize - x.future.map_or(0, |f| f.0 as isize);
        let right = (known - extent + span.before).div_euclid(stride) + 1;
        let wrong = (len as isize - right).clamp(0, len as isize) as usize;
        let culprit = x.future.map_or(id, |f| f.1);
        let future = (wrong > 0).then_some((wrong, culprit));
        let own = Timed { future, ..own };
        let others: Vec<_> = moving[1..].iter().copied().chain([own]).collect();
        let all = self.beside(&others, axis)?;
        Ok(Timed {
            future: all.future.max(own.future),
            ..all
        })
    }

    /// A recurrent layer over the sequence: outputs after the first are states.
    fn past(&mut self, graph: &Graph, node: &Node, x: Timed) -> Result<(), Diag> {
        self.begin(graph, x)?;
        self.looks_back = true;
        let states = node.outputs[1..].iter();
        let read = |&&v: &&ValueId| graph.is_output(v) || !graph.users(v).is_empty();
        for &state in states.filter(read) {
            self.values.insert(state, Flow::Whole);
            self.wanted.push(Wanted::State(x));
        }
        Ok(())
    }

    /// The start of time matters to who reads `x`: its positions must be there from the first one on.
    fn begin(&mut self, graph: &Graph, x: Timed) -> Result<(), Diag> {
        self.starts = true;
        if let Some((_, padded)) = x.future {
            return Err(padded_after(graph.node(padded)));
        }
        match x.delay == 0 && x.first <= 0 && self.phase == 0 {
            true => Ok(()),
            false => Err(refusal(
                "it begins at the start of time, but layers in front of it, which are not padded there, begin later".into(),
            )
            .note("pad those at the start of time, or none at all")),
        }
    }

    /// By how many slices the newest position of `x` trails the last one that the original network has: over all
    /// slices so far where the start of time matters, else over as many as it was made for.
    fn late(&self, x: Timed) -> isize {
        let rate = x.rate as isize;
        match self.starts {
            true => (x.delay + x.tail) * rate,
            false => (x.delay + x.len as isize) * rate + self.phase as isize - self.len as isize,
        }
    }

    /// Positions by which what is wanted of `x` has to wait for other things that are, so that all are about the same
    /// slices.
    pub(super) fn wait(&self, x: Timed) -> Result<usize, Diag> {
        let slices = usize::try_from(self.stepping.late - self.late(x)).unwrap_or(0);
        match slices.is_multiple_of(x.rate) {
            true => Ok(slices / x.rate),
            false => Err(refusal(
                "what it sums up or gives ends between two slices of something else".into(),
            )),
        }
    }

    /// The least lateness at which everything that is wanted ends, if there is one.
    fn latest(&self) -> isize {
        let wanted = || self.wanted.iter().map(Wanted::what);
        let most = wanted().map(|x| self.late(x)).max().unwrap_or(0);
        let ends = |late: &isize| wanted().all(|x| (late - self.late(x)) % x.rate as isize == 0);
        (most..most + self.stepping.hop as isize)
            .find(ends)
            .unwrap_or(most)
    }

    /// Checks outputs, and finds out how late they are and from when on they are right.
    fn finish(&mut self, graph: &Graph) -> Result<(), Diag> {
        for (name, value) in graph.outputs() {
            let moving = self.timed(*value);
            self.wanted.extend(moving.map(Wanted::Output));
            self.stepping.outputs.push(moving.map(|x| Moving {
                axis: x.axis,
                rate: x.rate,
                tail: x.tail,
            }));
            if let (Flow::Fixed, None) = (self.of(*value), graph.constant(*value)) {
                let message = format!("output `{name}` does not depend on the input");
                return Err(Diag::new("no-steps", message));
            }
        }
        self.stepping.late = self.latest();
        if !self.starts {
            self.stepping.scope = Scope::Latest(self.len);
        }
        let ready = self.wanted.iter().map(|&wanted| self.ready(graph, wanted));
        let ready = ready.collect::<Result<Vec<_>, _>>()?;
        self.stepping.warm_up = ready.into_iter().max().unwrap_or(0);
        Ok(())
    }

    /// Steps before the first in which something is there.
    fn ready(&self, graph: &Graph, wanted: Wanted) -> Result<usize, Diag> {
        let x = wanted.what();
        if let Some((_, padded)) = x.future {
            return Err(padded_after(graph.node(padded)));
        }
        let new = self.rows(x);
        let count = match wanted {
            Wanted::Output(_) => new + self.wait(x)?,
            Wanted::All(_) => x.len + self.wait(x)?,
            Wanted::State(_) if self.wait(x)? > 0 => {
                let reason = "a recurrent layer's last state is ahead of something else that is given or summed up";
                return Err(refusal(reason.into()));
            }
            Wanted::State(_) => new,
        };
        let until = x.first + x.delay + count as isize;
        Ok(usize::try_from(ceil_div(until, new as isize) - 1).unwrap_or(0))
    }
}

impl Wanted {
    /// What it is about.
    fn what(&self) -> Timed {
        let (Wanted::Output(x) | Wanted::State(x) | Wanted::All(x)) = *self;
        x
    }
}

/// The positions of an output of so many that slides over `x`, beyond one for each stride over however many slices.
fn tail(x: Timed, len: usize, span: &Span) -> isize {
    let (stride, extent) = (span.stride as isize, span.extent as isize);
    // Padding at the end, or what is cropped there: of all that give this length, what is nearest to none.
    let least = (len as isize - 1) * stride + extent - span.before - x.len as isize;
    let after = 0.clamp(least, least + stride - 1);
    (x.tail + span.before + after - extent).div_euclid(stride) + 1
}

/// How many positions of `x` are missing for the first window of a step.
pub(super) fn behind(x: Timed, span: &Span) -> isize {
    span.extent as isize - span.stride as isize - span.before + x.delay
}

pub(super) fn ceil_div(a: isize, b: isize) -> isize {
    -(-a).div_euclid(b)
}

/// The least number of slices that both are parts of.
fn common(a: usize, b: usize) -> Result<usize, Diag> {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    let slices = a / x * b;
    match slices <= MOST_SLICES {
        true => Ok(slices),
        false => Err(refusal("a step would take too many slices".into())),
    }
}

pub(super) fn refusal(reason: Reason) -> Diag {
    Diag::new(
        "no-steps",
        format!("it cannot be computed slice by slice: {reason}"),
    )
}

fn padded_after(node: &Node) -> Diag {
    refusal("it is padded after the last position in time, where slices are still to come".into())
        .note(
            "pad before the first position only (causal), or not at all, and train the network so",
        )
        .at_node(&node.name, node.op.name())
}
