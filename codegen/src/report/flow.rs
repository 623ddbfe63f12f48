//! Which steps read what which others wrote.

use mlc_compiler::program::{BufferId, Program, Step, Storage};
use mlc_runtime_core::table::Role;
use std::collections::{BTreeSet, HashMap};

/// Of each step, the numbers of those whose results it reads, from 1; 0 is whoever gives the inputs.
pub(super) fn sources(program: &Program) -> Vec<Vec<usize>> {
    let inputs = program
        .inputs
        .iter()
        .map(|port| (program.root(port.buffer).0, 0));
    let mut writers: HashMap<BufferId, usize> = inputs.collect();
    let mut all = Vec::new();
    for (step, number) in program.steps.iter().zip(1..) {
        let read = operands(step).filter(|(role, _)| matches!(role, Role::Read | Role::Update));
        let from = read.filter_map(|(_, id)| writer(program, &writers, id));
        all.push(from.collect::<BTreeSet<_>>().into_iter().collect());
        let written = operands(step).filter(|(role, _)| matches!(role, Role::Write | Role::Update));
        writers.extend(written.map(|(_, id)| (program.root(id).0, number)));
    }
    all
}

fn operands(step: &Step) -> impl Iterator<Item = (Role, BufferId)> {
    let rows = step.call.kernel.operands.iter().map(|row| row.role);
    rows.zip(step.call.operands.iter().copied())
}

/// Who wrote a buffer last, or what it starts as a copy of.
fn writer(program: &Program, writers: &HashMap<BufferId, usize>, id: BufferId) -> Option<usize> {
    let root = program.root(id).0;
    let copied = || match program.buffer(root).storage {
        Storage::CopyOf(from) => writers.get(&program.root(from).0),
        _ => None,
    };
    writers.get(&root).or_else(copied).copied()
}

#[cfg(test)]
mod tests {
    use crate::Options;

    #[test]
    fn steps_follow_those_whose_results_they_read() {
        let sources = |network: &str| {
            let model = mlc_fixtures::dir(network).join("model.onnx");
            super::sources(&Options::new(model).compile().unwrap().program)
        };
        let chain: Vec<_> = (0..10).map(|before| vec![before]).collect();
        assert_eq!(sources("digits_int8"), chain);
        let branches = sources("transformer");
        assert!(branches.iter().any(|from| from.len() > 1), "{branches:?}");
        assert!(
            branches
                .iter()
                .zip(1..)
                .all(|(from, step)| from.iter().all(|&f| f < step))
        );
    }
}
