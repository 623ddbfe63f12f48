//! Time: from a network over a whole sequence to one that takes the sequence slice by slice, endlessly.
//!
//! The graph is rewritten, so that everything behind it is as ever: a step of the new network takes the next
//! slices and computes of every value just the positions that are new. What a layer has still to see of
//! earlier ones is kept in a window in front of it ([`Latest`](crate::ops::sequence::latest::Latest)); recurrent layers
//! keep their states. An operator that sums up all positions, such as a mean over time, takes as many of the
//! latest ones as the network was made for.
//!
//! `follow` finds out how each value moves along time, from what operators say of themselves
//! ([`Op::along_time`](crate::ir::Op::along_time)), and `rewrite` writes the new graph.
//!
//! What comes out of a step is what the original network would yield:
//! * where layers look back only, to the start of all time, as recurrent layers do and convolutions that are
//!   padded before the first position: at the last position of the whole sequence so far, to which slices that are
//!   cropped at the end are still to come;
//! * where they are not padded at all: for the latest slices, as many as the network was made for.

mod beside;
mod follow;
mod rewrite;
#[cfg(test)]
mod tests;

use crate::diag::{Diag, Diags};
use crate::ir::Graph;
use crate::passes::cse;
use crate::program::Stepping;
use crate::settings::TimeAxis;
pub use beside::{Beside, Sizes};
use follow::Flows;

/// Turns the network over a whole sequence into one that takes it in steps, and says how it does.
pub fn by_steps(graph: &mut Graph, axis: TimeAxis) -> Result<Stepping, Diags> {
    let flows = match axis {
        TimeAxis::Given(axis) => given(graph, axis)?,
        TimeAxis::Found => found(graph)?,
    };
    *graph = rewrite::rewrite(graph, &flows)?;
    // Several layers may look at one window.
    cse::run(graph)?;
    *graph = graph.compact();
    graph
        .verify()
        .map_err(|d| d.note("after time was cut into steps"))?;
    Ok(flows.stepping)
}

fn given(graph: &Graph, axis: usize) -> Result<Flows, Diag> {
    let rank = graph.ty(only_input(graph)?).rank();
    if axis >= rank {
        let message = format!("the input has {rank} axes, of which none has the number {axis}");
        return Err(Diag::new("no-steps", message).note("axes are counted from 0"));
    }
    Flows::along(graph, axis).map_err(|stuck| stuck.diag)
}

/// The only axis along which everything can be computed in steps, and something looks back.
fn found(graph: &Graph) -> Result<Flows, Diag> {
    let ty = graph.ty(only_input(graph)?);
    let (mut fitting, mut stuck) = (Vec::new(), Vec::new());
    for axis in (0..ty.rank()).filter(|&axis| ty.shape[axis] > 1) {
        match Flows::along(graph, axis) {
            Ok(flows) if flows.looks_back => fitting.push(flows),
            Ok(_) => {}
            Err(other) => stuck.push(other),
        }
    }
    if fitting.len() > 1 {
        let axes: Vec<_> = fitting
            .iter()
            .map(|f| f.stepping.axis.to_string())
            .collect();
        let message = format!(
            "time may be any of the axes {} of the input",
            axes.join(", ")
        );
        return Err(Diag::new("no-steps", message).note("say which it is: `--time-axis`"));
    }
    let farthest = || stuck.into_iter().rev().max_by_key(|stuck| stuck.nodes);
    fitting.pop().ok_or_else(|| match farthest() {
        Some(stuck) => stuck.diag,
        None => Diag::new(
            "no-steps",
            "no layer looks back in time along any axis of the input",
        )
        .note("say which axis is time: `--time-axis`"),
    })
}

fn only_input(graph: &Graph) -> Result<crate::ir::ValueId, Diag> {
    match graph.inputs[..] {
        [input] => Ok(input),
        _ => {
            let message = format!(
                "the network has {} inputs; one can be time",
                graph.inputs.len()
            );
            Err(Diag::new("no-steps", message))
        }
    }
}
