//! The functions of a network whose layers can be watched while it runs, and the calls that tell of them.

use crate::buffers::Buffers;
use crate::literal::Imports;
use crate::prose::one_line;
use crate::tokens::number;
use mlc_compiler::program::Program;
use proc_macro2::TokenStream;
use quote::quote;

/// What runs a network is told whom to tell of layers, if anybody may be.
#[derive(Clone, Copy)]
pub(crate) struct Watched(pub(crate) bool);

impl Watched {
    fn tokens(self, tokens: TokenStream) -> TokenStream {
        if self.0 { tokens } else { quote!() }
    }

    /// A parameter behind others.
    pub(crate) fn parameter(self) -> TokenStream {
        self.tokens(quote!(, watch: &mut impl Watch))
    }

    /// The argument that passes it on.
    pub(crate) fn argument(self) -> TokenStream {
        self.tokens(quote!(watch))
    }

    /// The argument for nobody.
    pub(crate) fn nobody(self) -> TokenStream {
        self.tokens(quote!(&mut ()))
    }

    /// Functions that are there only then.
    pub(crate) fn also(self, functions: TokenStream) -> TokenStream {
        self.tokens(functions)
    }

    /// What uses it where there is no layer to tell of.
    pub(crate) fn idle(self, is_idle: bool) -> TokenStream {
        self.tokens(if is_idle {
            quote!(let _ = watch;)
        } else {
            quote!()
        })
    }

    /// The function that runs `body` on inputs that were put in place.
    pub(crate) fn infer(self, body: &TokenStream) -> TokenStream {
        if !self.0 {
            return quote! {
                /// Runs the network on the inputs that were put in place.
                pub fn infer(&mut self) { #body }
            };
        }
        let idle = self.idle(body.is_empty());
        quote! {
            /// Runs the network on the inputs that were put in place.
            pub fn infer(&mut self) {
                self.infer_watched(&mut ());
            }
            /// Runs the network on the inputs that were put in place, and says what each of [`LAYERS`] took by a clock.
            pub fn run_profiled(&mut self, clock: &mut impl Clock) -> [u64; LAYERS.len()] {
                let mut profile = Profile::new(clock);
                self.infer_watched(&mut profile);
                profile.ticks
            }
            /// Runs the network on the inputs that were put in place, and tells `watch` of each of [`LAYERS`].
            pub fn infer_watched(&mut self, watch: &mut impl Watch) { #idle #body }
        }
    }
}

/// A layer's call with what is told of it: `written` are the bytes that it leaves.
pub(crate) fn told(
    buffers: &Buffers<'_>,
    layer: usize,
    call: TokenStream,
    written: &[TokenStream],
) -> TokenStream {
    if !buffers.is_watched() {
        return call;
    }
    let layer = number(layer);
    quote! {
        watch.begin(#layer);
        #call
        watch.end(#layer);
        #(watch.wrote(#layer, #written);)*
    }
}

/// What a page says of the layers that it tells of.
pub(crate) fn layers(program: &Program) -> TokenStream {
    let names = program.steps.iter().map(|step| one_line(&step.layer));
    let count = number(program.steps.len());
    quote! {
        /// The layers, in the order of the network's steps.
        pub const LAYERS: [&str; #count] = [#(#names),*];
    }
}

/// What a network takes from its runtime to tell of layers, and passes on to who listens.
pub(crate) fn import(buffers: &Buffers<'_>, imports: &mut Imports) {
    if buffers.is_watched() {
        let paths = [
            ["arena", "bytes"],
            ["watch", "Clock"],
            ["watch", "Profile"],
            ["watch", "Watch"],
        ];
        imports
            .0
            .extend(paths.map(|path| path.map(String::from).to_vec()));
    }
}
