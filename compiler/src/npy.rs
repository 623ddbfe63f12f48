//! NumPy's `.npy` files, formats 1.0 to 3.0, to and from tensors.
//!
//! A file is a magic string, a version, the length of a header, and the header: a Python dictionary literal
//! with the keys `descr`, `fortran_order` and `shape`. The elements follow.
//! The format is described in NumPy's enhancement proposal 1 and in the documentation of `numpy.lib.format`.

use crate::diag::Diag;
use crate::tensor::{AlignedBytes, DType, Tensor, TensorType, check_shape};
use std::io::Read;
use std::path::Path;

const MAGIC: &[u8] = b"\x93NUMPY";

/// Headers that NumPy itself would refuse to read are longer.
const MAX_HEADER: usize = 1 << 16;

/// Bytes before the longest kind of header; the shortest kind has two less.
const PREFIX: usize = 12;

/// Elements start at a multiple of this many bytes.
const ALIGNMENT: usize = 64;

/// NumPy's codes of element types, without the byte order.
const DTYPES: [(&str, DType); 14] = [
    ("f4", DType::F32),
    ("f8", DType::F64),
    ("f2", DType::F16),
    ("i1", DType::I8),
    ("i2", DType::I16),
    ("i4", DType::I32),
    ("i8", DType::I64),
    ("u1", DType::U8),
    ("u2", DType::U16),
    ("u4", DType::U32),
    ("u8", DType::U64),
    ("b1", DType::Bool),
    ("c8", DType::Complex64),
    ("c16", DType::Complex128),
];

/// The array in the file `path`.
pub fn load(path: &Path) -> Result<Tensor, Diag> {
    let file = || format!("file {}", path.display());
    let bytes = std::fs::read(path).map_err(|error| {
        Diag::new("unreadable-file", format!("cannot read an array: {error}")).note(file())
    })?;
    parse(&bytes).map_err(|diag| diag.note(file()))
}

/// Writes a tensor to the file `path`.
pub fn save(path: &Path, tensor: &Tensor) -> Result<(), Diag> {
    let failed = |error| {
        Diag::new(
            "unwritable-file",
            format!("cannot write {}: {error}", path.display()),
        )
    };
    std::fs::write(path, encode(tensor)?).map_err(failed)
}

/// The array that `bytes` hold.
pub fn parse(bytes: &[u8]) -> Result<Tensor, Diag> {
    Stream::open(bytes)?.read()
}

/// An array that is being read: of its bytes, no more are taken than its header promises.
pub struct Stream<R> {
    header: Header,
    ty: TensorType,
    data: R,
}

impl<R: Read> Stream<R> {
    /// Reads the header.
    pub fn open(mut data: R) -> Result<Self, Diag> {
        let mut bytes = Vec::new();
        take(&mut data, PREFIX, &mut bytes)?;
        let (start, len) = extent(&bytes)?;
        take(
            &mut data,
            (start + len).saturating_sub(bytes.len()),
            &mut bytes,
        )?;
        let header = bytes
            .get(start..start + len)
            .filter(|_| bytes.len() == start + len)
            .ok_or_else(|| malformed("it is cut short"))?;
        let header = std::str::from_utf8(header);
        let header = Header::parse(header.map_err(|_| malformed("its header is not text"))?)?;
        check_shape(&header.shape)?;
        Ok(Stream {
            ty: TensorType::new(header.dtype, header.shape.clone()),
            header,
            data,
        })
    }

    /// The array's type.
    pub fn ty(&self) -> &TensorType {
        &self.ty
    }

    /// Reads the elements.
    pub fn read(mut self) -> Result<Tensor, Diag> {
        let (ty, mut bytes) = (self.ty, Vec::new());
        take(&mut self.data, ty.bytes().saturating_add(1), &mut bytes)?;
        if bytes.len() != ty.bytes() {
            let (found, promised) = (bytes.len(), ty.bytes());
            let message = match found > promised {
                true => format!("there is more data than {ty} takes, which is {promised} bytes"),
                false => format!("{found} bytes of data for {ty}, which takes {promised}"),
            };
            return Err(Diag::new("malformed-npy", message));
        }
        match self.header.fortran_order {
            true => {
                let ordered = row_major(&bytes, &ty.shape, ty.dtype.bits() / 8);
                Tensor::from_bytes(ty, &*ordered)
            }
            false => Tensor::from_bytes(ty, &*bytes),
        }
    }
}

