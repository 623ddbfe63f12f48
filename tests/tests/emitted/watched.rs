//! Networks whose layers are watched, and networks that test themselves.

use super::{command, succeeds, user};
use mlc_codegen::{Options, emit_crate, trace};
use mlc_compiler::settings::Ram;
use mlc_compiler::tensor::Tensor;
use mlc_runtime_core::digest::{START, digest};
use mlc_tests::target_dir;
use std::path::{Path, PathBuf};

/// The only input that is recorded.
fn sample() -> PathBuf {
    mlc_fixtures::dir("digits_int8").join("test_data_set_1/input_0.pb")
}

fn options() -> Options {
    let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
    Options::new(model).profile_layers().self_test(sample())
}

fn emitted(options: &Options, folder: &str) -> (mlc_compiler::Compiled, PathBuf) {
    let compiled = options.compile().unwrap_or_else(|diags| panic!("{diags}"));
    let files = emit_crate(&compiled, "digits").expect("it is emitted");
    let dir = target_dir().join("emitted").join(folder);
    files.write_to(&dir).expect("it is written");
    (compiled, dir)
}

/// Runs a program that uses the network in a folder; what it prints.
fn said(name: &str, network: &Path, main: &str) -> String {
    let program = user(&format!("{name}_user"), &[("digits", network)], main);
    let output = command(&program, &["run", "--quiet"])
        .output()
        .expect("cargo runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    succeeds(name, output);
    text
}

/// What a program says of layers: their names, how often each began, what each took by a clock that counts questions, and the
/// digest of what each wrote.
const WATCHES: &str = r#"
use digits::{Clock, Digits, LAYERS, Profile, Watch};

#[derive(Default)]
struct Seen { began: [u64; LAYERS.len()], wrote: [Vec<u8>; LAYERS.len()] }
impl Watch for Seen {
    fn begin(&mut self, layer: usize) { self.began[layer] += 1; }
    fn wrote(&mut self, layer: usize, bytes: &[u8]) { self.wrote[layer].extend_from_slice(bytes); }
}

struct Questions(u64);
impl Clock for Questions {
    fn now(&mut self) -> u64 { self.0 += 1; self.0 }
}

fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |d, b| (d ^ u64::from(*b)).wrapping_mul(0x100_0000_01b3))
}

fn main() {
    let image = IMAGE;
    let mut net = Digits::new();
    let (mut seen, mut clock) = (Seen::default(), Questions(0));
    let mut profile = Profile::<_, { LAYERS.len() }>::new(&mut clock);
    RUN
    for layer in 0..LAYERS.len() {
        println!("{} {} {} {:x}", LAYERS[layer], seen.began[layer], profile.ticks[layer], digest(&seen.wrote[layer]));
    }
}
"#;

const AT_ONCE: &str = "
    *net.image_mut() = image;
    net.infer_watched(&mut seen);
    *net.image_mut() = image;
    net.infer_watched(&mut profile);";

const BY_ROWS: &str = "
    for row in image.as_chunks().0 { net.push_row_watched(row, &mut seen); }
    for row in image.as_chunks().0 { net.push_row_watched(row, &mut profile); }";

#[test]
fn a_watch_sees_what_each_layer_writes_however_it_runs() {
    let ways = [
        ("watched_whole", options(), AT_ONCE, false),
        ("watched_rows", options().ram(Ram::Least), AT_ONCE, true),
        ("watched_fed", options().stream_input(), BY_ROWS, true),
    ];
    for (name, options, run, by_rows) in ways {
        let (compiled, dir) = emitted(&options, name);
        let sample = mlc_compiler::onnx::tensor::load(&sample())
            .expect("it is recorded")
            .1;
        let main = WATCHES.replace("RUN", run).replace(
            "IMAGE",
            &format!("{:?}", sample.values::<f32>().expect("floats")),
        );
        let said = said(name, &dir, &main);
        let expected = expected(&compiled.program, sample);
        let mut any_rows = false;
        for (line, (layer, digest)) in said.lines().zip(&expected) {
            let rest = line
                .strip_prefix(&**layer)
                .unwrap_or_else(|| panic!("{name}: {line}"));
            let words: Vec<_> = rest.split_whitespace().collect();
            assert_eq!(
                words[0], words[1],
                "{name}: the clock goes up by one in each row of {layer}"
            );
            assert_eq!(words[2], digest, "{name}: what {layer} writes");
            any_rows |= words[0] != "1";
        }
        assert_eq!(said.lines().count(), expected.len(), "{name}");
        assert_eq!(any_rows, by_rows, "{name}");
    }
}

/// Layers, and the digest of what each writes in the interpreter.
fn expected(program: &mlc_compiler::program::Program, sample: Tensor) -> Vec<(String, String)> {
    let (_, written) = trace::written_by_steps(program, &[sample]).expect("it runs");
    let steps = program.steps.iter().zip(written);
    let line = |(step, bytes): (&mlc_compiler::program::Step, Vec<u8>)| {
        (step.layer.clone(), format!("{:x}", digest(START, &bytes)))
    };
    steps.map(line).collect()
}

const TESTS_ITSELF: &str = r#"
fn main() {
    static NET: std::sync::Mutex<digits::Digits> = std::sync::Mutex::new(digits::Digits::new());
    let mut net = NET.lock().unwrap();
    println!("{} {}", net.self_test(), net.self_test());
}
"#;

/// A bit of a weight flips after the crate was written: nothing but the self-test finds that.
#[test]
fn a_self_test_finds_a_weight_that_changed() {
    for (name, options) in [
        ("tested_whole", options()),
        ("tested_fed", options().stream_input()),
    ] {
        let (_, dir) = emitted(&options, name);
        assert_eq!(said(name, &dir, TESTS_ITSELF), "true true\n", "{name}");
        let weights = dir.join("src/weights.bin");
        let mut bytes = std::fs::read(&weights).expect("it is there");
        bytes[200] ^= 0x40;
        std::fs::write(&weights, bytes).expect("it is written");
        assert_eq!(said(name, &dir, TESTS_ITSELF), "false false\n", "{name}");
    }
}

#[test]
fn a_network_in_steps_tests_itself_with_a_sequence() {
    let model = mlc_fixtures::dir("lstm").join("model.onnx");
    let sequence = Options::new(&model)
        .compile()
        .unwrap_or_else(|diags| panic!("{diags}"));
    let ty = sequence.program.inputs[0].ty.clone();
    let values: Vec<f32> = (0..ty.len()).map(|i| (i % 7) as f32 / 7.0 - 0.5).collect();
    let sample = target_dir().join("emitted/sequence.npy");
    std::fs::create_dir_all(target_dir().join("emitted")).expect("there is a folder");
    mlc_compiler::npy::save(&sample, &Tensor::new(ty.shape, &values)).expect("it is written");
    let options = Options::new(model).stream_time().self_test(&sample);
    let (_, dir) = emitted(&options, "tested_steps");
    let page = std::fs::read_to_string(dir.join("src/lib.rs")).expect("it is there");
    let name = page
        .split("pub struct ")
        .nth(1)
        .and_then(|rest| rest.split([' ', '<']).next());
    let main = TESTS_ITSELF.replace("Digits", name.expect("it has a type"));
    assert_eq!(said("tested_steps", &dir, &main), "true true\n");
}
