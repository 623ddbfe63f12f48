//! Samples to verify with: recorded in files, or made up.

use super::edges::{Edge, Edges};
use mlc_codegen::samples;
use mlc_compiler::diag::Diag;
use mlc_compiler::npy;
use mlc_compiler::quantize::{Preprocessing, Samples, npz, split};
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use std::path::Path;

/// What a model is given, in its own types, and what it should answer as far as that was recorded.
#[derive(Clone, Debug)]
pub(super) struct Sample {
    pub(super) inputs: Vec<Tensor>,
    pub(super) outputs: Vec<Option<Tensor>>,
}

/// Arrays by name.
type Arrays = Vec<(String, Tensor)>;

/// Makes up so many samples, with integers in 0..`end`.
pub(super) fn seeded(edges: &Edges, seed: u64, count: u64, end: u8) -> Result<Vec<Sample>, Diag> {
    let sockets: Vec<_> = edges.inputs.iter().map(Edge::socket).collect();
    let sample = |i| {
        Ok(Sample {
            inputs: samples::seeded(&sockets, seed.wrapping_add(i), end)?,
            outputs: vec![None; edges.outputs.len()],
        })
    };
    (0..count).map(sample).collect()
}

/// Reads samples from a file or a folder.
pub(super) fn recorded(path: &Path, edges: &Edges) -> Result<Vec<Sample>, Diag> {
    if samples::has_sets(path) {
        return sets(path, edges);
    }
    let samples = match arrays(path, edges)? {
        Some(arrays) => by_name(&arrays, edges),
        None => loaded(path, edges),
    };
    samples.map_err(|diag| diag.note(format!("samples in {}", path.display())))
}

/// The folders of ONNX test data.
fn sets(folder: &Path, edges: &Edges) -> Result<Vec<Sample>, Diag> {
    let read = |socket: fn(&Edge) -> _| {
        let sockets = |edges: &[Edge]| edges.iter().map(socket).collect::<Vec<_>>();
        samples::recorded(folder, &sockets(&edges.inputs), &sockets(&edges.outputs))
    };
    // In the types of the model, or of the crate.
    let recorded = read(Edge::socket).or_else(|diag| read(Edge::port_socket).map_err(|_| diag))?;
    let sample = |set: samples::Recorded| {
        let output = |(tensor, edge): (&Option<Tensor>, &Edge)| {
            tensor
                .as_ref()
                .map(|tensor| edge.to_model(tensor))
                .transpose()
        };
        let inputs = set.inputs.iter().zip(&edges.inputs);
        Ok(Sample {
            inputs: inputs
                .map(|(tensor, edge)| edge.to_model(tensor))
                .collect::<Result<_, Diag>>()?,
            outputs: set
                .outputs
                .iter()
                .zip(&edges.outputs)
                .map(output)
                .collect::<Result<_, Diag>>()?,
        })
    };
    recorded.into_iter().map(sample).collect()
}

/// The arrays of an archive, of a file, or of the files in a folder that has one for the first input.
fn arrays(path: &Path, edges: &Edges) -> Result<Option<Arrays>, Diag> {
    let extension = path
        .extension()
        .unwrap_or_default()
        .to_string_lossy()
        .to_lowercase();
    let first = edges.inputs.first().map_or("", |edge| &edge.name);
    if extension == "npz" {
        return npz(path).map(Some);
    }
    if extension == "npy" {
        return Ok(Some(vec![(first.to_owned(), npy::load(path)?)]));
    }
    if !path
        .join(format!("{}.npy", samples::file_name(first)))
        .is_file()
    {
        return Ok(None);
    }
    let all = edges.inputs.iter().chain(&edges.outputs);
    let file = |edge: &Edge| {
        let file = path.join(format!("{}.npy", samples::file_name(&edge.name)));
        let array = file.is_file().then(|| npy::load(&file))?;
        Some(array.map(|array| (edge.name.clone(), array)))
    };
    all.filter_map(file).collect::<Result<_, _>>().map(Some)
}

