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
use board::{Board, board, boards};
use mlc_codegen::{Files, Interface, Options, Spoken, emit_crate, install};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
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
    let mut options = args.spoken.options.clone();
    if options.target == Default::default() {
        options.target = board.target.parse()?;
    }
    let progress = terminal.progress(format!("compiling for {}", board.name));
    let mut files = Files::default();
    let example = tempfile::NamedTempFile::with_suffix(EXAMPLE_FILE);
    if options.model == Path::new(NO_MODEL) {
        let example = example.as_ref().map_err(unwritable)?;
        std::fs::write(example.path(), EXAMPLE).map_err(|error| unwritable(&error))?;
        options.model = example.path().into();
        options.name.get_or_insert("digits".into());
        files.add(EXAMPLE_FILE, EXAMPLE);
    }
    let compiled = options.compile()?;
    let interface = Interface::of(&compiled, &options.name())?;
    check_driven(&interface, &compiled)?;
    let sample = Sample::of(&options.model, &interface, &compiled.program)?;
    let project = project_name(dir);
    let rebuild = rebuild(&args.spoken, &options, &interface);
    let facts = Facts::new(
        project.clone(),
        &board,
        options.target,
        options.name(),
        &interface,
        sample,
        rebuild,
    );
    facts
        .render(template)?
        .iter()
        .for_each(|(path, contents)| files.add(path, contents));
    let network = emit_crate(&compiled, &options.name())?;
    files.write_to(dir)?;
    install(&network, &dir.join(&interface.crate_name), false)?;
    drop(progress);
    let summary = Summary {
        project,
        out: dir.clone(),
        next: next(dir, &board, &options),
        board: board.name,
        files: files.iter().map(|(path, _)| path.to_owned()).collect(),
    };
    terminal.result(&summary, || summary.text())?;
    Ok(Outcome::Success)
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
fn check_driven(interface: &Interface, compiled: &Compiled) -> Result<(), Diag> {
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

fn unwritable(error: &std::io::Error) -> Diag {
    let message = format!("there is no place for the example: {error}");
    Diag::new("unwritable-folder", message)
}

/// The project's name, as one of a package.
fn project_name(dir: &Path) -> String {
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
    match name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        true => name,
        false => format!("project_{name}"),
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
    words.extend(spoken.arguments_but(&["name", "target"]));
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

/// What to type next.
fn next(dir: &Path, board: &Board, options: &Options) -> Vec<String> {
    let mut next = vec![format!("cd {}", dir.display())];
    let triple = options.target.triple.filter(|_| options.target.is_bare());
    next.extend(triple.map(|triple| format!("rustup target add {triple}")));
    next.extend(board.emulator.iter().map(|_| "cargo emulate".to_owned()));
    if board.chip.is_some() || triple.is_none() {
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
