//! What a network offers to C: its ports, its memory and their names.

use crate::buffers::Buffers;
use crate::face::Steps;
use crate::memories::{Memories, shared_type};
use crate::names::{Names, is_keyword};
use crate::tokens::{ident, number};
use crate::{Interface, Socket};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::Port;
use mlc_compiler::quantization::Quantization;
use mlc_compiler::tensor::TensorType;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use std::collections::BTreeMap;

/// What C calls something that a port of the same name would take from it.
const RESERVED: &[&str] = &[
    "init", "run", "infer", "push_row", "row", "step", "reset", "network", "status", "net",
];

/// Words of C and C++ that Rust has other uses for.
const KEYWORDS: &[&str] = &[
    "alignas",
    "alignof",
    "and",
    "and_eq",
    "asm",
    "auto",
    "bitand",
    "bitor",
    "bool",
    "case",
    "catch",
    "char",
    "char16_t",
    "char32_t",
    "char8_t",
    "class",
    "co_await",
    "co_return",
    "co_yield",
    "compl",
    "concept",
    "const_cast",
    "consteval",
    "constexpr",
    "constinit",
    "decltype",
    "default",
    "delete",
    "double",
    "dynamic_cast",
    "explicit",
    "export",
    "float",
    "friend",
    "goto",
    "inline",
    "int",
    "long",
    "mutable",
    "namespace",
    "new",
    "noexcept",
    "not",
    "not_eq",
    "nullptr",
    "operator",
    "or",
    "or_eq",
    "private",
    "protected",
    "public",
    "register",
    "reinterpret_cast",
    "requires",
    "restrict",
    "short",
    "signed",
    "sizeof",
    "static_assert",
    "static_cast",
    "std",
    "switch",
    "template",
    "this",
    "thread_local",
    "throw",
    "typedef",
    "typeid",
    "typename",
    "union",
    "unsigned",
    "using",
    "void",
    "volatile",
    "wchar_t",
    "xor",
    "xor_eq",
];

/// A network as C sees it.
pub(super) struct CFace<'a> {
    pub(super) compiled: &'a Compiled,
    /// What its functions and types begin with, and its header is called.
    pub(super) prefix: String,
    /// Its crate.
    pub(super) package: String,
    type_name: String,
    pub(super) inputs: Vec<CPort>,
    pub(super) outputs: Vec<CPort>,
    /// The arenas that it borrows.
    pub(super) lent: Vec<CArena>,
    /// Rows that its input comes in, if it comes so.
    pub(super) rows: Option<usize>,
}

/// An input or output.
pub(super) struct CPort {
    /// Its name in C: a parameter, and what follows the prefix.
    pub(super) name: String,
    /// What it is in the model.
    pub(super) model_name: String,
    pub(super) ty: TensorType,
    pub(super) quantization: Option<Quantization>,
    /// The function in Rust that gives its place.
    pub(super) rust: String,
    /// The type of its elements in Rust.
    pub(super) element: &'static str,
}

impl CPort {
    /// What its functions and constants are called after the prefix: that needs to be no keyword.
    pub(super) fn stem(&self) -> &str {
        self.name.trim_end_matches('_')
    }
}

/// An arena that is lent.
pub(super) struct CArena {
    pub(super) name: String,
    /// Its parameter; behind `_bytes`, that of its size.
    pub(super) parameter: String,
    pub(super) bytes: usize,
    /// Its type in Rust.
    pub(super) ty: TokenStream,
}

