//! What people read: emitted pages, printed graphs, diagnostics. `cargo xtask bless` takes over changes.

use mlc_codegen::emit_crate;
use mlc_tests::{importer, networks};

#[test]
fn emitted_pages() {
    for case in networks() {
        let compiled = case
            .compile()
            .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
        let files = emit_crate(&compiled, &case.name).expect("it is emitted");
        let page =
            String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there")).into_owned();
        insta::assert_snapshot!(format!("{}_lib.rs", case.name), page);
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
