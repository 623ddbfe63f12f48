//! Tests of the importer as a whole.

mod bindings;
mod build;
mod checks;
mod damage;
mod external;
mod functions;
mod tensors;

use super::{Bindings, Dim};
use crate::load;
use crate::npy;
use mlc_fixtures::Case;
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
        .filter_map(|case| diagnosis(&case))
        .collect();
    insta::assert_snapshot!(said.join("\n"));
}

fn diagnosis(case: &Case) -> Option<String> {
    let diags = load(&case.onnx())
        .err()
        .filter(|_| !case.must_import)?
        .to_string();
    let root = mlc_fixtures::root().display().to_string();
    for name in &case.names {
        assert!(
            diags.contains(name),
            "{} does not mention {name}: {diags}",
            case.name
        );
    }
    Some(format!(
        "{}\n{}\n",
        case.name,
        diags.replace(&root, "fixtures")
    ))
}

#[test]
fn good_fixtures_load() {
    for case in mlc_fixtures::importer_cases().filter(|case| case.must_import) {
        let mut model = load(&case.onnx()).unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        model
            .bind(&bindings(&case))
            .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        let mut dims = model.inputs.iter().flat_map(|input| &input.dims);
        assert!(
            dims.all(|dim| matches!(dim, Dim::Known(_))),
            "{}",
            case.name
        );
    }
}

fn bindings(case: &Case) -> Bindings {
    let mut bindings = Bindings::in_folder(&case.dir);
    for input in &case.inputs {
        bindings.input(input);
    }
    for (name, size) in &case.dims {
        bindings.dim(name, *size);
    }
    for (input, shape) in &case.shapes {
        bindings.input_shape(Some(input), shape.clone());
    }
    bindings
}

/// Recorded samples, and the arrays beside them, in the forms that other programs wrote.
#[test]
fn recorded_tensors_load() {
    let sets = mlc_fixtures::models().flat_map(|model| model.data_sets());
    let files = sets
        .flat_map(|set| std::fs::read_dir(set).unwrap())
        .map(|entry| entry.unwrap().path());
    let mut count = 0;
    for path in files.filter(|path| path.extension().is_some_and(|extension| extension == "pb")) {
        super::tensor::load(&path).unwrap();
        count += 1;
    }
    assert!(count > 0);
    let images = npy::load(&mlc_fixtures::dir("digits/test_images.npy")).unwrap();
    assert_eq!(images.ty.shape[1..], [1, 8, 8]);
}