impl<'a> CFace<'a> {
    /// The face of the network `name`. Networks that share arenas have those of `shared`, with their sizes.
    pub(super) fn new(
        compiled: &'a Compiled,
        name: &str,
        shared: Option<&BTreeMap<&str, usize>>,
    ) -> Result<Self, Diag> {
        let interface = Interface::of(compiled, name)?;
        let mut names = Names::besides(RESERVED.iter().map(|word| word.to_string()));
        let mut ports = |ports: &[Port], sockets: Vec<Socket>, suffix: &str| {
            let both = ports.iter().zip(sockets);
            let port = |(port, socket): (&Port, Socket)| {
                let own = socket.function.strip_suffix(suffix);
                let own = own.unwrap_or(&socket.function).trim_end_matches('_');
                let name = names.snake(own, "value", |_| Vec::new());
                CPort {
                    name: no_keyword(name.trim_end_matches('_')),
                    model_name: socket.name,
                    ty: socket.ty,
                    quantization: port.quantization,
                    rust: socket.function,
                    element: socket.element,
                }
            };
            both.map(port).collect::<Vec<_>>()
        };
        let inputs = ports(&compiled.program.inputs, interface.inputs.clone(), "_mut");
        let outputs = ports(&compiled.program.outputs, interface.outputs.clone(), "");
        let prefix = interface.crate_name.trim_end_matches('_').to_owned();
        let root = dependency(&prefix);
        let used = Memories::of(&compiled.plan).used();
        let lent = used.filter(|_| compiled.plan.borrowed);
        let mut parameters = Names::besides(["net".into()]);
        let lent = lent.map(|(_, arena)| {
            let with_bytes = |name: &str| vec![format!("{name}_bytes")];
            let parameter = parameters.snake(&arena.name, "arena", with_bytes);
            let of_all = shared.and_then(|shared| shared.get(&*arena.name));
            let (bytes, own) = (of_all.copied().unwrap_or(arena.bytes), number(arena.bytes));
            let ty = match of_all {
                Some(_) => {
                    let ty = shared_type(&arena.name);
                    quote!(#root::#ty)
                }
                None => quote!(#root::Arena<#own>),
            };
            CArena {
                name: arena.name.clone(),
                parameter: no_keyword(&parameter),
                bytes,
                ty,
            }
        });
        Ok(CFace {
            prefix,
            package: interface.crate_name,
            type_name: interface.type_name,
            lent: lent.collect(),
            rows: interface.rows,
            inputs,
            outputs,
            compiled,
        })
    }

    /// Its type in Rust.
    pub(super) fn network(&self) -> TokenStream {
        let (root, name) = (dependency(&self.prefix), ident(&self.type_name));
        match self.lent.is_empty() {
            true => quote!(#root::#name),
            false => quote!(#root::#name<'static>),
        }
    }

    /// The function in Rust that makes one.
    pub(super) fn constructor(&self) -> TokenStream {
        let (root, name) = (dependency(&self.prefix), ident(&self.type_name));
        quote!(#root::#name::new)
    }

    /// A constant of the header.
    pub(super) fn constant(&self, name: &str) -> String {
        format!("{}_{name}", self.prefix).to_uppercase()
    }

    /// Words of `size_t` that a network has beside the arenas that it owns, or instead of them.
    pub(super) fn words(&self) -> usize {
        let program = &self.compiled.program;
        let rows = program.segments.first().filter(|segment| segment.fed);
        let rows = rows.map_or(0, |segment| segment.edges.len());
        let steps = Steps::of(program, &mut Buffers::new(self.compiled));
        self.lent.len() + rows + steps.map_or(0, |steps| steps.words())
    }

    /// Bytes of the arena that it owns, as large as one is in Rust.
    pub(super) fn owned(&self) -> usize {
        let align = mlc_runtime_core::arena::ALIGN;
        match self.lent.is_empty() {
            true => self.compiled.plan.arena_bytes.next_multiple_of(align),
            false => 0,
        }
    }
}

/// The parameter that says how many bytes of an arena there are.
pub(super) fn bytes_of(arena: &CArena) -> Ident {
    ident(&format!("{}_bytes", arena.parameter.trim_end_matches('_')))
}

/// A name with `_` behind it if C, C++ or Rust has another use for it.
pub(super) fn no_keyword(name: &str) -> String {
    match KEYWORDS.contains(&name) || is_keyword(name) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// What the library calls the crate of a network: nothing that a network is called.
pub(super) fn dependency(prefix: &str) -> Ident {
    format_ident!("crate_{prefix}")
}
