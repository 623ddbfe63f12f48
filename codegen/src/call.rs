//! One kernel call: its parameters, and what it takes out of arenas.

use crate::buffers::Buffers;
use crate::literal::{self, Imports};
use crate::memories::Memories;
use crate::tokens::{ident, number};
use crate::watched::told;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{BufferId, Program, Step};
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::{Operand, Role};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// Operands that are read, or written, in one arena.
#[derive(Default)]
pub(crate) struct Places {
    names: Vec<Ident>,
    places: Vec<TokenStream>,
}

impl Places {
    pub(crate) fn add(&mut self, name: Ident, place: TokenStream) {
        self.names.push(name);
        self.places.push(place);
    }

    /// The names, and the types, as tuples.
    pub(crate) fn tuples(&self) -> (TokenStream, TokenStream) {
        let (names, places) = (&self.names, &self.places);
        (quote!((#(#names,)*)), quote!((#(#places,)*)))
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Operands that are taken out of one arena together.
#[derive(Default)]
struct Split {
    reads: Places,
    writes: Places,
}

/// The statements that make one call.
pub(crate) fn call(
    program: &Program,
    i: usize,
    step: &Step,
    buffers: &mut Buffers<'_>,
    imports: &mut Imports,
) -> Result<TokenStream, Diag> {
    let mut splits: BTreeMap<usize, Split> = BTreeMap::new();
    let params = literal::parameters(step, imports)?.map(|p| quote!(&#p));
    let mut written = Vec::new();
    let args = operands(program, step, buffers, |buffers, row, id| {
        let name = ident(row.name);
        if matches!(row.role, Role::Write | Role::Update) {
            written.push(quote!(bytes(#name)));
        }
        let split = splits.entry(buffers.arena(id)).or_default();
        match row.role {
            Role::Read => split.reads.add(name.clone(), buffers.place(id)),
            _ => split.writes.add(name.clone(), buffers.place(id)),
        }
        quote!(#name)
    });
    let call = function(step, params, args, imports)?;
    let memories = buffers.memories();
    let splits = splits.iter();
    let splits = splits.map(|(&arena, split)| {
        let (constant, step) = split.step(i + 1, memories, arena);
        let statement = split.statement(&memories.running(arena), &constant);
        quote!(#step #statement)
    });
    let number = number(i);
    let call = told(buffers, i, quote!(#call;), &written);
    Ok(quote! { comment!(#number); #(#splits)* #call })
}

/// A kernel call with those parameters and operands.
pub(crate) fn function(
    step: &Step,
    params: Option<TokenStream>,
    operands: Vec<TokenStream>,
    imports: &mut Imports,
) -> Result<TokenStream, Diag> {
    let kernel = step.call.kernel;
    let path = ["kernels", kernel.module, kernel.name];
    imports.0.insert(path.map(String::from).to_vec());
    let closure = step.call.closure.as_ref();
    let closure = closure.map(|f| literal::closure(f, imports)).transpose()?;
    let args = params.into_iter().chain(closure).chain(operands);
    let name = ident(kernel.name);
    Ok(quote! { #name(#(#args),*) })
}

/// The operands of a call: constants by their places, and what `moving` says for those in the arena.
pub(crate) fn operands(
    program: &Program,
    step: &Step,
    buffers: &mut Buffers<'_>,
    mut moving: impl FnMut(&mut Buffers<'_>, &Operand, BufferId) -> TokenStream,
) -> Vec<TokenStream> {
    let operands = step.call.kernel.operands.iter().zip(&step.call.operands);
    let operand = |(row, &id): (&Operand, &BufferId)| match program.buffer(id) {
        buffer if buffer.is_empty() => nothing(row, buffer.element),
        _ if program.constant(id).is_some() => {
            let constant = buffers.constant(id, &step.layer, row.name);
            match buffers.is_hot(id) {
                true => moving(buffers, row, id),
                false => quote!(WEIGHTS.get::<weight::#constant>()),
            }
        }
        _ => moving(buffers, row, id),
    };
    operands.map(operand).collect()
}

/// An operand without elements, which says of what type they would be where nothing else does.
fn nothing(row: &Operand, element: ElementType) -> TokenStream {
    let none = match row.generic {
        true => {
            let zero: Literal = format!("0_{}", element.rust_name())
                .parse()
                .expect("a number with its type is a literal");
            quote!([#zero; 0])
        }
        false => quote!([]),
    };
    match row.role {
        Role::Read => quote!(&#none),
        _ => quote!(&mut #none),
    }
}

impl Split {
    /// What a step reads and writes in an arena, as a constant, and the constant's name.
    fn step(&self, step: usize, memories: Memories<'_>, arena: usize) -> (Ident, TokenStream) {
        let (reads, writes) = (self.reads.tuples().1, self.writes.tuples().1);
        let constant = memories.step(step, arena);
        let count = self.reads.names.len() + self.writes.names.len();
        let step = step_constant(&constant, step, &reads, &writes, count);
        (constant, step)
    }

    /// The statement that takes the operands out of `arena`.
    fn statement(&self, arena: &TokenStream, step: &Ident) -> TokenStream {
        match (&self.reads.names[..], &self.writes.names[..]) {
            ([], [name]) => quote! { let #name = #arena.get_mut(#step); },
            ([name], []) => quote! { let #name = #arena.get(#step); },
            _ => {
                let (reads, writes) = (self.reads.tuples().0, self.writes.tuples().0);
                quote! { let (#reads, #writes) = #arena.split(#step); }
            }
        }
    }
}

/// A constant that says, and proves, what a step reads and writes: so many places.
pub(crate) fn step_constant(
    name: &Ident,
    step: usize,
    reads: &TokenStream,
    writes: &TokenStream,
    count: usize,
) -> TokenStream {
    /// From how many places on a tool finds the type of a step complex.
    const MANY: usize = 7;
    let step = number(step);
    let allow = (count >= MANY).then(|| quote!(#[allow(clippy::type_complexity)]));
    quote! { #allow const #name: Step<#reads, #writes> = Step::at(#step); }
}
