//! Arrays of samples: NumPy's archives, cut into samples and converted to what the network takes.

use super::super::sanity::check_elements;
use super::{Layout, Preprocessing};
use crate::diag::Diag;
use crate::npy;
use crate::tensor::{DType, Tensor, TensorType};
use std::fs::File;
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// No array of an archive may be larger.
const MAX_ARRAY_BYTES: usize = 4 << 30;
/// Nor may an array be so many times as large as what is stored of it, if it is larger than this: numbers that were
/// measured do not shrink like that.
const MAX_RATIO: u64 = 256;
const MAX_SMALL_BYTES: usize = 64 << 20;

/// The arrays of a `.npz` file, by name.
pub fn npz(path: &Path) -> Result<Vec<(String, Tensor)>, Diag> {
    let mut archive = Archive::open(path)?;
    let places: Vec<_> = archive
        .arrays
        .iter()
        .map(|array| (array.name.clone(), array.place))
        .collect();
    let read = |(name, place)| Ok((name, archive.read(place)?));
    places.into_iter().map(read).collect()
}

/// A `.npz` file: a ZIP archive of `.npy` files, of which only those are inflated that are wanted.
pub(super) struct Archive {
    zip: ZipArchive<File>,
    arrays: Vec<Entry>,
}

/// An array of an archive.
struct Entry {
    name: String,
    /// Its type; of what is not wanted, it does not matter if that is none.
    ty: Result<TensorType, Diag>,
    /// Its place in the archive.
    place: usize,
}

impl Archive {
    /// Reads what arrays there are.
    pub(super) fn open(path: &Path) -> Result<Self, Diag> {
        let file = File::open(path).map_err(|error| {
            Diag::new("unreadable-file", format!("cannot read arrays: {error}"))
        })?;
        let mut zip = ZipArchive::new(file).map_err(malformed)?;
        let mut arrays = Vec::new();
        for place in 0..zip.len() {
            let entry = zip.by_index(place).map_err(malformed)?;
            let name = entry.name().map_err(malformed)?.into_owned();
            if let Some(name) = name.strip_suffix(".npy") {
                let ty = npy::Stream::open(entry).map(|array| array.ty().clone());
                let name = name.to_owned();
                arrays.push(Entry { name, ty, place });
            }
        }
        Ok(Archive { zip, arrays })
    }

    /// The array that holds samples of an input: by its name, or for the only input also `x`, or the only one that
    /// fits.
    pub(super) fn of_input(
        &mut self,
        (input, ty): &(String, TensorType),
        is_only: bool,
    ) -> Result<Tensor, Diag> {
        let named = |name: &str| self.arrays.iter().find(|array| array.name == name);
        let fits = |array: &&Entry| array.ty.as_ref().is_ok_and(|of| count(of, ty).is_some());
        let mut fitting = self.arrays.iter().filter(fits);
        let only = match (fitting.next(), fitting.next()) {
            (Some(only), None) => Some(only),
            _ => None,
        };
        let fallback = || named("x").or(only).filter(|_| is_only);
        let Some(array) = named(input).or_else(fallback) else {
            return Err(self.missing(input, ty));
        };
        if let Ok(of) = &array.ty {
            count(of, ty).ok_or_else(|| unfit(of, ty).at_tensor(input))?;
        }
        self.read(array.place)
    }

    fn missing(&self, input: &str, ty: &TensorType) -> Diag {
        let known = |array: &Entry| match &array.ty {
            Ok(ty) => format!("`{}`: {ty}", array.name),
            Err(diag) => format!("`{}`: {}", array.name, diag.message),
        };
        let known: Vec<_> = self.arrays.iter().map(known).collect();
        let message = format!("no array holds samples of input `{input}`, which is {ty}");
        Diag::new("missing-sample", message)
            .at_tensor(input)
            .note(format!("arrays: {}", known.join(", ")))
    }

