//! Samples: the inputs and outputs of a network as files, in the layout of ONNX's test data, or made up.
//!
//! A folder holds `input_0.pb`, `input_1.pb`, .. (each a `TensorProto`), or `.npy` files of these names or of the
//! inputs' own names.

use crate::Socket;
use mlc_compiler::diag::Diag;
use mlc_compiler::npy;
use mlc_compiler::onnx;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use std::path::{Path, PathBuf};

/// How tensors are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ONNX's `TensorProto`.
    Pb,
    /// NumPy's arrays.
    Npy,
}

/// One recorded run of a network.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The name of its folder.
    pub name: String,
    /// What it was given.
    pub inputs: Vec<Tensor>,
    /// What it answered, as far as that is there.
    pub outputs: Vec<Option<Tensor>>,
}

/// Reads from `path` what the network takes: a folder, or the file of its only input.
pub fn inputs(path: &Path, sockets: &[Socket]) -> Result<(Vec<Tensor>, Format), Diag> {
    if !path.exists() {
        let message = format!("there is no file or folder {}", path.display());
        return Err(Diag::new("io", message));
    }
    match sockets {
        [only] if path.is_file() => file(path, only),
        _ if path.is_file() => {
            let message = format!(
                "{} is a file, but the network has {} inputs",
                path.display(),
                sockets.len()
            );
            let help = "give a folder that holds `input_0.npy`, `input_1.npy` and so on";
            Err(Diag::new("missing-sample", message).note(help))
        }
        _ => tensors(path, "input", sockets),
    }
}

/// Reads from `path` the first sample that is there: of a folder of data sets, else as [`inputs`] does. Where the network takes
/// it in parts, that is an axis and the sample has any number of these.
pub fn first(path: &Path, sockets: &[Socket], parts: Option<usize>) -> Result<Vec<Tensor>, Diag> {
    let set = data_sets(path)
        .ok()
        .and_then(|sets| sets.into_iter().next());
    let path = set.as_deref().unwrap_or(path);
    let Some(axis) = parts else {
        return Ok(inputs(path, sockets)?.0);
    };
    let only = sockets.first().filter(|_| path.is_file());
    let tensor = |(i, socket): (usize, &Socket)| {
        let tensor = match only {
            Some(_) => array(path)?.0,
            None => load(path, "input", i, socket)?.0,
        };
        let mut socket = socket.clone();
        if let (Some(dim), Some(&len)) = (socket.ty.shape.get_mut(axis), tensor.ty.shape.get(axis))
        {
            *dim = len;
        }
        fitting(tensor, &socket)
    };
    sockets.iter().enumerate().map(tensor).collect()
}

/// The files that a sample at `path` is read from.
pub fn files(path: &Path) -> Vec<PathBuf> {
    let within = |folder: &Path| {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let files = entries
            .map(|entry| entry.path())
            .filter(|path| path.is_file());
        files.collect::<Vec<_>>()
    };
    let folders = match data_sets(path) {
        Ok(sets) if !sets.is_empty() => sets,
        Ok(_) => vec![path.into()],
        Err(_) => return vec![path.into()],
    };
    let mut files: Vec<_> = folders.iter().flat_map(|folder| within(folder)).collect();
    files.sort();
    files
}

/// The only input of a network.
fn file(path: &Path, socket: &Socket) -> Result<(Vec<Tensor>, Format), Diag> {
    let (tensor, format) = array(path)?;
    Ok((vec![fitting(tensor, socket)?], format))
}

fn array(path: &Path) -> Result<(Tensor, Format), Diag> {
    Ok(match path.extension().is_some_and(|end| end == "npy") {
        true => (npy::load(path)?, Format::Npy),
        false => (onnx::tensor::load(path)?.1, Format::Pb),
    })
}

/// Reads the tensors of `sockets`: `KIND_0.pb`, .., or `.npy` files.
fn tensors(folder: &Path, kind: &str, sockets: &[Socket]) -> Result<(Vec<Tensor>, Format), Diag> {
    let mut format = Format::Pb;
    let mut read = |(i, socket): (usize, &Socket)| {
        let (tensor, stored) = load(folder, kind, i, socket)?;
        format = stored;
        fitting(tensor, socket)
    };
    let tensors = sockets
        .iter()
        .enumerate()
        .map(&mut read)
        .collect::<Result<_, _>>()?;
    Ok((tensors, format))
}

fn load(folder: &Path, kind: &str, i: usize, socket: &Socket) -> Result<(Tensor, Format), Diag> {
    let pb = folder.join(format!("{kind}_{i}.pb"));
    if pb.exists() {
        return Ok((onnx::tensor::load(&pb)?.1, Format::Pb));
    }
    let arrays = [
        format!("{kind}_{i}.npy"),
        format!("{}.npy", file_name(&socket.name)),
    ];
    match arrays
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.exists())
    {
        Some(path) => Ok((npy::load(&path)?, Format::Npy)),
        None => {
            let message = format!("{kind} {i} of the network is not in {}", folder.display());
            Err(Diag::new("missing-sample", message)
                .at_tensor(&socket.name)
                .note(format!(
                    "`{kind}_{i}.pb`, `{}` or `{}` may hold it, as {}",
                    arrays[0], arrays[1], socket.ty
                )))
        }
    }
}

/// A tensor's name as one of a file.
pub fn file_name(name: &str) -> String {
    name.chars()
        .map(|c| if "/\\:\0".contains(c) { '_' } else { c })
        .collect()
}

