//! Signal and noise: how far what is computed in integers is from what is computed in floats.

use crate::tensor::Tensor;

/// Whether a number and its square are numbers: nothing that is larger can be stored, or compared by its power.
pub(super) fn is_usable(x: f32) -> bool {
    (x * x).is_finite()
}

/// Sums over elements that were compared.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Noise {
    signal: f64,
    noise: f64,
}

impl Noise {
    /// Compares two tensors of the same type, if they are of floats.
    pub(super) fn add(&mut self, found: &Tensor, expected: &Tensor) {
        let values = found.values::<f32>().zip(expected.values::<f32>());
        for (f, e) in values
            .into_iter()
            .flat_map(|(found, expected)| found.iter().zip(expected))
        {
            if e.is_finite() && f.is_finite() {
                self.signal += f64::from(*e).powi(2);
                self.noise += f64::from(f - e).powi(2);
            }
        }
    }

    /// Adds what another sum has compared.
    pub(super) fn merge(&mut self, other: &Noise) {
        self.signal += other.signal;
        self.noise += other.noise;
    }

    /// The power of the noise in relation to that of the signal.
    pub(super) fn ratio(&self) -> f64 {
        match self.noise == 0.0 {
            true => 0.0,
            false => self.noise / self.signal.max(f64::MIN_POSITIVE),
        }
    }

    /// The ratio of signal to noise in decibels; `None` if there is no noise.
    pub(super) fn decibels(&self) -> Option<f64> {
        (self.noise > 0.0).then(|| -10.0 * self.ratio().log10())
    }
}
