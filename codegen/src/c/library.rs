//! The static library, in Rust: a module for each network.

use super::face::{CFace, bytes_of, dependency};
use super::functions::{Function, Gives, Taken, functions};
use super::header::init_symbol;
use crate::tokens::{ident, number};
use mlc_compiler::diag::Diag;
use proc_macro2::TokenStream;
use quote::{format_ident, quote};

/// What all functions go through.
pub(super) const HANDLE: &str = include_str!("handle.rs");

/// The module that it is.
pub(super) const HANDLE_MODULE: &str = "handle";

/// A network of a library.
pub(super) struct Part {
    pub(super) prefix: String,
    pub(super) package: String,
    pub(super) module: String,
    /// Where its crate is, from the library's.
    pub(super) folder: String,
}

/// The functions of a network.
pub(super) fn network(face: &CFace<'_>) -> Result<String, Diag> {
    let (prefix, ty) = (&face.prefix, face.network());
    let functions = functions(face);
    let has_elements = functions
        .iter()
        .flat_map(|f| &f.takes)
        .any(|taken| matches!(taken, Taken::Elements { .. }));
    let elements = has_elements.then(|| quote!(Elements,));
    let lent = (!face.lent.is_empty()).then(|| quote!(Lent,));
    let functions = functions.iter().map(|function| function_of(face, function));
    let (owned, words) = (number(face.owned()), number(face.words()));
    let align = number(mlc_runtime_core::arena::ALIGN);
    let size = match (face.owned(), face.words()) {
        (0, _) => quote!((#words + 1) * word),
        (_, 0) => quote!(#owned + usize::next_multiple_of(word, #align)),
        _ => quote! {
            usize::next_multiple_of(usize::next_multiple_of(#owned + #words * word, #align) + word, #align)
        },
    };
    let items = quote! {
        use super::handle::{#elements Handle, #lent Network, Status};

        /// The size that the header declares.
        const _: () = {
            let word = size_of::<usize>();
            let fits = size_of::<Handle<#ty>>() == #size;
            assert!(fits, "a network is not as large as its header says");
        };

        #(#functions)*
    };
    let file: syn::File = syn::parse2(items).map_err(|e| {
        Diag::new(
            "invalid-program",
            format!("the functions for C do not parse: {e}"),
        )
    })?;
    Ok(format!(
        "//! The network `{prefix}` for C: what `{prefix}.h` declares.\n\n{}",
        spaced(&prettyplease::unparse(&file))
    ))
}

fn function_of(face: &CFace<'_>, function: &Function<'_>) -> TokenStream {
    let (prefix, network) = (&face.prefix, face.network());
    let name = format_ident!("{prefix}_{}", function.name);
    let takes = function.takes.iter().map(|taken| match taken {
        Taken::Elements {
            name, element, len, ..
        } => {
            let (name, element, len) = (ident(name), ident(element), number(*len));
            quote!(#name: Elements<[#element; #len]>)
        }
        Taken::Memory(arena) => {
            let (name, bytes) = (ident(&arena.parameter), bytes_of(arena));
            quote!(#name: Lent, #bytes: usize)
        }
    });
    let result = match function.gives {
        Gives::Status => quote!(Status),
        Gives::Input(port) | Gives::Output(port) => {
            let element = ident(port.element);
            quote!(*mut #element)
        }
    };
    let exported = match function.name {
        "init" => {
            let symbol = init_symbol(prefix);
            quote!(export_name = #symbol)
        }
        _ => quote!(no_mangle),
    };
    let (doc, body) = (format!(" {}", function.doc), &function.body);
    quote! {
        #[doc = #doc]
        #[unsafe(#exported)]
        pub extern "C" fn #name(net: Network<#network>, #(#takes),*) -> #result { #body }
    }
}

/// Items are set apart by empty lines.
fn spaced(code: &str) -> String {
    code.replace("\n}\n", "\n}\n\n")
        .replace(";\n/// ", ";\n\n/// ")
        .replace("};\n\n\n", "};\n\n")
        .trim_end()
        .to_owned()
        + "\n"
}

/// The root of the library.
pub(super) fn root(networks: &[Part]) -> String {
    let modules = networks.iter().map(|part| &*part.module);
    let mut modules: Vec<_> = modules.chain([HANDLE_MODULE]).collect();
    modules.sort_unstable();
    let module = |name: &str| match name {
        HANDLE_MODULE => format!(
            "// It holds what other networks need.
#[allow(dead_code)]
mod {name};
"
        ),
        _ => format!(
            "mod {name};
"
        ),
    };
    let modules: String = modules.into_iter().map(module).collect();
    format!(
        "//! Networks compiled by mlc, as a static library for C. Headers are in `include`.
#![no_std]

{modules}
\
         /// Nothing here panics, so this is never linked; rustc wants to know what would happen.
\
         #[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {{
    loop {{
        core::hint::spin_loop();
    }}
}}
"
    )
}

/// The end of the library's manifest, from the keys of its target on.
pub(super) fn manifest(name: &str, networks: &[Part]) -> String {
    let dependencies = networks.iter().map(
        |Part {
             prefix,
             package,
             folder,
             ..
         }| {
            format!(
                "{} = {{ package = {package:?}, path = {folder:?} }}\n",
                dependency(prefix)
            )
        },
    );
    let profile = "panic = \"abort\"\nlto = \"fat\"\ncodegen-units = 1\n";
    format!(
        "name = {name:?}\ncrate-type = [\"staticlib\"]\n\n[dependencies]\n{}\n\
         # As a whole and always optimised: so nothing is left that could panic, nor any symbol that another such library has.\n\
         [profile.release]\n{profile}\n\
         [profile.dev]\n{profile}opt-level = 3\ndebug-assertions = false\noverflow-checks = false\n\n\
         # It is nobody's member: what it needs of cargo is said in its own profile.\n[workspace]\n",
        dependencies.collect::<String>(),
    )
}
