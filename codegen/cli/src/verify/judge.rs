//! From differences to a verdict.

use super::Args;
use super::edges::Edge;
use super::layers::Layers;
use super::oracle::{self, Choice};
use super::subject::{Subject, Trial};
use super::verdict::{Divergence, Output, Verdict};
use mlc_codegen::trace;
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::reference::compare::Difference;
use mlc_compiler::reference::layers::{Contract, is_quantised};

/// No more samples are judged layer by layer.
const MOST_JUDGED: usize = 4;

/// Outputs that are off by more than this part of their range, on average, do not come of halves.
const PLAUSIBLE: f64 = 0.05;

/// Runs the crate and says whether it is right: its outputs are as expected, and of a quantised network every layer on
/// integers is within its contract; or every layer is, and outputs differ by no more than follows from halves.
///
/// Where every layer does what the graph says, and tract answers otherwise all the same, the graph decides.
pub(super) fn verdict(subject: &Subject, args: &Args, name: String) -> Result<Verdict, Diags> {
    let verdict = judged(subject, args, name.clone())?;
    let disputed = matches!(verdict.diverges, Some(Divergence::Elsewhere));
    if !disputed || args.oracle != Choice::Auto || verdict.recorded {
        return Ok(verdict);
    }
    let args = Args {
        oracle: Choice::Graph,
        ..args.clone()
    };
    let by_graph = judged(subject, &args, name)?;
    if !by_graph.passes {
        return Ok(verdict);
    }
    let wrong = verdict.outputs.iter().filter(|output| !output.passes);
    let names: Vec<_> = wrong.map(|output| &*output.name).collect();
    let message = format!("it answers otherwise: {}", names.join(", "));
    Ok(Verdict {
        instead: Some(Diag::new("oracle-disagrees", message)),
        ..by_graph
    })
}

fn judged(subject: &Subject, args: &Args, name: String) -> Result<Verdict, Diags> {
    let trial = subject.tried(args)?;
    let wrong = trial.wrong(args.tolerance());
    let mut verdict = Verdict {
        name,
        reference: trial.by.clone(),
        recorded: trial.recorded,
        instead: trial.instead.clone(),
        samples: trial.samples.len(),
        passes: wrong.is_empty(),
        tolerance: args.tolerance(),
        outputs: outputs(subject, args, &trial),
        layers: None,
        unjudged: None,
        explained: false,
        diverges: None,
    };
    if verdict.outputs.is_empty() {
        let message = "nobody says what any output should be";
        return Err(Diag::new("nothing-to-compare", message).into());
    }
    let plain = subject.plain(args)?;
    let judge = Judge {
        subject,
        args,
        trial: &trial,
        wrong: &wrong,
        quantised: is_quantised(&plain.program),
        plain,
    };
    if judge.quantised || !wrong.is_empty() || args.layers {
        judge.judge(&mut verdict)?;
    }
    Ok(verdict)
}

fn outputs(subject: &Subject, args: &Args, trial: &Trial) -> Vec<Output> {
    let output = |(i, edge): (usize, &Edge)| {
        let difference = trial.output(i, args.tolerance())?;
        Some(Output {
            name: edge.name.clone(),
            dtype: edge.model.dtype,
            passes: difference.passes(),
            difference,
        })
    };
    let edges = subject.edges.taken.iter().enumerate();
    edges.filter_map(output).collect()
}

/// What layers are judged with.
struct Judge<'a> {
    subject: &'a Subject,
    args: &'a Args,
    trial: &'a Trial,
    /// The samples of which an output is off.
    wrong: &'a [usize],
    quantised: bool,
    /// The network whose layers are judged.
    plain: Compiled,
}

