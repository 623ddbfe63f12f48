//! Random networks by seed, with inputs, and the question whether emitted ones answer as the interpreter does.
//!
//! `MLC_SEEDS=N` asks for the first N seeds instead of a few; a failure names its seed.

use crate::random::{Random, model, strided};
use crate::{Batch, Job, target_dir};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, compile, interp, onnx};

/// How many seeds to try.
pub fn seeds() -> u64 {
    let wanted = std::env::var("MLC_SEEDS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(100)
}

/// A model, and inputs for it.
pub type Subject = (onnx::Model, Vec<Tensor>);

/// The model of a seed, of a length that depends on it, and inputs for it.
pub fn subject(seed: u64) -> Subject {
    with_inputs(seed, &model(seed, 3 + seed as usize % 30))
}

/// The model of a seed whose layers slide over one image, and an image.
pub fn strided_subject(seed: u64) -> Subject {
    with_inputs(seed, &strided(seed))
}

fn with_inputs(seed: u64, model: &[u8]) -> Subject {
    let model = onnx::parse(model, None).unwrap_or_else(|diags| panic!("seed {seed}: {diags}"));
    let mut random = Random::new(!seed);
    let input = |input: &onnx::Input| {
        let size = |dim: &onnx::Dim| match dim {
            onnx::Dim::Known(n) => *n,
            open => panic!("seed {seed}: {open:?}"),
        };
        random.tensor(&input.dims.iter().map(size).collect::<Vec<_>>())
    };
    let inputs = model.inputs.iter().map(input).collect();
    (model, inputs)
}

/// The model of a seed, compiled.
pub fn compiled(seed: u64, model: &onnx::Model) -> Compiled {
    compile(model).unwrap_or_else(|diags| panic!("seed {seed}: {diags}"))
}

/// What the interpreter answers.
pub fn answer(seed: u64, compiled: &Compiled, inputs: &[Tensor]) -> Vec<Tensor> {
    interp::run(&compiled.program, inputs).unwrap_or_else(|diag| panic!("seed {seed}: {diag}"))
}

/// As many networks as one program holds.
const BATCH: usize = 60;

/// Asserts that what is emitted answers as the interpreter does for networks without segments. Seeds for which
/// nothing is compiled are left out; unless `MLC_SEEDS` asks for more, one batch is tried.
pub fn agree(name: &str, compile: impl Fn(u64) -> Option<Compiled>) {
    agree_on(name, subject, compile);
}

/// As [`agree`], on other models.
pub fn agree_on(
    name: &str,
    subject: fn(u64) -> Subject,
    compile: impl Fn(u64) -> Option<Compiled>,
) {
    let mut all = (0..).filter_map(|seed| Some((seed, compile(seed)?)));
    let mut left = match std::env::var_os("MLC_SEEDS") {
        Some(_) => seeds() as usize,
        None => BATCH,
    };
    while left > 0 {
        let batch: Vec<_> = all.by_ref().take(left.min(BATCH)).collect();
        left -= batch.len();
        agree_in_batch(name, subject, batch);
    }
}

fn agree_in_batch(name: &str, subject: fn(u64) -> Subject, networks: Vec<(u64, Compiled)>) {
    let (seeds, jobs): (Vec<_>, Vec<_>) = networks
        .into_iter()
        .map(|(seed, compiled)| {
            let name = format!("{name} {seed}");
            (seed, Job { name, compiled })
        })
        .unzip();
    let dir = target_dir().join("batches").join(name);
    let batch = Batch::build(&dir, &jobs).unwrap_or_else(|e| panic!("{e}"));
    for (job, &seed) in seeds.iter().enumerate() {
        let (model, inputs) = subject(seed);
        let outputs = batch.run(job, &inputs);
        let outputs = outputs.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let expected = answer(seed, &compiled(seed, &model), &inputs);
        let same = outputs.iter().zip(&expected).all(|(a, b)| a.identical(b));
        assert!(same && outputs.len() == expected.len(), "seed {seed}");
    }
}
