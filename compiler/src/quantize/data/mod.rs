//! Samples to calibrate with, from files.
//!
//! A network with one input takes
//!
//! * a `.npy` file: one sample, or many along the first axis;
//! * a `.npz` file: the array of the input's name, or `x`, or the only one that fits; `y` or `labels` holds labels;
//! * a `.pb` file: a `TensorProto`, as in ONNX test data;
//! * a `.png` or `.jpeg` file: one sample;
//! * a folder of such files, in the order of their names.
//!
//! A network with several inputs takes a `.npz` file with an array for each by its name, or a folder with a file or a
//! folder called after each input. Both also take a folder with the folders `test_data_set_K` of ONNX test data, in
//! which `input_K.pb` (or `.npy`) is the K-th input.

mod arrays;
mod images;

use arrays::Archive;

pub use arrays::{npz, split};

use crate::diag::Diag;
use crate::tensor::{DType, Tensor, TensorType};
use crate::{npy, onnx};
use std::path::{Path, PathBuf};

/// Names and types of what a network takes, in order.
pub(super) type Inputs = [(String, TensorType)];

/// What a network is given.
#[derive(Clone, Debug, Default)]
pub struct Samples {
    /// For each sample the network's inputs, in order.
    pub inputs: Vec<Vec<Tensor>>,
    /// The right class of each sample, if that is known.
    pub labels: Option<Vec<i64>>,
    /// Where each sample comes from, for people.
    pub places: Vec<String>,
    /// Where the labels come from, for people.
    pub labels_from: String,
}

/// The order of axes of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// Batch, channel, row, column.
    Nchw,
    /// Batch, row, column, channel.
    Nhwc,
}

/// What happens to the numbers of a file before a network sees them. Inputs that are not of floats stay as they are.
#[derive(Clone, Debug, Default)]
pub struct Preprocessing {
    /// Is subtracted first: one number, one for each channel, or nothing.
    pub mean: Vec<f32>,
    /// Is multiplied with then: one number, one for each channel, or nothing.
    pub scale: Vec<f32>,
    /// The order of axes; by itself it follows from the input's shape if one axis has 1 or 3 positions.
    pub layout: Option<Layout>,
    /// Whether images of another size are resized.
    pub resize: bool,
}

impl Samples {
    /// Reads samples for inputs of these names and types from a file or a folder.
    pub fn load(path: &Path, inputs: &Inputs, preprocessing: &Preprocessing) -> Result<Self, Diag> {
        let samples = Reader {
            inputs,
            preprocessing,
        }
        .read(path);
        let samples =
            samples.map_err(|diag| diag.note(format!("samples in {}", path.display())))?;
        match &samples.labels {
            Some(labels) if labels.len() != samples.inputs.len() => {
                let message = format!(
                    "{} labels for {} samples",
                    labels.len(),
                    samples.inputs.len()
                );
                Err(Diag::new("wrong-labels", message))
            }
            _ if samples.inputs.is_empty() => Err(Diag::new(
                "no-samples",
                "there are no samples to calibrate with",
            )
            .note("files called .npy, .npz, .pb, .png, .jpg or .jpeg are read")
            .note(format!("looked in {}", path.display()))),
            _ => Ok(samples),
        }
    }

    /// Where a sample comes from.
    pub(super) fn place(&self, i: usize) -> String {
        let place = self.places.get(i).cloned();
        place.unwrap_or_else(|| format!("sample {i}"))
    }

    /// Reads the labels of the samples from a `.npy` file.
    pub fn load_labels(&mut self, path: &Path) -> Result<(), Diag> {
        let labels = labels(&npy::load(path)?)
            .map_err(|diag| diag.note(format!("file {}", path.display())))?;
        if labels.len() != self.inputs.len() {
            let message = format!("{} labels for {} samples", labels.len(), self.inputs.len());
            return Err(Diag::new("wrong-labels", message).note(format!("file {}", path.display())));
        }
        self.labels = Some(labels);
        self.labels_from = format!("file {}", path.display());
        Ok(())
    }
}

