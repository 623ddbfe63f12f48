//! Files of TensorFlow Lite: networks of the zoo compile to what their twins in ONNX compile to, and damaged files do no harm.

use mlc_compiler::program::Port;
use mlc_compiler::quantization::Profile;
use mlc_compiler::settings::Settings;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{
    Compiled, compile, compile_observed, interp, load, parse, passes::PASSES, tflite,
};
use mlc_tests::tflite::{Random, choosing, faulty, layers, looping, malformed};
use mlc_tests::{Case, zoo};
use std::collections::BTreeSet;
use std::path::Path;

/// Networks that are there in both formats.
fn twins() -> Vec<Case> {
    let Some(folder) = std::env::var_os("MLC_ZOO") else {
        eprintln!("MLC_ZOO names no folder: no network of the zoo is tried");
        return Vec::new();
    };
    let twins = zoo(Path::new(&folder)).into_iter();
    let twins: Vec<_> = twins
        .filter(|case| case.dir.join("model.tflite").is_file())
        .collect();
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
        let (own, twin) = (
            compiled(&case.dir.join("model.tflite")),
            compiled(&case.onnx()),
        );
        for (what, a, b) in [
            ("arena", own.plan.arena_bytes, twin.plan.arena_bytes),
            (
                "weights",
                own.plan.weights.bytes.len(),
                twin.plan.weights.bytes.len(),
            ),
        ] {
            if percent_apart(a, b) > 1.0 {
                wrong.push(format!("{}: {a} bytes of {what}, not {b}", case.name));
            }
        }
        for set in case.sets().expect("it has recorded data") {
            let run = |network: &Compiled| {
                interp::run(&network.program, &shaped(&set.inputs, network)).expect("it runs")
            };
            let alike = run(&own)
                .iter()
                .zip(&run(&twin))
                .all(|(a, b)| a.bytes() == b.bytes());
            if !alike {
                wrong.push(format!("{}: other answers", case.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Changes a few bytes, or cuts some off, or puts a word where it does not belong.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    let mut below = |n: usize| random.within((0.0, n as f64)) as usize;
    for _ in 0..=below(4) {
        let at = below(bytes.len()).min(bytes.len() - 1);
        match below(5) {
            0 if bytes.len() > 16 => bytes.truncate(at.max(8)),
            1 => bytes[at] = [0, 1, 0x7f, 0x80, 0xff][below(5).min(4)],
            2 => {
                let word = [0_u32, 1, 0x7fff_ffff, u32::MAX, 1 << 20][below(5).min(4)];
                let at = at / 4 * 4;
                let end = (at + 4).min(bytes.len());
                bytes[at..end].copy_from_slice(&word.to_le_bytes()[..end - at]);
            }
            _ => bytes[at] ^= 1 << below(8).min(7),
        }
    }
}

/// Whatever is changed, the answer is a model or a diagnostic; what is read as a model is one to the rest of the compiler.
#[test]
fn damaged_files_are_no_reason_to_panic() {
    let (mut read, mut refused) = (0, 0);
    for layer in layers().iter().step_by(3) {
        let (file, mut random) = (layer.file(), Random::of(&layer.name));
        assert!(parse(file.clone(), None).is_ok(), "{}", layer.name);
        for _ in 0..200 {
            let mut bytes = file.clone();
            damage(&mut bytes, &mut random);
            match parse(bytes, None) {
                Ok(model) => {
                    read += 1;
                    let _ = mlc_compiler::ops::import(&model);
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        read > 2000 && refused > 2000,
        "{read} read, {refused} refused"
    );
}

#[test]
fn every_truncation_is_survived() {
    for layer in layers().iter().step_by(40) {
        let file = layer.file();
        for len in 0..file.len() {
            let _ = parse(file[..len].to_vec(), None);
        }
    }
}

#[test]
fn damaged_networks_are_no_reason_to_panic() {
    for case in twins() {
        let file = std::fs::read(case.dir.join("model.tflite")).expect("it is there");
        let mut random = Random::of(&case.name);
        for _ in 0..(2_000_000 / file.len()).clamp(4, 100) {
            let mut bytes = file.clone();
            // What describes the network is not among its weights.
            damage(&mut bytes, &mut random);
            let _ = parse(bytes, None);
        }
    }
}

/// Every builtin that is read has a case, and no case has another.
#[test]
fn every_builtin_has_a_case() {
    let read: BTreeSet<_> = tflite::builtins().map(|builtin| builtin.name()).collect();
    let tried: BTreeSet<_> = layers().iter().map(|layer| layer.code.name()).collect();
    // They call graphs.
    let graphs = ["IF", "WHILE"];
    let missing: Vec<_> = read
        .difference(&tried)
        .filter(|name| !graphs.contains(name))
        .collect();
    assert!(missing.is_empty(), "without a case: {missing:?}");
    let unread: Vec<_> = tried.difference(&read).collect();
    assert!(unread.is_empty(), "not read: {unread:?}");
}

/// What the first output is for a file and its only input.
fn answer(file: Vec<u8>, x: &[f32]) -> Vec<f32> {
    let model = parse(file, None).unwrap_or_else(|diags| panic!("{diags}"));
    let compiled = compile(&model).unwrap_or_else(|diags| panic!("{diags}"));
    let y = interp::run(&compiled.program, &[Tensor::new([x.len()], x)]).expect("it runs");
    y[0].values::<f32>().expect("floats").to_vec()
}

#[test]
fn graphs_call_graphs() {
    assert_eq!(answer(looping(), &[1.5, -2.0]), [12.0, -16.0]);
    assert_eq!(answer(choosing(true), &[1.5, -2.0]), [-1.5, 2.0]);
    assert_eq!(answer(choosing(false), &[1.5, -2.0]), [2.25, 4.0]);
}

#[test]
fn a_signature_names_inputs_and_outputs() {
    let model = parse(looping(), None).expect("it is a model");
    let names = (&*model.inputs[0].name, &*model.outputs[0].name);
    assert_eq!(names, ("number", "eightfold"));
}

#[test]
fn everything_wrong_is_said_at_once() {
    let said = |file| parse(file, None).expect_err("it is wrong").to_string();
    insta::assert_snapshot!(said(faulty()));
    insta::assert_snapshot!(said(malformed()));
}
