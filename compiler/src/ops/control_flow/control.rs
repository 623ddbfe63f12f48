//! Control flow. Its shapes are static, so it is resolved where the model is imported: branches
//! are chosen, loops are unrolled.

use crate::diag::Diag;
use crate::ir::ValueId;
use crate::onnx::Subgraph;
use crate::ops::support::import::Importer;
use crate::ops::{OnnxOp, axis, onnx};
use crate::tensor::Tensor;

fn subgraph<'a>(cx: &Importer<'a>, name: &str) -> Result<&'a Subgraph, Diag> {
    let missing = || Diag::new("missing-attribute", "the graph is not given").at_attribute(name);
    cx.node.graph(name)?.ok_or_else(missing)
}

/// `If`: the branch that a constant condition chooses, or both and a choice among their results.
fn branch(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let condition = cx.input(0)?;
    match chosen(cx)? {
        Some(branch) => {
            let results = cx.inline(subgraph(cx, branch)?, &[])?;
            set_outputs(cx, results)
        }
        None => choose(cx, condition).map_err(|diag| {
            cx.fixable(
                condition,
                diag,
                "a branch that this rules out is not compiled",
            )
        }),
    }
}

/// The name of the branch that a constant condition chooses.
pub(crate) fn chosen(cx: &mut Importer<'_>) -> Result<Option<&'static str>, Diag> {
    let condition = cx.input(0)?;
    let Some(known) = cx.graph.evaluate(condition)? else {
        return Ok(None);
    };
    let truth = known.single::<i64>().ok_or_else(|| {
        Diag::new(
            "not-a-scalar",
            format!("the condition must be one truth value, not {}", known.ty),
        )
    })?;
    Ok(Some(if truth != 0 {
        "then_branch"
    } else {
        "else_branch"
    }))
}

fn set_outputs(cx: &mut Importer<'_>, values: Vec<ValueId>) -> Result<(), Diag> {
    if values.len() < cx.output_count() {
        let message = format!("{} results for {} outputs", values.len(), cx.output_count());
        return Err(Diag::new("output-count", message));
    }
    for (i, value) in values.into_iter().enumerate() {
        cx.set_output(i, value);
    }
    Ok(())
}

/// Nothing in a graph has side effects: both branches may run if their results are of one type.
fn choose(cx: &mut Importer<'_>, condition: ValueId) -> Result<(), Diag> {
    let on_true = cx.inline(subgraph(cx, "then_branch")?, &[])?;
    let on_false = cx.inline(subgraph(cx, "else_branch")?, &[])?;
    if on_true.len() != on_false.len() {
        return Err(Diag::new(
            "output-count",
            "the branches have different numbers of results",
        ));
    }
    let mut results = Vec::new();
    for (&a, &b) in on_true.iter().zip(&on_false) {
        let (a_ty, b_ty) = (cx.ty(a), cx.ty(b));
        if a_ty != b_ty || cx.ty(condition).len() != 1 {
            let message = format!(
                "the condition is not known at compile time, and the branches yield {a_ty} and {b_ty}"
            );
            return Err(Diag::new("not-constant", message).note(
                "shapes have to be static: results must be of one type whatever the condition",
            ));
        }
        let scalar = cx.reshape(condition, vec![])?;
        results.push(cx.map("select", &[scalar, a, b])?);
    }
    set_outputs(cx, results)
}

/// What the turns of a loop leave behind.
struct Turns {
    /// Values that go from one turn to the next.
    carried: Vec<ValueId>,
    /// Values collected, for each output a list with one of each turn.
    collected: Vec<Vec<ValueId>>,
}

impl Turns {
    fn new(carried: Vec<ValueId>) -> Self {
        Turns {
            carried,
            collected: Vec::new(),
        }
    }

    /// Takes the results of a turn: values to carry on, then values to collect.
    fn turn(&mut self, results: &[ValueId]) -> Result<(), Diag> {
        let (carried, new) = results
            .split_at_checked(self.carried.len())
            .ok_or_else(|| {
                Diag::new(
                    "output-count",
                    "the body yields fewer values than it carries",
                )
            })?;
        self.carried = carried.into();
        self.collected.resize(new.len(), Vec::new());
        self.collected
            .iter_mut()
            .zip(new)
            .for_each(|(list, &v)| list.push(v));
        Ok(())
    }
}

/// Values of all turns along a new axis.
fn stack(cx: &mut Importer<'_>, values: &[ValueId], given: i64) -> Result<ValueId, Diag> {
    let mut rows = Vec::new();
    let mut at = 0;
    for &value in values {
        let mut shape = cx.shape(value);
        at = axis(given, shape.len() + 1)?;
        shape.insert(at, 1);
        rows.push(cx.reshape(value, shape)?);
    }
    cx.concat(&rows, at)
}

/// Whether a loop goes on, which has to be known.
fn goes_on(cx: &mut Importer<'_>, condition: Option<ValueId>) -> Result<bool, Diag> {
    let Some(condition) = condition else {
        return Ok(true);
    };
    let known = cx.constant(condition, "whether the loop goes on")?;
    Ok(known.single::<i64>() != Some(0))
}

/// `Loop`, unrolled: trip count and condition have to be known.
fn repeat(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let trips = cx.number(0, "the number of turns")?.unwrap_or(i64::MAX);
    let mut condition = cx.optional(1);
    let body = subgraph(cx, "body")?;
    let initial: Vec<_> = (2..cx.input_count())
        .map(|i| cx.input(i))
        .collect::<Result<_, _>>()?;
    let mut turns = Turns::new(initial);
    let mut done = 0;
    while done < trips && goes_on(cx, condition)? {
        cx.graph.check_size()?;
        let truth = Tensor::scalar(1u8).retyped(crate::tensor::DType::Bool);
        let mut inputs = vec![
            cx.add_constant(Tensor::scalar(done)),
            cx.add_constant(truth),
        ];
        inputs.extend(&turns.carried);
        let results = cx.inline(body, &inputs)?;
        let (next, results) = results.split_first().ok_or_else(|| {
            Diag::new(
                "output-count",
                "the body does not say whether the loop goes on",
            )
        })?;
        turns.turn(results)?;
        condition = Some(*next);
        done += 1;
    }
    finish_loop(cx, turns, |_| Ok(0))
}

fn finish_loop(
    cx: &mut Importer<'_>,
    turns: Turns,
    axis: impl Fn(usize) -> Result<i64, Diag>,
) -> Result<(), Diag> {
    let mut outputs = turns.carried;
    let collected = cx.output_count().saturating_sub(outputs.len());
    if turns.collected.len() < collected {
        let message = "the loop takes no turn, so the shapes of what it collects are unknown";
        return Err(Diag::new("empty-loop", message));
    }
    for (i, values) in turns.collected.iter().enumerate() {
        outputs.push(stack(cx, values, axis(i)?)?);
    }
    set_outputs(cx, outputs)
}

/// The `i`-th of a list of integers that is all zeros if it is absent.
fn listed(cx: &Importer<'_>, name: &str, i: usize) -> Result<i64, Diag> {
    let list = cx.node.ints(name)?;
    Ok(list.and_then(|list| list.get(i)).copied().unwrap_or(0))
}

/// The operands of a `Scan`: initial states, then what is scanned.
struct Scan<'a> {
    body: &'a Subgraph,
    states: usize,
}

