//! Tensors stored in files beside the model.
//!
//! A model names those files itself, and it may come from anyone: nothing outside the model's folder is opened,
//! and nothing is read before its size has been compared with the file's.

use super::proto::StringStringEntryProto;
use super::tensor::tensor_of;
use crate::diag::Diag;
use crate::tensor::{AlignedBytes, Tensor, TensorType};
use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

/// How often over a file's size may be read from it, tensors that are asked for again not counted:
/// overlapping tensors could otherwise make a small file into any amount of memory.
const MAX_OVERLAP: u64 = 4;

/// The files beside a model, opened as tensors ask for them.
pub(super) struct ExternalFiles {
    folder: Option<PathBuf>,
    files: HashMap<PathBuf, Known>,
    tensors: HashMap<(PathBuf, u64, TensorType), Tensor>,
}

struct Known {
    len: u64,
    /// Bytes that may still be read.
    allowance: u64,
    /// SHA-1 of the contents, once it was needed.
    digest: Option<String>,
}

/// What `external_data` says.
struct Place<'a> {
    location: &'a str,
    offset: u64,
    length: Option<u64>,
    checksum: Option<&'a str>,
}

impl ExternalFiles {
    /// The files in `folder`; without one, every tensor stored outside the model is a diagnostic.
    pub(super) fn new(folder: Option<&Path>) -> Self {
        ExternalFiles {
            folder: folder.map(Path::to_path_buf),
            files: HashMap::new(),
            tensors: HashMap::new(),
        }
    }

    /// The tensor of type `ty` that `entries` locate.
    pub(super) fn tensor(
        &mut self,
        entries: &[StringStringEntryProto],
        ty: TensorType,
    ) -> Result<Tensor, Diag> {
        let place = place(entries)?;
        let located = |diag: Diag| diag.note(format!("external data file `{}`", place.location));
        let path = self.resolve(place.location).map_err(located)?;
        let key = (path, place.offset, ty);
        if let Some(tensor) = self.tensors.get(&key) {
            return Ok(tensor.clone());
        }
        let bytes = self
            .bytes(&key.0, &place, key.2.bytes() as u64)
            .map_err(located)?;
        let tensor = tensor_of(key.2.clone(), bytes)?;
        self.tensors.insert(key, tensor.clone());
        Ok(tensor)
    }

    /// The files that were opened, sorted.
    pub(super) fn paths(&self) -> Vec<PathBuf> {
        let mut paths: Vec<_> = self.files.keys().cloned().collect();
        paths.sort();
        paths
    }

    /// The file at `location`, links followed, which must be within the folder.
    fn resolve(&self, location: &str) -> Result<PathBuf, Diag> {
        let Some(folder) = &self.folder else {
            let message =
                "the tensor is stored in another file, and the model was given without its folder";
            return Err(Diag::new("external-data", message));
        };
        let relative = Path::new(location);
        let inside = |c| matches!(c, Component::Normal(_) | Component::CurDir);
        // A backslash separates folders on some systems, so it is refused on all.
        if location.is_empty() || location.contains('\\') || !relative.components().all(inside) {
            return Err(outside());
        }
        let folder = folder.canonicalize().map_err(unreadable)?;
        let path = folder.join(relative).canonicalize().map_err(unreadable)?;
        if path.starts_with(&folder) {
            Ok(path)
        } else {
            Err(outside())
        }
    }

    fn bytes(&mut self, path: &Path, place: &Place<'_>, size: u64) -> Result<AlignedBytes, Diag> {
        let known = self.known(path)?;
        if let Some(length) = place.length.filter(|length| *length != size) {
            return Err(Diag::new(
                "external-data",
                format!("`length` is {length}, but the tensor takes {size} bytes"),
            ));
        }
        if place
            .offset
            .checked_add(size)
            .is_none_or(|end| end > known.len)
        {
            let message = format!(
                "the tensor takes {size} bytes from offset {}, but the file has {} bytes",
                place.offset, known.len
            );
            return Err(Diag::new("external-data", message));
        }
        known.allowance = known.allowance.checked_sub(size).ok_or_else(|| {
            Diag::new(
                "external-data",
                format!("tensors overlap more than {MAX_OVERLAP} times over"),
            )
        })?;
        known.verify(path, place.checksum)?;
        read_at(path, place.offset, size).map_err(unreadable)
    }

    fn known(&mut self, path: &Path) -> Result<&mut Known, Diag> {
        if !self.files.contains_key(path) {
            let metadata = path.metadata().map_err(unreadable)?;
            if !metadata.is_file() {
                return Err(Diag::new(
                    "external-data",
                    "external data must be a regular file",
                ));
            }
            let len = metadata.len();
            let allowance = len.saturating_mul(MAX_OVERLAP);
            self.files.insert(
                path.into(),
                Known {
                    len,
                    allowance,
                    digest: None,
                },
            );
        }
        self.files.get_mut(path).ok_or_else(outside)
    }
}

impl Known {
    /// Compares the SHA-1 of the whole file with what the model says, if it does.
    fn verify(&mut self, path: &Path, expected: Option<&str>) -> Result<(), Diag> {
        let Some(expected) = expected.filter(|checksum| !checksum.is_empty()) else {
            return Ok(());
        };
        if self.digest.is_none() {
            self.digest = Some(sha1(path).map_err(unreadable)?);
        }
        match &self.digest {
            Some(found) if !found.eq_ignore_ascii_case(expected) => {
                let message = format!("the file's SHA-1 is {found}, but the model says {expected}");
                Err(Diag::new("external-data", message))
            }
            _ => Ok(()),
        }
    }
}

fn place(entries: &[StringStringEntryProto]) -> Result<Place<'_>, Diag> {
    let get = |key| {
        entries
            .iter()
            .find(|e| e.key() == key)
            .map(StringStringEntryProto::value)
    };
    let number = |key| {
        let Some(text) = get(key) else {
            return Ok(None);
        };
        let wrong = |_| {
            Diag::new(
                "external-data",
                format!("`{key}` of the external data is `{text}`, not a number"),
            )
        };
        text.parse().map(Some).map_err(wrong)
    };
    Ok(Place {
        location: get("location")
            .ok_or_else(|| Diag::new("external-data", "the external data has no `location`"))?,
        offset: number("offset")?.unwrap_or(0),
        length: number("length")?,
        checksum: get("checksum"),
    })
}

fn read_at(path: &Path, offset: u64, size: u64) -> io::Result<AlignedBytes> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(offset))?;
    let mut bytes = AlignedBytes::zeros(size as usize);
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn sha1(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    let mut hash = sha1_smol::Sha1::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hash.digest().to_string()),
            n => hash.update(&block[..n]),
        }
    }
}

fn outside() -> Diag {
    Diag::new(
        "external-path",
        "the tensor is stored in a file outside the model's folder",
    )
    .note("only relative paths that stay within the folder are read")
}

fn unreadable(error: io::Error) -> Diag {
    Diag::new(
        "external-data",
        format!("cannot read external data: {error}"),
    )
}
