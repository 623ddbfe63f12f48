//! Whatever model the compiler is given, it ends in diagnostics or in a network whose plan holds and whose page is written.

#![no_main]

mod wire;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use mlc_codegen::certificate::Certificate;
use mlc_codegen::{Runtime, WeightsAt, emit_module};
use mlc_compiler::onnx::{Bindings, Model, parse};
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Ram, Settings};
use mlc_compiler::{compile_observed, memory};

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut model) = parse(bytes, None) else {
        return;
    };
    if model.bind(&Bindings::default()).is_ok() {
        [Ram::Plain, Ram::Least]
            .into_iter()
            .for_each(|ram| build(&model, ram));
    }
});

/// Compiles, checks and emits.
fn build(model: &Model, ram: Ram) {
    let settings = Settings {
        ram,
        ..Settings::default()
    };
    let Ok(compiled) = compile_observed(model, settings, PASSES, &mut |_, _| ()) else {
        return;
    };
    if let Err(diag) = memory::check(&compiled.program, &compiled.plan) {
        panic!("{diag}");
    }
    if let Err(diags) = Certificate::of(&compiled, "network").check() {
        panic!("{diags}");
    }
    let runtime = Runtime::External("::runtime".into());
    let _ = emit_module(
        &compiled,
        "network",
        &runtime,
        &WeightsAt::File("weights.bin".into()),
    );
}

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    wire::mutate(data, size, max_size, seed)
});
