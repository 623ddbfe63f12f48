//! Names: whatever a model calls its inputs, outputs, layers and weights, and itself, the page compiles.
//!
//! What is tried is read off emitted pages: every word that one uses is a name that a model may have.

use mlc_codegen::{Files, Options, Runtime, WeightsAt, emit_module};
use mlc_compiler::onnx::proto::tensor_shape_proto::{Dimension, dimension};
use mlc_compiler::onnx::proto::type_proto::{self, Value};
use mlc_compiler::onnx::proto::{
    GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto,
    TypeProto, ValueInfoProto,
};
use mlc_compiler::{Compiled, compile, interp, onnx};
use mlc_tests::random::Random;
use mlc_tests::{Batch, Job, target_dir};
use prost::Message;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Keywords of all editions, strict, reserved and weak.
const KEYWORDS: &str = "abstract as async await become box break const continue crate default do dyn else \
    enum extern false final fn for gen if impl in let loop macro macro_rules match mod move mut override priv pub raw ref \
    return safe self Self static struct super trait true try type typeof union unsafe unsized use virtual where while yield";

/// What no word of a page is.
const ODD: &[&str] = &[
    "\u{202e}abc",
    "a\u{2066}b\u{2069}",
    "zero\u{200b}width",
    "\u{feff}",
    "*/",
    "/*",
    "`",
    "a`b",
    "\"",
    "\\",
    "'",
    "{}",
    "{0}",
    "#[x]",
    "//",
    "///",
    "\n",
    "a\nb",
    "a\r\nb",
    "\t",
    "\0",
    " ",
    "_",
    "__",
    "9",
    "1x",
    "-",
    "a.b",
    "a/b",
    "a:b",
    "A_B",
    "图",
    "ß",
    "e\u{301}",
    "🦀",
    "http://example.com/a?b=<c>&d",
    "<script>",
    "[link][0]",
    "a|b",
    "|",
    "%s",
    "$x",
    "\u{2028}x",
    "x\u{85}y",
    "in_",
    "in__2",
    "x",
    "x_mut",
    "x_mut_mut",
    "x_2",
    "X",
    "y_2_mut",
    "unnamed",
    "_1",
    "_Network",
    "i8",
    "str",
    "Option",
    "Iterator",
    "IntoIterator",
    "Vec",
    "Drop",
    "Sized",
    "PhantomData",
    "std",
    "core",
    "alloc",
    "test",
    "proc_macro",
    "con",
];

/// What an emitted page is of.
fn pages() -> [Compiled; 4] {
    let fixture = |name: &str| Options::new(mlc_fixtures::dir(name).join("model.onnx"));
    let options = [
        fixture("digits"),
        fixture("lstm").stream_time(),
        fixture("digits_int8").stream_input(),
        fixture("digits_int8")
            .region("dtcm", 1500)
            .region("sram", 2 << 10)
            .hot_weights("dtcm"),
    ];
    options.map(|options| options.compile().unwrap_or_else(|diags| panic!("{diags}")))
}

/// Every word of the page of a network.
fn words(compiled: &Compiled) -> BTreeSet<String> {
    let runtime = Runtime::External("::mlc_runtime_core".into());
    let weights = WeightsAt::File("weights.bin".into());
    let page = emit_module(compiled, "network", &runtime, &weights).expect("it is emitted");
    let words = page
        .items
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .map(String::from);
    words
        .filter(|word| word.starts_with(|c: char| c.is_alphabetic() || c == '_'))
        .collect()
}

/// Names that no emitter should meet, each once.
fn names() -> Vec<String> {
    let mut names: BTreeSet<String> = pages().iter().flat_map(words).collect();
    names.extend(KEYWORDS.split_whitespace().map(String::from));
    names.extend(ODD.iter().map(|&name| name.into()));
    names.insert("long_".repeat(500));
    names.insert("long".repeat(500));
    let places: Vec<_> = ODD.iter().map(|name| format!("{name}_mut")).collect();
    names.extend(places);
    names.into_iter().collect()
}

