//! A compiler for bare-metal targets.
//!
//! Best is a toolchain that has them (`rustup target add`). Where rustup cannot fetch any, Debian's
//! `rustc-web` with the library sources of `rust-web-src` is used: `core` is built from these, offline,
//! into a sysroot in the target folder, once. Only that needs the compiler's unstable switches; the code
//! that is compiled afterwards is held to stable Rust.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::sh;

/// Debian's compiler.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";

/// A compiler, what it links with, and where it finds `core` if not in its own place.
pub(crate) struct Toolchain {
    rustc: PathBuf,
    linker: PathBuf,
    sysroot: Option<PathBuf>,
}

impl Toolchain {
    /// A toolchain that can build for all of `targets`. Its packages must be there: [`missing_packages`].
    pub(crate) fn for_targets(targets: &[&str]) -> Result<Self> {
        let linker = linker()?;
        if has_targets("rustc", targets) {
            return Ok(Self {
                rustc: "rustc".into(),
                linker,
                sysroot: None,
            });
        }
        let sysroot = Sysroot::open()?;
        sysroot.add(targets)?;
        Ok(Self {
            rustc: DEBIAN_RUSTC.into(),
            linker,
            sysroot: Some(sysroot.dir),
        })
    }

    /// rust-lld.
    pub(crate) fn linker(&self) -> &Path {
        &self.linker
    }

    /// `cargo build` in a project's own folder, with what its own configuration says and `arguments`.
    pub(crate) fn cargo_in(&self, folder: &Path, target: &str, arguments: &[&str]) -> Command {
        let mut flags = vec![format!("-Clinker={}", self.linker.display())];
        let sysroot = self.sysroot.iter();
        flags.extend(sysroot.map(|dir| format!("--sysroot={}", dir.display())));
        let flags: Vec<_> = flags.iter().map(|flag| format!("{flag:?}")).collect();
        let mut command = sh::cargo(["build", "--release"]);
        command.arg("--config");
        command.arg(format!("target.{target}.rustflags=[{}]", flags.join(",")));
        command.args(arguments).current_dir(folder);
        command
            .env("RUSTC", &self.rustc)
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    }

    /// `cargo build` at `manifest` for `target` with `flags` for the compiler, and the environment all this needs.
    pub(crate) fn cargo_build(&self, manifest: &Path, target: &str, flags: &[String]) -> Command {
        let mut command = sh::cargo(["build", "-q", "--release", "--target", target]);
        command.arg("--manifest-path").arg(manifest);
        self.environment(&mut command, flags);
        command
    }

    /// The environment in which cargo, wherever a command starts it, builds by this toolchain with `flags`.
    pub(crate) fn environment<'a>(
        &self,
        command: &'a mut Command,
        flags: &[String],
    ) -> &'a mut Command {
        let mut all = vec![format!("-Clinker={}", self.linker.display())];
        all.extend(
            self.sysroot
                .iter()
                .map(|dir| format!("--sysroot={}", dir.display())),
        );
        all.extend_from_slice(flags);
        command
            .env("RUSTC", &self.rustc)
            .env("CARGO_ENCODED_RUSTFLAGS", all.join("\x1f"))
    }
}

/// The Debian packages that [`Toolchain::for_targets`] would need and that are not there.
pub(crate) fn missing_packages(targets: &[&str]) -> Vec<&'static str> {
    if has_targets("rustc", targets) {
        return Vec::new();
    }
    let compiler = Path::new(DEBIAN_RUSTC).exists();
    let sources = compiler && library().is_ok_and(|dir| dir.join("core/Cargo.toml").exists());
    let wanted = [("rustc-web", compiler), ("rust-web-src", sources)];
    wanted
        .into_iter()
        .filter(|(_, there)| !there)
        .map(|(name, _)| name)
        .collect()
}

/// An optimisation level as a value of a manifest: `3`, `"s"`.
pub(crate) fn toml_opt_level(level: &str) -> String {
    match level.parse::<u8>() {
        Ok(number) => number.to_string(),
        Err(_) => format!("{level:?}"),
    }
}

fn print(rustc: &str, what: &str, target: Option<&str>) -> Result<PathBuf> {
    let mut command = Command::new(rustc);
    command.args(["--print", what]);
    command.args(target.iter().flat_map(|target| ["--target", target]));
    Ok(sh::capture(&mut command)?.trim().into())
}

