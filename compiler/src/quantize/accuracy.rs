//! How right a quantised network is: by labels, or by the answers of the network in floats.

use super::data::Samples;
use super::signal::Noise;
use super::{Stage, fragment, parallel};
use crate::diag::{Diag, Diags};
use crate::interp;
use crate::onnx::Model;
use crate::program::Program;
use crate::tensor::Tensor;
use serde::Serialize;

/// What makes an answer right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Criterion {
    /// The highest score is the label's.
    Labels,
    /// The highest score is that of the network in floats.
    Agreement,
    /// Outputs are no scores: what is right is the part of their power that is not noise.
    Signal,
}

/// How right a network is, in percent.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Accuracy {
    /// What makes an answer right.
    pub criterion: Criterion,
    /// In floats.
    pub float: f64,
    /// Quantised.
    pub quantized: f64,
}

impl Accuracy {
    /// Percentage points that are lost.
    pub fn drop(&self) -> f64 {
        self.float - self.quantized
    }
}

/// Judges networks by their answers to samples.
pub(super) struct Judge<'a> {
    samples: &'a Samples,
    criterion: Criterion,
    /// What the network in floats computes.
    expected: Vec<Vec<Tensor>>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(
        float: &Model,
        samples: &'a Samples,
        stage: &Stage<'_>,
    ) -> Result<Self, Diags> {
        stage.at("running in floats", 1)(0);
        let program = fragment::program(float)?;
        let output = program.outputs.first().map(|port| &port.ty);
        // What has the type of an input restores or predicts that.
        let restores = program.inputs.iter().any(|port| Some(&port.ty) == output);
        let classes = output
            .filter(|_| !restores)
            .and_then(|ty| classes(&ty.shape));
        let criterion = match (&samples.labels, classes) {
            (Some(labels), Some(classes)) => {
                check_labels(labels, classes).map_err(|diag| diag.note(&samples.labels_from))?;
                Criterion::Labels
            }
            (Some(_), None) => return Err(no_scores().into()),
            (None, Some(_)) => Criterion::Agreement,
            (None, None) => Criterion::Signal,
        };
        Ok(Judge {
            samples,
            criterion,
            expected: answers(&program, samples)?,
        })
    }

    /// How right a network is.
    pub(super) fn accuracy(&self, model: &Model) -> Result<Accuracy, Diags> {
        Ok(Accuracy {
            criterion: self.criterion,
            float: self.percent(&self.expected),
            quantized: self.percent(&answers(&fragment::program(model)?, self.samples)?),
        })
    }

    fn percent(&self, found: &[Vec<Tensor>]) -> f64 {
        let chosen = |answers: &[Vec<Tensor>]| {
            answers
                .iter()
                .map(|outputs| class(outputs))
                .collect::<Vec<_>>()
        };
        match (self.criterion, &self.samples.labels) {
            (Criterion::Labels, Some(labels)) => matching(&chosen(found), labels),
            (Criterion::Signal, _) => 100.0 * (1.0 - noise(found, &self.expected)),
            _ => matching(&chosen(found), &chosen(&self.expected)),
        }
    }
}

/// The outputs for every sample.
fn answers(program: &Program, samples: &Samples) -> Result<Vec<Vec<Tensor>>, Diag> {
    let answer = |i: usize| interp::run(program, &samples.inputs[i]);
    parallel::map(samples.inputs.len(), answer)
}

/// How many classes may be told apart by scores.
const MAX_CLASSES: usize = 100_000;

/// How many classes the elements of a tensor of this shape may be scores of, those of an input of one sample.
fn classes(shape: &[usize]) -> Option<usize> {
    let long: Vec<_> = shape.iter().filter(|&&size| size != 1).collect();
    match long[..] {
        [&classes] => Some(classes).filter(|count| (2..=MAX_CLASSES).contains(count)),
        _ => None,
    }
}

/// Makes sure that each label is a class.
fn check_labels(labels: &[i64], classes: usize) -> Result<(), Diag> {
    let is_class = |label: i64| usize::try_from(label).is_ok_and(|label| label < classes);
    match labels.iter().position(|&label| !is_class(label)) {
        None => Ok(()),
        Some(i) => {
            let message = format!(
                "the label of sample {i} is {}, but the model tells {classes} classes apart, 0 to {}",
                labels[i],
                classes - 1
            );
            Err(Diag::new("wrong-labels", message))
        }
    }
}

fn no_scores() -> Diag {
    let message = "there are labels, but the model's first output is not a list of scores";
    Diag::new("wrong-labels", message)
}

/// The place of the highest score of the first output, the first of equals.
fn class(outputs: &[Tensor]) -> i64 {
    let scores = outputs.first().and_then(|scores| scores.to_vec::<f64>());
    let scores = scores.unwrap_or_default();
    let best = scores
        .iter()
        .enumerate()
        .rev()
        .max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(-1, |(place, _)| place as i64)
}

fn matching(found: &[i64], expected: &[i64]) -> f64 {
    let right = found.iter().zip(expected).filter(|(f, e)| f == e).count();
    100.0 * right as f64 / found.len().max(1) as f64
}

/// The power of the noise in relation to that of the signal.
fn noise(found: &[Vec<Tensor>], expected: &[Vec<Tensor>]) -> f64 {
    let mut noise = Noise::default();
    for (found, expected) in found.iter().flatten().zip(expected.iter().flatten()) {
        noise.add(found, expected);
    }
    noise.ratio()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scores_are_lists() {
        for shape in [&[1, 10][..], &[10], &[1, 10, 1, 1]] {
            assert_eq!(classes(shape), Some(10));
        }
        assert_eq!([classes(&[1, 3, 8, 8]), classes(&[1, 1])], [None; 2]);
    }

    #[test]
    fn labels_are_classes() {
        assert!(check_labels(&[0, 9, 3], 10).is_ok());
        for wrong in [10, -1] {
            let diag = check_labels(&[0, wrong], 10).unwrap_err();
            assert!(diag.message.contains("sample 1 "), "{diag}");
        }
    }

    #[test]
    fn the_first_of_equal_scores_counts() {
        assert_eq!(class(&[Tensor::new([1, 3], &[0.1_f32, 0.4, 0.4])]), 1);
        assert_eq!(matching(&[1, 2, 3, 4], &[1, 2, 0, 0]), 50.0);
    }
}
