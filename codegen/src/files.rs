//! What is emitted: files in memory, and how they reach a disk in one piece.

use crate::disk::{Disk, Lock};
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

    /// All files but one.
    pub(crate) fn without(&self, path: &str) -> Self {
        let others = self.0.iter().filter(|(other, _)| *other != path);
        Files(
            others
                .map(|(path, contents)| (path.clone(), contents.clone()))
                .collect(),
        )
    }

    /// Writes all files below `folder`. Each is written beside its place and moved there, so that a
    /// file is either the old or the new one; files that hold the same bytes already are left alone.
    pub fn write_to(&self, folder: &Path) -> Result<(), Diag> {
        let mut files = self.0.iter();
        files.try_for_each(|(path, contents)| write_file(&folder.join(path), contents))
    }
}

impl FromIterator<(String, Vec<u8>)> for Files {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(files: I) -> Self {
        Files(files.into_iter().collect())
    }
}

/// Writes a file that is either the old or the new one, in folders that are made if need be. One that holds
/// the same bytes already is left alone.
pub fn write_file(path: &Path, contents: &[u8]) -> Result<(), Diag> {
    write(&Disk::default(), path, contents)
        .map_err(|e| Diag::new("io", format!("cannot write {}: {e}", path.display())))
}

fn write(disk: &Disk, path: &Path, contents: &[u8]) -> io::Result<()> {
    if fs::read(path).is_ok_and(|old| old == contents) {
        return Ok(());
    }
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    disk.create_folder(folder)?;
    let _lock = Lock::of(folder);
    // Always the same name: whoever was stopped left no more than that, and it is overwritten.
    let beside = folder.join(format!(".{}.mlc", name.to_string_lossy()));
    let written = disk
        .write(&beside, contents)
        .and_then(|()| disk.rename(&beside, path));
    if written.is_err() {
        let _ = disk.remove(&beside);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_the_old_or_the_new_one_wherever_writing_stops() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("model.onnx");
        for stops in [true, false] {
            for operation in 0.. {
                fs::write(&path, "old").unwrap();
                let disk = Disk::failing(operation, stops);
                let written = write(&disk, &path, b"new contents");
                let found = fs::read_to_string(&path).unwrap();
                if !disk.failed() {
                    assert_eq!((written.is_ok(), &*found), (true, "new contents"));
                    break;
                }
                assert!(written.is_err() && found == "old", "{operation}: {found}");
                // What was left is not in the way, and is gone afterwards.
                write(&Disk::default(), &path, b"new contents").unwrap();
                assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
            }
        }
    }
}
