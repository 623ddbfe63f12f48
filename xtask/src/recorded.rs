//! Recorded data beside a model, in the layout of ONNX's test data, and what may differ from it.

use std::path::{Path, PathBuf};

use anyhow::Result;
use mlc_compiler::onnx;
use mlc_compiler::tensor::Tensor;

/// One recorded run of a model.
pub(crate) struct Set {
    pub(crate) inputs: Vec<Tensor>,
    pub(crate) outputs: Vec<Tensor>,
}

/// Reads the folders `test_data_set_0`, `test_data_set_1`, ... beside a model.
pub(crate) fn sets(model_dir: &Path) -> Result<Vec<Set>> {
    let folder = |k| model_dir.join(format!("test_data_set_{k}"));
    let set = |dir: PathBuf| {
        Ok(Set {
            inputs: tensors(&dir, "input")?,
            outputs: tensors(&dir, "output")?,
        })
    };
    let folders = (0..).map(folder).take_while(|dir| dir.is_dir());
    folders.map(set).collect()
}

/// Reads `PREFIX_0.pb`, `PREFIX_1.pb`, ... in a folder.
fn tensors(dir: &Path, prefix: &str) -> Result<Vec<Tensor>> {
    let paths = (0..).map(|k| dir.join(format!("{prefix}_{k}.pb")));
    let load = |path: PathBuf| Ok(onnx::tensor::load(&path)?.1);
    paths.take_while(|path| path.exists()).map(load).collect()
}

/// The largest difference of an output, given as it lies in memory, from the recorded one, in units of what
/// is allowed: at most 1 passes.
///
/// A float may be off by 1e-4 of its value and 1e-5 of the range of the output; an integer not at all.
pub(crate) fn error(output: &[u8], recorded: &Tensor) -> f64 {
    if output.len() != recorded.bytes().len() {
        return f64::INFINITY;
    }
    match recorded.values::<f32>() {
        Some(expected) => float_error(&floats(output), expected),
        None if output == recorded.bytes() => 0.0,
        None => f64::INFINITY,
    }
}

fn float_error(output: &[f32], expected: &[f32]) -> f64 {
    let (low, high) = expected
        .iter()
        .fold((f32::MAX, f32::MIN), |(l, h), &x| (l.min(x), h.max(x)));
    let range = (f64::from(high) - f64::from(low)).max(f64::MIN_POSITIVE);
    let error = |(&y, &x): (&f32, &f32)| {
        if y == x || y.is_nan() && x.is_nan() {
            return 0.0;
        }
        let allowed = 1e-4 * f64::from(x).abs() + 1e-5 * range;
        let error = (f64::from(y) - f64::from(x)).abs() / allowed;
        if error.is_nan() { f64::INFINITY } else { error }
    };
    output.iter().zip(expected).map(error).fold(0.0, f64::max)
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    let words = bytes
        .chunks_exact(4)
        .filter_map(|word| word.try_into().ok());
    words.map(f32::from_le_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error_of(output: [f32; 3], recorded: [f32; 3]) -> f64 {
        let bytes: Vec<u8> = output.iter().flat_map(|x| x.to_le_bytes()).collect();
        error(&bytes, &Tensor::new([3], &recorded))
    }

    #[test]
    fn what_is_allowed_grows_with_the_value_and_the_range() {
        assert_eq!(error_of([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]), 0.0);
        assert!(error_of([0.0, 1.00011, 2.0], [0.0, 1.0, 2.0]) <= 1.0);
        assert!(error_of([0.0, 1.00013, 2.0], [0.0, 1.0, 2.0]) > 1.0);
        assert!(error_of([0.000_03, 1.0, 2.0], [0.0, 1.0, 2.0]) > 1.0);
    }

    #[test]
    fn a_nan_or_a_missing_element_never_passes() {
        assert!(error_of([f32::NAN, 1.0, 2.0], [0.0, 1.0, 2.0]) > 1.0);
        assert_eq!(error_of([f32::NAN; 3], [f32::NAN; 3]), 0.0);
        assert!(error(&[0; 8], &Tensor::new([3], &[0.0f32; 3])) > 1.0);
    }
}
