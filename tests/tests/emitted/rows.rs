//! Networks that are fed row by row, and what becomes of a frame that is cut short.

use super::{cargo, command, succeeds, user};
use mlc_codegen::{Options, emit_crate};
use mlc_compiler::settings::Ram;
use mlc_tests::target_dir;

/// Answers that should be equal: on a network that is new, after a frame that was cut short, and after that was forgotten.
const CUT_SHORT: &str = r#"
use digits::Digits;

fn main() {
    let image: [f32; 64] = core::array::from_fn(|i| ((i * 37) % 17) as f32 / 17.0);
    let rows = image.as_chunks().0;
    let expected = *Digits::new().run(&image);
    let mut net = Digits::new();
    for cut in 0..rows.len() {
        let begin = |net: &mut Digits| {
            let early = rows[..cut].iter().filter(|row| net.push_row(row).is_some());
            assert_eq!(early.count(), 0, "{cut}");
        };
        begin(&mut net);
        assert_eq!(net.run(&image), &expected, "a run after {cut} rows");
        assert_eq!(net.run(&image), &expected, "the next one");
        begin(&mut net);
        net.reset();
        let (last, others) = rows.split_last().unwrap();
        assert!(others.iter().all(|row| net.push_row(row).is_none()), "{cut}");
        assert_eq!(net.push_row(last), Some(&expected), "rows after {cut} that were forgotten");
    }
}
"#;

#[test]
fn a_run_begins_a_frame_and_reset_forgets_one() {
    let model = mlc_fixtures::dir("digits").join("model.onnx");
    let compiled = Options::new(model).stream_input().compile();
    let compiled = compiled.unwrap_or_else(|diags| panic!("{diags}"));
    let files = emit_crate(&compiled, "digits").expect("it is emitted");
    let network = target_dir().join("emitted/digits_by_rows");
    files.write_to(&network).expect("it is written");
    let program = user("cut_short", &[("digits", &network)], CUT_SHORT);
    let output = command(&program, &["run", "--quiet"]).output();
    succeeds("cut_short", output.expect("cargo runs"));
}

/// Rows of an input that are all there at once are still its segment's alone.
#[test]
fn no_tool_has_anything_to_say_about_rows_in_regions() {
    let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
    let options = Options::new(model).stream_input().ram(Ram::Least);
    let options = options.region("dtcm", 1500).region("sram", 16 << 10);
    let compiled = options.hot_weights("dtcm").compile();
    let compiled = compiled.unwrap_or_else(|diags| panic!("{diags}"));
    let files = emit_crate(&compiled, "digits").expect("it is emitted");
    let network = target_dir().join("emitted/rows_in_regions");
    files.write_to(&network).expect("it is written");
    succeeds("rows_in_regions", cargo(&network, &["clippy", "--quiet"]));
}