/// An array of labels.
fn labels(tensor: &Tensor) -> Result<Vec<i64>, Diag> {
    let is_integer = !matches!(tensor.ty.dtype, DType::F32 | DType::F64);
    let labels = tensor
        .to_vec()
        .filter(|_| is_integer && tensor.ty.rank() <= 1);
    labels.ok_or_else(|| {
        let message = format!("labels are a list of integers, not {}", tensor.ty);
        Diag::new("wrong-labels", message)
    })
}

struct Reader<'a> {
    inputs: &'a Inputs,
    preprocessing: &'a Preprocessing,
}

impl Reader<'_> {
    fn read(&self, path: &Path) -> Result<Samples, Diag> {
        let sets = if path.is_dir() {
            test_sets(path)?
        } else {
            Vec::new()
        };
        if !sets.is_empty() {
            let inputs = sets.iter().map(|set| self.test_set(set));
            return Ok(Samples {
                inputs: inputs.collect::<Result<_, _>>()?,
                places: sets
                    .iter()
                    .map(|set| format!("folder {}", set.display()))
                    .collect(),
                ..Samples::default()
            });
        }
        if extension(path) == "npz" {
            return self.npz(path);
        }
        let columns: Vec<Column> = match self.inputs {
            [only] => vec![self.column(path, only)?],
            all => all
                .iter()
                .map(|input| self.named_column(path, input))
                .collect::<Result<_, _>>()?,
        };
        samples(columns, self.inputs)
    }

    /// The inputs in a folder of ONNX test data.
    fn test_set(&self, folder: &Path) -> Result<Vec<Tensor>, Diag> {
        let input = |(i, input): (usize, &(String, TensorType))| {
            let files = ["pb", "npy"].map(|end| folder.join(format!("input_{i}.{end}")));
            let missing = || {
                let message = format!(
                    "neither input_{i}.pb nor input_{i}.npy is in {}",
                    folder.display()
                );
                Diag::new("missing-sample", message).at_tensor(&input.0)
            };
            let file = files
                .iter()
                .find(|file| file.exists())
                .ok_or_else(missing)?;
            let mut column = self.column(file, input)?;
            column.samples.pop().ok_or_else(missing)
        };
        self.inputs.iter().enumerate().map(input).collect()
    }

    fn npz(&self, path: &Path) -> Result<Samples, Diag> {
        let mut archive = Archive::open(path)?;
        let mut columns = Vec::new();
        for input in self.inputs {
            let array = archive.of_input(input, self.inputs.len() == 1)?;
            columns.push(Column::of(path, self.samples(&array, input)?));
        }
        let samples = samples(columns, self.inputs)?;
        Ok(match archive.labels()? {
            Some((name, array)) => Samples {
                labels: Some(labels(&array)?),
                labels_from: format!("array `{name}` of file {}", path.display()),
                ..samples
            },
            None => samples,
        })
    }

    /// The samples of one of several inputs: the file or folder of its name.
    fn named_column(&self, folder: &Path, input: &(String, TensorType)) -> Result<Column, Diag> {
        let ends = ["", ".npy", ".pb"];
        let candidates = ends
            .iter()
            .map(|end| folder.join(format!("{}{end}", input.0.replace(['/', '\\', ':'], "_"))));
        let path = candidates.into_iter().find(|path| path.exists()).ok_or_else(|| {
            let message = format!("there are no samples for input `{}`", input.0);
            Diag::new("missing-sample", message).at_tensor(&input.0).note(format!(
                "the network has {} inputs: a folder or .npy file called after each, a .npz file with an array for \
                 each, or folders test_data_set_K are understood",
                self.inputs.len()
            ))
        })?;
        self.column(&path, input)
    }

    /// The samples of an input in a file, or in the files of a folder.
    fn column(&self, path: &Path, input: &(String, TensorType)) -> Result<Column, Diag> {
        let files = match path.is_dir() {
            true => files(path)?,
            false => vec![path.into()],
        };
        let mut column = Column::default();
        for file in files {
            let samples = self.file(&file, input);
            let samples = samples.map_err(|diag| diag.note(format!("file {}", file.display())))?;
            column.append(Column::of(&file, samples));
        }
        Ok(column)
    }

    fn file(&self, path: &Path, input: &(String, TensorType)) -> Result<Vec<Tensor>, Diag> {
        match extension(path).as_str() {
            "npy" => self.samples(&npy::load(path)?, input),
            "npz" => self.samples(&Archive::open(path)?.of_input(input, true)?, input),
            "pb" => self.samples(&onnx::tensor::load(path)?.1, input),
            "png" | "jpg" | "jpeg" => {
                let image = images::load(path, &input.1, self.preprocessing)?;
                self.samples(&image, input)
            }
            _ => Err(
                Diag::new("unknown-file", "samples cannot be of this kind of file")
                    .note("files called .npy, .npz, .pb, .png, .jpg or .jpeg are read"),
            ),
        }
    }

    /// The samples in an array, as the network takes them.
    fn samples(
        &self,
        array: &Tensor,
        (name, ty): &(String, TensorType),
    ) -> Result<Vec<Tensor>, Diag> {
        let samples = arrays::split(array, ty).map_err(|diag| diag.at_tensor(name))?;
        let converted = |(i, tensor): (usize, &Tensor)| {
            let sample = arrays::converted(tensor, ty, self.preprocessing);
            sample.map_err(|diag| match samples.len() {
                1 => diag.at_tensor(name),
                _ => diag.at_tensor(name).note(format!("sample {i}")),
            })
        };
        samples.iter().enumerate().map(converted).collect()
    }
}

