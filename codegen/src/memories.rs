//! The arenas of a network as its page names them: one of its own, or some that are lent to it.

use crate::names::camel;
use crate::prose::grouped;
use crate::tokens::{ident, number};
use mlc_compiler::memory::{Arena, MemoryPlan};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

/// An arena that is lent to a network, as code sees that makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BorrowedArena {
    /// The parameter of the constructor.
    pub name: String,
    /// The constant that says how many bytes it has.
    pub bytes: String,
}

/// The arenas of a network.
#[derive(Clone, Copy)]
pub(crate) struct Memories<'a> {
    plan: &'a MemoryPlan,
}

impl<'a> Memories<'a> {
    pub(crate) fn of(plan: &'a MemoryPlan) -> Self {
        Memories { plan }
    }

    /// The arenas in which something lies, by their numbers; the first one if nothing lies anywhere.
    pub(crate) fn used(self) -> impl Iterator<Item = (usize, &'a Arena)> + Clone {
        let arenas = self.plan.arenas.iter().enumerate();
        arenas.filter(move |(number, arena)| {
            arena.bytes > 0 || (*number == 0 && self.plan.arena_bytes == 0)
        })
    }

    /// Those of them that are lent to the network.
    pub(crate) fn lent(self) -> Vec<BorrowedArena> {
        let lent = self.used().filter(|_| self.plan.borrowed);
        let lent = lent.map(|(_, arena)| BorrowedArena {
            name: arena.name.clone(),
            bytes: bytes(arena).to_string(),
        });
        lent.collect()
    }

    /// The types of those that are lent to the network, where several networks share them.
    pub(crate) fn shared_types(self) -> Vec<Ident> {
        let lent = self.used().filter(|_| self.plan.borrowed);
        lent.map(|(_, arena)| shared_type(&arena.name)).collect()
    }

    fn is_one(self) -> bool {
        self.used().count() == 1
    }

    /// The module with the places in an arena.
    pub(crate) fn module(self, arena: usize) -> Ident {
        match self.is_one() {
            true => ident("place"),
            false => self.field(arena),
        }
    }

    /// The constant that says what a step does in an arena.
    pub(crate) fn step(self, step: usize, arena: usize) -> Ident {
        match self.is_one() {
            true => format_ident!("STEP_{step}"),
            false => format_ident!(
                "STEP_{step}_{}",
                self.plan.arenas[arena].name.to_uppercase()
            ),
        }
    }