/// Reads up to `count` bytes.
fn take(data: &mut impl Read, count: usize, bytes: &mut Vec<u8>) -> Result<(), Diag> {
    let read = data.take(count as u64).read_to_end(bytes);
    read.map(drop)
        .map_err(|error| Diag::new("unreadable-file", format!("cannot read an array: {error}")))
}

/// The bytes of a file that holds `tensor`.
pub fn encode(tensor: &Tensor) -> Result<Vec<u8>, Diag> {
    let code = DTYPES
        .iter()
        .find(|(_, dtype)| *dtype == tensor.ty.dtype)
        .map(|(code, _)| *code);
    let unsupported = || {
        Diag::new(
            "unsupported-dtype",
            format!("NumPy has no element type for {}", tensor.ty.dtype),
        )
    };
    let code = code.ok_or_else(unsupported)?;
    let order = if tensor.ty.dtype.bits() == 8 {
        '|'
    } else {
        '<'
    };
    let sizes: String = tensor
        .ty
        .shape
        .iter()
        .map(|size| format!("{size}, "))
        .collect();
    let mut header = format!(
        "{{'descr': '{order}{code}', 'fortran_order': False, 'shape': ({}), }}",
        tuple(&sizes)
    );
    let prefix = MAGIC.len() + 4;
    let padded = (prefix + header.len() + 1).next_multiple_of(ALIGNMENT) - prefix;
    header.extend(std::iter::repeat_n(' ', padded - 1 - header.len()));
    header.push('\n');
    let len = u16::try_from(header.len()).map_err(|_| unsupported())?;
    Ok([
        MAGIC,
        &[1, 0],
        &len.to_le_bytes(),
        header.as_bytes(),
        tensor.bytes(),
    ]
    .concat())
}

/// `1, 2, ` as `1, 2`, but `1, ` as `1,`: a tuple of one needs its comma.
fn tuple(sizes: &str) -> &str {
    match sizes.matches(',').count() {
        1 => sizes.trim_end(),
        _ => sizes.trim_end_matches(", "),
    }
}

fn malformed(what: &str) -> Diag {
    Diag::new(
        "malformed-npy",
        format!("the file is not a valid .npy array: {what}"),
    )
}

/// Where the header begins in a file that starts with `bytes`, and how long it is.
fn extent(bytes: &[u8]) -> Result<(usize, usize), Diag> {
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| malformed("it does not start with NumPy's magic string"))?;
    let (start, len) = match rest {
        [1, _, a, b, ..] => (PREFIX - 2, u16::from_le_bytes([*a, *b]) as usize),
        [2 | 3, _, a, b, c, d, ..] => (PREFIX, u32::from_le_bytes([*a, *b, *c, *d]) as usize),
        [1..=3, ..] | [] => return Err(malformed("it is cut short")),
        [version, ..] => return Err(malformed(&format!("format version {version} is not known"))),
    };
    match len > MAX_HEADER {
        true => Err(malformed("its header is too long")),
        false => Ok((start, len)),
    }
}

struct Header {
    dtype: DType,
    fortran_order: bool,
    shape: Vec<usize>,
}

impl Header {
    fn parse(text: &str) -> Result<Header, Diag> {
        let field = |key: &str| {
            field(text, key).ok_or_else(|| malformed(&format!("its header does not state `{key}`")))
        };
        let fortran_order = match field("fortran_order")? {
            rest if rest.starts_with("True") => true,
            rest if rest.starts_with("False") => false,
            _ => return Err(malformed("`fortran_order` is neither True nor False")),
        };
        Ok(Header {
            dtype: dtype(field("descr")?)?,
            fortran_order,
            shape: shape(field("shape")?)?,
        })
    }
}

/// What follows a key of the dictionary.
fn field<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let after = |quote| {
        text.split_once(&format!("{quote}{key}{quote}"))
            .map(|(_, rest)| rest)
    };
    let rest = after('\'').or_else(|| after('"'))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

fn dtype(text: &str) -> Result<DType, Diag> {
    let quote = text.chars().next().filter(|c| "'\"".contains(*c));
    let quoted = quote
        .and_then(|quote| text[1..].split_once(quote))
        .map(|(code, _)| code);
    let code = quoted.ok_or_else(|| malformed("its element type is not a simple one"))?;
    let unsupported = || {
        Diag::new(
            "unsupported-dtype",
            format!("arrays of NumPy type `{code}` are not supported"),
        )
    };
    // Elements of one byte have no byte order; `=` and `|` both stand for the machine's.
    let name = code.trim_start_matches(['<', '|', '=']);
    let name = if code == "?" { "b1" } else { name };
    let name = if code.starts_with('>') && code.ends_with('1') {
        &code[1..]
    } else {
        name
    };
    let found = DTYPES.iter().find(|(candidate, _)| *candidate == name);
    found.map(|(_, dtype)| *dtype).ok_or_else(unsupported)
}

