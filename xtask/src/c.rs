//! `cargo xtask c`: the example in C, as its users would build it: by Make and by CMake, for this machine and for a
//! Cortex-M4, where QEMU runs it. Two networks are in one program, each from a library of its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use mlc_codegen::{Options, install};
use mlc_compiler::target::TargetRef;

use crate::toolchain::{self, Toolchain};
use crate::{packages, sh};

/// Builds and runs the example in C.
#[derive(clap::Args)]
pub(crate) struct Args {}

/// The core of the board that the example knows.
const CORE: &str = "cortex-m4";

/// What the example says if both networks read its digit.
const ANSWER: &str = "in floats: 3, in integers: 3";

/// Programs, and the Debian packages that have them.
const PROGRAMS: &[(&str, &[&str])] = &[
    ("make", &["make"]),
    ("cmake", &["cmake"]),
    ("cc", &["gcc", "libc6-dev"]),
    (
        "arm-none-eabi-gcc",
        &["gcc-arm-none-eabi", "libnewlib-arm-none-eabi"],
    ),
    ("qemu-system-arm", &["qemu-system-arm"]),
];

pub(crate) fn run(_: Args) -> Result<()> {
    let core: TargetRef = CORE.parse()?;
    let triple = core.triple.context("the core has a platform")?;
    let missing = PROGRAMS
        .iter()
        .filter(|(program, _)| !packages::runs(program));
    let missing = missing.flat_map(|(_, packages)| packages.iter().copied());
    let compiler = toolchain::missing_packages(&[triple]);
    packages::install(&missing.chain(compiler).collect::<Vec<_>>())?;
    let toolchain = Toolchain::for_targets(&[triple])?;

    let build = Build::new("make")?;
    build.answers(&mut build.make())?;
    let build = Build::new("cmake")?;
    build.cmake()?;
    build.answers(&mut Command::new(build.folder.join("main")))?;
    let build = Build::for_target(CORE, core)?;
    let mut make = build.make();
    make.arg(format!("CORE={CORE}"));
    build.answers(toolchain.environment(&mut make, &core.flags()))?;
    println!("the example in C answers as it should on this machine and on a {CORE}");
    Ok(())
}

/// A build of the example.
struct Build {
    folder: PathBuf,
}

impl Build {
    fn new(name: &str) -> Result<Self> {
        Build::for_target(name, TargetRef::default())
    }

    /// Writes the crates that the build would have `mlc` write: here, that is this program.
    fn for_target(name: &str, target: TargetRef) -> Result<Self> {
        let folder = sh::target_dir().join("c").join(name);
        for network in ["digits", "digits_int8"] {
            let options = Options {
                target,
                c_api: true,
                ..Options::new(sh::root().join("fixtures").join(network).join("model.onnx"))
            };
            let files = options.emit(&options.compile()?)?;
            let out = folder.join(network);
            install(&files, &out, false)?;
            // Make and CMake go by the time.
            std::fs::write(
                out.join("c/Cargo.toml"),
                files.get("c/Cargo.toml").unwrap_or_default(),
            )?;
        }
        Ok(Build { folder })
    }

    /// Make, which builds and runs the program.
    fn make(&self) -> Command {
        let mut command = Command::new("make");
        command.arg("--no-print-directory").arg("-C").arg(example());
        command
            .arg("run")
            .arg(format!("BUILD={}", self.folder.display()));
        command.arg("MLC=false");
        command
    }

    fn cmake(&self) -> Result<()> {
        let mut configure = Command::new("cmake");
        configure
            .arg("-S")
            .arg(example())
            .arg("-B")
            .arg(&self.folder);
        sh::run(configure.arg("-DMLC=false"))?;
        sh::run(Command::new("cmake").arg("--build").arg(&self.folder))
    }

    /// Makes sure that a program says what it should.
    fn answers(&self, program: &mut Command) -> Result<()> {
        eprintln!("$ {}", sh::describe(program));
        let said = sh::capture(program)?;
        ensure!(
            said.lines().any(|line| line.trim_end() == ANSWER),
            "the example should say `{ANSWER}`, but:\n{said}"
        );
        Ok(())
    }
}

fn example() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/c"))
}
