//! The steps: one commented kernel call each.

use crate::buffers::Buffers;
use crate::call::call;
use crate::literal::Imports;
use crate::prose::{grouped, one_line};
use crate::rows;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{Program, Step};
use mlc_runtime_core::table::Role;
use proc_macro2::TokenStream;

/// The statements that run the network; if there is just one arena, it is `arena`.
pub(crate) fn calls(
    program: &Program,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<Vec<TokenStream>, Diag> {
    let mut calls = Vec::new();
    for (i, step) in program.steps.iter().enumerate() {
        let segment = step.segment.and_then(|s| program.segments.get(s));
        match segment {
            None => calls.push(call(program, i, step, buffers, imports)?),
            Some(segment) if segment.steps.start == i => {
                calls.push(rows::segment(program, segment, buffers, imports)?);
            }
            Some(_) => {}
        }
    }
    Ok(calls)
}

/// The line above each call, and then above each loop over rows: number, layer, operator, what goes in and out, and what it costs.
pub(crate) fn comments(program: &Program) -> Vec<String> {
    let steps = program.steps.iter().enumerate();
    let calls = steps.map(|(i, step)| comment(program, i, step));
    calls
        .chain(program.segments.iter().map(rows::comment))
        .collect()
}

fn comment(program: &Program, i: usize, step: &Step) -> String {
    let types = |wanted: &[Role]| {
        let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
        let buffers = operands
            .filter(|(row, _)| wanted.contains(&row.role))
            .map(|(_, &id)| id);
        let shown = buffers.filter(|&id| program.constant(id).is_none());
        let shown = shown.map(|id| program.buffer(id)).filter(|b| !b.is_empty());
        shown
            .map(|b| b.ty.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (reads, writes) = (types(&[Role::Read]), types(&[Role::Write, Role::Update]));
    let macs = match step.macs {
        0 => String::new(),
        macs => format!(", {} MACs", grouped(macs)),
    };
    let flow = if reads.is_empty() {
        format!("{writes} in place")
    } else {
        format!("{reads} → {writes}")
    };
    format!(
        "{}. {}, {}: {flow}{macs}",
        i + 1,
        one_line(&step.layer),
        one_line(&step.operator)
    )
}
