//! Targets: whatever a network is compiled for, its bits are those of any machine; whole, and by rows.
//!
//! Forms run as their twins in plain Rust here. What their instructions do is compared with these on the cores that have
//! them: `cargo xtask qemu`.

use mlc_compiler::interp;
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Ram, Settings};
use mlc_compiler::target::{TARGETS, Target};
use mlc_compiler::{Compiled, compile_observed};
use mlc_tests::{Case, networks, operators};

/// The cases with quantised layers, and networks.
fn cases() -> Vec<Case> {
    let operators = operators().into_iter();
    let quantised = operators.filter(|case| case.must_compile && case.name.contains("quantised"));
    networks().into_iter().chain(quantised).collect()
}

fn compiled(case: &Case, target: &Target, ram: Ram) -> Compiled {
    let settings = Settings {
        target: target.name.parse().expect("a row's own name"),
        ram,
        ..Settings::default()
    };
    let model = case
        .model()
        .unwrap_or_else(|diags| panic!("{}: {diags}", case.name));
    compile_observed(&model, settings, PASSES, &mut |_, _| ())
        .unwrap_or_else(|diags| panic!("{} for {}: {diags}", case.name, target.name))
}

/// What it answers, as bytes.
fn answers(case: &Case, compiled: &Compiled) -> Vec<Vec<u8>> {
    let sets = case.sets().expect("recorded data");
    let run = |set: &mlc_tests::recorded::Set| interp::run(&compiled.program, &set.inputs);
    let outputs = sets.iter().flat_map(|set| run(set).expect("it runs"));
    outputs.map(|output| output.bytes().to_vec()).collect()
}

#[test]
fn every_target_computes_the_same_bits() {
    let with_forms = || TARGETS.iter().filter(|target| !target.isas.is_empty());
    let (mut packed, mut by_rows) = (0, 0);
    for case in cases() {
        let expected = answers(&case, &compiled(&case, &TARGETS[0], Ram::Plain));
        for target in with_forms() {
            // Plans are checked as they are made, by rows as well.
            by_rows += compiled(&case, target, Ram::Least).program.segments.len();
            let compiled = compiled(&case, target, Ram::Plain);
            assert!(
                answers(&case, &compiled) == expected,
                "{} for {} answers otherwise",
                case.name,
                target.name
            );
            let module = |step: &mlc_compiler::program::Step| step.call.kernel.name;
            let portable = |name: &str| name.ends_with("_w8") || name.ends_with("_f32");
            let steps = compiled.program.steps.iter().map(module);
            packed += steps
                .filter(|name| name.starts_with("conv2d") && !portable(name))
                .count();
        }
    }
    assert!(packed > 50, "only {packed} convolutions have forms");
    assert!(by_rows > 0, "nothing ran by rows");
}