impl Scan<'_> {
    fn input_axis(cx: &Importer<'_>, x: ValueId, i: usize) -> Result<usize, Diag> {
        axis(listed(cx, "scan_input_axes", i)?, cx.ty(x).rank())
    }

    /// Scans `inputs`, states first; elements along an axis go in one after another.
    fn unroll(
        &self,
        cx: &mut Importer<'_>,
        inputs: &[ValueId],
        backwards: &str,
    ) -> Result<Turns, Diag> {
        let (states, scanned) = inputs.split_at(self.states);
        let first = *scanned.first().ok_or_else(|| {
            Diag::new("invalid-attribute", "nothing is scanned").at_attribute("num_scan_inputs")
        })?;
        let len = cx.ty(first).shape[Self::input_axis(cx, first, 0)?];
        let mut turns = Turns::new(states.into());
        for turn in 0..len {
            cx.graph.check_size()?;
            let mut given = turns.carried.clone();
            for (i, &x) in scanned.iter().enumerate() {
                let along = Self::input_axis(cx, x, i)?;
                if cx.ty(x).shape[along] != len {
                    let message = format!("{} elements are scanned along with {}", len, cx.ty(x));
                    return Err(Diag::new("shape-mismatch", message));
                }
                let back = listed(cx, backwards, i)? != 0;
                let at = if back { len - 1 - turn } else { turn };
                given.push(cx.element(x, along, at)?);
            }
            let results = cx.inline(self.body, &given)?;
            turns.turn(&results)?;
        }
        for (i, values) in turns.collected.iter_mut().enumerate() {
            if listed(cx, "scan_output_directions", i)? != 0 {
                values.reverse();
            }
        }
        Ok(turns)
    }
}

