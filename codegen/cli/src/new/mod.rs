//! `mlc new`: a project around a network, for a board or a machine.
//!
//! A project is a folder of `templates/`, rendered with what is known of the board, the target and the network. What it runs
//! is a sample with the answer that the interpreter gives.

mod board;
mod project;
mod sample;

use crate::Outcome;
use crate::table::{Lean, table};
use crate::terminal::{FAINT, GOOD, Terminal, styled};
use board::boards;
pub(crate) use board::{Board, Template, board};
use mlc_codegen::{CNames, Files, Interface, Options, Spoken, install};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx;
use mlc_compiler::target::TargetRef;
use project::Facts;
use sample::Sample;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Writes a project that runs a network on a board: firmware, or a program.
///
/// The network's crate is a folder in it, which `mlc build` writes anew. What the project answers first is a sample that lies
/// beside the model (`test_data_set_0`), or one that is made up.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the project, which must not hold anything yet.
    #[arg(value_name = "DIR", required_unless_present = "list")]
    dir: Option<PathBuf>,
    /// The board, of those that `--list` shows.
    #[arg(long, value_name = "BOARD", required_unless_present = "list")]
    board: Option<String>,
    /// List the boards.
    #[arg(long)]
    list: bool,
    #[command(flatten)]
    spoken: Spoken,
}

/// What was written.
#[derive(Serialize)]
struct Summary {
    project: String,
    out: PathBuf,
    board: String,
    files: Vec<String>,
    /// What to do next, a command a line.
    next: Vec<String>,
}

/// What stands for a model where none is given.
pub(crate) const NO_MODEL: &str = "<digits>";
/// The model of a project that was given none: it reads handwritten digits.
const EXAMPLE: &[u8] = include_bytes!("../../templates/digits.onnx");
/// What it is called in a project.
const EXAMPLE_FILE: &str = "digits.onnx";

pub(crate) fn run(args: Args, terminal: &Terminal) -> Result<Outcome, Diags> {
    let (Some(dir), Some(name)) = (&args.dir, &args.board) else {
        let boards: Vec<_> = boards().into_iter().map(|(board, _)| board).collect();
        terminal.result(&boards, || listed(&boards))?;
        return Ok(Outcome::Success);
    };
    let (board, template) = board(name)?;
    check_empty(dir)?;
    let progress = terminal.progress(format!("compiling for {}", board.name));
    let project = Project::new(dir, &args.spoken, &board, template)?;
    project.files.write_to(dir)?;
    install(&project.network, &dir.join(&project.crate_name), false)?;
    drop(progress);
    let summary = Summary {
        next: next(dir, &board, project.target),
        project: project.name,
        out: dir.clone(),
        board: board.name,
        files: project
            .files
            .iter()
            .map(|(path, _)| path.to_owned())
            .collect(),
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
}

/// Writes the project of a network for a board into a folder.
pub(crate) fn write(
    dir: &Path,
    options: &Options,
    board: &Board,
    template: Template,
) -> Result<(), Diags> {
    let spoken = Spoken::from(options.clone());
    let project = Project::new(dir, &spoken, board, template)?;
    project.files.write_to(dir)?;
    install(&project.network, &dir.join(&project.crate_name), false)?;
    Ok(())
}

/// A project before it is written.
struct Project {
    name: String,
    target: TargetRef,
    /// All but the network's crate.
    files: Files,
    crate_name: String,
    network: Files,
}

impl Project {
    fn new(dir: &Path, spoken: &Spoken, board: &Board, template: Template) -> Result<Self, Diags> {
        let mut options = board.options(&spoken.options)?;
        let mut files = Files::default();
        let is_example = options.model == Path::new(NO_MODEL);
        let compiled = match is_example {
            true => {
                options.name.get_or_insert("digits".into());
                files.add(EXAMPLE_FILE, EXAMPLE);
                options.compile_model(&onnx::parse(EXAMPLE, None)?, &mut |_, _| ())?
            }
            false => options.compile()?,
        };
        let interface = Interface::of(&compiled, &options.name())?;
        check_driven(&interface, &compiled)?;
        let name = project_name(dir, &interface.crate_name);
        let folder = options.model.parent().filter(|_| !is_example);
        let in_c = CNames::of(&compiled, &options.name())?;
        let sample = Sample {
            labels: compiled.labels.len(),
            ..Sample::of(folder, &interface, &in_c, &compiled.program)?
        };
        let network = options.emit(&compiled)?;
        let rebuild = rebuild(spoken, &options, &interface);
        let facts = Facts::new(
            (name.clone(), options.name()),
            (board, options.target),
            (&interface, in_c.prefix),
            sample,
            rebuild,
        );
        for (path, contents) in facts.render(template)?.iter() {
            files.add(path, contents);
        }
        Ok(Project {
            name,
            target: options.target,
            files,
            crate_name: interface.crate_name,
            network,
        })
    }
}

/// A folder that holds something is not touched.
fn check_empty(dir: &Path) -> Result<(), Diag> {
    match std::fs::read_dir(dir).map(|mut entries| entries.next().is_some()) {
        Ok(true) => {
            let message = format!("{} holds something already", dir.display());
            let note = "a project begins in a folder of its own; `mlc build` writes a network's crate anew";
            Err(Diag::new("not-empty", message).note(note))
        }
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let message = format!("{} cannot be a project: {error}", dir.display());
            Err(Diag::new("unwritable-folder", message))
        }
        _ => Ok(()),
    }
}

