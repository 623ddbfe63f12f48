//! Networks of the zoo in both formats: a `.tflite` file compiles to what its twin in ONNX compiles to.

use mlc_compiler::program::Port;
use mlc_compiler::quantization::Profile;
use mlc_compiler::settings::Settings;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile_observed, interp, load, passes::PASSES};
use mlc_tests::{Case, zoo};
use std::path::Path;

/// Networks that are there in both formats.
fn twins() -> Vec<Case> {
    let Some(folder) = std::env::var_os("MLC_ZOO") else {
        eprintln!("MLC_ZOO names no folder: no network of the zoo is tried");
        return Vec::new();
    };
    let twins = zoo(Path::new(&folder)).into_iter();
    let twins: Vec<_> = twins.filter(|case| case.dir.join("model.tflite").is_file()).collect();
    assert!(!twins.is_empty(), "the zoo has networks in both formats");
    twins
}

fn compiled(path: &Path) -> Compiled {
    let model = load(path).unwrap_or_else(|diags| panic!("{}: {diags}", path.display()));
    let settings = Settings {
        profile: Profile::TfLite,
        ..Settings::default()
    };
    let compiled = compile_observed(&model, settings, PASSES, &mut |_, _| ());
    compiled.unwrap_or_else(|diags| panic!("{}: {diags}", path.display()))
}

/// The same elements in the shape that the other format has, which may have channels last.
fn shaped(given: &[Tensor], to: &Compiled) -> Vec<Tensor> {
    let shaped = |(port, x): (&Port, &Tensor)| {
        let last = x.transposed(&[0, 2, 3, 1]);
        match last.filter(|last| last.ty.shape == port.ty.shape) {
            Some(last) if x.ty.shape != port.ty.shape => last,
            _ => x.reshaped(port.ty.shape.clone()),
        }
    };
    to.program.inputs.iter().zip(given).map(shaped).collect()
}

fn percent_apart(a: usize, b: usize) -> f64 {
    100.0 * (a as f64 - b as f64).abs() / b as f64
}

#[test]
fn both_formats_compile_to_the_same() {
    let mut wrong = Vec::new();
    for case in twins() {
        let (own, twin) = (compiled(&case.dir.join("model.tflite")), compiled(&case.onnx()));
        for (what, a, b) in [
            ("arena", own.plan.arena_bytes, twin.plan.arena_bytes),
            ("weights", own.plan.weights.bytes.len(), twin.plan.weights.bytes.len()),
        ] {
            if percent_apart(a, b) > 1.0 {
                wrong.push(format!("{}: {a} bytes of {what}, not {b}", case.name));
            }
        }
        for set in case.sets().expect("it has recorded data") {
            let run = |network: &Compiled| {
                interp::run(&network.program, &shaped(&set.inputs, network)).expect("it runs")
            };
            let alike = run(&own).iter().zip(&run(&twin)).all(|(a, b)| a.bytes() == b.bytes());
            if !alike {
                wrong.push(format!("{}: other answers", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
