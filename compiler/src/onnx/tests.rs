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