impl Judge<'_> {
    /// Lets layers have their say.
    fn judge(&self, verdict: &mut Verdict) -> Result<(), Diags> {
        match self.layers() {
            Ok(layers) => {
                verdict.diverges = self.diverges(&layers, &verdict.outputs)?;
                let brief = |layers: Layers| match self.args.layers {
                    true => layers,
                    false => layers.brief(),
                };
                verdict.layers = Some(brief(layers));
            }
            Err(Diags(why)) => {
                let diag = Diag::new("incomparable-layers", "layers cannot be judged");
                let notes = why.iter().map(Diag::to_string);
                let why = notes.fold(diag, Diag::note);
                verdict.diverges =
                    (!self.wrong.is_empty()).then(|| Divergence::Unknown { why: why.clone() });
                verdict.unjudged = Some(why);
            }
        }
        verdict.passes = verdict.diverges.is_none();
        verdict.explained = verdict.passes && !self.wrong.is_empty();
        Ok(())
    }

    /// Layers on the samples that are wrong, or else on the first.
    fn layers(&self) -> Result<Layers, Diags> {
        let judged = match self.wrong {
            [] => &[0],
            wrong => &wrong[..wrong.len().min(MOST_JUDGED)],
        };
        let given = |&i: &usize| (&*self.trial.samples[i].inputs, &*self.trial.taken[i]);
        let given: Vec<_> = judged.iter().map(given).collect();
        let contract = Contract {
            profile: self
                .args
                .options
                .profile
                .unwrap_or(self.subject.model.profile),
            tolerance: self.args.tolerance(),
        };
        Layers::judge(&self.subject.model, &self.plain, &given, contract)
    }

    /// Where the network goes wrong; `None` if it does not.
    fn diverges(&self, layers: &Layers, outputs: &[Output]) -> Result<Option<Divergence>, Diag> {
        let Some(&sample) = self.wrong.first() else {
            let layer = layers.first.clone().filter(|_| layers.wrong_integers());
            return Ok(layer.map(|layer| Divergence::Layer { layer }));
        };
        let program = &self.plain.program;
        if !self.subject.is_interpreted(self.trial, program, sample)? {
            return Ok(Some(Divergence::Crate));
        }
        if let Some(layer) = layers.first.clone() {
            return Ok(Some(Divergence::Layer { layer }));
        }
        let plausible = |output: &Output| {
            let Difference { mean, range, .. } = output.difference;
            output.passes || mean <= PLAUSIBLE * range
        };
        let plausible = outputs.iter().all(plausible);
        Ok(match (self.quantised && layers.hold(), plausible) {
            (true, true) => None,
            (true, false) => Some(Divergence::Elsewhere),
            (false, _) => {
                let found = self.by_oracle(sample);
                Some(found.unwrap_or_else(|why| Divergence::Unknown { why }))
            }
        })
    }

    /// The first tensor that an oracle says otherwise.
    fn by_oracle(&self, sample: usize) -> Result<Divergence, Diag> {
        let program = &self.plain.program;
        let (_, traced) = trace::run(program, &self.trial.taken[sample])?;
        let wanted = trace::tensors(program);
        let inputs = &self.trial.samples[sample].inputs;
        let (by, values) = self.subject.asked(self.args, &wanted, |question| {
            let oracle = oracle::of_tensors(question)?;
            Ok::<_, Diag>((oracle.name(), oracle.run(inputs)?))
        })?;
        for traced in traced {
            // A tensor that was given another type on the way cannot be compared.
            let value = values.get(&traced.tensor);
            let value = value.filter(|value| value.ty == traced.value.ty);
            let tolerance = self.args.tolerance();
            let difference = value.map(|value| Difference::of(&traced.value, value, tolerance));
            if let Some(difference) = difference.filter(|d| !d.passes()) {
                let step = &program.steps[traced.step];
                return Ok(Divergence::Tensor {
                    oracle: by,
                    step: traced.step + 1,
                    layer: step.layer.clone(),
                    operator: step.operator.clone(),
                    kernel: step.call.kernel.name,
                    tensor: traced.tensor,
                    difference,
                });
            }
        }
        Ok(Divergence::Outputs)
    }
}