/// Projects give their network its whole input, and it has its own memory.
pub(crate) fn check_driven(interface: &Interface, compiled: &Compiled) -> Result<(), Diag> {
    let unfit = match (interface.rows, &interface.stepping, &interface.lent[..]) {
        (Some(_), _, _) => "takes its input row by row",
        (_, Some(_), _) => "takes time slice by slice",
        (_, _, [_, ..]) => "borrows its memory",
        _ if compiled.program.inputs.is_empty() => "takes nothing",
        _ => return Ok(()),
    };
    Err(Diag::new(
        "undriven-network",
        format!("no project drives a network that {unfit}"),
    )
    .note("write the project without that, and the network's crate anew by `mlc build` with it"))
}

/// Folders that cargo has beside a program.
const TAKEN: &[&str] = &["build", "deps", "examples", "incremental"];

/// The project's name, as one of a package: not that of the network's crate, which it depends on.
fn project_name(dir: &Path, network: &str) -> String {
    let absolute = std::path::absolute(dir).unwrap_or(dir.into());
    let name = absolute
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let plain = |c: char| {
        if c.is_ascii_alphanumeric() || c == '-' {
            c
        } else {
            '_'
        }
    };
    let name: String = name.chars().map(plain).collect();
    let name = match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("project_{name}"),
    };
    let as_crate = name.to_lowercase().replace('-', "_");
    // Crates are not called like words of the language.
    let named = Options {
        name: Some(as_crate.clone()),
        ..Options::default()
    };
    let is_free = named.crate_name() == as_crate && !TAKEN.contains(&&*as_crate);
    match as_crate == network || !is_free {
        true => name + "-app",
        false => name,
    }
}

