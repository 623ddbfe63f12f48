//! Targets: whatever a network is compiled for, its bits are those of any machine; whole, and by rows. Floats on Helium,
//! where products are fused, are within the tolerance.
//!
//! Forms run as their twins in plain Rust here. What their instructions do is compared with these on the cores that have
//! them: `cargo xtask qemu`.

use mlc_compiler::interp;
use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::{Ram, Settings};
use mlc_compiler::target::{TARGETS, Target};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile_observed};
use mlc_tests::recorded::Set;
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

/// What it answers to each recorded set.
fn answers(case: &Case, compiled: &Compiled) -> Vec<Vec<Tensor>> {
    let sets = case.sets().expect("recorded data");
    let run = |set: &Set| interp::run(&compiled.program, &set.inputs).expect("it runs");
    sets.iter().map(run).collect()
}

/// Whether answers are the expected ones, or as near as they have to be where products are fused.
fn agree(case: &Case, compiled: &Compiled, expected: &[Vec<Tensor>]) -> bool {
    let found = answers(case, compiled);
    let mut kernels = compiled.program.steps.iter().map(|step| step.call.kernel);
    if kernels.any(|kernel| kernel.module == "helium_floats") {
        let sets = case.sets().expect("recorded data");
        let near =
            |(found, set): (&Vec<Tensor>, &Set)| case.tolerance.compare_set(found, set).is_ok();
        return found.iter().zip(&sets).all(near);
    }
    let bytes = |answers: &[Vec<Tensor>]| -> Vec<Vec<u8>> {
        let all = answers.iter().flatten();
        all.map(|tensor| tensor.bytes().to_vec()).collect()
    };
    bytes(&found) == bytes(expected)
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
                agree(&case, &compiled, &expected),
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
