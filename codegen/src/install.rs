//! Putting an emitted crate into a folder of the user's without harming anything else that is there.

use crate::Files;
use mlc_compiler::diag::Diag;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How the manifest of an emitted crate begins.
pub(crate) const MARK: &str = "# Emitted by mlc";

/// Writes a crate, or a workspace of crates, to `folder`, which is made if need be, and removes what an earlier emission
/// left in each `src`.
/// A folder that holds something else is left alone, unless `force` is set: then files are added to it.
pub fn install(files: &Files, folder: &Path, force: bool) -> Result<(), Diag> {
    let emitted = is_emitted(folder);
    if !emitted && !force && !is_vacant(folder) {
        let message = format!("{} is there and was not emitted by mlc", folder.display());
        return Err(Diag::new("occupied-folder", message)
            .note("choose another folder with `--out`, or write into this one with `--force`"));
    }
    files.write_to(folder)?;
    match emitted {
        true => tidy(files, folder)
            .map_err(|e| Diag::new("io", format!("cannot tidy {}: {e}", folder.display()))),
        false => Ok(()),
    }
}

fn is_emitted(folder: &Path) -> bool {
    fs::read(folder.join("Cargo.toml")).is_ok_and(|text| text.starts_with(MARK.as_bytes()))
}

/// Whether nothing is there, or an empty folder.
fn is_vacant(folder: &Path) -> bool {
    match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) => error.kind() == io::ErrorKind::NotFound,
    }
}

/// Removes what is not among `files` from the sources of each crate among them.
fn tidy(files: &Files, root: &Path) -> io::Result<()> {
    let manifests = files.iter().map(|(path, _)| path);
    let crates = manifests.filter_map(|path| path.strip_suffix("Cargo.toml"));
    let mut sources = crates.map(|folder| root.join(folder).join("src"));
    sources.try_for_each(|folder| match folder.is_dir() {
        true => remove_stale(files, root, &folder),
        false => Ok(()),
    })
}

/// Removes files below `folder` that are not among `files`, whose paths start at `root`; and folders that
/// become empty. Links are removed, not followed.
fn remove_stale(files: &Files, root: &Path, folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let (entry, path) = entry.map(|e| (e.file_type(), e.path()))?;
        if entry?.is_dir() {
            remove_stale(files, root, &path)?;
            if fs::read_dir(&path)?.next().is_none() {
                fs::remove_dir(&path)?;
            }
        } else if files.get(&slashed(root, &path)).is_none() {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The path from `root` to `path`, as [`Files`] spells it.
fn slashed(root: &Path, path: &Path) -> String {
    let relative: PathBuf = path.strip_prefix(root).unwrap_or(path).into();
    let parts: Vec<_> = relative.iter().map(|p| p.to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn emission(paths: &[&str]) -> Files {
        let mut files = Files::default();
        files.add("Cargo.toml", format!("{MARK}.\n"));
        paths.iter().for_each(|path| files.add(*path, "x"));
        files
    }

    #[test]
    fn a_later_emission_replaces_an_earlier_one() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("deep/net");
        install(&emission(&["src/a/b.rs", "src/lib.rs"]), &to, false).unwrap();
        fs::write(to.join("Cargo.lock"), "mine").unwrap();
        install(&emission(&["src/lib.rs"]), &to, false).unwrap();
        assert!(!to.join("src/a").exists());
        assert!(to.join("src/lib.rs").exists() && to.join("Cargo.lock").exists());
    }

    #[test]
    fn crates_of_a_workspace_are_tidied_one_by_one() {
        let dir = tempfile::tempdir().unwrap();
        let crates = [
            "a/Cargo.toml",
            "a/src/lib.rs",
            "a/src/old.rs",
            "b/Cargo.toml",
            "b/src/lib.rs",
        ];
        install(&emission(&crates), dir.path(), false).unwrap();
        install(&emission(&crates[..2]), dir.path(), false).unwrap();
        let is_there = |path: &str| dir.path().join(path).exists();
        assert!(is_there("a/src/lib.rs") && !is_there("a/src/old.rs"));
        // Whose crate this is now, nobody knows.
        assert!(is_there("b/src/lib.rs"));
    }

    #[test]
    fn what_others_wrote_is_safe() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("src")).unwrap();
        fs::write(dir.path().join("src/mine.rs"), "mine").unwrap();
        let files = emission(&["src/lib.rs"]);
        let refused = install(&files, dir.path(), false).unwrap_err();
        assert_eq!(refused.code, "occupied-folder");
        assert!(!dir.path().join("Cargo.toml").exists());
        install(&files, dir.path(), true).unwrap();
        assert!(dir.path().join("src/mine.rs").exists() && dir.path().join("src/lib.rs").exists());
        assert!(install(&files, &dir.path().join("src/mine.rs"), false).is_err());
    }
}
