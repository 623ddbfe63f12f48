//! The functions of a network that takes time slice by slice.

use super::{Face, Part, reset};
use crate::buffers::Buffers;
use crate::literal;
use crate::tokens::number;
use mlc_compiler::program::{Initial, Program, Scope, Stepping};
use proc_macro2::TokenStream;
use quote::quote;

/// A network that keeps what it has to remember.
pub(crate) struct Steps {
    stepping: Stepping,
    /// Bytes that it keeps.
    bytes: usize,
    /// Statements that set what it keeps to what it is at the start of time.
    fills: Vec<TokenStream>,
    /// Whether any of it is filled with one value.
    fills_any: bool,
    /// Whether that is anything but the zeros that are there at first.
    begins: bool,
}

impl Steps {
    /// How a program takes time, if it takes it slice by slice.
    pub(crate) fn of(program: &Program, buffers: &mut Buffers<'_>) -> Option<Self> {
        let stepping = program.stepping.clone()?;
        let states: Vec<_> = program.states().collect();
        // What is lent may hold anything.
        let is_lent = !buffers.memories().lent().is_empty();
        let mut set = |&(id, initial): &(_, Initial)| {
            let place = buffers.place(id);
            let arena = buffers.memories().field(buffers.arena(id));
            match initial {
                Initial::Fill(fill) => {
                    let value = match literal::constant(fill) {
                        syn::Expr::Paren(inner) => *inner.expr,
                        value => value,
                    };
                    quote!(fill(self.#arena.get_mut(const { Step::<(), (#place,)>::at(0) }), #value);)
                }
                Initial::Constant(from) => {
                    let from = buffers.constant(from, &program.buffer(id).name, "initial");
                    quote! {
                        *self.#arena.get_mut(const { Step::<(), (#place,)>::at(0) }) =
                            *WEIGHTS.get::<weight::#from>();
                    }
                }
            }
        };
        let is_zero = |initial: &Initial| match initial {
            Initial::Fill(fill) => {
                let mut bytes = Vec::new();
                fill.write_le(&mut bytes);
                bytes.iter().all(|&byte| byte == 0)
            }
            Initial::Constant(_) => false,
        };
        Some(Steps {
            stepping,
            bytes: states
                .iter()
                .map(|&(id, _)| program.buffer(id).bytes())
                .sum(),
            fills: states.iter().map(&mut set).collect(),
            fills_any: states
                .iter()
                .any(|(_, initial)| matches!(initial, Initial::Fill(_))),
            begins: is_lent && !states.is_empty()
                || states.iter().any(|(_, initial)| !is_zero(initial)),
        })
    }

    /// Whether anything that is kept begins with one value in all elements.
    pub(crate) fn fills(&self) -> bool {
        self.fills_any
    }

    /// Fields of the network's type beside the arena, and what they are at first: zeros, so that a `static`
    /// network needs no flash.
    pub(super) fn fields(&self) -> (TokenStream, TokenStream) {
        let seen = (self.stepping.warm_up > 0).then(|| (quote!(, seen: usize), quote!(, seen: 0)));
        let begun = self
            .begins
            .then(|| (quote!(, begun: bool), quote!(, begun: false)));
        let fields: (Vec<_>, Vec<_>) = seen.into_iter().chain(begun).unzip();
        let (types, values) = fields;
        (quote!(#(#types)*), quote!(#(#values)*))
    }

    /// How many of these fields there are.
    pub(crate) fn words(&self) -> usize {
        usize::from(self.stepping.warm_up > 0) + usize::from(self.begins)
    }

    /// What it costs to remember, as a constant.
    pub(crate) fn costs(&self) -> TokenStream {
        let bytes = number(self.bytes);
        quote! {
            /// Bytes of the working memory that are kept from one step to the next.
            pub const STATE_BYTES: usize = #bytes;
        }
    }

    /// What a step does with the input of that description.
    fn doc(&self, input: &str) -> String {
        let Stepping { hop, warm_up, .. } = self.stepping;
        let slices = if hop == 1 { "slice" } else { "slices" };
        let then = if warm_up > 0 {
            ", once there were enough,"
        } else {
            ""
        };
        format!(
            " Takes the next {slices} of {input}, and returns{then} for {}:",
            self.scope()
        )
    }

    /// Which slices outputs are about.
    fn scope(&self) -> String {
        match (self.stepping.scope, self.stepping.late) {
            (Scope::SoFar, 0) => "all slices so far".into(),
            (Scope::SoFar, late) if late > 0 => {
                format!("all slices so far but for {late} at the end")
            }
            (Scope::SoFar, late) => {
                format!(
                    "all slices so far and {} still to come, which make no difference",
                    -late
                )
            }
            (Scope::Latest(len), 0) => format!("the latest {len} slices"),
            (Scope::Latest(len), late) if late > 0 => {
                format!("the latest {len} slices but for {late} at the end")
            }
            (Scope::Latest(len), late) => format!(
                "{len} slices, of which {} are still to come and make no difference",
                -late
            ),
        }
    }
}

impl Face {
    /// The functions of a network that takes time slice by slice.
    pub(super) fn by_steps(
        &self,
        buffers: &Buffers<'_>,
        calls: &[TokenStream],
        steps: &Steps,
    ) -> TokenStream {
        let [input] = &self.inputs[..] else {
            return quote!();
        };
        let Part {
            name, array, doc, ..
        } = input;
        let given = input.give(&quote!(*#name));
        let (result, value) = self.result();
        let warm_up = steps.stepping.warm_up > 0;
        let (result, value) = match warm_up {
            true => (quote!(Option<#result>), quote!(Some(#value))),
            false => (result, value),
        };
        let mut docs = vec![steps.doc(doc)];
        docs.extend(self.outputs.iter().map(|p| format!(" * {}", p.doc)));
        let (constants, wait, reset) = (steps.constants(), steps.wait(), steps.reset());
        let begin = steps.begins.then(|| {
            quote!(if !self.begun {
                self.reset();
            })
        });
        let arena = (!calls.is_empty()).then(|| buffers.memories().preamble());
        let outputs = self.output_places();
        let (watch, nobody) = (self.watched.parameter(), self.watched.nobody());
        let (passed, idle) = (self.watched.argument(), self.watched.idle(calls.is_empty()));
        let watched = self.watched.also(quote! {
            /// As `step`, and tells `watch` of each of [`LAYERS`], such as a [`Profile`].
            pub fn step_watched(&mut self, #name: &#array #watch) -> #result {
                #begin
                #given
                self.advance(#passed);
                #wait
                #value
            }
        });
        quote! {
            #constants
            #(#[doc = #docs])*
            pub fn step(&mut self, #name: &#array) -> #result {
                #begin
                #given
                self.advance(#nobody);
                #wait
                #value
            }
            #watched
            #reset
            #outputs
            /// Computes what is new of each layer.
            fn advance(&mut self #watch) {
                #idle
                #arena
                #(#calls)*
            }
        }
    }
}

impl Steps {
    fn constants(&self) -> TokenStream {
        let Stepping { hop, warm_up, .. } = self.stepping;
        let (hop, steps) = (number(hop), number(warm_up));
        let warm_up = (warm_up > 0).then(|| {
            quote! {
                /// Steps before the first that returns outputs.
                pub const WARM_UP: usize = #steps;
            }
        });
        quote! {
            /// Slices of the input that a step takes.
            pub const HOP: usize = #hop;
            #warm_up
        }
    }

    /// Returns nothing while slices are too few.
    fn wait(&self) -> Option<TokenStream> {
        (self.stepping.warm_up > 0).then(|| {
            quote! {
                if self.seen < Self::WARM_UP {
                    self.seen += 1;
                    return None;
                }
            }
        })
    }

    fn reset(&self) -> TokenStream {
        let fills = &self.fills;
        let seen = (self.stepping.warm_up > 0).then(|| quote!(self.seen = 0;));
        let begun = self.begins.then(|| quote!(self.begun = true;));
        reset("step", &quote!(#(#fills)* #seen #begun))
    }
}