fn has_targets(rustc: &str, targets: &[&str]) -> bool {
    let has =
        |target: &&str| print(rustc, "target-libdir", Some(target)).is_ok_and(|dir| dir.is_dir());
    targets.iter().all(has)
}

/// The source of the standard library that comes with Debian's compiler.
fn library() -> Result<PathBuf> {
    Ok(print(DEBIAN_RUSTC, "sysroot", None)?.join("lib/rustlib/src/rust/library"))
}

/// rust-lld, which the rustup toolchain of the host brings.
fn linker() -> Result<PathBuf> {
    let host = sh::capture(Command::new("rustc").arg("-vV"))?;
    let host = host
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .context("rustc names no host")?;
    let path = print("rustc", "sysroot", None)?
        .join("lib/rustlib")
        .join(host)
        .join("bin/rust-lld");
    if !path.exists() {
        bail!(
            "there is no linker at {}; a toolchain installed by rustup has it",
            path.display()
        );
    }
    Ok(path)
}

/// `core` for bare-metal targets, built by Debian's compiler.
struct Sysroot {
    dir: PathBuf,
}

impl Sysroot {
    /// The sysroot in the target folder, emptied if another compiler made it.
    fn open() -> Result<Self> {
        let dir = sh::target_dir().join("mcu-sysroot");
        let version = sh::capture(Command::new(DEBIAN_RUSTC).arg("-vV"))?;
        let stamp = dir.join("made-by");
        if fs::read_to_string(&stamp).ok().as_ref() != Some(&version) {
            let _ = fs::remove_dir_all(&dir);
            fs::create_dir_all(dir.join("lib/rustlib"))?;
            fs::write(stamp, version)?;
        }
        Ok(Self { dir })
    }

    /// Where the libraries of `target` lie.
    fn libraries(&self, target: &str) -> PathBuf {
        self.dir.join("lib/rustlib").join(target).join("lib")
    }

    /// Builds what is not there yet of `targets`, all in one call of cargo.
    fn add(&self, targets: &[&str]) -> Result<()> {
        let missing: BTreeSet<_> = targets
            .iter()
            .filter(|target| !self.libraries(target).exists())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        let package = self.empty_package()?;
        let mut command = sh::cargo(["build", "-q", "--offline", "--release", "-Zbuild-std=core"]);
        command.current_dir(&package);
        command.args(
            missing
                .iter()
                .map(|target| format!("--target={target}"))
                .chain(vendored()?),
        );
        command.arg("--target-dir").arg(package.join("target"));
        command
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_ENCODED_RUSTFLAGS", "-Cembed-bitcode=yes");
        sh::run(&mut command)?;
        for target in missing {
            self.keep(
                target,
                &package.join("target").join(target).join("release/deps"),
            )?;
        }
        Ok(fs::remove_dir_all(package)?)
    }

    /// A package without code: building it builds nothing but `core`.
    fn empty_package(&self) -> Result<PathBuf> {
        const MANIFEST: &str = "[package]\nname = \"empty\"\nedition = \"2024\"\n\
            [profile.release]\npanic = \"abort\"\n[workspace]\n";
        let dir = self.dir.join("build");
        fs::create_dir_all(dir.join("src"))?;
        fs::write(dir.join("Cargo.toml"), MANIFEST)?;
        fs::write(dir.join("src/lib.rs"), "#![no_std]\n")?;
        Ok(dir)
    }

    /// Copies the libraries that cargo made for `target`; they appear all at once.
    fn keep(&self, target: &str, made: &Path) -> Result<()> {
        let place = self.libraries(target);
        let partial = place.with_extension("partial");
        fs::create_dir_all(&partial)?;
        for entry in fs::read_dir(made)? {
            let path = entry?.path();
            if path.extension().is_some_and(|ext| ext == "rlib") && !is_empty_package(&path) {
                fs::copy(&path, partial.join(path.file_name().unwrap_or_default()))?;
            }
        }
        Ok(fs::rename(partial, place)?)
    }
}

fn is_empty_package(library: &Path) -> bool {
    library
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("libempty-"))
}

/// Cargo's options to take the library's dependencies from where they lie beside it.
fn vendored() -> Result<[String; 4]> {
    let vendor = library()?.join("vendor");
    Ok([
        "--config".into(),
        "source.crates-io.replace-with=\"vendored\"".into(),
        "--config".into(),
        format!("source.vendored.directory={vendor:?}"),
    ])
}
