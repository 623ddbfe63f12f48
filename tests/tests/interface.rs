//! Inputs as they come and outputs as they are wanted: bytes of a camera, channels last, the best classes. The answers are
//! those of the model for the numbers that these stand for, bit for bit.

use mlc_codegen::{Options, Presentation};
use mlc_compiler::settings::{InputAs, OutputAs, Ram};
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use mlc_compiler::{Compiled, interp};
use mlc_tests::{Batch, Job, target_dir};

/// A network of this project's by its folder, and what is asked of its only input and output.
struct Asked {
    options: Options,
}

impl Asked {
    fn of(network: &str) -> Self {
        let model = mlc_fixtures::dir(network).join("model.onnx");
        let options = Options::new(model);
        Asked {
            // What exporters write leaves the batch open.
            options: match network.starts_with("exports/") {
                true => options.dim("batch", 1),
                false => options,
            },
        }
    }

    fn camera(mut self, layout: &str, mean: &str, scale: &str) -> Self {
        let presentation = &mut self.options.presentation;
        presentation.input_type = vec!["u8".into()];
        presentation.input_layout = vec![layout.into()];
        presentation.input_mean = vec![mean.into()];
        presentation.input_scale = vec![scale.into()];
        self
    }

    fn compile(&self) -> Compiled {
        let compiled = self.options.compile();
        compiled.unwrap_or_else(|diags| panic!("{diags}"))
    }

    /// The model without any of it.
    fn model(&self) -> Compiled {
        let options = Options {
            presentation: Presentation::default(),
            ram: Ram::default(),
            stream: None,
            ..self.options.clone()
        };
        options.compile().unwrap_or_else(|diags| panic!("{diags}"))
    }

    fn forms(&self, model: &Compiled) -> (InputAs, OutputAs) {
        let interface = self.options.interface().expect("it is understood");
        let name = |ports: &[mlc_compiler::program::Port]| vec![ports[0].name.clone()];
        let (inputs, outputs) = (name(&model.program.inputs), name(&model.program.outputs));
        let (mut inputs, mut outputs) = interface.of(&inputs, &outputs).expect("it fits");
        (inputs.remove(0), outputs.remove(0))
    }
}

/// Bytes without any pattern.
fn noise(ty: &TensorType) -> Tensor {
    let byte = |i: usize| (i.wrapping_mul(2_654_435_761) >> 11) as u8;
    let bytes: Vec<u8> = (0..ty.len()).map(byte).collect();
    Tensor::from_bytes(ty.clone(), &*bytes).expect("it has as many elements")
}

#[test]
fn bytes_of_a_camera_give_what_their_numbers_give() {
    let asked = [
        Asked::of("digits").camera("nhwc", "0", "1/16"),
        Asked::of("digits").camera("nchw", "3.5", "0.1"),
        Asked::of("digits_int8").camera("nhwc", "0", "1/16"),
        Asked::of("digits_int8").camera("0,3,2,1", "-7.25", "0.05"),
        Asked::of("operators/conv_2d_bias_relu").camera(
            "nhwc",
            "123.675,116.28,103.53",
            "1/58,1/57,1/57.5",
        ),
        Asked::of("exports/dynamo_cnn").camera("nhwc", "128", "1/64"),
    ];
    for asked in asked {
        let (compiled, model) = (asked.compile(), asked.model());
        let given = noise(&compiled.program.inputs[0].ty);
        assert_eq!(given.ty.dtype, DType::U8);
        let (form, _) = asked.forms(&model);
        let numbers = form
            .numbers(&given, &model.program.inputs[0].ty)
            .expect("it has numbers");
        let found = interp::run(&compiled.program, &[given]).expect("it runs");
        let expected = interp::run(&model.program, &[numbers]).expect("it runs");
        assert!(
            found[0].identical(&expected[0]),
            "{}",
            asked.options.model.display()
        );
    }
}

#[test]
fn channels_last_cost_no_copy() {
    let mut asked = Asked::of("operators/conv_2d_padded");
    asked.options.presentation.input_layout = vec!["nhwc".into()];
    let first = |compiled: &Compiled| compiled.program.steps[0].call.kernel.name;
    assert_eq!(first(&asked.model()), "transpose");
    assert_ne!(first(&asked.compile()), "transpose");
}

#[test]
fn bytes_of_a_quantised_network_become_its_own_where_they_are() {
    let asked = Asked::of("digits_int8").camera("nhwc", "0", "1/16");
    let compiled = asked.compile();
    let first = &compiled.program.steps[0].call;
    assert!(
        first.kernel.name.ends_with("_update"),
        "{}",
        first.kernel.name
    );
}

#[test]
fn the_best_classes_are_outputs() {
    for network in ["digits", "digits_int8"] {
        let mut asked = Asked::of(network);
        asked.options.presentation.top = vec!["3".into()];
        let (compiled, model) = (asked.compile(), asked.model());
        let set =
            &mlc_tests::recorded::sets(&mlc_fixtures::dir(network)).expect("there is data")[0];
        let found = interp::run(&compiled.program, &set.inputs).expect("it runs");
        let scores = interp::run(&model.program, &set.inputs).expect("it runs");
        let (values, classes) = asked
            .forms(&model)
            .1
            .taken(&scores[0])
            .expect("it has scores");
        assert!(found[0].identical(&values));
        assert!(found[1].identical(&classes.expect("there are classes")));
        assert_eq!(compiled.program.outputs[1].name, "scores_classes");
    }
}

#[test]
fn what_is_emitted_takes_bytes_whole_and_row_by_row() {
    let whole = Asked::of("digits_int8").camera("nhwc", "0", "1/16");
    let mut rows = Asked::of("digits_int8").camera("nhwc", "0", "1/16");
    rows.options = rows.options.ram(Ram::Least).stream_input();
    let job = |name: &str, asked: &Asked| Job {
        name: name.into(),
        compiled: asked.compile(),
    };
    let jobs = [job("whole", &whole), job("rows", &rows)];
    let given = noise(&jobs[0].compiled.program.inputs[0].ty);
    let given = std::slice::from_ref(&given);
    let expected = interp::run(&jobs[0].compiled.program, given).expect("it runs");
    let batch = Batch::build(&target_dir().join("batches/interface"), &jobs).expect("it is built");
    for (i, job) in jobs.iter().enumerate() {
        let found = batch.run(i, given).expect("it runs");
        assert!(found[0].identical(&expected[0]), "{}", job.name);
    }
}

#[test]
fn what_does_not_fit_is_said() {
    type Change = fn(&mut Presentation);
    let wrong: [(&str, Change, &str); 6] = [
        (
            "digits",
            |p| p.input_type = vec!["picture:u8".into()],
            "unknown-input",
        ),
        (
            "digits",
            |p| p.input_layout = vec!["nlc".into()],
            "conflicting-shape",
        ),
        (
            "digits",
            |p| p.input_mean = vec!["1,2,3,4,5".into()],
            "conflicting-input",
        ),
        (
            "digits",
            |p| p.input_scale = vec!["0".into()],
            "bad-binding",
        ),
        ("digits", |p| p.top = vec!["11".into()], "shape-mismatch"),
        (
            "digits",
            |p| p.input_type = vec!["u8".into(), "i8".into()],
            "conflicting-input",
        ),
    ];
    for (network, change, code) in wrong {
        let mut asked = Asked::of(network);
        change(&mut asked.options.presentation);
        let diags = asked.options.compile().unwrap_err();
        assert_eq!(diags.0[0].code, code, "{diags}");
    }
}
