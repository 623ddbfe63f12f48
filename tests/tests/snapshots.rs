//! What people read: emitted pages, printed graphs, diagnostics. `cargo xtask bless` takes over changes.

use mlc_codegen::emit_crate;
use mlc_compiler::onnx;
use mlc_compiler::settings::TimeAxis;
use mlc_tests::sequences::{AXIS, Sequence, by_steps};
use mlc_tests::{importer, networks, without_digest};

#[test]
fn emitted_pages() {
    for case in networks() {
        let compiled = case
            .compile()
            .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        let files = emit_crate(&compiled, &case.name).expect("it is emitted");
        let page = String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there"));
        let page = without_digest(&page);
        insta::assert_snapshot!(format!("{}_lib.rs", case.name), page);
    }
}

#[test]
fn pages_of_networks_in_steps() {
    let lstm = networks().into_iter().find(|case| case.name == "lstm");
    let lstm = lstm.expect("there is one").model().expect("it is read");
    // It is quantised and padded, so that it begins with something else than zeros.
    let padded = onnx::parse(&Sequence::of(7).model(24), None).expect("it is one");
    let axis = TimeAxis::Given(AXIS);
    for (name, model, axis) in [("lstm", lstm, TimeAxis::Found), ("padded", padded, axis)] {
        let compiled = by_steps(&model, axis).unwrap_or_else(|diags| panic!("{name}: {diags}"));
        let files = emit_crate(&compiled, name).expect("it is emitted");
        let page = String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there"));
        let page = without_digest(&page);
        insta::assert_snapshot!(format!("{name}_steps_lib.rs"), page);
    }
}

#[test]
fn printed_graphs() {
    for case in networks() {
        let compiled = case
            .compile()
            .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        insta::assert_snapshot!(format!("{}_graph", case.name), compiled.graph.to_string());
    }
}

#[test]
fn diagnostics() {
    let mut said = String::new();
    for case in importer().into_iter().filter(|case| !case.must_compile) {
        let diags = case.compile().err().map(|diags| diags.to_string());
        let diags = diags.unwrap_or_else(|| "it compiles".into());
        let diags = diags.replace(&mlc_fixtures::root().display().to_string(), "fixtures");
        said += &format!("{}\n{diags}\n\n", case.name.trim_start_matches("importer/"));
    }
    insta::assert_snapshot!(said);
}
