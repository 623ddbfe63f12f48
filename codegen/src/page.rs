//! The page: the emitted `lib.rs`, which reads as a table of contents of the network.

use crate::literal::{self, Imports};
use crate::names::Names;
use crate::{Runtime, WeightsAt};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{BufferId, Port, Program, Step};
use mlc_runtime_core::table::Role;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use std::collections::BTreeMap;

/// An emitted page and the runtime modules it uses.
pub(crate) struct Page {
    /// The items, without attributes and documentation of the crate.
    pub(crate) items: String,
    /// Documentation of the crate or module, in Markdown.
    pub(crate) summary: String,
    /// Paths below the runtime's root.
    pub(crate) imports: Imports,
}

/// Writes the page for a network whose type is to have the name `name`.
pub(crate) fn page(
    compiled: &Compiled,
    name: &str,
    runtime: &Runtime,
    weights: &WeightsAt,
) -> Result<Page, Diag> {
    let mut writer = Writer::new(compiled);
    let calls = writer.calls()?;
    let ports = writer.ports();
    let costs = costs(compiled);
    let network = network(name, &ports, &calls);
    let places = writer.places();
    let blob = writer.blob(weights);
    let uses = uses(&writer.imports, runtime, !writer.constants.is_empty());
    let items = [uses, costs, network, places, blob];
    let items = items
        .into_iter()
        .map(format)
        .collect::<Result<Vec<_>, _>>()?
        .join("\n");
    Ok(Page {
        items,
        summary: summary(compiled, name, &ports),
        imports: writer.imports,
    })
}

/// Formats items; `comment!("..")` statements become comments.
fn format(items: TokenStream) -> Result<String, Diag> {
    let file: syn::File = syn::parse2(items)
        .map_err(|e| Diag::new("invalid-program", format!("the page does not parse: {e}")))?;
    let mut out = String::new();
    for line in prettyplease::unparse(&file).lines() {
        let code = line.trim_start();
        match code
            .strip_prefix("comment!(")
            .and_then(|c| c.strip_suffix(");"))
        {
            Some(text) => {
                let text: String =
                    syn::parse_str::<syn::LitStr>(text).map_or(text.into(), |t| t.value());
                out += &format!("\n{}// {text}\n", &line[..line.len() - code.len()]);
            }
            None => out += &format!("{line}\n"),
        }
    }
    Ok(out)
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// An input or output as the emitted type shows it.
struct Face {
    /// Its function or field.
    name: Ident,
    /// The place it has in the arena.
    place: Ident,
    array: TokenStream,
    /// What it is, for the documentation.
    doc: String,
}

struct Ports {
    inputs: Vec<Face>,
    outputs: Vec<Face>,
}

/// Writes what concerns buffers: their types, and the calls on them.
struct Writer<'a> {
    program: &'a Program,
    compiled: &'a Compiled,
    /// Names of the places of buffers in the arena.
    places: BTreeMap<BufferId, Ident>,
    /// Names of the places of constants in the blob.
    constants: BTreeMap<BufferId, Ident>,
    place_names: Names,
    constant_names: Names,
    imports: Imports,
}

impl<'a> Writer<'a> {
    fn new(compiled: &'a Compiled) -> Self {
        Writer {
            program: &compiled.program,
            compiled,
            places: BTreeMap::new(),
            constants: BTreeMap::new(),
            place_names: Names::default(),
            constant_names: Names::default(),
            imports: Imports::default(),
        }
    }

    fn place(&mut self, id: BufferId) -> Ident {
        let name = &self.program.buffer(id).name;
        let names = &mut self.place_names;
        self.places
            .entry(id)
            .or_insert_with(|| ident(&names.camel(name, "tensor")))
            .clone()
    }

    fn constant(&mut self, id: BufferId) -> Ident {
        let name = &self.program.buffer(id).name;
        let names = &mut self.constant_names;
        self.constants
            .entry(id)
            .or_insert_with(|| ident(&names.camel(name, "weight")))
            .clone()
    }

