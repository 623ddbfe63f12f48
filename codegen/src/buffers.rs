//! Buffers as types: the memory plan, and the places of constants among the weights.

use crate::WeightsAt;
use crate::memories::Memories;
use crate::names::{Names, camel};
use crate::page::{ident, number};
use mlc_compiler::Compiled;
use mlc_compiler::memory::HotWeight;
use mlc_compiler::program::{BufferId, Program};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// The names under which the page knows buffers.
pub(crate) struct Buffers<'a> {
    compiled: &'a Compiled,
    places: BTreeMap<BufferId, Ident>,
    constants: BTreeMap<BufferId, Ident>,
    place_names: Names,
    constant_names: Names,
}

impl<'a> Buffers<'a> {
    /// Names inputs and outputs; other buffers are named when they are first used.
    pub(crate) fn new(compiled: &'a Compiled) -> Self {
        let mut buffers = Buffers {
            compiled,
            places: BTreeMap::new(),
            constants: BTreeMap::new(),
            place_names: Names::default(),
            constant_names: Names::default(),
        };
        let program = buffers.program();
        for port in program.inputs.iter().chain(&program.outputs) {
            buffers.name_place(port.buffer, &port.name);
        }
        buffers
    }

    fn program(&self) -> &'a Program {
        &self.compiled.program
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

    /// The type of the place of an input or output.
    pub(crate) fn port(&self, id: BufferId) -> TokenStream {
        self.path(id, &self.places[&id])
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
            Some(quote! { *#arena.get_mut::<#to>() = *WEIGHTS.get::<weight::#from>(); })
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

    fn place_type(&self, id: BufferId, name: &Ident, offset: usize, doc: &str) -> TokenStream {
        let buffer = self.program().buffer(id);
        let ty = ident(buffer.element.rust_name());
        let (offset, len) = (number(offset), number(buffer.len()));
        quote! { #[doc = #doc] pub type #name = Place<#ty, #offset, #len>; }
    }

    /// The memory plan as types.
    pub(crate) fn places(&self) -> TokenStream {
        let plan = &self.compiled.plan;
        // Of what runs row by row there may be less in memory than the whole.
        let is_whole = |id: BufferId| {
            let (root, offset) = self.program().root(id);
            let block = plan.blocks.get(&root);
            block.is_none_or(|b| offset + self.program().buffer(id).bytes() <= b.size)
        };
        let places = self.places.iter().filter(|(id, _)| is_whole(**id));
        let arenas = self.memories().used();
        let modules = arenas.map(|(number, arena)| {
            let here = places.clone().filter(|(id, _)| self.arena(**id) == number);
            let types: Vec<_> = here.map(|(&id, name)| self.place_doc(id, name)).collect();
            let module = self.memories().module(number);
            let doc = match module == "place" {
                true => " The memory plan: where each buffer lies in the arena.".into(),
                false => format!(
                    " The memory plan of `{}`: where each buffer lies in it.",
                    arena.name
                ),
            };
            (!types.is_empty()).then(|| {
                quote! {
                    #[doc = #doc]
                    mod #module {
                        use super::Place;
                        #(#types)*
                    }
                }
            })
        });
        quote!(#(#modules)*)
    }

    fn place_doc(&self, id: BufferId, name: &Ident) -> TokenStream {
        let buffer = self.program().buffer(id);
        let offset = self.offset(id);
        let copy = if self.is_hot(id) {
            ": a copy of weights"
        } else {
            ""
        };
        let end = offset + buffer.bytes();
        let doc = format!(" `{}`, bytes {offset}..{end}{copy}.", buffer.ty);
        self.place_type(id, name, offset, &doc)
    }

    /// The blob of weights and where each constant lies in it.
    pub(crate) fn weights(&self, at: &WeightsAt) -> TokenStream {
        if !self.has_constants() {
            return quote!();
        }
        let types = self.constants.iter().map(|(&id, name)| {
            let offset = self
                .compiled
                .plan
                .weights
                .offsets
                .get(&id)
                .copied()
                .unwrap_or(0);
            let doc = format!(" `{}`.", self.program().buffer(id).ty);
            self.place_type(id, name, offset, &doc)
        });
        let bytes = match at {
            WeightsAt::File(path) => quote!(*include_bytes!(#path)),
            WeightsAt::OutDir(file) => {
                let file = format!("/{file}");
                quote!(*include_bytes!(concat!(env!("OUT_DIR"), #file)))
            }
            WeightsAt::Inline => {
                let literal = Literal::byte_string(&self.compiled.plan.weights.bytes);
                quote!(*#literal)
            }
        };
        quote! {
            /// All constants, read in place.
            static WEIGHTS: Blob<WEIGHT_BYTES> = Blob(#bytes);

            /// Where each constant lies among the weights.
            mod weight {
                use super::Place;
                #(#types)*
            }
        }
    }
}
