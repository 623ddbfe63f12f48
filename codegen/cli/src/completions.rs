//! `mlc completions`: what shells need to complete the command line.

use crate::terminal::{Terminal, closed_is_fine};
use crate::{Outcome, command};
use clap_complete::Shell;
use mlc_compiler::diag::Diags;
use std::io::{Write, stdout};

/// Prints a script by which a shell completes `mlc`, its commands and their options.
///
/// For bash: `mlc completions bash > ~/.local/share/bash-completion/completions/mlc`; for zsh, `_mlc` in a folder of
/// `$fpath`; for fish, `~/.config/fish/completions/mlc.fish`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(crate) fn run(args: Args, _: &Terminal) -> Result<Outcome, Diags> {
    closed_is_fine(stdout().write_all(&script(args.shell)))?;
    Ok(Outcome::Success)
}

/// In memory first: generators do not expect a reader that leaves.
fn script(shell: Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command(), "mlc", &mut script);
    script
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_shell_knows_commands_and_their_options() {
        for &shell in Shell::value_variants() {
            let script = String::from_utf8(script(shell)).unwrap();
            for word in ["plan-check", "completions", "weights-section"] {
                assert!(script.contains(word), "{shell} does not know {word}");
            }
        }
    }
}