/// What else calibration samples may be, such as images.
fn loaded(path: &Path, edges: &Edges) -> Result<Vec<Sample>, Diag> {
    let inputs: Vec<_> = edges
        .inputs
        .iter()
        .map(|edge| (edge.name.clone(), edge.model.clone()))
        .collect();
    let samples = Samples::load(path, &inputs, &Preprocessing::default())?;
    let sample = |inputs| Sample {
        inputs,
        outputs: vec![None; edges.outputs.len()],
    };
    Ok(samples.inputs.into_iter().map(sample).collect())
}

/// Arrays called after inputs and outputs, or `input_0`, `output_0`, and so on; the only input may be called `x`.
fn by_name(arrays: &Arrays, edges: &Edges) -> Result<Vec<Sample>, Diag> {
    let find = |names: [&str; 3]| {
        let mut found = names
            .iter()
            .filter_map(|name| arrays.iter().find(|(own, _)| own == name));
        found.next().map(|(_, array)| array)
    };
    let input = |(i, edge): (usize, &Edge)| {
        let only = if edges.inputs.len() == 1 {
            "x"
        } else {
            &edge.name
        };
        let array =
            find([&edge.name, &format!("input_{i}"), only]).ok_or_else(|| missing(edge, arrays))?;
        samples_of(array, edge)
    };
    let inputs = edges
        .inputs
        .iter()
        .enumerate()
        .map(input)
        .collect::<Result<Vec<_>, Diag>>()?;
    let output = |(i, edge): (usize, &Edge)| {
        let array = find([&edge.name, &format!("output_{i}"), &edge.name]);
        array.map(|array| samples_of(array, edge)).transpose()
    };
    let outputs = edges
        .outputs
        .iter()
        .enumerate()
        .map(output)
        .collect::<Result<Vec<_>, Diag>>()?;
    let count = inputs.first().map_or(0, Vec::len);
    let lengths = inputs.iter().chain(outputs.iter().flatten()).map(Vec::len);
    if let Some(other) = lengths.into_iter().find(|&len| len != count) {
        let message = format!("there are {count} samples of one array, but {other} of another");
        return Err(Diag::new("wrong-sample", message));
    }
    let sample = |k: usize| Sample {
        inputs: inputs.iter().map(|samples| samples[k].clone()).collect(),
        outputs: outputs
            .iter()
            .map(|samples| samples.as_ref().map(|samples| samples[k].clone()))
            .collect(),
    };
    Ok((0..count).map(sample).collect())
}

fn missing(edge: &Edge, arrays: &Arrays) -> Diag {
    let message = format!(
        "no array is called `{}`, after an input of {}",
        edge.name, edge.model
    );
    let known: Vec<_> = arrays
        .iter()
        .map(|(name, array)| format!("`{name}`: {}", array.ty))
        .collect();
    Diag::new("missing-sample", message)
        .at_tensor(&edge.name)
        .note(format!("arrays: {}", known.join(", ")))
}

/// An array cut into samples of the model's type. Numbers of another type become floats, but integers of the crate's own
/// type are what stands for floats.
fn samples_of(array: &Tensor, edge: &Edge) -> Result<Vec<Tensor>, Diag> {
    let ty = TensorType::new(array.ty.dtype, edge.model.shape.clone());
    let sample = |sample: Tensor| {
        let own = [edge.model.dtype, edge.port_socket().ty.dtype].contains(&sample.ty.dtype);
        let floats = sample
            .to_vec::<f32>()
            .filter(|_| edge.model.dtype == DType::F32 && !own);
        match floats {
            Some(floats) => Ok(Tensor::new(sample.ty.shape.clone(), &floats)),
            None => edge.to_model(&sample),
        }
    };
    let given = edge.port_socket().ty;
    let as_given = (array.ty.dtype == given.dtype).then(|| split(array, &given).ok());
    if let Some(samples) = as_given.flatten().filter(|_| edge.is_given_otherwise()) {
        return samples.iter().map(|sample| edge.to_model(sample)).collect();
    }
    let samples = split(array, &ty).map_err(|diag| {
        let (found, wanted) = (&array.ty, &edge.model);
        let message = format!("an array of {found} does not hold samples of {wanted}");
        Diag { message, ..diag }.at_tensor(&edge.name)
    })?;
    samples.into_iter().map(sample).collect()
}
