//! The cache of built programs: a folder for each, named by a digest of all that goes into it.

use super::machine::Flags;
use super::watch;
use crate::Files;
use crate::seal::hexadecimal;
use mlc_compiler::diag::Diag;
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// Where the program that is built is, below its folder.
pub(crate) const FOLDER: &str = "runner";

/// Programs that were not used for so long are removed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Variables that would change what cargo builds or where it puts it; flags of the user's are passed on by [`Flags`].
const IGNORED: &[&str] = &[
    "CARGO_BUILD_TARGET",
    "CARGO_BUILD_RUSTFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "RUSTFLAGS",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
];

/// The user's cache: `MLC_CACHE`, or a folder where the system keeps such things.
pub(crate) fn folder() -> Result<PathBuf, Diag> {
    let var = |name: &str| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    let home = || {
        let caches = if cfg!(target_os = "macos") {
            "Library/Caches"
        } else {
            ".cache"
        };
        Some(var("HOME")?.join(caches))
    };
    let shared = || {
        var("XDG_CACHE_HOME")
            .or_else(|| var("LOCALAPPDATA"))
            .or_else(home)
    };
    let folder = var("MLC_CACHE").or_else(|| Some(shared()?.join("mlc")));
    folder.ok_or_else(|| {
        Diag::new("io", "there is no folder to build in").note("set MLC_CACHE to one")
    })
}

/// One program's folder, locked while it is open.
pub(crate) struct Entry {
    folder: PathBuf,
    flags: Flags,
    _lock: File,
}

/// What building a program showed.
#[derive(Default)]
pub(crate) struct Built {
    pub(crate) rustc_bytes: Option<u64>,
    pub(crate) messages: String,
}

impl Entry {
    /// The folder of the program made of `files` with these flags.
    pub(crate) fn open(cache: &Path, files: &Files, flags: Flags) -> Result<Self, Diag> {
        let failed = |e: io::Error| {
            Diag::new(
                "io",
                format!("cannot use the cache {}: {e}", cache.display()),
            )
        };
        fs::create_dir_all(cache).map_err(failed)?;
        let key = key(files, &flags.describe(cache)?);
        let lock = File::create(cache.join(format!("{key}.lock"))).map_err(failed)?;
        lock.lock().map_err(failed)?;
        // Marks it as used; the lock says how long nobody has.
        lock.set_modified(SystemTime::now()).map_err(failed)?;
        remove_old(cache);
        Ok(Entry {
            folder: cache.join(key),
            flags,
            _lock: lock,
        })
    }

    /// The program's file.
    pub(crate) fn program(&self) -> PathBuf {
        let suffix = match self.flags.triple() {
            Some(_) => "",
            None => std::env::consts::EXE_SUFFIX,
        };
        self.folder.join(format!("run{suffix}"))
    }

    pub(crate) fn holds_program(&self) -> bool {
        self.program().is_file()
    }

    /// Builds the program and keeps nothing else that cargo makes.
    pub(crate) fn build(&self, files: &Files) -> Result<Built, Diag> {
        let target = self.folder.join("target");
        let failed = |e: io::Error| Diag::new("io", format!("cannot build in the cache: {e}"));
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder).map_err(failed)?;
        }
        files.write_to(&self.folder)?;
        let built = self.cargo(&target)?;
        let program = self.program();
        let name = program.file_name().unwrap_or_default();
        let made = target.join(self.flags.triple().unwrap_or_default());
        fs::rename(made.join("release").join(name), &program).map_err(failed)?;
        fs::remove_dir_all(&target).map_err(failed)?;
        Ok(built)
    }

    fn cargo(&self, target: &Path) -> Result<Built, Diag> {
        let cargo = std::env::var_os("CARGO").unwrap_or(OsString::from("cargo"));
        let mut command = Command::new(cargo);
        command
            .current_dir(self.folder.join(FOLDER))
            .args(["build", "--release", "--offline", "--quiet", "--target-dir"])
            .arg(target);
        for name in IGNORED {
            command.env_remove(name);
        }
        self.flags.pass(&mut command);
        let (output, rustc_bytes) = watch::output(command).map_err(|e| {
            Diag::new(
                "no-cargo",
                format!("cannot run cargo, which builds the network: {e}"),
            )
        })?;
        let messages = String::from_utf8_lossy(&output.stderr).into_owned();
        match output.status.success() {
            true => Ok(Built {
                rustc_bytes,
                messages,
            }),
            false => Err(
                Diag::new("build-failed", "the emitted crate does not build")
                    .note(format!("folder {}", self.folder.display()))
                    .note(messages),
            ),
        }
    }
}

/// A digest of the files, their names, the compiler, and the machine it compiles for.
fn key(files: &Files, machine: &str) -> String {
    let mut hash = Sha256::new();
    for (path, contents) in files.iter() {
        hash.update(format!("{path}\0{}\0", contents.len()));
        hash.update(contents);
    }
    let toolchain = std::env::var_os("RUSTUP_TOOLCHAIN").unwrap_or_default();
    hash.update(toolchain.as_encoded_bytes());
    hash.update(format!("\0{machine}"));
    hexadecimal(&hash.finalize())
}

/// Removes programs that nobody used for a long time. One that resists is left for the next time.
fn remove_old(cache: &Path) {
    let is_old = |lock: &Path| {
        let used = lock.metadata().and_then(|m| m.modified()).ok();
        used.and_then(|used| used.elapsed().ok())
            .is_some_and(|age| age > KEPT)
    };
    let entries = fs::read_dir(cache).into_iter().flatten().flatten();
    let locks = entries
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|e| e == "lock"));
    for lock in locks.filter(|lock| is_old(lock)) {
        if File::open(&lock).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(lock.with_extension(""));
            let _ = fs::remove_file(&lock);
        }
    }
}
