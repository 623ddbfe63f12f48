//! Putting an emitted crate into a folder of the user's: as a whole or not at all, and without harming anything else
//! that is there.
//!
//! Everything is written beside its place first, into [`HOME`], and then moved: plans, which say what belongs to them,
//! then manifests, and at last each folder of sources as a whole. Whoever stops it between two of these steps leaves
//! the old crate with a plan that does not fit, and the next time all is done again.

use crate::Files;
use crate::certificate;
use crate::disk::{Disk, Lock};
use crate::seal::{is_source, listed};
use crate::surroundings::fitted;
use mlc_compiler::diag::Diag;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How the manifest of an emitted crate begins.
pub(crate) const MARK: &str = "# Emitted by mlc";

/// Cargo's configuration, in the folder of a crate or of a workspace: ours only if it begins with the mark.
pub(crate) const CONFIG: &str = ".cargo/config.toml";

/// Where a crate is until it is moved to its place; it is gone when all is done.
const HOME: &str = ".mlc";

/// Writes a crate, or a workspace of crates, to `folder`, which is made if need be, in place of what an earlier emission
/// left there. Other files stay, in `src` too.
/// A folder that holds something else is left alone, unless `force` is set: then files are added to it.
pub fn install(files: &Files, folder: &Path, force: bool) -> Result<(), Diag> {
    install_on(&Disk::default(), files, folder, force)
}

fn install_on(disk: &Disk, files: &Files, folder: &Path, force: bool) -> Result<(), Diag> {
    let failed = |e: io::Error| {
        Diag::new("io", format!("cannot write to {}: {e}", folder.display())).note(
            "what was there before is there still; what is half done is done again the next time",
        )
    };
    let was_there = folder.is_dir();
    disk.create_folder(folder).map_err(failed)?;
    let _lock = Lock::of(folder);
    let files = fitted(files, folder);
    if !force && !is_emitted(&files, folder) && !is_vacant(folder) {
        let message = format!("{} is there and was not emitted by mlc", folder.display());
        return Err(Diag::new("occupied-folder", message)
            .note("choose another folder with `--out`, or write into this one with `--force`"));
    }
    let work = Work {
        disk,
        folder,
        files: &files,
    };
    let done = work.run();
    if done.is_err() && !was_there {
        // Only if nothing is in it.
        let _ = fs::remove_dir(folder);
    }
    done.map_err(failed)
}

/// Whether an earlier emission is there, or was begun.
fn is_emitted(files: &Files, folder: &Path) -> bool {
    let manifests = files.iter().map(|(path, _)| path);
    let mut manifests = manifests.filter(|path| path.ends_with("Cargo.toml"));
    folder.join(HOME).is_dir() || manifests.any(|path| is_marked(&folder.join(path)))
}

/// Whether a file begins as what is emitted does.
fn is_marked(file: &Path) -> bool {
    fs::read(file).is_ok_and(|text| text.starts_with(MARK.as_bytes()))
}

/// Whether nothing is there.
fn is_vacant(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

/// The folders in which crates may be, as paths from `folder` that end with `/`: this one, and those in it.
fn roots(folder: &Path) -> impl Iterator<Item = String> {
    let inside = fs::read_dir(folder).into_iter().flatten().flatten();
    let inside = inside.map(|entry| entry.file_name().to_string_lossy().into_owned() + "/");
    inside.chain([String::new()])
}

/// What is to be moved to its place.
enum Unit {
    /// A file.
    File(String),
    /// A folder of sources.
    Sources(String),
    /// A file that is there and goes.
    Stale(String),
}

/// An emission on its way.
struct Work<'a> {
    disk: &'a Disk,
    folder: &'a Path,
    files: &'a Files,
}

