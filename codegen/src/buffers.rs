//! Buffers as types: places in blocks of the memory plan, and those of constants among the weights.

use crate::WeightsAt;
use crate::blocks::Table;
use crate::memories::{self, Memories};
use crate::names::{Names, camel, identifiers};
use crate::tokens::{ident, number};
use mlc_compiler::Compiled;
use mlc_compiler::memory::{HotWeight, MemoryPlan};
use mlc_compiler::program::{BufferId, Program};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::{BTreeMap, BTreeSet};

/// The names under which the page knows buffers.
pub(crate) struct Buffers<'a> {
    compiled: &'a Compiled,
    /// The blocks of each arena, and those of the weights.
    arenas: Vec<Table>,
    weights: Table,
    places: BTreeMap<BufferId, Ident>,
    constants: BTreeMap<BufferId, Ident>,
    place_names: Names,
    constant_names: Names,
}

impl<'a> Buffers<'a> {
    /// Names inputs and outputs; other buffers are named when they are first used.
    pub(crate) fn new(compiled: &'a Compiled) -> Self {
        let arenas = 0..compiled.plan.arenas.len();
        let mut buffers = Buffers {
            compiled,
            arenas: arenas
                .map(|arena| Table::of_arena(compiled, arena))
                .collect(),
            weights: Table::of_weights(compiled),
            places: BTreeMap::new(),
            constants: BTreeMap::new(),
            place_names: Names::besides(said()),
            constant_names: Names::besides(said()),
        };
        let program = buffers.program();
        for port in program.inputs.iter().chain(&program.outputs) {
            buffers.name_place(port.buffer, &port.name);
        }
        buffers
    }

