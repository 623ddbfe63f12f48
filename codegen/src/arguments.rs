//! The options as text: what a command line, or the macro, says.

use crate::Options;
use clap::error::{ContextKind, ErrorKind};
use clap::{CommandFactory, Parser};
use mlc_compiler::diag::Diag;
use std::ffi::OsString;
use std::path::Path;

/// A command that takes nothing but options.
#[derive(Parser)]
#[command(no_binary_name = true, disable_help_flag = true)]
struct Line {
    #[command(flatten)]
    options: Options,
}

impl Options {
    /// The options that are said by arguments such as `--io=int8`, for a model.
    pub fn parse(model: &Path, arguments: impl Iterator<Item = String>) -> Result<Self, Diag> {
        let arguments = arguments.map(OsString::from);
        let line = arguments.chain([OsString::from("--"), model.into()]);
        let parsed = Line::try_parse_from(line);
        parsed.map(|line| line.options).map_err(|e| problem(&e))
    }
}

fn problem(error: &clap::Error) -> Diag {
    match error.kind() {
        ErrorKind::UnknownArgument => unknown(error),
        ErrorKind::MissingRequiredArgument => Diag::new("missing-argument", summary(error)),
        _ => Diag::new("bad-argument", summary(error)),
    }
}

/// What it says before it begins to explain.
fn summary(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines = text.lines().map(str::trim);
    let lines: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    lines.join(" ")
}

fn unknown(error: &clap::Error) -> Diag {
    let said = error.get(ContextKind::InvalidArg).map(ToString::to_string);
    let said = said.unwrap_or_default();
    let name = |long: &str| format!("`{}`", long.replace('-', "_"));
    let command = Line::command();
    let known = command.get_arguments().filter_map(clap::Arg::get_long);
    let known: Vec<_> = known.map(name).collect();
    let message = format!(
        "there is no option {}: there are {}",
        name(said.trim_start_matches('-')),
        known.join(", ")
    );
    Diag::new("unknown-argument", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_compiler::settings::Io;

    fn parse(arguments: &[&str]) -> Result<Options, Diag> {
        let arguments = arguments.iter().map(|a| (*a).to_owned());
        Options::parse(Path::new("-net.onnx"), arguments)
    }

    #[test]
    fn options_are_those_of_the_command_line() {
        let options = parse(&[
            "--io=int8",
            "--dim=batch=1",
            "--input-range=-1..1",
            "--input=offset=-1",
        ])
        .unwrap();
        assert_eq!(options.model, Path::new("-net.onnx"));
        assert_eq!(options.io, Io::Int8);
        assert_eq!(options.dims, ["batch=1"]);
        assert_eq!(options.input_ranges, ["-1..1"]);
        assert_eq!(options.fixed_inputs, ["offset=-1"]);
    }

    #[test]
    fn what_is_wrong_is_said_in_a_line() {
        let message = |argument| parse(&[argument]).unwrap_err().message;
        let unknown = message("--colour=red");
        assert!(unknown.starts_with("there is no option `colour`: there are `name`, `dim`"));
        let value = message("--io=int4");
        assert!(
            value.contains("int4") && value.contains("as-is, int8, float"),
            "{value}"
        );
        assert!(!value.contains('\n'));
        let missing = parse(&["--time-axis=1"]).unwrap_err();
        assert_eq!(missing.code, "missing-argument");
    }
}