/// The command that writes the network's crate anew, in the project's folder.
fn rebuild(spoken: &Spoken, used: &Options, interface: &Interface) -> String {
    let given = &spoken.options.model;
    let model = match given == Path::new(NO_MODEL) {
        true => EXAMPLE_FILE.into(),
        false => std::path::absolute(given).unwrap_or(given.clone()),
    };
    let (target, crate_name) = (used.target.name, &interface.crate_name);
    let words = ["mlc".into(), "build".into(), model.display().to_string()];
    let mut words: Vec<String> = words.into();
    words.extend(
        [
            "--name", crate_name, "--target", target, "--out", crate_name,
        ]
        .map(String::from),
    );
    words.extend(used.c_api.then(|| "--c-api".into()));
    words.extend(used.profile_layers.then(|| "--profile-layers".into()));
    words.extend(spoken.arguments_but(&["name", "target", "c-api", "profile-layers"]));
    let words: Vec<_> = words.iter().map(|word| quoted(word)).collect();
    words.join(" ")
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_=./:,+@".contains(c);
    match word.chars().all(is_plain) {
        true => word.into(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

fn listed(boards: &[Board]) -> String {
    let heading = ["board", "target", "what it is"].map(String::from);
    let mut lines = vec![heading.to_vec()];
    let row = |board: &Board| {
        vec![
            board.name.clone(),
            board.target.clone(),
            board.about.clone(),
        ]
    };
    lines.extend(boards.iter().map(row));
    let table = table(&[Lean::Left; 3], &lines);
    let (heading, rows) = table.split_once('\n').unwrap_or((&table, ""));
    format!("{}\n{rows}", styled(FAINT, heading))
}

/// The target of web pages.
const WEB: &str = "wasm32";

/// What to type next.
fn next(dir: &Path, board: &Board, target: TargetRef) -> Vec<String> {
    let mut next = vec![format!("cd {}", dir.display())];
    let triple = target
        .triple
        .filter(|_| target.is_bare() || board.target == WEB);
    next.extend(triple.map(|triple| format!("rustup target add {triple}")));
    next.extend(board.emulator.iter().map(|_| "cargo emulate".to_owned()));
    if board.target == WEB {
        next.extend(["cargo build --release", "node check.mjs"].map(String::from));
    } else if board.c_api {
        next.push("make run".into());
    } else if board.chip.is_some() || triple.is_none() {
        next.push("cargo run --release".into());
    }
    next
}

impl Summary {
    fn text(&self) -> String {
        let next: String = self
            .next
            .iter()
            .map(|line| format!("    {line}\n"))
            .collect();
        format!(
            "{} {} for {} in {}: next\n{next}",
            styled(GOOD, "Wrote"),
            self.project,
            self.board,
            self.out.display(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::{Args as _, FromArgMatches};

    fn spoken(arguments: &[&str]) -> Spoken {
        let command = Spoken::augment_args(clap::Command::new("new").no_binary_name(true));
        Spoken::from_arg_matches(&command.get_matches_from(arguments)).unwrap()
    }

    #[test]
    fn every_template_renders() {
        for (board, template) in boards() {
            let spoken = spoken(&[NO_MODEL, "--io=int8"]);
            let project = Project::new(Path::new("wake"), &spoken, &board, template).unwrap();
            for (path, contents) in project.files.iter() {
                let text = String::from_utf8_lossy(contents);
                assert!(
                    !text.contains("{{") && !text.contains("{%"),
                    "{path}: {text}"
                );
            }
            let readme = String::from_utf8_lossy(project.files.get("README.md").unwrap());
            assert!(
                readme.contains("--out digits") && readme.contains("--io=int8"),
                "{readme}"
            );
            let [path, uses] = match &*board.target {
                WEB => ["src/lib.rs", "digits::Digits"],
                _ if board.c_api => ["main.c", "digits_infer"],
                _ => ["src/main.rs", "digits::Digits"],
            };
            let main = String::from_utf8_lossy(project.files.get(path).unwrap());
            assert!(main.contains(uses), "{main}");
        }
    }

    #[test]
    fn what_no_project_drives_is_said() {
        let (board, template) = board("linux").unwrap();
        let spoken = spoken(&[NO_MODEL, "--borrow-arena"]);
        let problem = Project::new(Path::new("wake"), &spoken, &board, template);
        assert_eq!(problem.err().unwrap().0[0].code, "undriven-network");
    }

    #[test]
    fn the_example_is_the_network_of_the_fixtures() {
        let fixture = mlc_fixtures::dir("digits_int8").join("model.onnx");
        assert!(std::fs::read(fixture).unwrap() == EXAMPLE);
    }

    #[test]
    fn projects_have_names_of_packages() {
        let name = |dir: &str| project_name(Path::new(dir), "wake_up");
        assert_eq!(name("a/wake word"), "wake_word");
        assert_eq!(name("/x/2nd"), "project_2nd");
        assert_eq!(name("wake-up"), "wake-up-app");
        assert_eq!(name("match"), "match-app");
        assert_eq!(name("test"), "test-app");
    }
}
