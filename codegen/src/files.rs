//! What is emitted: files in memory, and how they reach a disk in one piece.

use mlc_compiler::diag::Diag;
use std::collections::BTreeMap;
use std::path::Path;
use std::{fs, io};

/// Files by path, relative to a folder that is still to be chosen. Equal input gives equal bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(BTreeMap<String, Vec<u8>>);

impl Files {
    /// Adds a file; an earlier one of that path is replaced.
    pub fn add(&mut self, path: impl Into<String>, contents: impl Into<Vec<u8>>) {
        self.0.insert(path.into(), contents.into());
    }

    /// The contents of a file.
    pub fn get(&self, path: &str) -> Option<&[u8]> {
        self.0.get(path).map(Vec::as_slice)
    }

    /// All files, sorted by path.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.0
            .iter()
            .map(|(path, contents)| (path.as_str(), contents.as_slice()))
    }

    /// Writes all files below `folder`. Each is written beside its place and moved there, so that a
    /// file is either the old or the new one; files that hold the same bytes already are left alone.
    pub fn write_to(&self, folder: &Path) -> Result<(), Diag> {
        let mut files = self.0.iter();
        files.try_for_each(|(path, contents)| write_file(&folder.join(path), contents))
    }
}

/// Writes a file that is either the old or the new one, in folders that are made if need be. One that holds
/// the same bytes already is left alone.
pub fn write_file(path: &Path, contents: &[u8]) -> Result<(), Diag> {
    write(path, contents)
        .map_err(|e| Diag::new("io", format!("cannot write {}: {e}", path.display())))
}

fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    io::Write::write_all(&mut file, contents)?;
    set_default_mode(file.as_file())?;
    file.persist(path)?;
    Ok(())
}

/// Temporary files are private to their owner; emitted ones are not.
#[cfg(unix)]
fn set_default_mode(file: &fs::File) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn set_default_mode(_file: &fs::File) -> io::Result<()> {
    Ok(())
}
