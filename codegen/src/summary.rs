//! The documentation of an emitted network: how to use it, what it costs, and every step.

use crate::face::Face;
use crate::memories::Memories;
use crate::platform;
use crate::prose::{cell, grouped};
use mlc_compiler::Compiled;
use mlc_compiler::program::Step;
use mlc_runtime_core::table::Role;

/// Markdown for the top of the page.
pub(crate) fn summary(compiled: &Compiled, name: &str, face: &Face, shared: bool) -> String {
    let (program, plan) = (&compiled.program, &compiled.plan);
    let args: Vec<_> = face.inputs.iter().map(|p| format!("&{}", p.name)).collect();
    let result = match &face.outputs[..] {
        [only] => only.name.to_string(),
        _ => "outputs".into(),
    };
    let call = match &program.stepping {
        Some(_) => "step",
        None => "run",
    };
    let memories = Memories::of(plan);
    let mut out = format!(
        "The network `{name}`, emitted by mlc.\n\n\
         ```ignore\n{}\nlet {result} = net.{call}({});\n```\n\n\
         {}{}{}, {} bytes of weights, {} multiply-accumulates.\n\n\
         | step | layer | kernel | output | MACs | weights | arena | until |\n\
         |---:|---|---|---|---:|---:|---|---:|\n",
        memories.usage(name, shared),
        args.join(", "),
        platform::docs(compiled.target),
        memories.placing(shared),
        memories.costs(),
        grouped(plan.weights.bytes.len() as u64),
        grouped(program.macs()),
    );
    for (i, step) in program.steps.iter().enumerate() {
        out += &line(compiled, i, step);
    }
    out
}

/// One step: the bytes of constants it reads, the bytes of the arena it writes, and the last step
/// that needs them.
fn line(compiled: &Compiled, i: usize, step: &Step) -> String {
    let (program, plan) = (&compiled.program, &compiled.plan);
    let operands = || step.call.kernel.operands.iter().zip(&step.call.operands);
    let constants = operands().filter(|(_, id)| program.constant(**id).is_some());
    let weights: usize = constants.map(|(_, id)| program.buffer(*id).bytes()).sum();
    let mut written = operands().filter(|(row, _)| matches!(row.role, Role::Write | Role::Update));
    let written = written.find(|(_, id)| !program.buffer(**id).is_empty());
    let output = written.map_or_else(String::new, |(_, &id)| {
        let buffer = program.buffer(id);
        let offset = plan.offset(program, id).unwrap_or(0);
        let life = plan.blocks.get(&program.root(id).0).map(|b| b.lifetime);
        let until = life.map_or(0, |l| l.last.min(program.steps.len()));
        let end = offset + buffer.bytes();
        let region = Memories::of(plan).prefix(plan.arena(program, id).unwrap_or(0));
        format!(
            "`{}` | {} | {} | {region}{offset}..{end} | {until}",
            buffer.ty,
            grouped(step.macs),
            grouped(weights as u64)
        )
    });
    format!(
        "| {} | {} | {} | {output} |\n",
        i + 1,
        cell(&step.layer),
        step.call.kernel.name
    )
}
