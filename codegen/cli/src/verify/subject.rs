//! What is verified: the model, the crate made of it, and both run on samples.

use super::Args;
use super::data::{self, Sample};
use super::edges::{Edge, Edges};
use super::oracle::{self, INVALID_INDEX, Question};
use crate::slices::{Answers, Slices};
use mlc_codegen::Options;
use mlc_codegen::native::{Builder, Native};
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::program::Program;
use mlc_compiler::reference::compare::{Difference, Tolerance};
use mlc_compiler::settings::Ram;
use mlc_compiler::tensor::{Tensor, TensorType};
use mlc_compiler::{Compiled, interp};

/// A model, and the crate made of it.
pub(super) struct Subject {
    pub(super) model: Model,
    pub(super) slices: Option<Slices>,
    native: Native,
    pub(super) edges: Edges,
}

/// Samples, what the crate answers and what it should.
pub(super) struct Trial {
    pub(super) samples: Vec<Sample>,
    /// The inputs as the crate takes them.
    pub(super) taken: Vec<Vec<Tensor>>,
    /// What it answers, as it gives it.
    given: Vec<Vec<Tensor>>,
    /// The same in the model's types.
    found: Vec<Vec<Tensor>>,
    expected: Vec<Vec<Option<Tensor>>>,
    /// Who says so, and why not another.
    pub(super) by: String,
    /// Whether it was recorded.
    pub(super) recorded: bool,
    pub(super) instead: Option<Diag>,
}

impl Subject {
    pub(super) fn build(args: &Args) -> Result<Self, Diags> {
        let model = args.options.load()?;
        let compiled = args.options.compile_model(&model, &mut |_, _| ())?;
        let slices = Slices::of(&args.options, &model, &compiled)?;
        let native = Builder::new()?.build(&compiled, &args.options.name())?;
        let whole = slices.as_ref().map_or(&compiled, |slices| &slices.whole);
        Ok(Subject {
            edges: Edges::of(&args.options, &model, whole)?,
            model,
            slices,
            native,
        })
    }

    /// The network whose layers are judged: over the whole of its input, and with all channels, as tensors have fewer than
    /// in the file otherwise. It has to answer what the crate does.
    pub(super) fn plain(&self, args: &Args) -> Result<Compiled, Diags> {
        let options = Options {
            stream: None,
            time_axis: None,
            ram: Ram::default(),
            region: Vec::new(),
            hot_weights: None,
            borrow_arena: false,
            keep_constant_channels: true,
            ..args.options.clone()
        };
        options.compile_model(&self.model, &mut |_, _| ())
    }

