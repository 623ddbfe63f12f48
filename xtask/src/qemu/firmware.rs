//! A program around an emitted crate: the same source for every board and for the host.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use mlc_codegen::{Interface, Socket};

use super::board::Board;
use crate::sh;
use crate::toolchain::{self, Toolchain};

/// The symbol that an image refers to if anything in it can panic, and that nothing defines.
const PANIC_SYMBOL: &str = "image_has_a_panic_path";

/// What building an image comes to.
pub(super) enum Built {
    Image(PathBuf),
    /// The board's memory is too small, in the linker's words.
    TooLarge(String),
}

/// The sources of a firmware in a folder of its own.
pub(super) struct Firmware {
    pub(super) dir: PathBuf,
}

impl Firmware {
    /// Writes the program for a network, whose crate is in the folder `network`.
    pub(super) fn generate(
        dir: PathBuf,
        interface: &Interface,
        network: &Path,
        opt_level: &str,
    ) -> Result<Self> {
        ensure!(!interface.inputs.is_empty(), "the model has no inputs");
        let name = &interface.crate_name;
        let model = format!("model = {{ package = \"{name}\", path = {network:?} }}");
        Self::write(dir, &model, &program(interface), opt_level)
    }

    /// Writes a program that has a dependency besides its support.
    pub(super) fn write(
        dir: PathBuf,
        dependency: &str,
        program: &str,
        opt_level: &str,
    ) -> Result<Self> {
        fs::create_dir_all(dir.join("src"))?;
        fs::write(dir.join("Cargo.toml"), manifest(dependency, opt_level))?;
        fs::write(dir.join("src/main.rs"), program)?;
        Ok(Self { dir })
    }

    /// Builds the program for this machine.
    pub(super) fn build_host(&self) -> Result<PathBuf> {
        let mut command = sh::cargo(["build", "-q", "--release", "--manifest-path"]);
        command.arg(self.manifest());
        sh::run(self.in_own_folder(&mut command))?;
        Ok(self.dir.join("target/release/firmware"))
    }

    /// Builds the image for a board. It links only if no panic can be reached in it.
    pub(super) fn build(&self, toolchain: &Toolchain, board: &Board) -> Result<Built> {
        let output = self.link(toolchain, board, &[])?;
        let said = String::from_utf8_lossy(&output.stderr);
        if output.status.success() {
            eprint!("{said}");
            let target = self.dir.join("target").join(board.triple());
            return Ok(Built::Image(target.join("release/firmware")));
        }
        if said.contains(PANIC_SYMBOL) {
            bail!("the image for {board} has a panic path, by the linker's own word:\n{said}");
        }
        match said
            .lines()
            .find(|line| line.contains("will not fit in region"))
        {
            Some(line) => Ok(Built::TooLarge(line.trim().to_owned())),
            None => bail!("cannot build the image for {board}:\n{said}"),
        }
    }

    /// Makes sure that the proof proves something: the same image with a panic in it must not link.
    pub(super) fn check_panic_proof(&self, toolchain: &Toolchain, board: &Board) -> Result<()> {
        let output = self.link(toolchain, board, &["--features", "planted-panic"])?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(
            !output.status.success() && said.contains(PANIC_SYMBOL),
            "an image with a panic in it should fail to link for {board}, but:\n{said}"
        );
        Ok(())
    }

    fn link(
        &self,
        toolchain: &Toolchain,
        board: &Board,
        more: &[&str],
    ) -> Result<std::process::Output> {
        let layout = self.dir.join(board.name);
        fs::create_dir_all(&layout)?;
        fs::write(layout.join("memory.x"), board.machine.memory_x())?;
        let script = support().join("link.x");
        let mut flags = board.target().flags();
        flags.push(format!("-Clink-arg=-L{}", layout.display()));
        flags.push(format!("-Clink-arg=-T{}", script.display()));
        let mut command = toolchain.cargo_build(&self.manifest(), board.triple(), &flags);
        self.in_own_folder(command.args(more));
        command.output().context("cannot run cargo")
    }

    fn manifest(&self) -> PathBuf {
        self.dir.join("Cargo.toml")
    }

    fn in_own_folder<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.arg("--target-dir").arg(self.dir.join("target"))
    }
}

/// The crate that every firmware is written with.
fn support() -> PathBuf {
    sh::root().join("tests/metal/support")
}

fn manifest(dependency: &str, opt_level: &str) -> String {
    format!(
        r#"[package]
name = "firmware"
edition = "2024"

[dependencies]
metal-support = {{ path = {support:?} }}
{dependency}

[features]
planted-panic = []

[profile.release]
panic = "abort"
lto = "fat"
codegen-units = 1
opt-level = {opt_level}

[workspace]
"#,
        support = support(),
        opt_level = toolchain::toml_opt_level(opt_level),
    )
}

fn program(interface: &Interface) -> String {
    let functions = |sockets: &[Socket]| {
        let names = sockets.iter().map(|socket| &*socket.function);
        names.collect::<Vec<_>>().join(", ")
    };
    let inputs = match (interface.rows, &interface.inputs[..]) {
        (Some(_), [input]) => format!("rows: [{}; {}]", input.element, input.ty.len()),
        _ => format!("inputs: [{}]", functions(&interface.inputs)),
    };
    let lent = interface.lent.iter();
    let lent = lent.map(|l| format!("{0}: {1}, \".bss.region.{0}\"", l.name, l.bytes));
    let lent: Vec<_> = lent.collect();
    let arenas = match lent.is_empty() {
        true => String::new(),
        false => format!(", arenas: [{}]", lent.join(", ")),
    };
    format!(
        "//! One network on one board: generated by `cargo xtask qemu`.\n\
         #![cfg_attr(target_os = \"none\", no_std, no_main)]\n\n\
         metal_support::firmware!(model::{}, {inputs}, outputs: [{}]{arenas});\n",
        interface.type_name,
        functions(&interface.outputs),
    )
}
