//! What is said of networks: what they differ in from their files, why something cannot be, and what helps.

use mlc_compiler::passes::PASSES;
use mlc_compiler::settings::Settings;
use mlc_compiler::{Compiled, compile_observed};
use mlc_tests::{Case, operators};

fn case(name: &str) -> Case {
    let name = format!("operators/{name}");
    let case = operators().into_iter().find(|case| case.name == name);
    case.unwrap_or_else(|| panic!("no case {name}"))
}

fn compiled(name: &str) -> Compiled {
    let compiled = case(name).compile();
    compiled.unwrap_or_else(|diags| panic!("{name}: {diags}"))
}

#[test]
fn a_bias_off_the_grid_of_its_sums_is_said() {
    let said = |name: &str| {
        let remarks = compiled(name).graph.remarks;
        let moved = |text: &str| text.contains("no whole number of the units of its sums");
        remarks.iter().any(|remark| moved(&remark.text))
    };
    assert!(said("quantised_conv_bias_off_grid"));
    assert!(!said("quantised_conv_bias"));
}

#[test]
fn an_input_with_channels_first_says_why_it_has_no_rows() {
    let settings = Settings {
        stream_input: true,
        ..Settings::default()
    };
    let model = case("conv_2d_padded").model();
    let model = model.unwrap_or_else(|diags| panic!("{diags}"));
    let refused = compile_observed(&model, settings, PASSES, &mut |_, _| ()).map(drop);
    let said = refused.expect_err("it has no rows").to_string();
    for part in ["its channels come first", "f32[1×6×7×3]", "[0, 3, 1, 2]"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn padding_of_an_input_with_channels_first_is_not_computed() {
    let steps = compiled("conv_2d_pad").program.steps;
    let kernels: Vec<_> = steps.iter().map(|step| step.call.kernel.name).collect();
    assert!(!kernels.contains(&"fill"), "{kernels:?}");
}
