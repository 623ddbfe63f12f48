//! Options of several models: those that hold for all of them, and those that stand beside one.
//!
//! What names something of a model, such as `--dim batch=1`, holds for those that know it, and at least one has to.

use crate::Options;
use crate::spoken::{Given, given, known};
use clap::{ArgMatches, Args, Command, FromArgMatches};
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use std::path::{Path, PathBuf};

/// Several models, as a command line gives them.
#[derive(Clone, Debug)]
pub struct Several {
    common: Vec<Given>,
    /// Paths, each perhaps with options of its own behind it.
    models: Vec<String>,
}

/// What the command line takes.
#[derive(Args)]
struct Line {
    #[command(flatten)]
    options: Options,
    /// More models.
    #[arg(value_name = "MODEL")]
    more: Vec<String>,
}

impl Args for Several {
    fn augment_args(command: Command) -> Command {
        Line::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Line::augment_args_for_update(command)
    }
}

impl FromArgMatches for Several {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let line = Line::from_arg_matches(matches)?;
        let first = line.options.model.to_string_lossy().into_owned();
        Ok(Several {
            common: given(matches),
            models: [first].into_iter().chain(line.more).collect(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Several::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Several {
    /// The options of each model.
    pub fn resolve(&self) -> Result<Vec<Options>, Diags> {
        if self.common.iter().any(|given| given.option == "name") {
            let message = "`--name` cannot name several networks";
            return Err(Diag::new("ambiguous-name", message)
                .note("a name stands beside its model, such as `kws.onnx:name=Kws`")
                .into());
        }
        let models = self.models.iter().map(|text| parted(text));
        let models: Vec<(PathBuf, Vec<Given>)> = models.collect::<Result<_, _>>()?;
        let holds = self.holds(&models)?;
        let options = models.iter().zip(&holds).map(|((path, own), holds)| {
            let common = self.common.iter().zip(holds);
            let common = common
                .filter(|(given, holds)| **holds && !own.iter().any(|own| own.replaces(given)));
            let all = common.map(|(given, _)| given).chain(own);
            Options::parse(path, all.map(Given::argument)).map_err(|diag| about(path, diag).into())
        });
        options.collect()
    }

    /// Which of the common options hold for which model.
    fn holds(&self, models: &[(PathBuf, Vec<Given>)]) -> Result<Vec<Vec<bool>>, Diags> {
        let mut holds = vec![vec![true; self.common.len()]; models.len()];
        let mut loaded: Vec<Option<Model>> = vec![None; models.len()];
        let mut problems = Vec::new();
        for (i, given) in self.common.iter().enumerate() {
            let mut unknown = Vec::new();
            for (((path, _), model), holds) in models.iter().zip(&mut loaded).zip(&mut holds) {
                let options = Options::parse(path, [given.argument()].into_iter())?;
                if !options.names_anything() {
                    continue;
                }
                if model.is_none() {
                    *model = Some(mlc_compiler::load(path)?);
                }
                let problem = model.as_ref().and_then(|model| options.unknown_to(model));
                holds[i] = problem.is_none();
                unknown.extend(problem.map(|diag| about(path, diag)));
            }
            if unknown.len() == models.len() {
                problems.append(&mut unknown);
            }
        }
        match problems.is_empty() {
            true => Ok(holds),
            false => Err(Diags(problems)),
        }
    }
}

/// How names of models' files end.
const EXTENSIONS: [&str; 2] = [".onnx", ".tflite"];

fn about(path: &Path, diag: Diag) -> Diag {
    diag.note(format!("model {}", path.display()))
}

/// `a.onnx:batch=1,io=int8` as the path and what stands beside it. A path may have colons of its own.
fn parted(text: &str) -> Result<(PathBuf, Vec<Given>), Diag> {
    let is_file = |at: &usize| Path::new(&text[..*at]).is_file();
    let colons = || text.match_indices(':').map(|(at, _)| at);
    let end = [text.len()].into_iter().chain(colons()).find(is_file);
    // Of one that is not there it has to be guessed.
    let end =
        end.or_else(|| colons().find(|&at| EXTENSIONS.iter().any(|end| text[..at].ends_with(end))));
    let (path, settings) = text.split_at(end.unwrap_or(text.len()));
    let settings = settings.strip_prefix(':').unwrap_or_default().split(',');
    let settings = settings
        .map(str::trim)
        .filter(|setting| !setting.is_empty());
    let own = settings.map(setting).collect::<Result<_, _>>();
    own.map(|own| (path.into(), own))
        .map_err(|diag| about(Path::new(path), diag))
}

/// An option without its dashes, or the size of a dimension.
fn setting(text: &str) -> Result<Given, Diag> {
    let (option, value) = match text.split_once('=') {
        Some((option, value)) => (option, Some(value.to_owned())),
        None => (text, None),
    };
    let option = option.trim_start_matches("--");
    let command = known();
    let mut arguments = command.get_arguments();
    let is_known = arguments.any(|argument| argument.get_long() == Some(option));
    match (is_known, &value) {
        (true, _) => Ok(Given {
            option: option.into(),
            value,
        }),
        (false, Some(_)) => Ok(Given {
            option: "dim".into(),
            value: Some(text.into()),
        }),
        (false, None) => Err(Diag::new(
            "bad-argument",
            format!("`{text}` is neither an option nor the size of a dimension"),
        )
        .note("behind a model stand its own options, such as `kws.onnx:batch=1,io=int8`")),
    }
}
