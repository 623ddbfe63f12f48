//! Tests of the importer as a whole.

use super::load;
use std::path::PathBuf;

/// Every model of the zoo, if there is one.
#[test]
fn zoo_loads() {
    let Some(zoo) = std::env::var_os("MLC_ZOO").map(PathBuf::from) else {
        eprintln!("MLC_ZOO is not set: no models of the zoo were loaded");
        return;
    };
    let mut count = 0;
    for entry in std::fs::read_dir(&zoo).unwrap() {
        for file in ["model.onnx", "original.onnx"] {
            let path = entry.as_ref().unwrap().path().join(file);
            if path.exists() {
                let model =
                    load(&path).unwrap_or_else(|diags| panic!("{}: {diags}", path.display()));
                assert!(!model.nodes.is_empty() && !model.outputs.is_empty());
                count += 1;
            }
        }
    }
    assert!(count > 0, "no models in {}", zoo.display());
}

/// What the importer says of every broken fixture; later stages refuse the others.
#[test]
fn broken_fixtures_are_diagnosed() {
    let said: Vec<String> = mlc_fixtures::importer_cases()
        .filter(|case| !case.must_import)
        .filter_map(|case| Some(format!("{}\n{}\n", case.name, load(&case.onnx()).err()?)))
        .collect();
    let said = said
        .join("\n")
        .replace(&mlc_fixtures::root().display().to_string(), "fixtures");
    insta::assert_snapshot!(said);
}

#[test]
fn good_fixtures_load() {
    for case in mlc_fixtures::importer_cases().filter(|case| case.must_import) {
        if let Err(diags) = load(&case.onnx()) {
            panic!("{}: {diags}", case.name);
        }
    }
}