fn shape(text: &str) -> Result<Vec<usize>, Diag> {
    let wrong = || malformed("its shape is not a tuple of sizes");
    let inner = text
        .strip_prefix('(')
        .and_then(|rest| rest.split_once(')'))
        .ok_or_else(wrong)?
        .0;
    let sizes = inner
        .split(',')
        .map(str::trim)
        .filter(|size| !size.is_empty());
    sizes
        .map(|size| size.trim_end_matches('L').parse().map_err(|_| wrong()))
        .collect()
}

/// Elements of `size` bytes, reordered from first dimension fastest to last dimension fastest.
fn row_major(data: &[u8], shape: &[usize], size: usize) -> AlignedBytes {
    let mut ordered = AlignedBytes::zeros(data.len());
    let mut index = vec![0; shape.len()];
    for to in ordered.chunks_exact_mut(size) {
        let from = index
            .iter()
            .zip(shape)
            .rev()
            .fold(0, |from, (i, size)| from * size + i);
        to.copy_from_slice(&data[from * size..][..size]);
        advance(&mut index, shape);
    }
    ordered
}

/// The next index in row-major order.
fn advance(index: &mut [usize], shape: &[usize]) {
    for (i, size) in index.iter_mut().zip(shape).rev() {
        *i += 1;
        if *i < *size {
            return;
        }
        *i = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
        let len = match version {
            1 => (header.len() as u16).to_le_bytes().to_vec(),
            _ => (header.len() as u32).to_le_bytes().to_vec(),
        };
        [MAGIC, &[version, 0], &len, header.as_bytes(), data].concat()
    }

    #[test]
    fn what_is_written_is_read() {
        for shape in [vec![], vec![3], vec![2, 3], vec![0, 4], vec![1, 2, 3]] {
            for (_, dtype) in DTYPES {
                let ty = TensorType::new(dtype, shape.clone());
                let bytes: Vec<u8> = (0..ty.bytes()).map(|i| i as u8).collect();
                let tensor = Tensor::from_bytes(ty, &*bytes).unwrap();
                let file = encode(&tensor).unwrap();
                assert_eq!((file.len() - bytes.len()) % ALIGNMENT, 0);
                assert!(parse(&file).unwrap().identical(&tensor));
            }
        }
    }

    #[test]
    fn headers_are_as_numpy_writes_them() {
        for (shape, text) in [(vec![], "()"), (vec![3], "(3,)"), (vec![2, 3], "(2, 3)")] {
            let len: usize = shape.iter().product();
            let file = encode(&Tensor::new(shape, &vec![0_f32; len])).unwrap();
            let header = std::str::from_utf8(&file[PREFIX - 2..]).unwrap_or_default();
            assert!(
                header.starts_with("{'descr': '<f4', 'fortran_order': False, 'shape': "),
                "{header}"
            );
            assert!(header.contains(&format!("'shape': {text}, }}")), "{header}");
        }
    }

    #[test]
    fn every_version_and_both_orders_are_read() {
        for version in 1..=3 {
            let header = "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3), }\n";
            let tensor = parse(&file(version, header, &[1, 4, 2, 5, 3, 6])).unwrap();
            assert_eq!(tensor.values::<u8>().unwrap(), [1, 2, 3, 4, 5, 6]);
        }
    }

    #[test]
    fn broken_files_are_diagnosed() {
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";
        let good = file(1, header, &[0; 8]);
        assert!(parse(&good).is_ok());
        for len in 0..good.len() {
            assert!(parse(&good[..len]).is_err(), "cut to {len}");
        }
        for (from, to) in [
            ("<f4", ">f4"),
            ("<f4", "|O8"),
            ("(2,)", "(-2,)"),
            ("(2,)", "2"),
            ("False", "false"),
        ] {
            assert!(
                parse(&file(1, &header.replace(from, to), &[0; 8])).is_err(),
                "{to}"
            );
        }
        let huge = header.replace("(2,)", "(4294967296, 4294967296, 2)");
        assert!(parse(&file(1, &huge, &[])).is_err());
    }
}