/// `Scan`, unrolled. Before opset 9 there was a batch axis in front of everything.
fn scan(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let batched = cx.version() < 9;
    let first = usize::from(batched);
    if batched && cx.optional(0).is_some() {
        let message = "lengths of sequences in Scan are not supported";
        return Err(Diag::new("unsupported-input", message));
    }
    let inputs: Vec<_> = (first..cx.input_count())
        .map(|i| cx.input(i))
        .collect::<Result<_, _>>()?;
    let scanned = usize::try_from(cx.node.int("num_scan_inputs", 0)?).ok();
    let states = scanned
        .and_then(|n| inputs.len().checked_sub(n))
        .ok_or_else(|| {
            Diag::new(
                "invalid-attribute",
                "more inputs are scanned than there are",
            )
            .at_attribute("num_scan_inputs")
        })?;
    let scan = Scan {
        body: subgraph(cx, "body")?,
        states,
    };
    if batched {
        return scan_batch(cx, &scan, &inputs);
    }
    let turns = scan.unroll(cx, &inputs, "scan_input_directions")?;
    let axes = cx.node.ints("scan_output_axes")?.unwrap_or(&[]).to_vec();
    finish_loop(cx, turns, |i| Ok(axes.get(i).copied().unwrap_or(0)))
}

/// Scans each element of a batch on its own, and joins the results.
fn scan_batch(cx: &mut Importer<'_>, scan: &Scan<'_>, inputs: &[ValueId]) -> Result<(), Diag> {
    let batch = inputs
        .first()
        .and_then(|&x| cx.ty(x).shape.first().copied())
        .unwrap_or(0);
    let mut results: Vec<Vec<ValueId>> = Vec::new();
    for b in 0..batch {
        let mut given = Vec::new();
        for &x in inputs {
            if cx.ty(x).shape.first() != Some(&batch) {
                let message = format!("{} is not a batch of {batch}", cx.ty(x));
                return Err(Diag::new("shape-mismatch", message));
            }
            given.push(cx.element(x, 0, b)?);
        }
        let turns = scan.unroll(cx, &given, "directions")?;
        let mut outputs = turns.carried;
        for values in &turns.collected {
            outputs.push(stack(cx, values, 0)?);
        }
        results.resize(outputs.len(), Vec::new());
        results
            .iter_mut()
            .zip(outputs)
            .for_each(|(list, v)| list.push(v));
    }
    let mut outputs = Vec::new();
    for values in &results {
        outputs.push(stack(cx, values, 0)?);
    }
    set_outputs(cx, outputs)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("If", branch), onnx("Loop", repeat), onnx("Scan", scan)];
