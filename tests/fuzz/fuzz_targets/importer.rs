//! Whatever bytes the importer is given, it answers with a model or with diagnostics.

#![no_main]

mod wire;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use mlc_compiler::onnx::{Bindings, parse};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(mut model) = parse(bytes, None) {
        let _ = model.bind(&Bindings::default());
    }
});

// A change of a byte mostly breaks a length, which says little about what comes after the decoder: so every
// change is made to a field, and the lengths around it follow.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    wire::mutate(data, size, max_size, seed)
});
