//! Models, crates and reports compared.

use super::difference::Difference;
use super::sheet::Sheet;
use mlc_codegen::Options;
use mlc_codegen::image::OptLevel;
use mlc_codegen::report::Report;
use mlc_compiler::target::TargetRef;
use std::path::{Path, PathBuf};

fn model(name: &str) -> PathBuf {
    mlc_fixtures::dir(name).join("model.onnx")
}

fn sheet(path: &Path) -> Sheet {
    let sheet = Sheet::of(path, &Options::default(), OptLevel::default());
    sheet.unwrap_or_else(|diags| panic!("{diags}"))
}

/// What `mlc inspect --json` prints of a network for a target.
fn printed(folder: &Path, target: &str) -> PathBuf {
    let options = Options::new(model("digits_int8"));
    let options = Options {
        target: target.parse::<TargetRef>().unwrap(),
        ..options
    };
    let report = Report::of(&options.compile().unwrap(), "digits_int8");
    let path = folder.join(format!("{target}.json"));
    std::fs::write(&path, serde_json::to_vec(&report).unwrap()).unwrap();
    path
}

#[test]
fn targets_differ_in_forms_and_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let [any, m4] = ["portable", "cortex-m4"].map(|target| sheet(&printed(folder.path(), target)));
    let [any, m4] = [("any.json", any), ("m4.json", m4)].map(|(from, sheet)| Sheet {
        from: from.into(),
        ..sheet
    });
    let text = Difference::of(&any, &m4).text();
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}

#[test]
fn a_model_and_its_crate_do_not_differ() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options::new(model("digits_int8"));
    let files = options.emit(&options.compile().unwrap()).unwrap();
    files.write_to(folder.path()).unwrap();
    let (model, built) = (sheet(&model("digits_int8")), sheet(folder.path()));
    let json = serde_json::to_value(Difference::of(&model, &built)).unwrap();
    assert_eq!(
        (&json["same"], &json["layers"]),
        (&true.into(), &serde_json::json!([])),
        "{json:#}"
    );
    let arena = json["totals"]
        .as_array()
        .unwrap()
        .iter()
        .find(|total| total["what"] == "bytes of arena");
    assert!(arena.unwrap()["a"].as_u64() > Some(0), "{json:#}");
}

#[test]
fn layers_that_only_one_has_are_told_apart_by_name() {
    let (a, b) = (sheet(&model("digits")), sheet(&model("digits_int8")));
    let json = serde_json::to_value(Difference::of(&a, &b)).unwrap();
    let change = |name: &str| {
        let layers = json["layers"].as_array().unwrap();
        layers
            .iter()
            .find(|layer| layer["name"] == name)
            .map(|layer| layer["change"].clone())
    };
    assert_eq!(
        change("image_quantized/QuantizeLinear"),
        Some("added".into())
    );
    assert_eq!(change("conv2"), Some("changed".into()));
    assert_eq!(json["same"], false);
}

#[test]
fn what_is_no_network_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let code = |path: &Path| {
        let read = Sheet::of(path, &Options::default(), OptLevel::default());
        read.unwrap_err().0[0].code
    };
    assert_eq!(code(folder.path()), "unreadable-file");
    let file = folder.path().join("a.json");
    std::fs::write(&file, "{\"a\": 1}").unwrap();
    assert_eq!(code(&file), "no-network");
    std::fs::write(&file, "{").unwrap();
    assert_eq!(code(&file), "unreadable-file");
}
