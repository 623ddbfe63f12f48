//! `mlc verify` from outside: what it takes, what it says, and how it exits.

use mlc_compiler::npy;
use mlc_compiler::onnx::tensor::load;
use mlc_compiler::tensor::Tensor;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The exit code of `mlc verify FIXTURE ARGS`, and the verdict.
fn verify(fixture: &str, args: &[&str]) -> (i32, Value) {
    let model = fixture_folder(fixture).join("model.onnx");
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    // One cache, in Cargo's folder for tests.
    command.env("MLC_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/verify"));
    let output = command
        .args(["--json", "verify"])
        .arg(model)
        .args(args)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let verdict = serde_json::from_str(&text).unwrap_or(Value::Null);
    let code = output.status.code().unwrap();
    assert!(code != 2, "{}", String::from_utf8_lossy(&output.stderr));
    (code, verdict)
}

fn fixture_folder(name: &str) -> PathBuf {
    mlc_fixtures::dir(name)
}

/// The recorded samples of a fixture of one input and one output, one after the other, as `.npy` files by name.
fn as_arrays(fixture: &str, folder: &Path, change: impl Fn(&[f32]) -> Vec<f32>) {
    let model = mlc_compiler::load(&fixture_folder(fixture).join("model.onnx")).unwrap();
    let stacked = |file: &str| {
        let load = |k| {
            load(&fixture_folder(fixture).join(format!("test_data_set_{k}/{file}")))
                .unwrap()
                .1
        };
        let tensors = [load(0), load(1)];
        let values: Vec<f32> = tensors
            .iter()
            .flat_map(|tensor| tensor.values::<f32>().unwrap().to_vec())
            .collect();
        let rest = &tensors[0].ty.shape[1..];
        (values, [&[2], rest].concat())
    };
    let save = |name: &str, values: &[f32], shape: Vec<usize>| {
        npy::save(
            &folder.join(format!("{name}.npy")),
            &Tensor::new(shape, values),
        )
        .unwrap();
    };
    let (inputs, shape) = stacked("input_0.pb");
    save(&model.inputs[0].name, &inputs, shape);
    let (outputs, shape) = stacked("output_0.pb");
    save(&model.outputs[0].name, &change(&outputs), shape);
}

#[test]
fn recorded_sets_and_arrays_by_name_are_right() {
    let recorded = fixture_folder("digits_int8");
    let (code, verdict) = verify("digits_int8", &["--data", recorded.to_str().unwrap()]);
    assert_eq!(
        (code, &verdict["reference"], &verdict["passes"]),
        (0, &"recorded outputs".into(), &true.into())
    );
    let folder = tempfile::tempdir().unwrap();
    as_arrays("digits_int8", folder.path(), <[f32]>::to_vec);
    let path = folder.path().to_str().unwrap();
    for io in ["as-is", "int8"] {
        let (code, verdict) = verify("digits_int8", &["--data", path, "--io", io, "--layers"]);
        assert_eq!((code, &verdict["samples"]), (0, &2.into()), "{verdict:#}");
        assert_eq!(verdict["layers"]["broken"], 0);
        assert!(verdict["layers"]["all"].as_array().unwrap().len() > 3);
    }
}

/// What was recorded of another network is not explained by halves.
#[test]
fn other_answers_are_wrong_though_every_layer_is_right() {
    let folder = tempfile::tempdir().unwrap();
    as_arrays("digits_int8", folder.path(), |outputs| {
        outputs.iter().rev().copied().collect()
    });
    let (code, verdict) = verify("digits_int8", &["--data", folder.path().to_str().unwrap()]);
    assert_eq!(
        (
            code,
            &verdict["diverges"]["at"],
            &verdict["layers"]["broken"]
        ),
        (1, &"elsewhere".into(), &0.into())
    );
}

/// No other engine is needed, and what the reference shares with the network is said.
#[test]
fn the_graph_as_it_is_written_is_an_oracle() {
    let (code, verdict) = verify("lstm", &["--oracle", "graph", "--samples", "1", "--layers"]);
    assert_eq!(
        (code, &verdict["reference"]),
        (0, &"the graph as it is written".into()),
        "{verdict:#}"
    );
    assert_eq!(verdict["layers"]["broken"], 0);
}

