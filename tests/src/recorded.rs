//! Recorded data in the layout of ONNX's test data, and how far an answer may be from it.

use mlc_compiler::diag::Diag;
use mlc_compiler::onnx;
use mlc_compiler::tensor::Tensor;
use std::fmt;
use std::path::{Path, PathBuf};

/// One recorded run of a model.
#[derive(Clone, Debug)]
pub struct Set {
    /// What went in, in the order of the graph.
    pub inputs: Vec<Tensor>,
    /// What came out, in the order of the graph.
    pub outputs: Vec<Tensor>,
    /// The range of each output over all sets recorded for the model: one run alone may leave an output
    /// nearly constant.
    pub ranges: Vec<f64>,
}

/// Reads the folders `test_data_set_0`, `test_data_set_1`, ... beside a model.
pub fn sets(model_dir: &Path) -> Result<Vec<Set>, Diag> {
    let folder = |k| model_dir.join(format!("test_data_set_{k}"));
    let folders = (0..).map(folder).take_while(|dir| dir.is_dir());
    let set = |dir: PathBuf| {
        Ok(Set {
            inputs: tensors(&dir, "input")?,
            outputs: tensors(&dir, "output")?,
            ranges: Vec::new(),
        })
    };
    let mut sets = folders.map(set).collect::<Result<Vec<Set>, Diag>>()?;
    let outputs = sets.iter().map(|set| set.outputs.len()).max().unwrap_or(0);
    let ranges: Vec<f64> = (0..outputs).map(|k| range_over(&sets, k)).collect();
    sets.iter_mut()
        .for_each(|set| set.ranges.clone_from(&ranges));
    Ok(sets)
}

/// The range of output `k` over all sets; 0 if it is not of floats.
fn range_over(sets: &[Set], k: usize) -> f64 {
    let outputs = sets.iter().filter_map(|set| set.outputs.get(k)?.values());
    range(outputs.flatten())
}

/// Reads `PREFIX_0.pb`, `PREFIX_1.pb`, ... in a folder.
fn tensors(dir: &Path, prefix: &str) -> Result<Vec<Tensor>, Diag> {
    let paths = (0..).map(|k| dir.join(format!("{prefix}_{k}.pb")));
    let load = |path: PathBuf| Ok(onnx::tensor::load(&path)?.1);
    paths.take_while(|path| path.exists()).map(load).collect()
}

/// How far a float may be from the recorded one: the sum of the three. Integers must be equal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tolerance {
    /// Of the recorded value.
    pub relative: f64,
    /// Of the range of the recorded output.
    pub range: f64,
    /// In any case.
    pub absolute: f64,
}

impl Tolerance {
    /// What is asked of whole networks, and of everything that says nothing else.
    pub const NETWORK: Tolerance = Tolerance {
        relative: 1e-4,
        range: 1e-5,
        absolute: 0.0,
    };
    /// What ONNX asks in its own test suite.
    pub const SUITE: Tolerance = Tolerance {
        relative: 1e-3,
        range: 0.0,
        absolute: 1e-7,
    };

    /// Compares the outputs of a run with the recorded ones; the error tells the first difference that
    /// is too large.
    pub fn compare(&self, outputs: &[Tensor], recorded: &[Tensor]) -> Result<Worst, String> {
        self.compare_within(outputs, recorded, &[])
    }

    /// As [`Tolerance::compare`], for a run that was recorded together with others.
    pub fn compare_set(&self, outputs: &[Tensor], set: &Set) -> Result<Worst, String> {
        self.compare_within(outputs, &set.outputs, &set.ranges)
    }

    fn compare_within(
        &self,
        outputs: &[Tensor],
        recorded: &[Tensor],
        ranges: &[f64],
    ) -> Result<Worst, String> {
        if outputs.len() != recorded.len() {
            let (n, m) = (outputs.len(), recorded.len());
            return Err(format!("{n} outputs instead of {m}"));
        }
        let mut worst = Worst::default();
        for (i, (y, expected)) in outputs.iter().zip(recorded).enumerate() {
            let error = self
                .compare_one(y, expected, ranges.get(i).copied())
                .map_err(|difference| format!("output {i}: {difference}"))?;
            worst = worst.max(error);
        }
        Ok(worst)
    }

