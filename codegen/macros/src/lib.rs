//! `include_model!`: an ONNX model becomes items where the macro is called.
//!
//! ```
//! mod digits {
//! # /*
//!     mlc_macros::include_model!("models/digits.onnx");
//! # */
//! #   mlc_macros::include_model!("../../fixtures/digits/model.onnx");
//! }
//!
//! # let image = [0.0; 64];
//! let mut net = digits::Digits::new();
//! let scores = net.run(&image);
//! ```
//!
//! The weights become part of the code, which suits small networks; for those of many megabytes a build script with
//! `mlc-build` compiles faster.

mod arguments;

use arguments::Arguments;
use mlc_codegen::{Options, WeightsAt};
use mlc_compiler::diag::{Diag, Diags};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use std::path::{Path, PathBuf};

/// Compiles a model and expands to its network: a type, named after the model, and the constants `ARENA_BYTES`,
/// `WEIGHT_BYTES` and `MACS`. The crate must depend on `mlc-runtime-core`.
///
/// ```ignore
/// include_model!("models/speech.onnx", name = WakeWord, dim(batch = 1), input_shape(audio = [1, 16000]));
/// ```
///
/// The path is relative to the package's `Cargo.toml`. Everything after it is optional:
///
/// * `name = Type`: the type's name;
/// * `dim(name = size, ..)`: sizes of open dimensions; a name that is no identifier is written as a string;
/// * `input_shape(name = [sizes], ..)`: shapes of inputs, or `input_shape([sizes])` for the only one;
/// * `region(name = bytes, ..)`: memories for buffers, the fastest first; the network borrows an arena in each;
/// * `hot_weights = name`: copies the weights that are read most into that region, as far as there is room;
/// * `borrow_arena`: the network borrows its only arena;
/// * `io = "int8"`: takes and gives integers where the model quantises or dequantises next to an input or output, with
///   their scales and zero points as constants; `"float"` the other way round; `"as-is"` is the default;
/// * `input_layout = "nhwc"`, `input_type = "u8"`, `input_mean = 127.5`, `input_scale = "1/255"`: takes the only input as it
///   comes, or one of several by its name: `input_type(image = "u8")`; `output_layout = "nhwc"` and `top = 1` say how an output
///   is taken;
/// * `stream = "time"`: takes time slice by slice, with `step` in place of `run`; `"input"`: the input row by row;
/// * `time_axis = 1`: which axis of the input is time, where it may be several;
/// * `target = "cortex-m4"`: uses the instructions of that machine, of those that `mlc targets` lists; where the crate is
///   compiled for another architecture, which computes the same bits, there is a warning;
/// * `max_cycles = "4.6M"`: fails if a run is estimated to take more cycles than that on the target;
/// * `profile = "tflite"`: the arithmetic of quantised operators is TensorFlow Lite's, as it is by
///   default for a `.tflite` file; `"onnx"` is exact;
/// * `input_range(name = 0..=1, ..)`: what elements of inputs are between: channels that never vary then are not computed;
/// * `input(name = 16000, other = "file.npy", ..)`: fixes inputs to constants; a branch that this rules out is not
///   compiled;
/// * `quantize = "samples.npz"`: quantises the model first, calibrated with the samples in that file or folder, whose path is
///   relative like the model's; `mean`, `scale`, `layout`, `resize`, `labels` and `max_accuracy_drop` are as for `mlc quantize`;
/// * every other option of `mlc build`, such as `ram = "48k"`, `ram = least` or `keep_constant_channels`.
///
/// Two models belong in two modules. The code is compiled anew when the model changes.
#[proc_macro]
pub fn include_model(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    let arguments = syn::parse_macro_input!(input as Arguments);
    expand(&arguments)
        .unwrap_or_else(syn::Error::into_compile_error)
        .into()
}

fn expand(arguments: &Arguments) -> syn::Result<TokenStream> {
    let root = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let options = arguments.options(&root)?;
    let failed = |diags: Diags| errors(arguments, &diags);
    let model = options.load().map_err(failed)?;
    let compiled = options
        .compile_model(&model, &mut |_, _| ())
        .map_err(failed)?;
    let network = options
        .embed(&compiled, &WeightsAt::Inline)
        .map_err(|d| failed(d.into()))?;
    arguments.check_name(&network.type_name)?;
    let items: TokenStream = network.source.parse()?;
    let tracked = std::iter::once(&options.model).chain(&model.files);
    let tracked = tracked
        .map(|file| track(file))
        .collect::<syn::Result<TokenStream>>()?;
    let remark = remark(&options, arguments.target_span());
    Ok(quote! { #items #tracked #remark })
}

/// Has the compiler warn where it compiles for another architecture than that of the target: a macro does not know for
/// which one it does, nor has it warnings of its own, but a use of what is deprecated is one.
fn remark(options: &Options, span: Span) -> Option<TokenStream> {
    let arch = options.target.arch()?;
    let note = format!(
        "the network is for {}, whose architecture is {arch}, and is compiled for another; it computes the same bits there, \
         but not by the instructions it was made for: choose the target of the machine, or `portable` for any",
        options.target,
    );
    Some(quote_spanned! { span =>
        #[cfg(not(target_arch = #arch))]
        const _: () = {
            #[deprecated(note = #note)]
            const fn other_architecture() {}
            other_architecture()
        };
    })
}

/// Makes the compiler look at a file, so that cargo knows when to compile anew.
fn track(file: &Path) -> syn::Result<TokenStream> {
    let path = file.to_str().ok_or_else(|| {
        syn::Error::new(
            Span::call_site(),
            format!("the path {} is not Unicode", file.display()),
        )
    })?;
    Ok(quote! { const _: &[u8] = ::core::include_bytes!(#path); })
}

/// Every problem, each at the argument that it is about.
fn errors(arguments: &Arguments, diags: &Diags) -> syn::Error {
    let error = |diag: &Diag| syn::Error::new(arguments.span_of(diag), diag);
    let errors = diags.0.iter().map(error).reduce(|mut all, next| {
        all.combine(next);
        all
    });
    errors.unwrap_or_else(|| syn::Error::new(Span::call_site(), "the model cannot be compiled"))
}