/// The samples of one input, and where each comes from.
#[derive(Default)]
struct Column {
    samples: Vec<Tensor>,
    places: Vec<String>,
}

impl Column {
    /// All samples of a file.
    fn of(file: &Path, samples: Vec<Tensor>) -> Self {
        let file = format!("file {}", file.display());
        let place = |i| match samples.len() {
            1 => file.clone(),
            _ => format!("sample {i} of {file}"),
        };
        Column {
            places: (0..samples.len()).map(place).collect(),
            samples,
        }
    }

    fn append(&mut self, other: Column) {
        self.samples.extend(other.samples);
        self.places.extend(other.places);
    }
}

/// Samples of the whole network from those of each input.
fn samples(mut columns: Vec<Column>, inputs: &Inputs) -> Result<Samples, Diag> {
    let first = columns.first_mut();
    let places = first.map_or(Vec::new(), |column| std::mem::take(&mut column.places));
    for (column, (name, _)) in columns.iter().zip(inputs) {
        if column.samples.len() != places.len() {
            let message = format!(
                "{} samples for input `{name}`, but {} for `{}`",
                column.samples.len(),
                places.len(),
                inputs[0].0
            );
            return Err(Diag::new("wrong-sample", message).at_tensor(name));
        }
    }
    let mut rows: Vec<Vec<Tensor>> = vec![Vec::new(); places.len()];
    for column in columns {
        let samples = rows.iter_mut().zip(column.samples);
        samples.for_each(|(row, tensor)| row.push(tensor));
    }
    Ok(Samples {
        inputs: rows,
        places,
        ..Samples::default()
    })
}

fn extension(path: &Path) -> String {
    path.extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase()
}

/// What is in a folder, sorted by name; hidden files aside.
fn entries(folder: &Path) -> Result<Vec<PathBuf>, Diag> {
    let failed = |error| {
        Diag::new(
            "unreadable-file",
            format!("cannot read {}: {error}", folder.display()),
        )
    };
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths = entries.flatten().map(|entry| entry.path());
    let is_hidden = |path: &PathBuf| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with('.'))
    };
    let mut paths: Vec<_> = paths.filter(|path| !is_hidden(path)).collect();
    paths.sort();
    Ok(paths)
}

