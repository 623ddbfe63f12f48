//! The face: the network's type, with functions for its inputs and outputs.

mod self_test;
mod steps;

use crate::buffers::Buffers;
use crate::call::step_constant;
use crate::names::Names;
use crate::prose::code;
use crate::rows;
use crate::tokens::{ident, number};
use crate::watched::Watched;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{Port, Program, Segment};
use mlc_compiler::quantization::Quantization;
use mlc_runtime_core::scalar::ElementType;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{format_ident, quote};
pub(crate) use self_test::SelfTest;
pub(crate) use steps::Steps;

/// An input or output as users see it.
pub(crate) struct Part {
    /// Its name in Rust.
    pub(crate) name: Ident,
    /// The type of its place, unless it has no elements.
    place: Option<TokenStream>,
    /// The field of the arena in which that is.
    arena: Ident,
    /// Its type in Rust.
    array: TokenStream,
    /// The type of its elements.
    element: ElementType,
    /// Name, element type and shape, for the documentation.
    doc: String,
    /// What its integers stand for, if that is known.
    quantization: Option<Quantization>,
}

/// All inputs and outputs.
pub(crate) struct Face {
    pub(crate) inputs: Vec<Part>,
    pub(crate) outputs: Vec<Part>,
    /// The number of the step in which the caller reads outputs.
    end: usize,
    /// Whether layers are told of.
    watched: Watched,
    self_test: Option<SelfTest>,
}

/// On which side of a network something is.
#[derive(Clone, Copy)]
enum Kind {
    Input,
    Output,
}

impl Kind {
    /// What it is called that has no name of its own.
    fn name(self) -> &'static str {
        match self {
            Kind::Input => "input",
            Kind::Output => "output",
        }
    }
}

/// How a network gets its input.
pub(crate) enum Feed<'a> {
    /// As a whole.
    Whole,
    /// Row by row, each run anew.
    Rows(&'a Segment),
    /// Slice by slice, endlessly.
    Steps(Steps),
}

impl Face {
    /// Names inputs and outputs unlike what the network's type has anyway: the functions of a face without any.
    pub(crate) fn new(
        program: &Program,
        buffers: &Buffers<'_>,
        feed: &Feed<'_>,
        self_test: Option<SelfTest>,
    ) -> Result<Self, Diag> {
        let mut number = 0;
        let nameless = Face::named(program, buffers, self_test.clone(), &mut |_, _| {
            number += 1;
            format!("_{number}")
        });
        let own = nameless.functions(buffers, feed)?.into_iter();
        let own = own.filter(|name| !name.starts_with('_'));
        // Nobody may call what is called like that, if it is behind a guard.
        let mut names = Names::besides(own.chain(["drop".into()]));
        Ok(Face::named(
            program,
            buffers,
            self_test,
            &mut |name, kind| {
                let functions = |name: &str| match kind {
                    Kind::Input => vec![input_function(&ident(name)).to_string()],
                    Kind::Output => Vec::new(),
                };
                names.snake(name, kind.name(), functions)
            },
        ))
    }

    fn named(
        program: &Program,
        buffers: &Buffers<'_>,
        self_test: Option<SelfTest>,
        name: &mut dyn FnMut(&str, Kind) -> String,
    ) -> Self {
        let mut part = |port: &Port, kind: Kind| Part {
            name: ident(&name(&port.name, kind)),
            place: buffers.port(port.buffer),
            arena: buffers.memories().field(buffers.arena(port.buffer)),
            array: Buffers::array(program, port.buffer),
            element: program.buffer(port.buffer).element,
            doc: format!("{}: `{}`", code(&port.name), port.ty),
            quantization: port.quantization,
        };
        let mut parts = |ports: &[Port], kind: Kind| -> Vec<Part> {
            ports.iter().map(|port| part(port, kind)).collect()
        };
        Face {
            end: program.steps.len() + 1,
            watched: Watched(buffers.is_watched()),
            self_test,
            inputs: parts(&program.inputs, Kind::Input),
            outputs: parts(&program.outputs, Kind::Output),
        }
    }