    /// What an oracle is asked, if it should tell these tensors.
    pub(super) fn asked<T>(
        &self,
        args: &Args,
        wanted: &[String],
        ask: impl FnOnce(&Question<'_>) -> T,
    ) -> T {
        let input = |edge: &Edge| (edge.name.clone(), edge.model.clone());
        let inputs: Vec<(String, TensorType)> = self.edges.inputs.iter().map(input).collect();
        ask(&Question {
            path: &args.options.model,
            model: &self.model,
            inputs: &inputs,
            wanted,
        })
    }

    /// Runs everything.
    pub(super) fn tried(&self, args: &Args) -> Result<Trial, Diags> {
        let mut trial = match &args.data {
            Some(path) => self.expected(args, data::recorded(path, &self.edges)?)?,
            None => self.made_up(args)?,
        };
        if trial.samples.is_empty() {
            return Err(Diag::new("no-samples", "there are no samples to compare").into());
        }
        let all = |sample: &Sample| {
            let pairs = sample.inputs.iter().zip(&self.edges.inputs);
            pairs.map(|(tensor, edge)| edge.to_port(tensor)).collect()
        };
        let taken = trial.samples.iter().map(all);
        trial.taken = taken.collect::<Result<Vec<Vec<_>>, Diag>>()?;
        match &self.slices {
            Some(slices) => self.by_steps(args, slices, &mut trial)?,
            None => trial.given = self.native.run(&trial.taken)?.samples,
        }
        let given = trial.given.iter();
        trial.found = given
            .map(|given| self.in_models_types(given))
            .collect::<Result<_, _>>()?;
        Ok(trial)
    }

    /// Samples that are made up, with smaller and smaller integers while they are no indices of what they look up.
    fn made_up(&self, args: &Args) -> Result<Trial, Diags> {
        let mut end = 8;
        loop {
            let samples = data::seeded(&self.edges, args.seed, args.samples, end)?;
            match self.expected(args, samples) {
                Err(diags) if end > 1 && diags.0.iter().any(|d| d.code == INVALID_INDEX) => {
                    end /= 2;
                }
                found => return found,
            }
        }
    }

    fn in_models_types(&self, given: &[Tensor]) -> Result<Vec<Tensor>, Diag> {
        let pairs = given.iter().zip(&self.edges.taken);
        pairs.map(|(tensor, edge)| edge.to_model(tensor)).collect()
    }

    fn in_ports_types(&self, outputs: &[Option<Tensor>]) -> Result<Vec<Tensor>, Diag> {
        let missing = || {
            Diag::new(
                "missing-sample",
                "steps are compared only if all outputs are known",
            )
        };
        let pairs = outputs.iter().zip(&self.edges.taken);
        pairs
            .map(|(tensor, edge)| edge.to_port(tensor.as_ref().ok_or_else(missing)?))
            .collect()
    }

    /// Gives each sample step by step. What is found and expected of an output are its answers one after the other.
    fn by_steps(&self, args: &Args, slices: &Slices, trial: &mut Trial) -> Result<(), Diag> {
        let further = |window: &[Tensor]| self.answered(args, window);
        let further = (args.data.is_none()).then_some(&further as &Answers<'_>);
        for i in 0..trial.samples.len() {
            let recorded = self.in_ports_types(&trial.expected[i])?;
            let [given, wanted] =
                slices.compare(&self.native, &trial.taken[i], &recorded, further)?;
            trial.given.push(given);
            trial.expected[i] = self
                .in_models_types(&wanted)?
                .into_iter()
                .map(Some)
                .collect();
        }
        Ok(())
    }

    /// What an oracle says of inputs as the crate takes them.
    fn answered(&self, args: &Args, window: &[Tensor]) -> Result<Vec<Tensor>, Diag> {
        let pairs = window.iter().zip(&self.edges.inputs);
        let inputs = pairs
            .map(|(tensor, edge)| edge.to_model(tensor))
            .collect::<Result<_, _>>()?;
        let names = self.output_names();
        let answers = self.asked(args, &names, |question| {
            oracle::ask(args.oracle, question, &[inputs])
        });
        let answers = answers.map_err(|Diags(diags)| {
            let failed = Diag::new(
                "oracle-failed",
                "nobody says what further steps should answer",
            );
            diags
                .iter()
                .fold(failed, |diag, why| diag.note(why.to_string()))
        })?;
        let values = &answers.samples[0];
        let outputs = names.iter().map(|name| values.get(name).cloned());
        self.in_ports_types(&self.edges.taken(outputs.collect())?)
    }

    fn output_names(&self) -> Vec<String> {
        self.edges
            .outputs
            .iter()
            .map(|edge| edge.name.clone())
            .collect()
    }

    /// What outputs should be: as recorded, or else as an oracle says.
    fn expected(&self, args: &Args, samples: Vec<Sample>) -> Result<Trial, Diags> {
        let samples = samples
            .into_iter()
            .map(|sample| self.that_can_be_given(sample));
        let samples = samples.collect::<Result<Vec<_>, Diag>>()?;
        let recorded = samples
            .iter()
            .all(|sample| sample.outputs.iter().any(Option::is_some));
        let mut trial = Trial {
            expected: samples
                .iter()
                .map(|sample| sample.outputs.clone())
                .collect(),
            taken: Vec::new(),
            given: Vec::new(),
            found: Vec::new(),
            by: "recorded outputs".into(),
            recorded,
            instead: None,
            samples,
        };
        if !recorded {
            let names = self.output_names();
            let inputs: Vec<_> = trial
                .samples
                .iter()
                .map(|sample| sample.inputs.clone())
                .collect();
            let answers = self.asked(args, &names, |question| {
                oracle::ask(args.oracle, question, &inputs)
            })?;
            let sample = |values: &std::collections::HashMap<String, Tensor>| {
                names.iter().map(|name| values.get(name).cloned()).collect()
            };
            trial.expected = answers.samples.iter().map(sample).collect();
            (trial.by, trial.instead) = (answers.by, answers.instead);
        }
        let expected = trial.expected.into_iter();
        let taken = expected.map(|outputs| self.edges.taken(outputs));
        trial.expected = taken.collect::<Result<_, Diag>>()?;
        Ok(trial)
    }

    /// A sample of numbers that the crate can be given, the nearest ones: bytes are not every number.
    fn that_can_be_given(&self, mut sample: Sample) -> Result<Sample, Diag> {
        for (tensor, edge) in sample.inputs.iter_mut().zip(&self.edges.inputs) {
            if edge.is_given_otherwise() {
                *tensor = edge.to_model(&edge.to_port(tensor)?)?;
            }
        }
        Ok(sample)
    }

    /// Whether the crate answers a sample as the interpreter does with a program, bit for bit.
    pub(super) fn is_interpreted(
        &self,
        trial: &Trial,
        program: &Program,
        sample: usize,
    ) -> Result<bool, Diag> {
        let taken = &trial.taken[sample];
        let outputs = interp::run(program, taken)?;
        let [given, wanted] = match &self.slices {
            Some(slices) => slices.compare(&self.native, taken, &outputs, None)?,
            None => [trial.given[sample].clone(), outputs],
        };
        let same =
            |(a, b): (&Tensor, &Tensor)| Difference::of(a, b, Tolerance::default()).absolute == 0.0;
        Ok(given.iter().zip(&wanted).all(same))
    }
}

impl Trial {
    /// How an output of a sample differs, if anybody knows what it should be.
    fn difference(&self, sample: usize, output: usize, tolerance: Tolerance) -> Option<Difference> {
        let expected = self.expected[sample].get(output)?.as_ref()?;
        Some(Difference::of(
            &self.found[sample][output],
            expected,
            tolerance,
        ))
    }

    /// How an output differs over all samples.
    pub(super) fn output(&self, output: usize, tolerance: Tolerance) -> Option<Difference> {
        let all =
            (0..self.samples.len()).filter_map(|sample| self.difference(sample, output, tolerance));
        all.reduce(|a, b| a.and(&b))
    }

    /// Samples of which an output is wrong.
    pub(super) fn wrong(&self, tolerance: Tolerance) -> Vec<usize> {
        let is_wrong = |&sample: &usize| {
            let outputs = 0..self.found[sample].len();
            let mut differences =
                outputs.filter_map(|output| self.difference(sample, output, tolerance));
            differences.any(|difference| !difference.passes())
        };
        (0..self.samples.len()).filter(is_wrong).collect()
    }
}