fn value_info(name: &str) -> ValueInfoProto {
    let dim = Dimension {
        value: Some(dimension::Value::DimValue(3)),
        ..Dimension::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: Some(1),
        shape: Some(TensorShapeProto { dim: vec![dim] }),
    };
    ValueInfoProto {
        name: Some(name.into()),
        r#type: Some(Box::new(TypeProto {
            value: Some(Value::TensorType(tensor)),
            ..TypeProto::default()
        })),
        ..ValueInfoProto::default()
    }
}

/// A network of sums, of an input and of weights each, whose parts are called as `named` says of a name: input, weights,
/// sum and output.
fn network(names: &[String], named: fn(&str) -> [String; 4]) -> Compiled {
    let mut graph = GraphProto {
        name: Some("names".into()),
        ..GraphProto::default()
    };
    for (i, name) in names.iter().enumerate() {
        let [input, weights, sum, output] = named(name);
        let node = |operator: &str, inputs: &[&String], output: &String| NodeProto {
            name: Some(name.clone()),
            op_type: Some(operator.into()),
            input: inputs.iter().map(ToString::to_string).collect(),
            output: vec![output.clone()],
            ..NodeProto::default()
        };
        graph.input.push(value_info(&input));
        graph.output.push(value_info(&output));
        let values = [0, 1, 2].map(|n| (i * 3 + n) as f32);
        graph.initializer.push(TensorProto {
            name: Some(weights.clone()),
            data_type: Some(1),
            dims: vec![3],
            raw_data: Some(
                values
                    .into_iter()
                    .flat_map(f32::to_le_bytes)
                    .collect::<Vec<u8>>()
                    .into(),
            ),
            ..TensorProto::default()
        });
        graph.node.push(node("Add", &[&input, &weights], &sum));
        graph.node.push(node("Softmax", &[&sum], &output));
    }
    let model = ModelProto {
        ir_version: Some(8),
        opset_import: vec![OperatorSetIdProto {
            domain: Some(String::new()),
            version: Some(17),
        }],
        graph: Some(Box::new(graph)),
        ..ModelProto::default()
    };
    let model = onnx::parse(&model.encode_to_vec(), None).unwrap_or_else(|diags| panic!("{diags}"));
    compile(&model).unwrap_or_else(|diags| panic!("{diags}"))
}

fn job(name: &str, compiled: Compiled) -> Job {
    Job {
        name: name.into(),
        compiled,
    }
}

/// Lets rustc look at the pages of networks. Warnings are errors.
fn check(name: &str, jobs: &[Job]) {
    let dir = target_dir().join("batches").join(name);
    let (mut files, mut main) = (
        Files::default(),
        String::from("#![no_std]\n#![allow(dead_code)]\n#![deny(warnings)]\n"),
    );
    let runtime = Runtime::External("::mlc_runtime_core".into());
    for (i, job) in jobs.iter().enumerate() {
        let weights = WeightsAt::File(format!("net{i}.bin"));
        let module =
            emit_module(&job.compiled, &job.name, &runtime, &weights).expect("it is emitted");
        main += &format!("pub mod net{i};\n");
        // Functions and fields, as a user finds them.
        let uses = module
            .outputs
            .iter()
            .map(|output| format!("    net.{output}();\n"));
        let lifetime = if module.lent.is_empty() { "" } else { "<'_>" };
        main += &format!(
            "pub fn f{i}(net: &net{i}::{}{lifetime}) {{\n{}}}\n",
            module.type_name,
            uses.collect::<String>()
        );
        files.add(format!("net{i}.rs"), module.items);
        files.add(format!("net{i}.bin"), module.weights);
    }
    files.add("main.rs", main);
    files.write_to(&dir).expect("it is written");
    let source = mlc_tests::root().join("runtime-core/src/lib.rs");
    let runtime = dir.join("libmlc_runtime_core.rmeta");
    rustc(&source, "mlc_runtime_core", &runtime, &[]);
    let runtime = format!("mlc_runtime_core={}", runtime.display());
    rustc(
        &dir.join("main.rs"),
        "networks",
        &dir.join("networks.rmeta"),
        &["--extern", &runtime],
    );
}