    /// The array of labels, if there is one, and its name.
    pub(super) fn labels(&mut self) -> Result<Option<(String, Tensor)>, Diag> {
        let is_labels = |array: &&Entry| ["y", "labels"].contains(&array.name.as_str());
        let Some(array) = self.arrays.iter().find(is_labels) else {
            return Ok(None);
        };
        let (name, place) = (array.name.clone(), array.place);
        Ok(Some((name, self.read(place)?)))
    }

    fn read(&mut self, place: usize) -> Result<Tensor, Diag> {
        let entry = self.zip.by_index(place).map_err(malformed)?;
        let (stored, name) = (
            entry.compressed_size(),
            entry.name().map_err(malformed)?.into_owned(),
        );
        let array = npy::Stream::open(entry).and_then(|array| {
            check_promise(array.ty(), stored)?;
            array.read()
        });
        array.map_err(|diag| diag.note(format!("array `{name}`")))
    }
}

fn malformed(error: ZipError) -> Diag {
    let message = format!("the file is not a valid archive: {error}");
    Diag::new("malformed-npz", message)
}

/// Makes sure that an array of which so many bytes are stored is not made to fill memory.
fn check_promise(ty: &TensorType, stored: u64) -> Result<(), Diag> {
    let bytes = ty.bytes();
    let inflates = bytes > MAX_SMALL_BYTES && bytes as u64 / MAX_RATIO > stored;
    match inflates || bytes > MAX_ARRAY_BYTES {
        false => Ok(()),
        true => {
            let message =
                format!("{stored} bytes are stored of an array of {ty}, which is {bytes}");
            Err(Diag::new("malformed-npz", message)
                .note("arrays of more than 4 GiB, or of little else than repetition, are not read")
                .note("give fewer samples: some dozens are enough"))
        }
    }
}

/// How many samples an array of this type holds, if it holds any: one, or those along its first axis if it has one
/// axis more than the network takes, or if the network's first axis has one position only.
fn count(array: &TensorType, ty: &TensorType) -> Option<usize> {
    let (found, wanted) = (&array.shape[..], &ty.shape[..]);
    let inner = wanted.strip_prefix(&[1]);
    if found == wanted || Some(found) == inner {
        return Some(1);
    }
    match found {
        [count, rest @ ..] if rest == wanted || Some(rest) == inner => Some(*count),
        _ => None,
    }
}

fn unfit(array: &TensorType, ty: &TensorType) -> Diag {
    let message = format!("an array of {array} does not hold samples of {ty}");
    Diag::new("wrong-sample", message).note("samples follow each other along the first axis")
}

/// Cuts an array into samples of the shape that the network takes.
pub fn split(array: &Tensor, ty: &TensorType) -> Result<Vec<Tensor>, Diag> {
    let count = count(&array.ty, ty).ok_or_else(|| unfit(&array.ty, ty))?;
    let sample = TensorType::new(array.ty.dtype, &ty.shape[..]);
    let bytes = array
        .bytes()
        .chunks_exact(sample.bytes().max(1))
        .take(count);
    bytes
        .map(|bytes| Tensor::from_bytes(sample.clone(), bytes))
        .collect()
}

/// A sample with the element type that the network takes, shifted and scaled.
pub(super) fn converted(
    sample: &Tensor,
    ty: &TensorType,
    preprocessing: &Preprocessing,
) -> Result<Tensor, Diag> {
    if ty.dtype != DType::F32 {
        return match sample.ty == *ty {
            true => Ok(sample.clone()),
            false => Err(Diag::new(
                "wrong-sample",
                format!("the network takes {ty}, but the sample is {}", sample.ty),
            )),
        };
    }
    let values = sample.to_vec::<f32>().ok_or_else(|| {
        Diag::new(
            "unsupported-dtype",
            format!("samples cannot be of {}", sample.ty.dtype),
        )
    })?;
    let channel = Channels::of(ty, preprocessing)?;
    let values: Vec<f32> = values
        .iter()
        .enumerate()
        .map(|(i, x)| channel.normalised(i, *x))
        .collect();
    let sample = Tensor::new(ty.shape.clone(), &values);
    check_elements(&sample)?;
    Ok(sample)
}

/// What is subtracted from and multiplied with each channel.
struct Channels {
    mean: Vec<f32>,
    scale: Vec<f32>,
    /// How far apart neighbouring channels are.
    stride: usize,
}

