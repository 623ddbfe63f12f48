//! Who says what a model should answer: recorded outputs, or else an oracle that runs the model itself.

#[cfg(feature = "tract")]
mod tract;

#[cfg(feature = "tract")]
use mlc_codegen::native::OnnxFile;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::reference::Reference;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use std::collections::HashMap;
use std::path::Path;

/// Another implementation of ONNX, with a model that it is ready to run.
pub(super) trait Oracle {
    /// What it is called.
    fn name(&self) -> String;

    /// The tensors that were asked for, by their names in the file, as far as it knows them.
    fn run(&self, inputs: &[Tensor]) -> Result<HashMap<String, Tensor>, Diag>;
}

/// Which oracle to ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Choice {
    /// tract, or the graph as it is written where tract cannot run the model or is not in this `mlc`.
    Auto,
    /// tract, if it is in this `mlc`.
    Tract,
    /// The graph as it is written, evaluated naively in 64 bits.
    Graph,
}

/// Why a graph cannot be evaluated on integers that are no indices.
pub(super) const INVALID_INDEX: &str = "invalid-index";

/// What an oracle is loaded with.
#[cfg_attr(not(feature = "tract"), expect(dead_code))]
pub(super) struct Question<'a> {
    pub(super) path: &'a Path,
    pub(super) model: &'a Model,
    /// Names and types of the model's inputs, in order.
    pub(super) inputs: &'a [(String, TensorType)],
    /// Names of the tensors that it should tell.
    pub(super) wanted: &'a [String],
}

/// What an oracle answered.
pub(super) struct Answers {
    pub(super) by: String,
    /// Why not another oracle.
    pub(super) instead: Option<Diag>,
    pub(super) samples: Vec<HashMap<String, Tensor>>,
}

/// Asks an oracle about every sample.
pub(super) fn ask(
    choice: Choice,
    question: &Question<'_>,
    samples: &[Vec<Tensor>],
) -> Result<Answers, Diags> {
    let answers = |oracle: &dyn Oracle, instead| {
        let samples = samples.iter().map(|inputs| oracle.run(inputs));
        Ok::<_, Diag>(Answers {
            by: oracle.name(),
            samples: samples.collect::<Result<_, _>>()?,
            instead,
        })
    };
    let graph = Graph::new(question);
    match choice {
        Choice::Graph => Ok(answers(&graph, None)?),
        Choice::Tract => Ok(answers(&*tract(question)?, None)?),
        Choice::Auto if !cfg!(feature = "tract") => Ok(answers(&graph, None)?),
        Choice::Auto if samples.iter().flatten().any(has_nan) => {
            let why = "samples hold NaN, of which tract makes numbers in some operators";
            Ok(answers(&graph, Some(Diag::new("oracle-failed", why)))?)
        }
        Choice::Auto => match tract(question).and_then(|tract| answers(&*tract, None)) {
            Ok(found) => Ok(found),
            Err(why) => answers(&graph, Some(why.clone())).map_err(|diag| Diags(vec![why, diag])),
        },
    }
}

fn has_nan(tensor: &Tensor) -> bool {
    let values = tensor.to_vec::<f64>();
    let is_float = matches!(tensor.ty.dtype, DType::F32 | DType::F64 | DType::F16);
    is_float && values.is_some_and(|values| values.iter().any(|x| x.is_nan()))
}

/// An oracle that has every tensor's value: tract, or the graph as it is written in an `mlc` without it.
pub(super) fn of_tensors<'a>(question: &Question<'a>) -> Result<Box<dyn Oracle + 'a>, Diag> {
    match cfg!(feature = "tract") {
        true => Ok(tract(question)?),
        false => Ok(Box::new(Graph::new(question))),
    }
}

#[cfg(feature = "tract")]
fn tract(question: &Question<'_>) -> Result<Box<dyn Oracle>, Diag> {
    let Question {
        path,
        model,
        inputs,
        wanted,
    } = question;
    let file = OnnxFile::of(path, model)?;
    Ok(Box::new(tract::Tract::load(file.path(), inputs, wanted)?))
}

#[cfg(not(feature = "tract"))]
fn tract(_: &Question<'_>) -> Result<Box<dyn Oracle>, Diag> {
    Err(Diag::new("no-tract", "this mlc was built without tract")
        .note("releases have it, and so has what `cargo install mlc-cli --features tract` builds")
        .note("`--oracle graph` needs no other engine: the graph as it is written, in 64 bits"))
}

/// The graph as it is written.
struct Graph<'a> {
    model: &'a Model,
    wanted: &'a [String],
}

impl<'a> Graph<'a> {
    fn new(question: &Question<'a>) -> Self {
        Graph {
            model: question.model,
            wanted: question.wanted,
        }
    }
}

impl Oracle for Graph<'_> {
    fn name(&self) -> String {
        "the graph as it is written".into()
    }

    fn run(&self, inputs: &[Tensor]) -> Result<HashMap<String, Tensor>, Diag> {
        let failed = |diags: Diags| {
            let is_index = diags.0.iter().any(|diag| diag.code == INVALID_INDEX);
            let code = if is_index {
                INVALID_INDEX
            } else {
                "oracle-failed"
            };
            let diag = Diag::new(code, "the graph as it is written cannot be evaluated");
            diags
                .0
                .iter()
                .fold(diag, |diag, why| diag.note(why.to_string()))
        };
        let reference = Reference::evaluate(self.model, inputs).map_err(failed)?;
        let named = |name: &String| Some((name.clone(), reference.tensor(name)?));
        Ok(self.wanted.iter().filter_map(named).collect())
    }
}
