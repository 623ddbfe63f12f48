//! What users of the macro see: what compiles, and where and how errors are shown.
//!
//! The files in `ui` are compiled by trybuild, and errors compared with the `.stderr` files beside them;
//! `TRYBUILD=overwrite` writes those anew.

use std::path::Path;
use std::{fs, io};

/// The models that the files in `ui` name, as folders of the fixtures.
const MODELS: [&str; 5] = [
    "digits",
    "digits_int8",
    "lstm",
    "importer/ok_two_symbols",
    "importer/bad_several_unknown_operators",
];

#[test]
fn errors_are_at_the_argument_that_they_are_about() {
    put_models_in_place().expect("the target folder can be written");
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/ok_*.rs");
    cases.compile_fail("tests/ui/bad_*.rs");
}

/// trybuild compiles in a package of its own, `tests/trybuild/mlc-macros` in the target folder: the fixtures
/// are put where the same relative paths lead from there.
fn put_models_in_place() -> io::Result<()> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).unwrap_or(Path::new("."));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for model in MODELS {
        let folder = target.join("tests/fixtures").join(model);
        fs::create_dir_all(&folder)?;
        fs::copy(
            fixtures.join(model).join("model.onnx"),
            folder.join("model.onnx"),
        )?;
    }
    Ok(())
}
