//! What is done to a disk, operation by operation, so that a test can stop between any two of them, as a power cut would.

use std::cell::Cell;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

/// A disk that may fail.
#[derive(Default)]
pub(crate) struct Disk {
    /// Operations that are left until it fails, if it does.
    left: Cell<Option<usize>>,
    /// Whether it then fails for good, rather than once.
    stops: bool,
    failed: Cell<bool>,
}

impl Disk {
    /// A disk that fails at the operation of that number: once, or for good if it `stops`.
    #[cfg(test)]
    pub(crate) fn failing(operation: usize, stops: bool) -> Self {
        Disk {
            left: Cell::new(Some(operation)),
            stops,
            ..Disk::default()
        }
    }

    /// Whether it failed.
    #[cfg(test)]
    pub(crate) fn failed(&self) -> bool {
        self.failed.get()
    }

    /// Counts an operation.
    fn operate(&self) -> io::Result<()> {
        match self.left.get() {
            _ if self.failed.get() && !self.stops => Ok(()),
            None => Ok(()),
            Some(0) => {
                self.failed.set(true);
                Err(io::Error::other("the disk failed"))
            }
            Some(left) => {
                self.left.set(Some(left - 1));
                Ok(())
            }
        }
    }

    /// Waits until a file, or what a folder lists, is on the disk. Tests that count operations have no time for it.
    fn settle(&self, file: &File) -> io::Result<()> {
        self.operate()?;
        match cfg!(test) {
            true => Ok(()),
            false => file.sync_all(),
        }
    }

    /// Makes a folder and those above it.
    pub(crate) fn create_folder(&self, path: &Path) -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        self.operate()?;
        fs::create_dir_all(path)
    }

    /// Writes a new file, down to the disk.
    pub(crate) fn write(&self, path: &Path, contents: &[u8]) -> io::Result<()> {
        self.operate()?;
        let mut file = File::create(path)?;
        // In two parts: it may stop between them.
        let (first, second) = contents.split_at(contents.len() / 2);
        self.operate()?;
        file.write_all(first)?;
        self.operate()?;
        file.write_all(second)?;
        self.settle(&file)
    }

    /// Copies a file or a link.
    pub(crate) fn copy(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operate()?;
        #[cfg(unix)]
        if from.is_symlink() {
            return std::os::unix::fs::symlink(fs::read_link(from)?, to);
        }
        fs::copy(from, to).map(drop)
    }

    /// Moves a file or a folder; a file that is there is replaced.
    pub(crate) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.operate()?;
        fs::rename(from, to)
    }

    /// Lets two folders change places at once, where the system can.
    pub(crate) fn exchange(&self, a: &Path, b: &Path) -> io::Result<()> {
        self.operate()?;
        exchange(a, b)
    }

    /// Removes a file, a link, or a folder with all that is in it; links are not followed.
    pub(crate) fn remove(&self, path: &Path) -> io::Result<()> {
        let is_folder = match fs::symlink_metadata(path) {
            Ok(about) => about.is_dir(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if !is_folder {
            self.operate()?;
            return fs::remove_file(path);
        }
        for entry in fs::read_dir(path)? {
            self.remove(&entry?.path())?;
        }
        self.operate()?;
        fs::remove_dir(path)
    }

    /// Waits until what was moved into or out of a folder is on the disk.
    pub(crate) fn sync(&self, folder: &Path) -> io::Result<()> {
        match cfg!(unix) {
            true => self.settle(&File::open(folder)?),
            false => Ok(()),
        }
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
fn exchange(a: &Path, b: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// A folder that nobody else writes into meanwhile: who asks waits.
pub(crate) struct Lock {
    _file: Option<File>,
}

impl Lock {
    /// Waits for a folder. Where the system cannot lock it there is no lock.
    pub(crate) fn of(folder: &Path) -> Self {
        let file = lockable(folder).and_then(|file| file.lock().map(|()| file));
        Lock { _file: file.ok() }
    }
}

#[cfg(unix)]
fn lockable(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// Folders cannot be locked: a file elsewhere stands for each.
#[cfg(not(unix))]
fn lockable(folder: &Path) -> io::Result<File> {
    let path = folder.canonicalize()?;
    let name = crate::seal::digest(path.as_os_str().as_encoded_bytes());
    File::create(std::env::temp_dir().join(format!("mlc-{name}.lock")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_fails_when_it_should() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let stopped = Disk::failing(2, true);
        assert!(stopped.write(&path, b"abcd").is_err());
        assert_eq!(fs::read(&path).unwrap(), b"ab");
        assert!(stopped.remove(&path).is_err() && stopped.failed());
        let failing = Disk::failing(0, false);
        assert!(failing.write(&path, b"abcd").is_err() && failing.failed());
        failing.write(&path, b"abcd").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"abcd");
    }

    #[test]
    fn links_are_removed_and_not_what_they_lead_to() {
        let dir = tempfile::tempdir().unwrap();
        let (kept, gone) = (dir.path().join("kept"), dir.path().join("gone"));
        fs::create_dir(&kept).unwrap();
        fs::create_dir(&gone).unwrap();
        fs::write(kept.join("file"), "mine").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(&kept, gone.join("link")).unwrap();
        Disk::default().remove(&gone).unwrap();
        assert!(kept.join("file").exists() && !gone.exists());
    }
}
