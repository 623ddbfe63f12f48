//! The types of inputs and outputs, as callers choose them: the answers are the same, and the constants of the
//! emitted crate say what integers stand for.

use mlc_codegen::{Options, emit_crate};
use mlc_compiler::Compiled;
use mlc_compiler::quantization::Quantization;
use mlc_compiler::settings::Io;
use mlc_compiler::tensor::{DType, Tensor};
use mlc_tests::recorded::sets;
use mlc_tests::{Batch, Job, target_dir};

/// The network that reads digits in integers, with such edges.
fn digits(io: Io) -> Compiled {
    let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
    let compiled = Options::new(model).io(io).compile();
    compiled.unwrap_or_else(|diags| panic!("{diags}"))
}

/// What a caller does with the constants of the emitted crate.
fn quantized(x: &Tensor, Quantization { scale, zero }: Quantization) -> Tensor {
    let code = |x: &f32| ((x / scale).round_ties_even() + zero as f32) as i8;
    let codes: Vec<i8> = x
        .values()
        .expect("it is of floats")
        .iter()
        .map(code)
        .collect();
    Tensor::new(x.ty.shape.clone(), &codes)
}

#[test]
fn images_of_integers_give_the_scores_of_images_of_floats() {
    let (floats, integers) = (digits(Io::AsIs), digits(Io::Int8));
    let input = &integers.program.inputs[0];
    assert_eq!(input.ty.dtype, DType::I8);
    let meaning = input.quantization.expect("it is known");
    let job = |name: &str, compiled| Job {
        name: name.into(),
        compiled,
    };
    let jobs = [job("floats", floats), job("integers", integers)];
    let batch = Batch::build(&target_dir().join("batches/edges"), &jobs).expect("it is built");
    for set in sets(&mlc_fixtures::dir("digits_int8")).expect("there is data") {
        let image = &set.inputs[0];
        let expected = batch.run(0, &set.inputs).expect("it runs");
        let found = batch.run(1, &[quantized(image, meaning)]).expect("it runs");
        assert_eq!(found[0].bytes(), expected[0].bytes());
    }
}

#[test]
fn the_crate_says_what_integers_stand_for() {
    let compiled = digits(Io::Int8);
    let Quantization { scale, zero } = compiled.program.inputs[0]
        .quantization
        .expect("it is known");
    let files = emit_crate(&compiled, "digits").expect("it is emitted");
    let page = String::from_utf8_lossy(files.get("src/lib.rs").expect("it is there"));
    let scale = format!("pub const IMAGE_SCALE: f32 = {scale};");
    let zero = format!("pub const IMAGE_ZERO_POINT: i32 = {zero};");
    assert!(page.contains(&scale) && page.contains(&zero), "{page}");
    assert!(!page.contains("SCORES_SCALE"), "scores are floats");
    assert!(
        compiled
            .graph
            .remarks
            .iter()
            .any(|r| r.layer == "scores" && r.operator == "output")
    );
}
