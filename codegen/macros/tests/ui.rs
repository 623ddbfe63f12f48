//! What users of the macro see: what compiles, and where and how errors are shown.
//!
//! The files in `ui` are compiled by trybuild, and errors compared with the `.stderr` files beside them;
//! `TRYBUILD=overwrite` writes those anew.

use std::path::Path;
use std::{fs, io};

/// The models that the files in `ui` name, and samples, as files of the fixtures.
const FILES: &[&str] = &[
    "digits/model.onnx",
    "digits_int8/model.onnx",
    "lstm/model.onnx",
    "exports/script_cnn/model.onnx",
    "exports/script_cnn/samples.npy",
    "importer/ok_fixed_inputs/model.onnx",
    "importer/ok_fixed_inputs/mask.npy",
    "importer/ok_two_symbols/model.onnx",
    "importer/bad_several_unknown_operators/model.onnx",
];

#[test]
fn errors_are_at_the_argument_that_they_are_about() {
    put_files_in_place().expect("the target folder can be written");
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/ok_*.rs");
    cases.compile_fail("tests/ui/bad_*.rs");
}

/// trybuild compiles in a package of its own, `tests/trybuild/mlc-macros` in the target folder: the fixtures
/// are put where the same relative paths lead from there.
fn put_files_in_place() -> io::Result<()> {
    let program = std::env::current_exe()?;
    let target = program.ancestors().nth(3).unwrap_or(Path::new("."));
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    for file in FILES {
        let copy = target.join("tests/fixtures").join(file);
        fs::create_dir_all(copy.parent().unwrap_or(target))?;
        fs::copy(fixtures.join(file), copy)?;
    }
    Ok(())
}
