//! `cargo xtask start`: the commands of `docs/start.md`, copied out of it and run as a new user would: with nothing that cargo
//! downloaded or installed before, from a clone to answers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::sh;

/// Runs the commands of the documentation in an empty home of cargo's.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Print the commands, and run none.
    #[arg(long)]
    list: bool,
}

/// The page whose commands are run.
const PAGE: &str = "docs/start.md";
/// What begins a block of commands there, and what ends it.
const BEGIN: &str = "```sh";
const END: &str = "```";
/// Where the documentation clones from; here it is this repository, as it is committed.
const ORIGIN: &str = "https://github.com/mlc-rs/mlc";
/// What says how to reach the registry, where that is not as usual.
const CONFIGS: &[&str] = &["config.toml", "config"];

pub(crate) fn run(args: Args) -> Result<()> {
    let page = fs::read_to_string(sh::root().join(PAGE)).context(PAGE)?;
    let blocks = blocks(&page);
    ensure!(
        !blocks.is_empty(),
        "{PAGE} has no block of commands that begins with {BEGIN}"
    );
    if args.list {
        println!("{}", blocks.join("\n"));
        return Ok(());
    }
    let user = User::new()?;
    for block in blocks {
        let start = Instant::now();
        println!("{block}");
        let last = user.types(&block)?;
        ensure!(last.ends_with("right"), "the commands end with `{last}`");
        println!("{last}, after {} s\n", start.elapsed().as_secs());
    }
    Ok(())
}

/// The blocks of commands of a page.
fn blocks(page: &str) -> Vec<String> {
    let mut lines = page.lines();
    let mut blocks = Vec::new();
    while lines.by_ref().any(|line| line == BEGIN) {
        let block: Vec<_> = lines.by_ref().take_while(|line| *line != END).collect();
        blocks.push(block.join("\n") + "\n");
    }
    blocks
}

/// Someone who has rustup, and nothing else.
struct User {
    folder: PathBuf,
    cargo_home: PathBuf,
}

impl User {
    fn new() -> Result<Self> {
        let folder = sh::target_dir().join("start");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        let cargo_home = folder.join("cargo-home");
        fs::create_dir_all(&cargo_home)?;
        if let Some(own) = own_cargo_home() {
            for config in CONFIGS.iter().filter(|config| own.join(config).is_file()) {
                fs::copy(own.join(config), cargo_home.join(config))?;
            }
        }
        Ok(User { folder, cargo_home })
    }

    /// Runs commands, and gives the last line of what they say.
    fn types(&self, commands: &str) -> Result<String> {
        let path = std::env::var("PATH").unwrap_or_default();
        let mut shell = Command::new("bash");
        shell
            .args([
                "-eu",
                "-o",
                "pipefail",
                "-c",
                &format!("exec 2>&1\n{commands}"),
            ])
            .current_dir(&self.folder)
            .stdin(Stdio::null());
        for (variable, _) in std::env::vars_os() {
            let name = variable.to_string_lossy();
            if name.starts_with("CARGO")
                || name.starts_with("RUSTFLAGS")
                || name.starts_with("MLC_")
                || name == "RUSTC"
            {
                shell.env_remove(&variable);
            }
        }
        shell
            .env("CARGO_HOME", &self.cargo_home)
            .env("MLC_CACHE", self.folder.join("cache"))
            .env(
                "PATH",
                format!("{}:{path}", self.cargo_home.join("bin").display()),
            )
            .env("GIT_CONFIG_COUNT", "1")
            .env(
                "GIT_CONFIG_KEY_0",
                format!("url.{}.insteadOf", sh::root().display()),
            )
            .env("GIT_CONFIG_VALUE_0", ORIGIN);
        let output = shell.output().context("cannot run bash")?;
        let text = String::from_utf8_lossy(&output.stdout);
        ensure!(
            output.status.success(),
            "the commands fail: {}\n{text}",
            output.status
        );
        let last = text.lines().rfind(|line| !line.is_empty());
        Ok(last.unwrap_or_default().to_owned())
    }
}

fn own_cargo_home() -> Option<PathBuf> {
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cargo"));
    std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(home)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_those_between_fences() {
        let page = "text\n```sh\na\nb\n```\n```rust\nc\n```\n```sh\nd\n```\n";
        assert_eq!(blocks(page), ["a\nb\n", "d\n"]);
    }
}
