//! An order for layers that run row by row: only steps that follow one another can.

use super::depends::dependencies;
use crate::program::Program;
use petgraph::graph::NodeIndex;

/// A program, whose updates are not decided, with each step that can run row by row put off until just before the first
/// that needs it, if that one can as well: what stood between them comes before both. `None` if nothing did.
pub fn side_by_side(program: &Program) -> Option<Program> {
    let graph = dependencies(program);
    let by_rows = |step: usize| program.steps[step].call.kernel.streams.is_some();
    let mut order: Vec<usize> = (0..program.steps.len()).collect();
    for step in order
        .clone()
        .into_iter()
        .rev()
        .filter(|&step| by_rows(step))
    {
        let needs =
            |&later: &usize| graph.contains_edge(NodeIndex::new(step), NodeIndex::new(later));
        let after = &order[step + 1..];
        let user = after.iter().position(needs).filter(|&k| by_rows(after[k]));
        if let Some(between) = user {
            order[step..=step + between].rotate_left(1);
        }
    }
    (!order.is_sorted()).then(|| program.in_order(&order))
}
