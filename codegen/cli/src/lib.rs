//! The command `mlc`: a thin door onto `mlc-codegen`, one file per command.
//!
//! A command is a file with its `Args` and its `run`, and a row in `commands!`. Results go to standard output, as
//! text or, with `--json`, as one JSON document; problems and progress go to standard error.

mod bench;
mod build;
mod compare;
mod completions;
mod convert;
mod footprint;
mod inspect;
mod new;
mod plan_check;
mod quantize;
mod run;
mod slices;
mod table;
mod targets;
mod terminal;
mod verify;
mod workspace;

use clap::{CommandFactory, FromArgMatches, Parser};
use mlc_compiler::diag::Diags;
use std::ffi::OsString;
use std::process::ExitCode;
use terminal::Terminal;

/// How a command that ran to its end came out.
enum Outcome {
    /// All is well.
    Success,
    /// What was computed is not what it should be.
    Mismatch,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Success => ExitCode::SUCCESS,
            Outcome::Mismatch => ExitCode::from(1),
        }
    }
}

/// The exit code of everything that did not run to its end, wrong arguments included.
const ERROR: u8 = 2;

macro_rules! commands { ($($(#[$cfg:meta])* $name:ident: $module:ident,)*) => {
    #[derive(clap::Subcommand)]
    enum Command {
        $($(#[$cfg])* $name($module::Args),)*
    }

    impl Command {
        fn run(self, terminal: &Terminal) -> Result<Outcome, Diags> {
            match self {
                $($(#[$cfg])* Command::$name(args) => $module::run(args, terminal),)*
            }
        }
    }
} }

commands! {
    Build: build,
    New: new,
    Workspace: workspace,
    Run: run,
    Verify: verify,
    Inspect: inspect,
    Compare: compare,
    Bench: bench,
    PlanCheck: plan_check,
    Quantize: quantize,
    Convert: convert,
    Targets: targets,
    Completions: completions,
}

/// Compiles models of ONNX and TensorFlow Lite into standalone, heap-free, no_std Rust crates.
#[derive(Parser)]
#[command(
    name = "mlc",
    version,
    after_help = "Exit codes:\n  0  success\n  1  `mlc verify` found a difference\n  2  an error: in the arguments, the model or the machine"
)]
struct Cli {
    /// Print the result, or what went wrong, as JSON.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

/// The command line: what every other command may do first is what `mlc quantize` does, so there the samples are no
/// option but what it is about; and a new project may be without a model.
fn command() -> clap::Command {
    let data = |arg: clap::Arg| {
        arg.long("data")
            .required(true)
            .help("File or folder of the samples")
    };
    let model = |arg: clap::Arg| {
        arg.long("model")
            .value_name("MODEL")
            .hide_default_value(true)
            .help("The model, a file of ONNX or TensorFlow Lite [default: one that reads handwritten digits]")
            .required(false)
            .default_value(new::NO_MODEL)
    };
    Cli::command()
        .mut_subcommand("quantize", |quantize| quantize.mut_arg("quantize", data))
        .mut_subcommand("new", |new| new.mut_arg("model", model))
}

fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&command().try_get_matches_from(arguments)?)
}

/// Runs the command with these arguments, the first of which is the program's name.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match parse(arguments) {
        Ok(cli) => cli,
        Err(message) => {
            // Nothing is left to tell it to if standard error is closed.
            let _ = message.print();
            return ExitCode::from(if message.use_stderr() { ERROR } else { 0 });
        }
    };
    let terminal = Terminal::new(cli.json);
    match cli.command.run(&terminal) {
        Ok(outcome) => outcome.into(),
        Err(diags) => {
            terminal.problems(&diags);
            ExitCode::from(ERROR)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_are_consistent() {
        command().debug_assert();
    }
}