    /// What an arena is called while the network runs.
    pub(crate) fn running(self, arena: usize) -> TokenStream {
        match self.is_one() {
            true => quote!(arena),
            false => {
                let field = self.field(arena);
                quote!(self.#field)
            }
        }
    }

    /// Gives the only arena a short name.
    pub(crate) fn preamble(self) -> TokenStream {
        match self.used().next() {
            Some((number, _)) if self.is_one() => {
                let field = self.field(number);
                let target = match self.plan.borrowed {
                    true => quote!(*self.#field),
                    false => quote!(self.#field),
                };
                quote! { let arena = &mut #target; }
            }
            _ => quote!(),
        }
    }

    /// The network's field that is, or refers to, an arena.
    pub(crate) fn field(self, arena: usize) -> Ident {
        ident(&self.plan.arenas[arena].name)
    }

    /// The constant that says how many bytes of an arena there are for rows.
    pub(crate) fn row_bytes(self, number: usize) -> Ident {
        match self.has_copies(number) {
            true => buffer_bytes(&self.plan.arenas[number]),
            false => bytes(&self.plan.arenas[number]),
        }
    }

    /// Whether weights are copied into an arena.
    pub(crate) fn has_copies(self, number: usize) -> bool {
        self.plan.hot.iter().any(|hot| hot.arena == number)
    }

    /// What the working memory costs, as constants. `by_rows` says whether rows lie in an arena.
    pub(crate) fn constants(self, by_rows: impl Fn(usize) -> bool) -> TokenStream {
        let all = number(self.plan.arena_bytes);
        let is_all = |arena: &Arena| bytes(arena) == "ARENA_BYTES";
        let others = self.used().filter(|(_, arena)| !is_all(arena));
        let others = others.map(|(_, arena)| {
            let (name, bytes) = (bytes(arena), number(arena.bytes));
            let doc = format!(" Bytes of working memory in `{}`.", arena.name);
            quote! { #[doc = #doc] pub const #name: usize = #bytes; }
        });
        let limited = self.used();
        let limited = limited.filter(|&(number, _)| by_rows(number) && self.has_copies(number));
        let limits = limited.map(|(_, arena)| {
            let (name, bytes) = (buffer_bytes(arena), number(arena.buffer_bytes));
            let doc = format!(
                " Bytes of buffers in `{}`; weights lie above them.",
                arena.name
            );
            quote! { #[doc = #doc] const #name: usize = #bytes; }
        });
        quote! {
            /// Bytes of working memory.
            pub const ARENA_BYTES: usize = #all;
            #(#others)*
            #(#limits)*
        }
    }

    /// What the network's type is declared with: the lifetime of what is lent to it.
    pub(crate) fn lifetime(self) -> Option<TokenStream> {
        self.plan.borrowed.then(|| quote!(<'a>))
    }

    /// The fields of the network's type.
    pub(crate) fn fields(self) -> TokenStream {
        let fields = self.used().map(|(number, arena)| {
            let (field, bytes) = (self.field(number), bytes(arena));
            match self.plan.borrowed {
                true => quote!(#field: &'a mut Arena<#bytes>),
                false => quote!(#field: Arena<#bytes>),
            }
        });
        quote!(#(#fields),*)
    }

    /// The constructor; `copies` bring weights into arenas, `more` fields have values of their own. Arenas that are `shared` may be larger.
    pub(crate) fn constructor(
        self,
        copies: &[TokenStream],
        shared: bool,
        more: &TokenStream,
    ) -> TokenStream {
        if !self.plan.borrowed {
            return quote! {
                /// A network ready to run.
                pub const fn new() -> Self { Self { arena: Arena::new() #more } }
            };
        }
        let names: Vec<_> = self.used().map(|(number, _)| self.field(number)).collect();
        let parameters = self.used().map(|(number, arena)| {
            let (name, bytes) = (self.field(number), bytes(arena));
            match shared {
                true => {
                    let shared = shared_type(&arena.name);
                    quote!(#name: &'a mut #shared)
                }
                false => quote!(#name: &'a mut Arena<#bytes>),
            }
        });
        let prefixes = shared.then(|| quote! { #(let #names = #names.prefix();)* });
        quote! {
            /// A network ready to run in memory that is lent to it. Whatever is there is overwritten.
            pub const fn new(#(#parameters),*) -> Self {
                #prefixes
                #(#copies)*
                Self { #(#names),* #more }
            }
        }
    }

    /// How to make a network, for its documentation.
    pub(crate) fn usage(self, name: &str, shared: bool) -> String {
        let arenas: Vec<_> = self.used().filter(|_| self.plan.borrowed).collect();
        let made = arenas.iter().map(|(_, arena)| {
            let ty = match shared {
                true => shared_type(&arena.name).to_string(),
                false => format!("Arena::<{}>", bytes(arena)),
            };
            format!("let mut {} = {ty}::new();\n", arena.name)
        });
        let lent = arenas
            .iter()
            .map(|(_, arena)| format!("&mut {}", arena.name));
        let lent: Vec<_> = lent.collect();
        format!(
            "{}let mut net = {name}::new({});",
            made.collect::<String>(),
            lent.join(", ")
        )
    }

    /// How many bytes of working memory there are, and where, for the documentation.
    pub(crate) fn costs(self) -> String {
        let in_each = self
            .used()
            .map(|(_, arena)| format!("{} bytes in `{}`", grouped(arena.bytes as u64), arena.name));
        match self.is_one() {
            true => format!("{} bytes of arena", grouped(self.plan.arena_bytes as u64)),
            false => in_each.collect::<Vec<_>>().join(", "),
        }
    }

    /// What says which of several arenas an address is in, before it.
    pub(crate) fn prefix(self, arena: usize) -> String {
        match self.is_one() {
            true => String::new(),
            false => format!("{} ", self.plan.arenas[arena].name),
        }
    }

    /// Where arenas may lie that are lent to the network, for the documentation.
    pub(crate) fn placing(self, shared: bool) -> String {
        if shared {
            return "Other networks of the workspace use the same memory before and after: it is borrowed.\n\n".into();
        }
        let Some((_, arena)) = self.used().next().filter(|_| self.plan.borrowed) else {
            return String::new();
        };
        let (name, bytes) = (&arena.name, bytes(arena));
        format!(
            "The arenas are the caller's, wherever they lie: a linker section puts a `static` into a memory, and a cell such as \
             `ConstStaticCell` of the crate `static_cell` lends it for good:\n\n\
             ```ignore\n#[unsafe(link_section = \".{name}\")]\nstatic {}: ConstStaticCell<Arena<{bytes}>> = \
             ConstStaticCell::new(Arena::new());\n```\n\n",
            name.to_uppercase()
        )
    }
}

/// The constant that says how many bytes an arena takes.
pub(crate) fn bytes(arena: &Arena) -> Ident {
    format_ident!("{}_BYTES", arena.name.to_uppercase())
}

/// The constant that says how many of them buffers take.
fn buffer_bytes(arena: &Arena) -> Ident {
    format_ident!("{}_BUFFER_BYTES", arena.name.to_uppercase())
}

/// The type of an arena that several networks share.
pub(crate) fn shared_type(region: &str) -> Ident {
    format_ident!("Shared{}", camel(region, "arena"))
}
