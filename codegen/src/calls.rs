//! The steps: one commented kernel call each.

use crate::buffers::Buffers;
use crate::literal::{self, Imports};
use crate::page::{grouped, ident, number, one_line};
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{Program, Step};
use mlc_runtime_core::table::Role;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The statements that run the network, `arena` being the arena.
pub(crate) fn calls(
    program: &Program,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<Vec<TokenStream>, Diag> {
    let steps = program.steps.iter().enumerate();
    steps
        .map(|(i, step)| call(program, i, step, buffers, imports))
        .collect()
}

/// Operands that are taken out of the arena together.
#[derive(Default)]
struct Split {
    names: Vec<Ident>,
    places: Vec<Ident>,
}

impl Split {
    fn add(&mut self, name: Ident, place: Ident) {
        self.names.push(name);
        self.places.push(place);
    }
}

fn call(
    program: &Program,
    i: usize,
    step: &Step,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<TokenStream, Diag> {
    let kernel = step.call.kernel;
    imports.0.insert(
        ["kernels", kernel.module, kernel.name]
            .map(String::from)
            .to_vec(),
    );
    let mut args = Vec::new();
    args.extend(literal::parameters(step, imports)?);
    if let Some(f) = &step.call.closure {
        args.push(literal::closure(f, imports)?);
    }
    let (mut reads, mut writes) = (Split::default(), Split::default());
    for (row, &id) in kernel.operands.iter().zip(&step.call.operands) {
        let name = ident(row.name);
        if program.buffer(id).is_empty() {
            args.push(if row.role == Role::Read {
                quote!(&[])
            } else {
                quote!(&mut [])
            });
            continue;
        }
        if program.constant(id).is_some() {
            let constant = buffers.constant(id, &step.layer, row.name);
            args.push(quote!(WEIGHTS.get::<weight::#constant>()));
            continue;
        }
        args.push(quote!(#name));
        match row.role {
            Role::Read => reads.add(name, buffers.place(id)),
            _ => writes.add(name, buffers.place(id)),
        }
    }
    let (function, i) = (ident(kernel.name), number(i));
    let split = split(&reads, &writes);
    Ok(quote! { comment!(#i); #split #function(#(#args),*); })
}

fn split(reads: &Split, writes: &Split) -> TokenStream {
    let (r, w) = (&reads.names, &writes.names);
    let (rp, wp) = (&reads.places, &writes.places);
    if r.is_empty() && w.len() == 1 {
        return quote! { #(let #w = arena.get_mut::<place::#wp>();)* };
    }
    quote! { let ((#(#r,)*), (#(#w,)*)) = arena.split::<(#(place::#rp,)*), (#(place::#wp,)*)>(); }
}

/// The line above each call: number, layer, operator, what goes in and out, and what it costs.
pub(crate) fn comments(program: &Program) -> Vec<String> {
    let steps = program.steps.iter().enumerate();
    steps.map(|(i, step)| comment(program, i, step)).collect()
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
        step.operator
    )
}