fn files(folder: &Path) -> Result<Vec<PathBuf>, Diag> {
    let is_sample = |path: &PathBuf| {
        path.is_file()
            && ["npy", "npz", "pb", "png", "jpg", "jpeg"].contains(&extension(path).as_str())
    };
    Ok(entries(folder)?.into_iter().filter(is_sample).collect())
}

/// The folders of ONNX test data in a folder, or the folder itself if it is one.
fn test_sets(folder: &Path) -> Result<Vec<PathBuf>, Diag> {
    if ["input_0.pb", "input_0.npy"]
        .iter()
        .any(|name| folder.join(name).exists())
    {
        return Ok(vec![folder.into()]);
    }
    let is_set = |path: &PathBuf| {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        path.is_dir() && name.starts_with("test_data_set_")
    };
    Ok(entries(folder)?.into_iter().filter(is_set).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(name: &str, shape: &[usize]) -> (String, TensorType) {
        (name.into(), TensorType::new(DType::F32, shape))
    }

    fn load(path: &Path, inputs: &Inputs) -> Result<Samples, Diag> {
        Samples::load(path, inputs, &Preprocessing::default())
    }

    #[test]
    fn arrays_are_one_sample_or_many() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        npy::save(&path, &Tensor::new([3, 2, 2], &[1_u8; 12])).unwrap();
        assert_eq!(
            load(&path, &[input("x", &[1, 2, 2])]).unwrap().inputs.len(),
            3
        );
        assert_eq!(
            load(&path, &[input("x", &[3, 2, 2])]).unwrap().inputs.len(),
            1
        );
        assert_eq!(
            load(&path, &[input("x", &[1, 3, 2, 2])])
                .unwrap()
                .inputs
                .len(),
            1
        );
        let wrong = load(&path, &[input("x", &[1, 5])]).unwrap_err();
        assert_eq!(wrong.code, "wrong-sample");
    }

    #[test]
    fn a_folder_holds_the_samples_of_its_files() {
        let folder = tempfile::tempdir().unwrap();
        for (i, name) in ["b.npy", "a.npy"].iter().enumerate() {
            npy::save(&folder.path().join(name), &Tensor::new([2], &[i as f32; 2])).unwrap();
        }
        let samples = load(folder.path(), &[input("x", &[1, 2])]).unwrap();
        assert_eq!(samples.inputs[0][0].values::<f32>().unwrap(), [1.0, 1.0]);
        assert_eq!(samples.inputs.len(), 2);
        assert_eq!(
            load(&folder.path().join("none"), &[input("x", &[1, 2])])
                .unwrap_err()
                .code,
            "unknown-file"
        );
    }

    #[test]
    fn several_inputs_have_a_file_each() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = [input("a", &[1, 2]), input("b", &[1])];
        npy::save(
            &folder.path().join("a.npy"),
            &Tensor::new([4, 2], &[0_f32; 8]),
        )
        .unwrap();
        assert_eq!(
            load(folder.path(), &inputs).unwrap_err().code,
            "missing-sample"
        );
        npy::save(
            &folder.path().join("b.npy"),
            &Tensor::new([4, 1], &[0_f32; 4]),
        )
        .unwrap();
        let samples = load(folder.path(), &inputs).unwrap();
        assert_eq!((samples.inputs.len(), samples.inputs[0].len()), (4, 2));
    }

    #[test]
    fn numbers_are_shifted_and_scaled() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.npy");
        npy::save(&path, &Tensor::new([1, 2, 1, 2], &[10_u8, 20, 30, 40])).unwrap();
        let preprocessing = Preprocessing {
            mean: vec![10.0, 20.0],
            scale: vec![0.5],
            layout: Some(Layout::Nchw),
            resize: false,
        };
        let samples = Samples::load(&path, &[input("x", &[1, 2, 1, 2])], &preprocessing).unwrap();
        assert_eq!(
            samples.inputs[0][0].values::<f32>().unwrap(),
            [0.0, 5.0, 5.0, 10.0]
        );
    }
}
