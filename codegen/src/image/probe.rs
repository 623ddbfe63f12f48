//! The program around a network that is only measured: an image with nothing else in it.
//!
//! Its only function runs the network that lies in a variable, as firmware would. What the compiler does not know, it
//! cannot leave out: where the inputs are, and who reads the outputs.

use super::OptLevel;
use crate::native::cache::FOLDER;
use crate::tokens::{ident, number};
use crate::{Files, Interface, Socket};
use mlc_compiler::diag::Diag;
use proc_macro2::TokenStream;
use quote::quote;

/// The function that calls the network, where linkers look for the first one.
pub(super) const ENTRY: &str = "_start";

/// Everything that is built: the crate in `network`, and the program.
pub(super) fn files(
    interface: &Interface,
    network: &Files,
    level: OptLevel,
) -> Result<Files, Diag> {
    let mut files = Files::default();
    for (path, contents) in network.iter() {
        files.add(format!("network/{path}"), contents);
    }
    let source = syn::parse2(program(interface)).map_err(|e| {
        let message = format!("the program around the network does not parse: {e}");
        Diag::new("invalid-program", message)
    })?;
    files.add(
        format!("{FOLDER}/Cargo.toml"),
        manifest(&interface.crate_name, level),
    );
    files.add(
        format!("{FOLDER}/src/main.rs"),
        prettyplease::unparse(&source),
    );
    Ok(files)
}

fn manifest(network: &str, level: OptLevel) -> String {
    let level = level.toml();
    format!(
        "[package]\nname = \"run\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nnetwork = {{ path = \"../network\", package = \"{network}\" }}\n\n\
         [profile.release]\npanic = \"abort\"\nlto = \"fat\"\ncodegen-units = 1\nopt-level = {level}\n\n[workspace]\n"
    )
}

fn program(interface: &Interface) -> TokenStream {
    let (network, entry) = (ident(&interface.type_name), ident(ENTRY));
    let (parameter, run) = match (&interface.stepping, interface.rows, &interface.inputs[..]) {
        (Some(_), _, [input, ..]) => (slice(input, 1), quote!(net.step(input))),
        (_, Some(rows), [input, ..]) => (slice(input, rows), quote!(net.push_row(input))),
        _ => (quote!(), quote!(net.infer())),
    };
    quote! {
        #![no_std]
        #![no_main]

        use core::hint::black_box;
        use core::mem::MaybeUninit;
        use core::panic::PanicInfo;

        static mut NETWORK: MaybeUninit<network::#network> = MaybeUninit::uninit();

        #[unsafe(no_mangle)]
        extern "C" fn #entry(#parameter) {
            // SAFETY: none is needed, since nobody runs it.
            let net = unsafe { (*black_box(&raw mut NETWORK)).assume_init_mut() };
            black_box(#run);
        }

        #[panic_handler]
        fn panic(_: &PanicInfo<'_>) -> ! {
            loop {}
        }
    }
}

/// What a network takes at a time whose input comes in so many parts.
fn slice(input: &Socket, parts: usize) -> TokenStream {
    let (element, len) = (ident(input.element), number(input.ty.len() / parts.max(1)));
    quote!(input: &[#element; #len])
}