    /// The program whose buffers they are.
    pub(crate) fn program(&self) -> &'a Program {
        &self.compiled.program
    }

    /// Whether the network's layers can be watched.
    pub(crate) fn is_watched(&self) -> bool {
        self.compiled.watched
    }

    /// Where they lie.
    pub(crate) fn plan(&self) -> &'a MemoryPlan {
        &self.compiled.plan
    }

    fn name_place(&mut self, id: BufferId, name: &str) -> Ident {
        let names = &mut self.place_names;
        self.places
            .entry(id)
            .or_insert_with(|| ident(&names.camel(name, "tensor")))
            .clone()
    }

    /// The arenas.
    pub(crate) fn memories(&self) -> Memories<'a> {
        Memories::of(&self.compiled.plan)
    }

    /// The type of a buffer's place in its arena; of a constant that is copied there, after it has a name.
    pub(crate) fn place(&mut self, id: BufferId) -> TokenStream {
        let name = match self.constants.get(&id) {
            Some(constant) => constant.to_string(),
            None => self.program().buffer(id).name.clone(),
        };
        let name = self.name_place(id, &name);
        self.path(id, &name)
    }

    /// The type of the place of an input or output, unless it has no elements.
    pub(crate) fn port(&self, id: BufferId) -> Option<TokenStream> {
        let has_elements = !self.program().buffer(id).is_empty();
        has_elements.then(|| self.path(id, &self.places[&id]))
    }

    /// The number of the block that a buffer is in.
    pub(crate) fn block(&self, id: BufferId) -> Option<usize> {
        self.arenas[self.arena(id)].number(self.program().root(id).0)
    }

    fn path(&self, id: BufferId, name: &Ident) -> TokenStream {
        let module = self.memories().module(self.arena(id));
        quote!(#module::#name)
    }

    /// Which arena a buffer lies in.
    pub(crate) fn arena(&self, id: BufferId) -> usize {
        let arena = self.compiled.plan.arena(self.program(), id);
        let copied = self.hot(id).map(|hot| hot.arena);
        let first = || self.memories().used().next().map(|(number, _)| number);
        copied.or(arena).or_else(first).unwrap_or(0)
    }

    fn offset(&self, id: BufferId) -> usize {
        let offset = self.compiled.plan.offset(self.program(), id);
        let copied = self.hot(id).map(|hot| hot.offset);
        copied.or(offset).unwrap_or(0)
    }

    /// The copy of a constant in an arena.
    fn hot(&self, id: BufferId) -> Option<&'a HotWeight> {
        let hot = self.compiled.plan.hot.iter();
        hot.into_iter().find(|hot| hot.constants.contains(&id))
    }

    /// Whether a constant is copied into an arena and read from there.
    pub(crate) fn is_hot(&self, id: BufferId) -> bool {
        self.hot(id).is_some()
    }

    /// The statements that copy weights into arenas.
    pub(crate) fn copies(&self) -> Vec<TokenStream> {
        let copy = |hot: &HotWeight| {
            let known = |id: &&BufferId| self.places.contains_key(id);
            let id = hot.constants.iter().find(known)?;
            let (from, to) = (&self.constants[id], self.path(*id, &self.places[id]));
            let arena = self.memories().field(hot.arena);
            Some(quote! {
                *#arena.get_mut(const { Step::<(), (#to,)>::at(0) }) = *WEIGHTS.get::<weight::#from>();
            })
        };
        self.compiled.plan.hot.iter().filter_map(copy).collect()
    }

    /// The type of a constant's place, named after the layer and the operand that first use it.
    pub(crate) fn constant(&mut self, id: BufferId, layer: &str, operand: &str) -> Ident {
        let names = &mut self.constant_names;
        let name = || {
            let name = format!("{}_{operand}", camel(layer, "layer"));
            ident(&names.camel(&name, "weight"))
        };
        self.constants.entry(id).or_insert_with(name).clone()
    }

    /// Whether the network reads any constant.
    pub(crate) fn has_constants(&self) -> bool {
        !self.constants.is_empty()
    }

    /// A buffer's elements as an array type.
    pub(crate) fn array(program: &Program, id: BufferId) -> TokenStream {
        let buffer = program.buffer(id);
        let (ty, len) = (ident(buffer.element.rust_name()), number(buffer.len()));
        quote!([#ty; #len])
    }

    /// A place as a type: part of a block by number.
    fn place_type(
        &self,
        id: BufferId,
        name: &Ident,
        block: usize,
        from: usize,
        doc: &str,
    ) -> TokenStream {
        let buffer = self.program().buffer(id);
        let ty = ident(buffer.element.rust_name());
        let (block, len) = (number(block), number(buffer.len()));
        let from = (from > 0).then(|| number(from)).into_iter();
        quote! { #[doc = #doc] pub type #name = Place<Here, #block, #ty, #len #(, #from)*>; }
    }

    /// The memory plan as tables of blocks, and types. `runtime` is where their modules find it; `by_rows` proves of an
    /// arena what shares bytes row by row.
    pub(crate) fn places(
        &self,
        runtime: &TokenStream,
        by_rows: impl Fn(usize) -> TokenStream,
    ) -> TokenStream {
        let arenas = self.memories().used().map(|(number, arena)| {
            let table = &self.arenas[number];
            let bytes = memories::bytes(arena);
            let by_rows = by_rows(number);
            let end = self.program().steps.len() + 1;
            let doc = format!(
                " Offset and bytes of each block, and the steps that it is taken in: step 0 is the caller who gives inputs, step {end} the one who reads outputs."
            );
            let proof = table.proof(&doc, &quote!(super::#bytes), &by_rows);
            let own = |id: &BufferId| self.arena(*id) == number;
            let places = self.places.iter().filter(|(id, _)| own(id));
            let types: Vec<_> = places.filter_map(|(&id, name)| self.arena_type(id, name)).collect();
            let module = self.memories().module(number);
            let doc = match module == "place" {
                true => " The memory plan: where each buffer lies in the arena, and in which steps.".into(),
                false => format!(
                    " The memory plan of `{}`: where each buffer lies in it, and in which steps.",
                    arena.name
                ),
            };
            (!table.is_empty()).then(|| planned(&module, &doc, runtime, &proof, &types))
        });
        quote!(#(#arenas)*)
    }

    /// The type of a buffer's place; of what runs row by row there may be less in memory than that.
    fn arena_type(&self, id: BufferId, name: &Ident) -> Option<TokenStream> {
        let table = &self.arenas[self.arena(id)];
        let (root, from) = self.program().root(id);
        let block = table.number(root)?;
        let buffer = self.program().buffer(id);
        if buffer.is_empty() || from + buffer.bytes() > table.bytes(block) || self.is_fed(id) {
            return None;
        }
        let offset = self.offset(id);
        let end = offset + buffer.bytes();
        let life = match (table.life(block), self.is_hot(id)) {
            (Some((first, last)), _) => format!("in steps {first} to {last}"),
            (None, true) => "a copy of weights".into(),
            (None, false) => "kept from one step to the next".into(),
        };
        let doc = format!(" `{}`, bytes {offset}..{end}, {life}.", buffer.ty);
        Some(self.place_type(id, name, block, from, &doc))
    }

    /// Whether a buffer is the input that the caller feeds, and whose rows only their segment knows.
    fn is_fed(&self, id: BufferId) -> bool {
        let fed = self.program().segments.first().filter(|s| s.fed);
        fed.is_some_and(|segment| {
            let edge = &segment.edges[segment.layers[0].writes];
            edge.buffer == id && !edge.kept
        })
    }

    /// The blob of weights and where each constant lies in it.
    pub(crate) fn weights(&self, at: &WeightsAt, runtime: &TokenStream) -> TokenStream {
        if !self.has_constants() {
            return quote!();
        }
        let types = self.constants.iter().filter_map(|(&id, name)| {
            let doc = format!(" `{}`.", self.program().buffer(id).ty);
            Some(self.place_type(id, name, self.weights.number(id)?, 0, &doc))
        });
        let section = self.compiled.plan.weights.section.as_ref();
        let section = section.map(|name| quote!(#[unsafe(link_section = #name)]));
        let types: Vec<_> = types.collect();
        let proof = self.weights.proof(
            " Offset and bytes of each constant.",
            &quote!(super::WEIGHT_BYTES),
            &quote!(),
        );
        let doc = " The place of each constant among the weights.";
        let module = planned(&ident("weight"), doc, runtime, &proof, &types);
        let bytes = match at {
            WeightsAt::File(path) => {
                quote!(*mark::weights(include_bytes!(#path), BUILD_ID))
            }
            WeightsAt::OutDir(file) => {
                let file = format!("/{file}");
                quote!(*mark::weights(
                    include_bytes!(concat!(env!("OUT_DIR"), #file)),
                    BUILD_ID
                ))
            }
            WeightsAt::Inline => {
                let literal = Literal::byte_string(&self.compiled.plan.weights.bytes);
                quote!(*#literal)
            }
        };
        quote! {
            /// All constants, read in place.
            #section
            static WEIGHTS: Blob<WEIGHT_BYTES> = Blob(#bytes);

            #module
        }
    }
}

/// What modules of memories say themselves: no place is called like that.
fn said() -> BTreeSet<String> {
    let place = quote! { type _P = Place<Here, 0, f32, 0>; };
    let proof = quote! { const _B: Block; };
    identifiers(planned(&ident("_m"), "", &quote!(), &proof, &[place]))
}

/// The module of a memory: its plan, proved, and places in it, if there are any.
fn planned(
    name: &Ident,
    doc: &str,
    runtime: &TokenStream,
    proof: &TokenStream,
    types: &[TokenStream],
) -> TokenStream {
    let places = (!types.is_empty()).then(|| {
        quote! {
            /// The memory that has this plan.
            pub enum Here {}

            impl Memory for Here {
                const PLAN: Plan = PLAN;
            }

            #(#types)*
        }
    });
    let (place, memory) = match places {
        Some(_) => (quote!(use #runtime::arena::Place;), quote!(Memory,)),
        None => (quote!(), quote!()),
    };
    quote! {
        #[doc = #doc]
        mod #name {
            #place
            use #runtime::plan::{Block, #memory Plan};

            #proof
            #places
        }
    }
}