impl Work<'_> {
    fn run(&self) -> io::Result<()> {
        let is_fresh = !self.home("").exists();
        self.recover()?;
        let emitted = self.emitted();
        let staged = self.begin(&emitted).and_then(|()| self.stage(&emitted));
        let units = match staged {
            Ok(units) => units,
            Err(error) => {
                // Nothing was moved. What an emission noted that was stopped earlier is still needed.
                let litter = if is_fresh {
                    self.home("")
                } else {
                    self.staged("")
                };
                let _ = self.disk.remove(&litter);
                return Err(error);
            }
        };
        units.iter().try_for_each(|unit| self.put(unit))?;
        self.disk.sync(self.folder)?;
        self.end()
    }

    fn home(&self, path: &str) -> PathBuf {
        self.folder.join(HOME).join(path)
    }

    /// What is new, below there.
    fn staged(&self, path: &str) -> PathBuf {
        self.home("new").join(path)
    }

    /// Where sources wait that make room, below there.
    fn old(&self, path: &str) -> PathBuf {
        self.home("old").join(path)
    }

    /// The folders of the crates, as paths that end with `/`.
    fn crates(&self) -> impl Iterator<Item = &str> {
        let paths = self.files.iter().map(|(path, _)| path);
        paths.filter_map(|path| path.strip_suffix("src/lib.rs"))
    }

    /// Puts sources back that made room when an earlier emission was stopped.
    fn recover(&self) -> io::Result<()> {
        for root in roots(&self.old("")) {
            let sources = format!("{root}src");
            let (place, old) = (self.folder.join(&sources), self.old(&sources));
            if old.exists() && !place.exists() {
                self.disk.rename(&old, &place)?;
            }
        }
        Ok(())
    }

    /// The files that earlier emissions wrote, even if they were stopped.
    fn emitted(&self) -> BTreeSet<String> {
        let noted = fs::read_to_string(self.home("emitted")).unwrap_or_default();
        let mut emitted: BTreeSet<String> = noted.lines().map(String::from).collect();
        for root in roots(self.folder) {
            let listed = listed(&self.folder.join(&root).join(certificate::FILE));
            emitted.extend(
                listed
                    .into_iter()
                    .map(|path| match path.strip_prefix("../") {
                        Some(path) => path.to_owned(),
                        None => format!("{root}{path}"),
                    }),
            );
        }
        emitted
    }

    /// Notes what earlier emissions wrote, before any of that changes, and clears what they left.
    fn begin(&self, emitted: &BTreeSet<String>) -> io::Result<()> {
        self.disk.create_folder(&self.home(""))?;
        let lines: String = emitted.iter().map(|path| format!("{path}\n")).collect();
        self.disk
            .write(&self.home("emitted.new"), lines.as_bytes())?;
        self.disk
            .rename(&self.home("emitted.new"), &self.home("emitted"))?;
        self.disk.remove(&self.staged(""))?;
        self.disk.remove(&self.old(""))
    }

    /// Writes all that is not there already, and says in which order it goes to its place.
    fn stage(&self, emitted: &BTreeSet<String>) -> io::Result<Vec<Unit>> {
        let mut units = Vec::new();
        let (plans, others): (Vec<_>, Vec<_>) = self
            .files
            .iter()
            .filter(|(path, _)| !is_source(path))
            .partition(|(path, _)| path.ends_with(certificate::FILE));
        for (path, contents) in plans.into_iter().chain(others) {
            let stays = self.may_be_the_users(path) && self.folder.join(path).exists();
            if !stays && !self.holds(path, contents) {
                self.write(path, contents)?;
                units.push(Unit::File(path.into()));
            }
        }
        units.extend(self.stale_configs().map(Unit::Stale));
        units.extend(self.stale_c(emitted).map(Unit::Stale));
        for root in self.crates() {
            let sources = format!("{root}src");
            let stale = self
                .others(&sources)?
                .into_iter()
                .any(|path| emitted.contains(&path));
            let below = format!("{sources}/");
            let mut own = self
                .files
                .iter()
                .filter(|(path, _)| path.starts_with(&below));
            if stale || !own.all(|(path, contents)| self.holds(path, contents)) {
                self.stage_sources(&sources, emitted)?;
                units.push(Unit::Sources(sources));
            }
        }
        Ok(units)
    }

    /// Whether what is at a path, if anything, is not ours to replace: a licence, or what cargo is told without our mark.
    fn may_be_the_users(&self, path: &str) -> bool {
        path.contains("LICENSE") || path.ends_with(CONFIG) && !is_marked(&self.folder.join(path))
    }

    /// What cargo was told of the machine by an earlier emission, for another one.
    fn stale_configs(&self) -> impl Iterator<Item = String> {
        let folders: BTreeSet<_> = self.crates().chain([""]).collect();
        let configs = folders
            .into_iter()
            .map(|folder| format!("{folder}{CONFIG}"));
        configs.filter(|path| self.files.get(path).is_none() && is_marked(&self.folder.join(path)))
    }

    /// What an earlier emission wrote for C and this one does not: headers, and the library with its manifest.
    fn stale_c(&self, emitted: &BTreeSet<String>) -> impl Iterator<Item = String> {
        const MANIFEST: &str = "c/Cargo.toml";
        let has_library = self.files.get(MANIFEST).is_some();
        // Sources of a library that stays are exchanged as a whole.
        let goes = move |path: &String| path.starts_with("c/") && !(has_library && is_source(path));
        let written = emitted.iter().filter(move |path| goes(path)).cloned();
        let manifest = is_marked(&self.folder.join(MANIFEST)).then(|| MANIFEST.to_owned());
        let all = written.chain(manifest);
        all.filter(|path| self.files.get(path).is_none() && self.folder.join(path).exists())
    }

    /// Writes sources, beside what is the user's among the old ones.
    fn stage_sources(&self, sources: &str, emitted: &BTreeSet<String>) -> io::Result<()> {
        let below = format!("{sources}/");
        for (path, contents) in self
            .files
            .iter()
            .filter(|(path, _)| path.starts_with(&below))
        {
            self.write(path, contents)?;
        }
        for path in self.others(sources)? {
            if !emitted.contains(&path) {
                let to = self.staged(&path);
                self.disk.create_folder(to.parent().unwrap_or(&to))?;
                self.disk.copy(&self.folder.join(&path), &to)?;
            }
        }
        self.disk.sync(&self.staged(sources))
    }

    fn write(&self, path: &str, contents: &[u8]) -> io::Result<()> {
        let to = self.staged(path);
        self.disk.create_folder(to.parent().unwrap_or(&to))?;
        self.disk.write(&to, contents)
    }

    fn holds(&self, path: &str, contents: &[u8]) -> bool {
        fs::read(self.folder.join(path)).is_ok_and(|old| old == contents)
    }

    /// The files below a folder that are not emitted now.
    fn others(&self, folder: &str) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = match fs::read_dir(self.folder.join(&folder)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries?,
            };
            for entry in entries {
                let entry = entry?;
                let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
                match entry.file_type()?.is_dir() {
                    true => folders.push(path),
                    false if self.files.get(&path).is_none() => found.push(path),
                    false => {}
                }
            }
        }
        Ok(found)
    }

    /// Moves something to its place.
    fn put(&self, unit: &Unit) -> io::Result<()> {
        match unit {
            Unit::File(path) => {
                let place = self.folder.join(path);
                self.disk.create_folder(place.parent().unwrap_or(&place))?;
                self.disk.rename(&self.staged(path), &place)
            }
            Unit::Sources(path) => self.put_sources(path),
            Unit::Stale(path) => {
                let place = self.folder.join(path);
                self.disk.remove(&place)?;
                // Only if nothing else is in its folder.
                let _ = fs::remove_dir(place.parent().unwrap_or(&place));
                Ok(())
            }
        }
    }

    fn put_sources(&self, path: &str) -> io::Result<()> {
        let (new, place) = (self.staged(path), self.folder.join(path));
        if !place.exists() {
            return self.disk.rename(&new, &place);
        }
        if self.disk.exchange(&new, &place).is_ok() {
            return Ok(());
        }
        // Between these two steps there are no sources, so nothing compiles.
        let old = self.old(path);
        self.disk.create_folder(old.parent().unwrap_or(&old))?;
        self.disk.rename(&place, &old)?;
        self.disk.rename(&new, &place)
    }

    /// Clears what is left, at last what earlier emissions wrote.
    fn end(&self) -> io::Result<()> {
        self.disk.remove(&self.staged(""))?;
        self.disk.remove(&self.old(""))?;
        self.disk.remove(&self.home(""))
    }
}

#[cfg(test)]
mod tests;
