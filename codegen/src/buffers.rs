//! Buffers as types: the memory plan, and the places of constants among the weights.

use crate::WeightsAt;
use crate::names::{Names, camel};
use crate::page::{ident, number};
use mlc_compiler::Compiled;
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

    /// The type of a buffer's place in the arena.
    pub(crate) fn place(&mut self, id: BufferId) -> Ident {
        let name = &self.program().buffer(id).name;
        self.name_place(id, name)
    }

    /// The type of the place of an input or output.
    pub(crate) fn port(&self, id: BufferId) -> Ident {
        self.places[&id].clone()
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
        let types = places.map(|(&id, name)| {
            let buffer = self.program().buffer(id);
            let offset = self.compiled.plan.offset(self.program(), id).unwrap_or(0);
            let doc = format!(
                " `{}`, bytes {}..{}.",
                buffer.ty,
                offset,
                offset + buffer.bytes()
            );
            self.place_type(id, name, offset, &doc)
        });
        quote! {
            /// The memory plan: where each buffer lies in the arena.
            mod place {
                use super::Place;
                #(#types)*
            }
        }
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
