//! Whatever bytes are read as a file of TensorFlow Lite, the answer is a model that can be imported or refused, or diagnostics.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlc_compiler::{ops, tflite};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(model) = tflite::parse(bytes) {
        let _ = ops::import(&model);
    }
});