    fn compare_one(
        &self,
        y: &Tensor,
        expected: &Tensor,
        range: Option<f64>,
    ) -> Result<Worst, String> {
        if y.ty != expected.ty {
            return Err(format!("{} instead of {}", y.ty, expected.ty));
        }
        match (y.values::<f32>(), expected.values::<f32>()) {
            (Some(y), Some(expected)) => self.compare_floats(y, expected, range),
            _ if y.bytes() == expected.bytes() => Ok(Worst::default()),
            _ => Err(format!("{y:?} instead of {expected:?}")),
        }
    }

    fn compare_floats(
        &self,
        y: &[f32],
        expected: &[f32],
        recorded_range: Option<f64>,
    ) -> Result<Worst, String> {
        let range = recorded_range.unwrap_or(range(expected));
        let mut worst = Worst::default();
        for (i, (&y, &expected)) in y.iter().zip(expected).enumerate() {
            if y == expected || y.is_nan() && expected.is_nan() {
                continue;
            }
            let difference = (f64::from(y) - f64::from(expected)).abs();
            let magnitude = f64::from(expected).abs();
            let allowed = self.relative * magnitude + self.range * range + self.absolute;
            // A comparison with a NaN is false, so that a NaN fails.
            if !(difference <= allowed && expected.is_finite()) {
                return Err(format!("element {i} is {y} instead of {expected}"));
            }
            worst = worst.max(Worst {
                absolute: difference,
                of_range: difference / range.max(f64::MIN_POSITIVE),
                of_allowed: difference / allowed,
            });
        }
        Ok(worst)
    }
}

/// From the smallest to the largest finite element.
fn range<'a>(values: impl IntoIterator<Item = &'a f32>) -> f64 {
    let finite = values.into_iter().filter(|x| x.is_finite());
    let limits = (f64::INFINITY, f64::NEG_INFINITY);
    let (low, high) = finite.fold(limits, |(low, high), &x| {
        (low.min(x.into()), high.max(x.into()))
    });
    (high - low).max(0.0)
}

/// The largest difference from what was recorded.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worst {
    /// As it is.
    pub absolute: f64,
    /// In units of the output's range.
    pub of_range: f64,
    /// In units of what is allowed: at most 1.
    pub of_allowed: f64,
}

impl Worst {
    /// The larger of each.
    pub fn max(self, other: Worst) -> Worst {
        Worst {
            absolute: self.absolute.max(other.absolute),
            of_range: self.of_range.max(other.of_range),
            of_allowed: self.of_allowed.max(other.of_allowed),
        }
    }
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:.1e} ({:.1e} of the range, {:.2} of what is allowed)",
            self.absolute, self.of_range, self.of_allowed
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compare(y: [f32; 3], recorded: [f32; 3]) -> Result<Worst, String> {
        Tolerance::NETWORK.compare(&[Tensor::new([3], &y)], &[Tensor::new([3], &recorded)])
    }

    #[test]
    fn what_is_allowed_grows_with_the_value_and_the_range() {
        assert_eq!(
            compare([0.0, 1.0, 2.0], [0.0, 1.0, 2.0]),
            Ok(Worst::default())
        );
        assert!(compare([0.0, 1.00011, 2.0], [0.0, 1.0, 2.0]).is_ok());
        assert!(compare([0.0, 1.00013, 2.0], [0.0, 1.0, 2.0]).is_err());
        assert!(compare([0.000_03, 1.0, 2.0], [0.0, 1.0, 2.0]).is_err());
    }

    #[test]
    fn a_nan_or_a_missing_element_never_passes() {
        assert!(compare([f32::NAN, 1.0, 2.0], [0.0, 1.0, 2.0]).is_err());
        assert!(compare([0.0, 1.0, 2.0], [f32::NAN, 1.0, 2.0]).is_err());
        assert!(compare([1e30, 1.0, 2.0], [f32::INFINITY, 1.0, 2.0]).is_err());
        assert!(compare([f32::NAN; 3], [f32::NAN; 3]).is_ok());
        let (short, long) = (
            Tensor::new([2], &[0.0f32; 2]),
            Tensor::new([3], &[0.0f32; 3]),
        );
        assert!(
            Tolerance::NETWORK
                .compare(&[short], std::slice::from_ref(&long))
                .is_err()
        );
        assert!(Tolerance::NETWORK.compare(&[], &[long]).is_err());
    }
}