/// The tensor, if it is of the type that the network takes.
fn fitting(tensor: Tensor, socket: &Socket) -> Result<Tensor, Diag> {
    match tensor.ty == socket.ty {
        true => Ok(tensor),
        false => {
            let message = format!(
                "`{}` is {}, but the sample is {}",
                socket.name, socket.ty, tensor.ty
            );
            Err(Diag::new("wrong-sample", message).at_tensor(&socket.name))
        }
    }
}

/// Writes the outputs of a run to `folder`, which is made if need be.
pub fn write_outputs(
    folder: &Path,
    sockets: &[Socket],
    outputs: &[Tensor],
    format: Format,
) -> Result<(), Diag> {
    std::fs::create_dir_all(folder)
        .map_err(|e| Diag::new("io", format!("cannot make {}: {e}", folder.display())))?;
    for (i, (socket, tensor)) in sockets.iter().zip(outputs).enumerate() {
        match format {
            Format::Pb => {
                onnx::tensor::save(&folder.join(format!("output_{i}.pb")), &socket.name, tensor)?
            }
            Format::Npy => npy::save(&folder.join(format!("output_{i}.npy")), tensor)?,
        }
    }
    Ok(())
}

/// Whether a folder is one that [`recorded`] reads.
pub fn has_sets(folder: &Path) -> bool {
    let own = |end| folder.join(format!("input_0.{end}")).is_file();
    own("pb") || own("npy") || data_sets(folder).is_ok_and(|sets| !sets.is_empty())
}

/// Reads the recorded runs in the folders `test_data_set_*` of `folder`, or the one in `folder` itself. Outputs may be
/// absent.
pub fn recorded(
    folder: &Path,
    inputs: &[Socket],
    outputs: &[Socket],
) -> Result<Vec<Recorded>, Diag> {
    let mut folders = data_sets(folder)?;
    if folders.is_empty() {
        folders.push(folder.into());
    }
    let read = |set: &PathBuf| {
        let name = set
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let within = |d: Diag| d.note(format!("in {}", set.display()));
        let output = |(i, socket): (usize, &Socket)| match load(set, "output", i, socket) {
            Err(diag) if diag.code == "missing-sample" => Ok(None),
            found => fitting(found?.0, socket).map(Some),
        };
        let outputs = outputs.iter().enumerate().map(output);
        Ok(Recorded {
            name,
            inputs: tensors(set, "input", inputs).map_err(within)?.0,
            outputs: outputs.collect::<Result<_, _>>().map_err(within)?,
        })
    };
    folders.iter().map(read).collect()
}

/// The folders `test_data_set_K`, by their numbers.
fn data_sets(folder: &Path) -> Result<Vec<PathBuf>, Diag> {
    let entries = std::fs::read_dir(folder)
        .map_err(|e| Diag::new("io", format!("cannot read {}: {e}", folder.display())))?;
    let number = |path: &Path| {
        path.file_name()?
            .to_str()?
            .strip_prefix("test_data_set_")?
            .parse::<u64>()
            .ok()
    };
    let numbered = |path: PathBuf| Some((number(&path).filter(|_| path.is_dir())?, path));
    let mut sets: Vec<_> = entries
        .flatten()
        .filter_map(|e| numbered(e.path()))
        .collect();
    sets.sort();
    Ok(sets.into_iter().map(|(_, path)| path).collect())
}

/// Makes up inputs: the same for equal types and seeds. Floats are spread over -1..1, integers over 0..`end`,
/// and truth values over both.
pub fn seeded(sockets: &[Socket], seed: u64, end: u8) -> Result<Vec<Tensor>, Diag> {
    let mut random = Random(seed.wrapping_mul(2).wrapping_add(1));
    let types = sockets.iter().map(|s| &s.ty);
    types.map(|ty| made_up(ty, end, &mut random)).collect()
}

fn made_up(ty: &TensorType, end: u8, random: &mut Random) -> Result<Tensor, Diag> {
    let mut bytes = Vec::with_capacity(ty.bytes());
    for _ in 0..ty.len() {
        let unit = random.next();
        match ty.dtype {
            DType::F32 => bytes.extend((unit * 2.0 - 1.0).to_le_bytes()),
            DType::F64 => bytes.extend(f64::from(unit * 2.0 - 1.0).to_le_bytes()),
            DType::Bool => bytes.push(u8::from(unit < 0.5)),
            _ => {
                let value = ((unit * f32::from(end)) as u64).to_le_bytes();
                bytes.extend(&value[..(ty.dtype.bits() / 8).min(8)]);
            }
        }
    }
    Tensor::from_bytes(ty.clone(), &bytes[..])
}

/// A linear congruential generator modulo 2^64, with Knuth's multiplier (MMIX), whose upper bits are used.
struct Random(u64);

impl Random {
    /// A number in 0..1.
    fn next(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1_u64 << 24) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_only_input_may_be_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("any.npy");
        let socket = |name: &str| Socket {
            name: name.into(),
            ty: TensorType::new(DType::F32, [2]),
            function: String::new(),
            element: "f32",
        };
        npy::save(&file, &Tensor::new([2], &[1.0f32, 2.0])).unwrap();
        let (read, format) = inputs(&file, &[socket("x")]).unwrap();
        assert_eq!(read[0].values::<f32>(), Some(&[1.0, 2.0][..]));
        assert_eq!(format, Format::Npy);
        let two = inputs(&file, &[socket("x"), socket("z")]).unwrap_err();
        assert!(two.message.contains("2 inputs"), "{two}");
        let none = inputs(&folder.path().join("none"), &[socket("x")]).unwrap_err();
        assert!(none.message.contains("no file or folder"), "{none}");
    }
}