    fn ports(&mut self) -> Ports {
        let mut methods = Names::reserving(&["new", "run", "infer", "arena", "default"]);
        let program = self.program;
        let mut face = |port: &Port, fallback: &str, suffix: &str| {
            let buffer = program.buffer(port.buffer);
            let (len, ty) = (buffer.len(), ident(buffer.element.rust_name()));
            let name = methods.snake(&port.name, fallback);
            methods.snake(&format!("{name}{suffix}"), fallback);
            Face {
                name: ident(&name),
                place: self.place(port.buffer),
                array: quote!([#ty; #len]),
                doc: format!("`{}`: {}", port.name, port.ty),
            }
        };
        let inputs = program
            .inputs
            .iter()
            .map(|p| face(p, "input", "_mut"))
            .collect();
        let outputs = program
            .outputs
            .iter()
            .map(|p| face(p, "output", ""))
            .collect();
        Ports { inputs, outputs }
    }

    /// One commented call for each step.
    fn calls(&mut self) -> Result<Vec<TokenStream>, Diag> {
        // Inputs and outputs keep the plainest names.
        let program = self.program;
        for port in program.inputs.iter().chain(&program.outputs) {
            let name = self.place_names.camel(&port.name, "tensor");
            self.places
                .entry(port.buffer)
                .or_insert_with(|| ident(&name));
        }
        program
            .steps
            .iter()
            .enumerate()
            .map(|(i, step)| self.call(i, step))
            .collect()
    }

    fn call(&mut self, i: usize, step: &Step) -> Result<TokenStream, Diag> {
        let kernel = step.call.kernel;
        let module = [
            "kernels".into(),
            kernel.module.to_string(),
            kernel.name.to_string(),
        ];
        self.imports.0.insert(module.to_vec());
        let mut args = Vec::new();
        args.extend(literal::parameters(step, &mut self.imports)?);
        if let Some(f) = &step.call.closure {
            args.push(literal::closure(f, &mut self.imports)?);
        }
        let (mut reads, mut writes) = (Split::default(), Split::default());
        for (row, &id) in kernel.operands.iter().zip(&step.call.operands) {
            let name = ident(row.name);
            args.push(quote!(#name));
            match () {
                () if self.program.buffer(id).is_empty() && row.role == Role::Read => {
                    args.pop();
                    args.push(quote!(&[]));
                }
                () if self.program.constant(id).is_some() => {
                    args.pop();
                    let constant = self.constant(id);
                    args.push(quote!(WEIGHTS.get::<weight::#constant>()));
                }
                () if row.role == Role::Read => reads.add(name, self.place(id)),
                () => writes.add(name, self.place(id)),
            }
        }
        let function = ident(kernel.name);
        let comment = comment(i, step, self.program);
        let split = split(&reads, &writes);
        Ok(quote! { comment!(#comment); #split #function(#(#args),*); })
    }

    /// The memory plan as types.
    fn places(&self) -> TokenStream {
        let plan = &self.compiled.plan;
        let types = self.places.iter().map(|(&id, name)| {
            let buffer = self.program.buffer(id);
            let offset = plan.offset(self.program, id).unwrap_or(0);
            let (len, ty) = (buffer.len(), ident(buffer.element.rust_name()));
            let doc = format!(
                " `{}`: {}, bytes {}..{}.",
                buffer.name,
                buffer.ty,
                offset,
                offset + buffer.bytes()
            );
            quote! { #[doc = #doc] pub type #name = Place<#ty, #offset, #len>; }
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
    fn blob(&self, weights: &WeightsAt) -> TokenStream {
        if self.constants.is_empty() {
            return quote!();
        }
        let types = self.constants.iter().map(|(&id, name)| {
            let buffer = self.program.buffer(id);
            let offset = self
                .compiled
                .plan
                .weights
                .offsets
                .get(&id)
                .copied()
                .unwrap_or(0);
            let (len, ty) = (buffer.len(), ident(buffer.element.rust_name()));
            let doc = format!(" `{}`: {}.", buffer.name, buffer.ty);
            quote! { #[doc = #doc] pub type #name = Place<#ty, #offset, #len>; }
        });
        let bytes = match weights {
            WeightsAt::File(path) => quote!(*include_bytes!(#path)),
            WeightsAt::OutDir(file) => {
                let file = format!("/{file}");
                quote!(*include_bytes!(concat!(env!("OUT_DIR"), #file)))
            }
            WeightsAt::Inline => {
                let literal = proc_macro2::Literal::byte_string(&self.compiled.plan.weights.bytes);
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

fn split(reads: &Split, writes: &Split) -> TokenStream {
    let (r, w) = (&reads.names, &writes.names);
    let (rp, wp) = (&reads.places, &writes.places);
    let reads = if r.is_empty() {
        quote!(())
    } else {
        quote!((#(#r,)*))
    };
    quote! { let (#reads, (#(#w,)*)) = arena.split::<(#(place::#rp,)*), (#(place::#wp,)*)>(); }
}

/// The line above a call: number, layer, operator, what goes in and out, and what it costs.
fn comment(i: usize, step: &Step, program: &Program) -> String {
    let operands = || step.call.kernel.operands.iter().zip(&step.call.operands);
    let types = |wanted: &dyn Fn(Role) -> bool| {
        let chosen = operands().filter(|(row, id)| {
            wanted(row.role) && program.constant(**id).is_none() && !program.buffer(**id).is_empty()
        });
        chosen
            .map(|(_, &id)| program.buffer(id).ty.to_string())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let (reads, writes) = (
        types(&|r| r == Role::Read),
        types(&|r| r != Role::Read && r != Role::Scratch),
    );
    let macs = if step.macs == 0 {
        String::new()
    } else {
        format!(", {} MACs", grouped(step.macs))
    };
    let arrow = if reads.is_empty() {
        "in place".into()
    } else {
        format!("{reads} →")
    };
    format!(
        "{}: {} ({}): {arrow} {writes}{macs}",
        i + 1,
        one_line(&step.layer),
        step.operator
    )
}

fn one_line(name: &str) -> String {
    name.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// A number with its digits in groups of three.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn costs(compiled: &Compiled) -> TokenStream {
    let arena = compiled.plan.arena_bytes;
    let weights = compiled.plan.weights.bytes.len();
    let macs = compiled.program.macs();
    quote! {
        /// Bytes of working memory.
        pub const ARENA_BYTES: usize = #arena;
        /// Bytes of weights.
        pub const WEIGHT_BYTES: usize = #weights;
        /// Multiply-accumulates of one run.
        pub const MACS: u64 = #macs;
    }
}

fn uses(imports: &Imports, runtime: &Runtime, has_constants: bool) -> TokenStream {
    let root = match runtime {
        Runtime::Vendored => quote!(runtime),
        Runtime::External(path) => path.parse().unwrap_or_default(),
    };
    let blob = has_constants.then(|| quote!(Blob,));
    let paths = imports.0.iter().map(|path| {
        let path = path.iter().map(|p| ident(p));
        quote! { use #root::#(#path)::*; }
    });
    quote! {
        use #root::arena::{Arena, #blob Place};
        #(#paths)*
    }
}

fn network(name: &str, ports: &Ports, calls: &[TokenStream]) -> TokenStream {
    let name = ident(name);
    let inputs = ports.inputs.iter().map(|face| {
        let (place, array) = (&face.place, &face.array);
        let function = ident(&format!("{}_mut", face.name).replace("__mut", "_mut"));
        let doc = format!(" The place of input {}. A run overwrites it.", face.doc);
        quote! {
            #[doc = #doc]
            pub fn #function(&mut self) -> &mut #array { self.arena.get_mut::<place::#place>() }
        }
    });
    let outputs = ports.outputs.iter().map(|face| {
        let (function, place, array) = (&face.name, &face.place, &face.array);
        let doc = format!(" Output {} of the last run.", face.doc);
        quote! {
            #[doc = #doc]
            pub fn #function(&self) -> &#array { self.arena.get::<place::#place>() }
        }
    });
    let (run, outputs_type) = run(ports);
    quote! {
        /// The network and its working memory. It fits a `static`: no heap, no set-up.
        pub struct #name { arena: Arena<ARENA_BYTES> }

        impl #name {
            /// A network ready to run.
            pub const fn new() -> Self { Self { arena: Arena::new() } }
            #run
            #(#inputs)*
            #(#outputs)*
            /// Runs the network on the inputs that were put in place.
            pub fn infer(&mut self) {
                let arena = &mut self.arena;
                #(#calls)*
            }
        }

        impl Default for #name {
            fn default() -> Self { Self::new() }
        }
        #outputs_type
    }
}

/// The function that takes all inputs and returns all outputs, and the type of several outputs.
fn run(ports: &Ports) -> (TokenStream, TokenStream) {
    let names: Vec<_> = ports.inputs.iter().map(|f| &f.name).collect();
    let arrays: Vec<_> = ports.inputs.iter().map(|f| &f.array).collect();
    let places: Vec<_> = ports.inputs.iter().map(|f| &f.place).collect();
    let mut lines = vec![" Runs the network.".to_string(), String::new()];
    lines.extend(ports.inputs.iter().map(|f| format!(" * {}", f.doc)));
    lines.push(String::new());
    lines.push(" Returns:".into());
    lines.extend(ports.outputs.iter().map(|f| format!(" * {}", f.doc)));
    let (result, value, outputs_type) = match &ports.outputs[..] {
        [only] => {
            let (array, name) = (&only.array, &only.name);
            (quote!(&#array), quote!(self.#name()), quote!())
        }
        several => {
            let names: Vec<_> = several.iter().map(|f| &f.name).collect();
            let arrays: Vec<_> = several.iter().map(|f| &f.array).collect();
            let docs: Vec<_> = several.iter().map(|f| format!(" {}", f.doc)).collect();
            let outputs = quote! {
                /// The outputs of a run.
                #[derive(Clone, Copy, Debug)]
                pub struct Outputs<'a> { #(#[doc = #docs] pub #names: &'a #arrays),* }
            };
            (
                quote!(Outputs<'_>),
                quote!(Outputs { #(#names: self.#names()),* }),
                outputs,
            )
        }
    };
    let function = quote! {
        #(#[doc = #lines])*
        pub fn run(&mut self, #(#names: &#arrays),*) -> #result {
            #(*self.arena.get_mut::<place::#places>() = *#names;)*
            self.infer();
            #value
        }
    };
    (function, outputs_type)
}

/// The crate's documentation: how to use it, what it costs, and every step.
fn summary(compiled: &Compiled, name: &str, ports: &Ports) -> String {
    let (program, plan) = (&compiled.program, &compiled.plan);
    let args: Vec<_> = ports
        .inputs
        .iter()
        .map(|f| format!("&{}", f.name))
        .collect();
    let mut out = format!(
        "{}: emitted by mlc; do not edit.\n\n```ignore\nlet mut net = {name}::new();\nlet outputs = net.run({});\n```\n\n",
        one_line(&program.name),
        args.join(", "),
    );
    out += &format!(
        "{} bytes of arena, {} bytes of weights, {} multiply-accumulates.\n\n",
        grouped(plan.arena_bytes as u64),
        grouped(plan.weights.bytes.len() as u64),
        grouped(program.macs()),
    );
    out += "| step | layer | kernel | output | MACs | weights | arena |\n|---:|---|---|---|---:|---:|---|\n";
    for (i, step) in program.steps.iter().enumerate() {
        out += &summary_line(compiled, i, step);
    }
    out
}

fn summary_line(compiled: &Compiled, i: usize, step: &Step) -> String {
    let (program, plan) = (&compiled.program, &compiled.plan);
    let operands = || step.call.kernel.operands.iter().zip(&step.call.operands);
    let written = operands().find(|(row, _)| matches!(row.role, Role::Write | Role::Update));
    let constants = operands().filter(|(_, id)| program.constant(**id).is_some());
    let weights: usize = constants.map(|(_, id)| program.buffer(*id).bytes()).sum();
    let (ty, arena) = written.map_or(Default::default(), |(_, &id)| {
        let buffer = program.buffer(id);
        let offset = plan.offset(program, id).unwrap_or(0);
        let life = plan.blocks.get(&program.root(id).0).map(|b| b.lifetime);
        let until = life.map_or(0, |l| l.last.min(program.steps.len()));
        let range = format!("{}..{} until {until}", offset, offset + buffer.bytes());
        (buffer.ty.to_string(), range)
    });
    format!(
        "| {} | {} | {} | {ty} | {} | {} | {arena} |\n",
        i + 1,
        one_line(&step.layer).replace('|', "/"),
        step.call.kernel.name,
        grouped(step.macs),
        grouped(weights as u64),
    )
}
