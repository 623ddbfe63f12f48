//! Random networks by seed, with inputs, and the question whether emitted ones answer as the interpreter does.
//!
//! `MLC_SEEDS=N` asks for the first N seeds instead of a few; a failure names its seed.

use crate::random::{Network, Random, network, strided};
use crate::recorded::Tolerance;
use crate::{Batch, Job, Rustc};
use mlc_compiler::tensor::{Tensor, TensorType};
use mlc_compiler::{Compiled, compile, interp, onnx};
use std::cell::OnceCell;

/// How many seeds to try.
pub fn seeds() -> u64 {
    let wanted = std::env::var("MLC_SEEDS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(300)
}

/// How far floats may be apart where sums may be made in another order.
const REORDERED: Tolerance = Tolerance {
    relative: 1e-3,
    range: 1e-4,
    absolute: 1e-5,
};

/// A random network, and inputs for it.
pub struct Subject {
    /// What it is made from.
    pub seed: u64,
    /// The file, and what is known of it.
    pub network: Network,
    /// The same, read.
    pub model: onnx::Model,
    /// What goes in.
    pub inputs: Vec<Tensor>,
    compiled: OnceCell<Result<Compiled, String>>,
}

impl Subject {
    /// The network of a seed, of a length that depends on it.
    pub fn of(seed: u64) -> Self {
        Subject::new(seed, network(seed, 3 + seed as usize % 30))
    }

    /// The network of a seed whose layers slide over one image.
    pub fn strided(seed: u64) -> Self {
        Subject::new(seed, strided(seed))
    }

    fn new(seed: u64, network: Network) -> Self {
        let model = onnx::parse(&network.file, None);
        let model = model.unwrap_or_else(|diags| panic!("seed {seed}: {diags}"));
        let mut random = Random::new(!seed);
        let input = |input: &onnx::Input| {
            let size = |dim: &onnx::Dim| match dim {
                onnx::Dim::Known(n) => *n,
                open => panic!("seed {seed}: {open:?}"),
            };
            let shape: Vec<_> = input.dims.iter().map(size).collect();
            random.of(&TensorType::new(input.dtype, shape), network.special)
        };
        Subject {
            inputs: model.inputs.iter().map(input).collect(),
            compiled: OnceCell::new(),
            seed,
            network,
            model,
        }
    }

    /// The network, compiled as it is by default.
    pub fn compiled(&self) -> Result<&Compiled, String> {
        let made = || compile(&self.model).map_err(|diags| diags.to_string());
        self.compiled
            .get_or_init(made)
            .as_ref()
            .map_err(String::clone)
    }

    /// What the interpreter answers.
    pub fn answer(&self, compiled: &Compiled) -> Result<Vec<Tensor>, String> {
        interp::run(&compiled.program, &self.inputs).map_err(|diag| diag.to_string())
    }

    /// Compares answers that may differ in rounding, and in steps of quantisation where there are any.
    pub fn compare(&self, answers: &[Tensor], expected: &[Tensor]) -> Result<(), String> {
        if answers.len() != expected.len() || answers.len() != self.network.slack.len() {
            return Err(format!(
                "{} outputs instead of {}",
                answers.len(),
                expected.len()
            ));
        }
        let outputs = answers.iter().zip(expected).zip(&self.network.slack);
        for (i, ((answer, expected), &slack)) in outputs.enumerate() {
            within(answer, expected, slack).map_err(|what| format!("output {i}: {what}"))?;
        }
        Ok(())
    }
}

fn within(answer: &Tensor, expected: &Tensor, slack: f64) -> Result<(), String> {
    let (Some(a), Some(e)) = (answer.to_vec::<i64>(), expected.to_vec::<i64>()) else {
        return Err(format!("{} instead of {}", answer.ty, expected.ty));
    };
    let integers = answer.values::<f32>().is_none();
    if integers && slack > 0.0 && answer.ty == expected.ty {
        let apart = a
            .iter()
            .zip(&e)
            .position(|(a, e)| (a - e).unsigned_abs() as f64 > slack);
        return apart.map_or(Ok(()), |i| {
            Err(format!("element {i} is {} instead of {}", a[i], e[i]))
        });
    }
    let tolerance = Tolerance {
        absolute: REORDERED.absolute + 1.001 * slack,
        ..REORDERED
    };
    let compared = tolerance.compare(std::slice::from_ref(answer), std::slice::from_ref(expected));
    compared.map(drop)
}

/// Whether two runs of the same computation answered alike.
pub fn alike(answers: &[Tensor], expected: &[Tensor]) -> bool {
    let same = || answers.iter().zip(expected).all(|(a, b)| a.identical(b));
    answers.len() == expected.len() && same()
}

/// As many networks as one program holds.
const BATCH: usize = 60;

/// Asserts that what is emitted answers as the interpreter does for networks without segments. Seeds for which
/// nothing is compiled are left out; unless `MLC_SEEDS` asks for more, one batch is tried.
pub fn agree(name: &str, compile: impl Fn(&Subject) -> Option<Compiled>) {
    agree_on(name, Subject::of, compile);
}

/// As [`agree`], on other networks.
pub fn agree_on(
    name: &str,
    subject: fn(u64) -> Subject,
    compile: impl Fn(&Subject) -> Option<Compiled>,
) {
    let mut all = (0..).filter_map(|seed| Trial::of(name, &subject(seed), &compile));
    let mut left = match std::env::var_os("MLC_SEEDS") {
        Some(_) => seeds() as usize,
        None => BATCH,
    };
    while left > 0 {
        let batch: Vec<_> = all.by_ref().take(left.min(BATCH)).collect();
        left -= batch.len();
        let wrong = disagreements(name, batch, &Rustc::plain()).unwrap_or_else(|e| panic!("{e}"));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

/// A network to be emitted and run, and what it has to answer.
pub struct Trial {
    /// The network.
    pub job: Job,
    /// What goes in.
    pub inputs: Vec<Tensor>,
    /// What has to come out.
    pub expected: Vec<Tensor>,
}

impl Trial {
    /// The network of a seed as `compile` compiles it, if it does; it has to answer as the one without segments does.
    ///
    /// # Panics
    /// If that does not compile, or does not run.
    pub fn of(
        name: &str,
        subject: &Subject,
        compile: impl Fn(&Subject) -> Option<Compiled>,
    ) -> Option<Self> {
        let compiled = compile(subject)?;
        let expected = subject
            .compiled()
            .and_then(|compiled| subject.answer(compiled));
        Some(Trial {
            job: Job {
                name: format!("{name} {}", subject.seed),
                compiled,
            },
            inputs: subject.inputs.clone(),
            expected: expected.unwrap_or_else(|e| panic!("seed {}: {e}", subject.seed)),
        })
    }
}

/// Builds and runs all networks in one program, and says which do not answer as they have to.
pub fn disagreements(name: &str, trials: Vec<Trial>, rustc: &Rustc) -> Result<Vec<String>, String> {
    let (jobs, data): (Vec<_>, Vec<_>) = trials
        .into_iter()
        .map(|trial| (trial.job, (trial.inputs, trial.expected)))
        .unzip();
    let batch = Batch::build_by(rustc, &rustc.folder(name), &jobs)?;
    let wrong = |(number, (inputs, expected)): (usize, &(Vec<Tensor>, Vec<Tensor>))| {
        let what = match batch.run(number, inputs) {
            Ok(outputs) if alike(&outputs, expected) => return None,
            Ok(_) => "the emitted network answers otherwise".into(),
            Err(what) => what,
        };
        Some(format!("{}: {what}", jobs[number].name))
    };
    Ok(data.iter().enumerate().filter_map(wrong).collect())
}