#[test]
fn tolerances_are_as_given() {
    let folder = tempfile::tempdir().unwrap();
    as_arrays("digits", folder.path(), |outputs| {
        outputs.iter().map(|y| y + 0.01).collect()
    });
    let data = ["--data", folder.path().to_str().unwrap()];
    let with = |more: &[&str]| verify("digits", &[&data[..], more].concat()).0;
    assert_eq!(with(&[]), 1);
    assert_eq!(with(&["--rtol", "0", "--atol", "0.02"]), 0);
    assert_eq!(with(&["--rtol", "0", "--atol", "0.001"]), 1);
}

/// Samples of the whole sequence go in step by step, and what steps answer is compared with what was recorded.
#[test]
fn steps_in_time_answer_as_the_whole_sequence_does() {
    let in_time = |more: &[&str]| verify("lstm", &[&["--stream", "time"], more].concat());
    let (code, verdict) = in_time(&["--oracle", "graph", "--samples", "2"]);
    assert_eq!(
        (code, &verdict["reference"], &verdict["samples"]),
        (0, &"the graph as it is written".into(), &2.into()),
        "{verdict:#}"
    );
    assert_eq!(verdict["outputs"][0]["elements"], 20);
    let recorded = fixture_folder("lstm");
    let (code, verdict) = in_time(&["--data", recorded.to_str().unwrap(), "--layers"]);
    assert_eq!(
        (code, &verdict["reference"], &verdict["layers"]["broken"]),
        (0, &"recorded outputs".into(), &0.into()),
        "{verdict:#}"
    );
    let folder = tempfile::tempdir().unwrap();
    as_arrays("lstm", folder.path(), |outputs| {
        outputs.iter().rev().copied().collect()
    });
    let (code, verdict) = in_time(&["--data", folder.path().to_str().unwrap()]);
    assert_eq!(
        (code, &verdict["passes"]),
        (1, &false.into()),
        "{verdict:#}"
    );
}

/// What cannot be taken slice by slice is no verdict, and it is said why.
#[test]
fn networks_without_time_are_not_verified_in_steps() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    command.args(["verify", "--stream", "time", "--time-axis", "1"]);
    let output = command
        .arg(fixture_folder("mlp").join("model.onnx"))
        .output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("error[no-steps]"), "{said}");
}

/// What `mlc verify` says if it is to ask tract, and its exit code.
fn asked_tract() -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    command.env("MLC_CACHE", concat!(env!("CARGO_TARGET_TMPDIR"), "/verify"));
    command.args(["verify", "--oracle", "tract", "--samples", "1"]);
    let output = command.arg(fixture_folder("mlp").join("model.onnx"));
    let output = output.output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
#[cfg(feature = "tract")]
fn tract_is_an_oracle() {
    let (code, said) = asked_tract();
    assert!(
        code == Some(0) && said.contains("tract on 1 samples"),
        "{said}"
    );
}

/// Whoever asks for it by name learns how to get it; whoever does not gets a verdict.
#[test]
#[cfg(not(feature = "tract"))]
fn without_tract_it_is_said_how_to_get_it() {
    let (code, said) = asked_tract();
    assert_eq!(code, Some(2), "{said}");
    assert!(said.contains("error[no-tract]"), "{said}");
    assert!(
        said.contains("cargo install mlc-cli --features tract"),
        "{said}"
    );
    let (code, verdict) = verify("mlp", &["--samples", "1"]);
    let by = (&verdict["reference"], &verdict["instead"]);
    let graph = "the graph as it is written".into();
    assert_eq!((code, by), (0, (&graph, &Value::Null)), "{verdict:#}");
}

/// Integers that are made up are indices of what they look up, if they can be.
#[test]
fn indices_are_made_up_within_bounds() {
    let (code, verdict) = verify("operators/gather_1", &[]);
    assert_eq!((code, &verdict["passes"]), (0, &true.into()), "{verdict}");
}

/// tract's `Tanh` makes a number of NaN.
#[test]
fn samples_with_nan_are_judged_by_the_graph() {
    let folder = tempfile::tempdir().unwrap();
    let samples = folder.path().join("x.npy");
    let mut values = [0.5f32; 24];
    values[3] = f32::NAN;
    npy::save(&samples, &Tensor::new([2, 12], &values)).unwrap();
    let (code, verdict) = verify("operators/tanh", &["--data", samples.to_str().unwrap()]);
    assert_eq!(code, 0, "{verdict}");
    let by = verdict["reference"].as_str().unwrap();
    assert!(by.starts_with("the graph"), "{by}");
}