    /// The names of all functions of the network's type.
    fn functions(&self, buffers: &Buffers<'_>, feed: &Feed<'_>) -> Result<Vec<String>, Diag> {
        let network = self.network(&ident("_Network"), buffers, &[], feed, false);
        let file: syn::File = syn::parse2(network)
            .map_err(|e| Diag::new("invalid-program", format!("the face does not parse: {e}")))?;
        let implementations = file.items.into_iter().filter_map(|item| match item {
            syn::Item::Impl(implementation) => Some(implementation.items),
            _ => None,
        });
        let functions = implementations.flatten().filter_map(|item| match item {
            syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
            _ => None,
        });
        Ok(functions.collect())
    }

    /// The type `name` and its functions; `calls` run it. Arenas may be `shared` with other networks.
    pub(crate) fn network(
        &self,
        name: &Ident,
        buffers: &Buffers<'_>,
        calls: &[TokenStream],
        feed: &Feed<'_>,
        shared: bool,
    ) -> TokenStream {
        let memories = buffers.memories();
        let outputs_type = self.outputs_type();
        let functions = match feed {
            Feed::Whole => self.at_once(buffers, calls),
            Feed::Rows(segment) => self.by_rows(buffers, calls, segment),
            Feed::Steps(steps) => self.by_steps(buffers, calls, steps),
        };
        let self_test = self.self_test(feed);
        let (field, start) = match feed {
            Feed::Whole => (quote!(), quote!()),
            Feed::Rows(segment) => {
                let (edges, start) = (number(segment.edges.len()), rows::start(segment));
                (quote!(, rows: [usize; #edges]), quote!(, rows: #start))
            }
            Feed::Steps(steps) => steps.fields(),
        };
        let (lifetime, fields) = (memories.lifetime(), memories.fields());
        let new = memories.constructor(&buffers.copies(), shared, &start);
        let (doc, default) = match memories.lent().is_empty() {
            true => (
                " The network and its working memory. It fits a `static`: no heap, no set-up.",
                quote! {
                    impl Default for #name {
                        fn default() -> Self { Self::new() }
                    }
                },
            ),
            false => (
                " The network, in working memory that is lent to it: no other can use that while it lives.",
                quote!(),
            ),
        };
        quote! {
            #[doc = #doc]
            pub struct #name #lifetime { #fields #field }

            impl #lifetime #name #lifetime {
                #new
                #functions
                #self_test
            }

            #default
            #outputs_type
        }
    }

    /// The functions of a network that has all inputs in memory.
    fn at_once(&self, buffers: &Buffers<'_>, calls: &[TokenStream]) -> TokenStream {
        let (run, inputs, outputs) = (self.run(), self.input_places(), self.output_places());
        let arena = (!calls.is_empty()).then(|| buffers.memories().preamble());
        let infer = self.watched.infer(&quote!(#arena #(#calls)*));
        quote! {
            #run
            #inputs
            #outputs
            #infer
        }
    }

    /// The functions of a network whose input comes row by row.
    fn by_rows(
        &self,
        buffers: &Buffers<'_>,
        calls: &[TokenStream],
        segment: &Segment,
    ) -> TokenStream {
        let memories = buffers.memories();
        let [
            Part {
                doc,
                element,
                array,
                name,
                ..
            },
        ] = &self.inputs[..]
        else {
            return quote!();
        };
        let edge = &segment.edges[segment.layers[0].writes];
        let row_len = number(edge.row / element.size());
        let (rows, element) = (number(edge.rows), ident(element.rust_name()));
        let (result, value) = self.result();
        let (stream, start) = (rows::name(segment), rows::start(segment));
        let preamble = memories.preamble();
        let arena = memories.running(buffers.arena(edge.buffer));
        let row_doc =
            format!(" Takes the next row of {doc}, and returns the outputs if it was the last:");
        let run_doc =
            format!(" Runs the network on all rows of {doc}, one after the other, and returns");
        let places = self.output_places();
        let reset = reset("row", &quote!(self.rows = #start;));
        let outputs: Vec<_> = self
            .outputs
            .iter()
            .map(|p| format!(" * {}", p.doc))
            .collect();
        let (watch, nobody) = (self.watched.parameter(), self.watched.nobody());
        let watched = self.watched.also(quote! {
            /// As `push_row`, and tells `watch` of each row of [`LAYERS`], such as a [`Profile`].
            pub fn push_row_watched(&mut self, row: &[#element; #row_len] #watch) -> Option<#result> {
                self.infer(row, watch)?;
                Some(#value)
            }
        });
        quote! {
            /// Rows of the input.
            pub const ROWS: usize = #rows;
            #[doc = #row_doc]
            #(#[doc = #outputs])*
            pub fn push_row(&mut self, row: &[#element; #row_len]) -> Option<#result> {
                self.infer(row, #nobody)?;
                Some(#value)
            }
            #watched
            #[doc = #run_doc]
            #(#[doc = #outputs])*
            pub fn run(&mut self, #name: &#array) -> #result {
                self.reset();
                let (rows, _) = #name.as_chunks();
                for row in rows {
                    self.infer(row, #nobody);
                }
                #value
            }
            #reset
            #places
            /// Computes what the next row allows; `None` while rows are to come.
            fn infer(&mut self, row: &[#element; #row_len] #watch) -> Option<()> {
                #preamble
                let Work { reads: [], write: out, .. } =
                    rows::#stream.take(0, &mut self.rows, #arena.bytes_mut())?;
                for (to, from) in write::<#element>(out).iter_mut().zip(row) {
                    *to = *from;
                }
                #(#calls)*
                self.reset();
                Some(())
            }
        }
    }

    /// What a run returns: its type, and the value.
    fn result(&self) -> (TokenStream, TokenStream) {
        match &self.outputs[..] {
            [Part { array, name, .. }] => (quote!(&#array), quote!(self.#name())),
            several => {
                let names = several.iter().map(|p| &p.name);
                (
                    quote!(Outputs<'_>),
                    quote!(Outputs { #(#names: self.#names()),* }),
                )
            }
        }
    }

    /// The function that takes all inputs and returns all outputs.
    fn run(&self) -> TokenStream {
        let names: Vec<_> = self.inputs.iter().map(|p| &p.name).collect();
        let arrays = self.inputs.iter().map(|p| &p.array);
        let places = self.inputs.iter().map(|p| input_function(&p.name));
        let mut docs = vec![" Runs the network on".to_string()];
        docs.extend(self.inputs.iter().map(|p| format!(" * {}", p.doc)));
        docs.extend([String::new(), " and returns".into()]);
        docs.extend(self.outputs.iter().map(|p| format!(" * {}", p.doc)));
        let (result, value) = self.result();
        quote! {
            #(#[doc = #docs])*
            pub fn run(&mut self, #(#names: &#arrays),*) -> #result {
                #(*self.#places() = *#names;)*
                self.infer();
                #value
            }
        }
    }

    /// What integers at inputs and outputs stand for, as constants.
    pub(crate) fn constants(&self) -> TokenStream {
        let constants = self.inputs.iter().chain(&self.outputs).map(Part::constants);
        quote!(#(#constants)*)
    }

    /// Names of the functions that give the inputs' places, in order.
    pub(crate) fn input_functions(&self) -> Vec<String> {
        let name = |part: &Part| input_function(&part.name).to_string();
        self.inputs.iter().map(name).collect()
    }

    /// Names of the functions that give the outputs' places, in order.
    pub(crate) fn output_functions(&self) -> Vec<String> {
        self.outputs
            .iter()
            .map(|part| part.name.to_string())
            .collect()
    }

    fn input_places(&self) -> TokenStream {
        let functions = self.inputs.iter().map(|part| {
            let Part {
                name, array, doc, ..
            } = part;
            let (name, value) = (input_function(name), part.given());
            let doc = format!(" The place of input {doc}. A run overwrites it.");
            quote! {
                #[doc = #doc]
                pub const fn #name(&mut self) -> &mut #array { #value }
            }
        });
        quote!(#(#functions)*)
    }

    fn output_places(&self) -> TokenStream {
        let functions = self.outputs.iter().map(|part| {
            let Part {
                name, array, doc, ..
            } = part;
            let value = part.taken(self.end);
            let doc = format!(" Output {doc} of the last run.");
            quote! {
                #[doc = #doc]
                pub const fn #name(&self) -> &#array { #value }
            }
        });
        quote!(#(#functions)*)
    }

    /// The type of the outputs, unless there is just one.
    fn outputs_type(&self) -> TokenStream {
        if self.outputs.len() == 1 {
            return quote!();
        }
        let fields = self.outputs.iter().map(
            |Part {
                 name, array, doc, ..
             }| {
                let doc = format!(" {doc}");
                quote! { #[doc = #doc] pub #name: &'a #array }
            },
        );
        let lifetime = (!self.outputs.is_empty()).then(|| quote!(<'a>));
        quote! {
            /// The outputs of a run.
            #[derive(Clone, Copy, Debug)]
            pub struct Outputs #lifetime { #(#fields),* }
        }
    }
}

impl Part {
    /// The place of an input, to be written by the caller before the first step.
    fn given(&self) -> TokenStream {
        let Part { arena, place, .. } = self;
        let Some(place) = place else {
            return quote!(&mut []);
        };
        let step = step_constant(&ident("GIVEN"), 0, &quote!(()), &quote!((#place,)), 1);
        quote! { #step self.#arena.get_mut(GIVEN) }
    }

    /// The statements that put a value into the place of an input.
    fn give(&self, value: &TokenStream) -> TokenStream {
        let Part { arena, place, .. } = self;
        let place = place.as_ref().map(|place| {
            let step = step_constant(&ident("GIVEN"), 0, &quote!(()), &quote!((#place,)), 1);
            quote! { #step *self.#arena.get_mut(GIVEN) = #value; }
        });
        quote!(#place)
    }

    /// The place of an output, to be read by the caller after the last step.
    fn taken(&self, end: usize) -> TokenStream {
        let Part { arena, place, .. } = self;
        let Some(place) = place else {
            return quote!(&[]);
        };
        let step = step_constant(&ident("TAKEN"), end, &quote!((#place,)), &quote!(()), 1);
        quote! { #step self.#arena.get(TAKEN) }
    }

    /// Its scale and its zero point, if it is quantised.
    fn constants(&self) -> TokenStream {
        let Some(Quantization { scale, zero }) = self.quantization else {
            return quote!();
        };
        let [scale_name, zero_name] = self.constant_names();
        let doc = format!(" What a step of {} is worth: `q` stands for", self.doc);
        let formula = format!(" `(q as i32 - {zero_name}) as f32 * {scale_name}`.");
        let zero_doc = format!(" The integer that stands for 0 in {}.", self.doc);
        let (scale, zero) = (
            Literal::f32_unsuffixed(scale),
            Literal::i32_unsuffixed(zero),
        );
        quote! {
            #[doc = #doc]
            #[doc = #formula]
            pub const #scale_name: f32 = #scale;
            #[doc = #zero_doc]
            pub const #zero_name: i32 = #zero;
        }
    }

    /// The names of its scale and its zero point.
    fn constant_names(&self) -> [Ident; 2] {
        let name = self.name.to_string().trim_end_matches('_').to_uppercase();
        ["SCALE", "ZERO_POINT"].map(|what| format_ident!("{name}_{what}"))
    }
}

/// The function that goes back to the start of a frame, or of time; what comes next is a row or a step.
fn reset(next: &str, statements: &TokenStream) -> TokenStream {
    let doc = format!(" Forgets everything that came before: the next {next} is the first.");
    quote! {
        #[doc = #doc]
        pub const fn reset(&mut self) { #statements }
    }
}

fn input_function(name: &Ident) -> Ident {
    format_ident!("{}_mut", name.to_string().trim_end_matches('_'))
}