impl Channels {
    fn of(ty: &TensorType, preprocessing: &Preprocessing) -> Result<Self, Diag> {
        let Preprocessing { mean, scale, .. } = preprocessing;
        let count = mean.len().max(scale.len());
        let or = |list: &[f32], neutral| {
            if list.is_empty() {
                vec![neutral]
            } else {
                list.to_vec()
            }
        };
        let channels = Channels {
            mean: or(mean, 0.0),
            scale: or(scale, 1.0),
            stride: 1,
        };
        if count <= 1 {
            return Ok(channels);
        }
        let axis = match layout(ty, preprocessing)? {
            Layout::Nchw => 1,
            Layout::Nhwc => ty.rank() - 1,
        };
        let fits = |list: &[f32]| list.len() == 1 || list.len() == ty.shape[axis];
        if !fits(&channels.mean) || !fits(&channels.scale) {
            let message = format!(
                "mean or scale is of {count} channels, but the input, {ty}, has {}",
                ty.shape[axis]
            );
            return Err(Diag::new("wrong-preprocessing", message));
        }
        Ok(Channels {
            stride: ty.shape[axis + 1..].iter().product(),
            ..channels
        })
    }

    fn normalised(&self, i: usize, x: f32) -> f32 {
        let of = |list: &[f32]| list[i / self.stride.max(1) % list.len()];
        (x - of(&self.mean)) * of(&self.scale)
    }
}

/// The order of axes of images that the network takes.
pub(super) fn layout(ty: &TensorType, preprocessing: &Preprocessing) -> Result<Layout, Diag> {
    let is_channel = |axis: usize| matches!(ty.shape.get(axis), Some(1 | 3));
    let by_shape = match (ty.rank(), is_channel(1), is_channel(3)) {
        (4, true, false) => Some(Layout::Nchw),
        (4, false, true) => Some(Layout::Nhwc),
        _ => None,
    };
    let layout = preprocessing.layout.or(by_shape).filter(|_| ty.rank() >= 2);
    layout.ok_or_else(|| {
        let message = format!("which axis of {ty} has the channels does not follow from its shape");
        Diag::new("unknown-layout", message).note("say it with `--layout nchw` or `--layout nhwc`")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::{SimpleFileOptions, ZipWriter};

    /// An archive of arrays, each with so many zeros behind it.
    fn archive(path: &Path, arrays: &[(&str, &Tensor, usize)]) {
        let mut zip = ZipWriter::new(File::create(path).unwrap());
        for (name, array, zeros) in arrays {
            zip.start_file(format!("{name}.npy"), SimpleFileOptions::default())
                .unwrap();
            zip.write_all(&npy::encode(array).unwrap()).unwrap();
            zip.write_all(&vec![0; *zeros]).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn no_more_is_inflated_than_a_header_promises() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npz");
        let array = Tensor::new([3, 2], &[1.0_f32; 6]);
        let input = ("x".to_owned(), TensorType::new(DType::F32, [1, 2]));
        archive(&path, &[("x", &array, 0), ("unwanted", &array, 32 << 20)]);
        let mut good = Archive::open(&path).unwrap();
        assert!(good.of_input(&input, true).unwrap().identical(&array));
        archive(&path, &[("x", &array, 32 << 20)]);
        let diag = Archive::open(&path)
            .unwrap()
            .of_input(&input, true)
            .unwrap_err();
        assert!(diag.message.starts_with("there is more data"), "{diag}");
    }

    #[test]
    fn arrays_of_little_but_repetition_are_refused() {
        let many = TensorType::new(DType::F32, [1 << 20, 64]);
        assert!(check_promise(&many, 200 << 20).is_ok());
        assert!(check_promise(&many, 200 << 10).is_err());
        let few = TensorType::new(DType::F32, [1 << 10, 64]);
        assert!(check_promise(&few, 300).is_ok());
        let huge = TensorType::new(DType::F32, [1 << 25, 64]);
        assert!(check_promise(&huge, 8 << 30).is_err());
    }
}
