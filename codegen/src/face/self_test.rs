//! The function by which a network tests itself: a recorded input, and the digest of what it answers.

use super::{Face, Feed, Part};
use crate::buffers::Buffers;
use crate::literal::Imports;
use mlc_compiler::Compiled;
use proc_macro2::{Ident, TokenStream};
use quote::quote;

/// The constants of the inputs, and the digest.
#[derive(Clone)]
pub(crate) struct SelfTest {
    inputs: Vec<Ident>,
    digest: u64,
}

impl SelfTest {
    /// That of a network, if it has any.
    pub(crate) fn of(
        compiled: &Compiled,
        buffers: &mut Buffers<'_>,
        imports: &mut Imports,
    ) -> Option<Self> {
        let test = compiled.self_test.as_ref()?;
        for path in [
            ["arena", "bytes"],
            ["digest", "START"],
            ["digest", "digest"],
        ] {
            imports.0.insert(path.map(String::from).to_vec());
        }
        let ports = compiled.program.inputs.iter().zip(&test.inputs);
        let inputs = ports.map(|(port, &id)| buffers.constant(id, "self_test", &port.name));
        Some(SelfTest {
            inputs: inputs.collect(),
            digest: test.digest,
        })
    }
}

impl Face {
    /// Whether the network answers as it did when it was compiled.
    pub(super) fn self_test(&self, feed: &Feed<'_>) -> TokenStream {
        let Some(SelfTest { inputs, digest }) = &self.self_test else {
            return quote!();
        };
        let run = match feed {
            Feed::Steps(_) => quote! {
                self.reset();
                let (slices, _) = WEIGHTS.get::<weight::#(#inputs)*>().as_chunks();
                for slices in slices {
                    self.step(slices);
                }
            },
            _ => quote!(self.run(#(WEIGHTS.get::<weight::#inputs>()),*);),
        };
        let digests = self
            .outputs
            .iter()
            .map(|Part { name, .. }| quote!(let found = digest(found, bytes(self.#name()));));
        let forget = matches!(feed, Feed::Steps(_)).then(|| quote!(self.reset();));
        let expected: TokenStream = format!("{digest:#x}").parse().unwrap_or_default();
        quote! {
            /// Whether the network answers a recorded input as it did when it was compiled, bit for bit: if not, memory or the
            /// machine is at fault. What it was given or remembers is gone afterwards.
            #[must_use]
            pub fn self_test(&mut self) -> bool {
                #run
                let found = START;
                #(#digests)*
                #forget
                found == #expected
            }
        }
    }
}
