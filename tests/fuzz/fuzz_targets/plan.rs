//! Whatever `PLAN.json` says, it is confirmed or refused.

#![no_main]

mod json;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use mlc_codegen::certificate::Certificate;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(plan) = Certificate::parse(bytes) {
        let _ = plan.check();
    }
});

// A changed byte mostly breaks the syntax: so every change is made to a value.
fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    json::mutate(data, size, max_size, seed)
});
