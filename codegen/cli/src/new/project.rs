//! Rendering a template with what is known of the board, the target and the network.

use super::board::{self, Board, Template};
use super::sample::{Port, Sample};
use minijinja::{Environment, UndefinedBehavior, context};
use mlc_codegen::{Files, Interface};
use mlc_compiler::diag::Diag;
use mlc_compiler::target::TargetRef;
use serde::Serialize;

/// What ends the names of files that are rendered; others are copied.
const RENDERED: &str = ".jinja";

/// All that templates see.
#[derive(Serialize)]
pub(super) struct Facts<'a> {
    /// The project's name.
    pub(super) project: String,
    pub(super) board: &'a Board,
    target: Machine,
    network: Network,
    inputs: Vec<Port>,
    outputs: Vec<Port>,
    recorded: bool,
    /// How many classes have names; none if that is not known.
    labels: usize,
    /// The command that writes the network's crate anew.
    rebuild: String,
}

/// The machine that the network is for.
#[derive(Serialize)]
struct Machine {
    triple: Option<&'static str>,
    flags: Vec<String>,
}

/// How the network's crate is used.
#[derive(Serialize)]
struct Network {
    /// As the model calls it.
    name: String,
    #[serde(rename = "crate")]
    crate_name: String,
    #[serde(rename = "type")]
    type_name: String,
    /// What C calls it.
    c_prefix: String,
}

impl<'a> Facts<'a> {
    /// The names are the project's and the network's.
    pub(super) fn new(
        (project, name): (String, String),
        (board, target): (&'a Board, TargetRef),
        (interface, c_prefix): (&Interface, String),
        sample: Sample,
        rebuild: String,
    ) -> Self {
        Facts {
            project,
            board,
            target: Machine {
                triple: target.triple,
                flags: target.flags(),
            },
            network: Network {
                name,
                crate_name: interface.crate_name.clone(),
                type_name: interface.type_name.clone(),
                c_prefix,
            },
            inputs: sample.inputs,
            outputs: sample.outputs,
            recorded: sample.recorded,
            labels: sample.labels,
            rebuild,
        }
    }

    /// The files of the project.
    pub(super) fn render(&self, template: Template) -> Result<Files, Diag> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_keep_trailing_newline(true);
        environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
        let mut files = Files::default();
        for (path, contents) in board::files(template) {
            match path.strip_suffix(RENDERED) {
                None => files.add(path, contents),
                Some(plain) => {
                    let source = String::from_utf8_lossy(contents);
                    let text = environment.render_str(
                        &source,
                        context! { ..minijinja::Value::from_serialize(self) },
                    );
                    files.add(plain, text.map_err(|error| broken(&path, &error))?);
                }
            }
        }
        Ok(files)
    }
}

/// A template that does not render is a defect of this program.
fn broken(path: &str, error: &minijinja::Error) -> Diag {
    let message = format!("the template {path} cannot be rendered: {error}");
    Diag::new("broken-template", message).note("this is a defect of mlc: please report it")
}