fn rustc(source: &Path, name: &str, to: &Path, more: &[&str]) {
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc.args([
        "--edition=2024",
        "--crate-type=rlib",
        "--emit=metadata",
        "--crate-name",
        name,
    ]);
    let output = rustc
        .arg(source)
        .arg("-o")
        .arg(to)
        .args(more)
        .output()
        .expect("rustc runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn whatever_a_model_calls_its_tensors_the_page_compiles() {
    let names = names();
    assert!(names.len() > 200);
    let jobs = [
        job(
            "inputs",
            network(&names, |name| {
                [
                    name.into(),
                    format!("{name} w"),
                    format!("{name} s"),
                    format!("{name} y"),
                ]
            }),
        ),
        job(
            "outputs",
            network(&names, |name| {
                [
                    format!("{name} x"),
                    format!("{name} w"),
                    format!("{name} s"),
                    name.into(),
                ]
            }),
        ),
        job(
            "weights",
            network(&names, |name| {
                [
                    format!("{name} x"),
                    name.into(),
                    format!("{name} s"),
                    format!("{name} y"),
                ]
            }),
        ),
        job(
            "inside",
            network(&names, |name| {
                [
                    format!("{name} x"),
                    format!("{name} w"),
                    name.into(),
                    format!("{name} y"),
                ]
            }),
        ),
    ];
    let batch = Batch::build(&target_dir().join("batches/names"), &jobs).expect("it is built");
    let mut random = Random::new(7);
    let inputs: Vec<_> = names.iter().map(|_| random.tensor(&[3])).collect();
    for (i, job) in jobs.iter().enumerate() {
        let expected = interp::run(&job.compiled.program, &inputs).expect("it runs");
        let found = batch.run(i, &inputs).expect("it runs");
        let same = found.iter().zip(&expected).all(|(a, b)| a.identical(b));
        assert!(same, "{}", job.name);
    }
}

#[test]
fn whatever_a_network_is_called_its_page_compiles() {
    let [whole, ..] = pages();
    let job = |name: String| job(&name, whole.clone());
    let mut jobs: Vec<_> = names().into_iter().map(job).collect();
    jobs.retain(|job| {
        job.name.starts_with(|c: char| !c.is_lowercase()) || ODD.contains(&&*job.name)
    });
    for compiled in pages() {
        jobs.push(self::job("option", compiled));
    }
    check("network-names", &jobs);
}

#[test]
fn functions_of_rows_and_steps_are_called_like_no_tensor() {
    let [_, steps, rows, _] = pages();
    let functions = |compiled: &Compiled| -> Vec<String> {
        let words = words(compiled).into_iter();
        words
            .filter(|word| word.starts_with(char::is_lowercase))
            .collect()
    };
    let mut jobs = Vec::new();
    for compiled in [steps, rows] {
        for name in functions(&compiled) {
            let mut named = compiled.clone();
            named.program.inputs[0].name.clone_from(&name);
            named.program.outputs[0].name.clone_from(&name);
            jobs.push(job(&name, named));
        }
    }
    check("function-names", &jobs);
}

/// Memories are named by whoever builds: a name is refused, with a word, or the page compiles.
#[test]
fn whatever_a_region_is_called_its_page_compiles_or_it_is_refused() {
    let named = |name: &String| {
        Options::new(mlc_fixtures::dir("digits_int8").join("model.onnx"))
            .region(name, 1500)
            .region("other", 2 << 10)
            .hot_weights(name)
            .compile()
    };
    let (mut jobs, mut refused) = (Vec::new(), Vec::new());
    for name in names() {
        match named(&name) {
            Ok(compiled) => jobs.push(job(&name, compiled)),
            Err(diags) => {
                assert!(diags.to_string().contains("invalid-region"), "{diags}");
                refused.push(name);
            }
        }
    }
    assert!(jobs.len() > 100 && refused.len() > 50, "{refused:?}");
    check("region-names", &jobs);
}
