//! Arrays of samples: NumPy's archives, cut into samples and converted to what the network takes.

use super::{Layout, Preprocessing};
use crate::diag::Diag;
use crate::npy;
use crate::tensor::{DType, Tensor, TensorType};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use zip::ZipArchive;
use zip::result::ZipError;

/// No array of an archive may be larger: a small archive could otherwise become any amount of memory.
const MAX_ARRAY_BYTES: u64 = 4 << 30;

/// The arrays of a `.npz` file, by name: it is a ZIP archive of `.npy` files.
pub(super) fn npz(path: &Path) -> Result<Vec<(String, Tensor)>, Diag> {
    let failed = |error: std::io::Error| {
        Diag::new("unreadable-file", format!("cannot read arrays: {error}"))
    };
    let malformed = |error: ZipError| {
        Diag::new(
            "malformed-npz",
            format!("the file is not a valid archive: {error}"),
        )
    };
    let file = File::open(path).map_err(failed)?;
    let mut archive = ZipArchive::new(file).map_err(malformed)?;
    let mut arrays = Vec::new();
    for i in 0..archive.len() {
        let entry = archive.by_index(i).map_err(malformed)?;
        let name = entry.name().map_err(malformed)?.into_owned();
        let Some(name) = name.strip_suffix(".npy") else {
            continue;
        };
        let mut bytes = Vec::new();
        entry
            .take(MAX_ARRAY_BYTES)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        let array = npy::parse(&bytes).map_err(|diag| diag.note(format!("array `{name}`")))?;
        arrays.push((name.to_owned(), array));
    }
    Ok(arrays)
}

/// The array that holds samples of an input: by its name, or for the only input also `x`, or the only one that fits.
pub(super) fn of_input<'a>(
    arrays: &'a [(String, Tensor)],
    (input, ty): &(String, TensorType),
    is_only: bool,
) -> Result<&'a Tensor, Diag> {
    let named = |name: &str| arrays.iter().find(|(candidate, _)| candidate == name);
    let mut fitting = arrays.iter().filter(|(_, array)| split(array, ty).is_ok());
    let only = match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    let fallback = || named("x").or(only).filter(|_| is_only);
    named(input)
        .or_else(fallback)
        .map(|(_, array)| array)
        .ok_or_else(|| {
            let known: Vec<_> = arrays
                .iter()
                .map(|(name, array)| format!("`{name}`: {}", array.ty))
                .collect();
            let message = format!("no array holds samples of input `{input}`, which is {ty}");
            Diag::new("missing-sample", message)
                .at_tensor(input)
                .note(format!("arrays: {}", known.join(", ")))
        })
}

/// Cuts an array into samples of the shape that the network takes, along its first axis if it has one more, or if the
/// network's first axis has one position only.
pub(super) fn split(array: &Tensor, ty: &TensorType) -> Result<Vec<Tensor>, Diag> {
    let (found, wanted) = (&array.ty.shape[..], &ty.shape[..]);
    let inner = wanted.strip_prefix(&[1]);
    if found == wanted || Some(found) == inner {
        return Ok(vec![array.reshaped(wanted)]);
    }
    match found {
        [count, rest @ ..] if rest == wanted || Some(rest) == inner => {
            let sample = TensorType::new(array.ty.dtype, wanted);
            let chunks = array
                .bytes()
                .chunks_exact(sample.bytes().max(1))
                .take(*count);
            chunks
                .map(|bytes| Tensor::from_bytes(sample.clone(), bytes))
                .collect()
        }
        _ => {
            let message = format!("an array of {} does not hold samples of {ty}", array.ty);
            Err(Diag::new("wrong-sample", message)
                .note("samples follow each other along the first axis"))
        }
    }
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
    Ok(Tensor::new(ty.shape.clone(), &values))
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
