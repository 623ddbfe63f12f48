//! Discrete Fourier transforms as matrices.

use crate::diag::Diag;
use crate::tensor::Tensor;
use std::f64::consts::TAU;

/// Most numbers that a matrix may have.
const MAX_NUMBERS: usize = 1 << 26;

/// A transform: of how many numbers of how many parts (real, imaginary) to how many of how many.
pub(super) struct Transform {
    pub(super) inputs: usize,
    pub(super) parts: usize,
    pub(super) outputs: usize,
    pub(super) output_parts: usize,
    length: usize,
    inverse: bool,
    /// Whether the inputs are the first half of a spectrum whose other half mirrors it.
    mirrored: bool,
}

impl Transform {
    /// A transform of `inputs` numbers, cut off or filled up with zeros to `length`. One that is one-sided
    /// leaves out the half of the spectrum that mirrors the other, or takes such a half.
    pub(super) fn new(
        inputs: usize,
        parts: usize,
        length: Option<usize>,
        onesided: bool,
        inverse: bool,
    ) -> Result<Self, Diag> {
        let mirrored = onesided && inverse;
        let whole = if mirrored {
            2 * inputs.saturating_sub(1)
        } else {
            inputs
        };
        let length = length.unwrap_or(whole);
        if length == 0 {
            return Err(Diag::new("shape-mismatch", "a transform of no numbers"));
        }
        if onesided && !inverse && parts == 2 {
            let message = "a one-sided transform takes real numbers";
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(Transform {
            inputs,
            parts,
            outputs: if onesided && !inverse {
                length / 2 + 1
            } else {
                length
            },
            output_parts: if mirrored { 1 } else { 2 },
            length,
            inverse,
            mirrored,
        })
    }

    /// The matrix `[inputs · parts, outputs · output_parts]`.
    pub(super) fn matrix(&self) -> Result<Tensor, Diag> {
        let (rows, columns) = (self.inputs * self.parts, self.outputs * self.output_parts);
        if rows.checked_mul(columns).is_none_or(|n| n > MAX_NUMBERS) {
            let message = format!("a transform of {} numbers is too large", self.length);
            return Err(Diag::new("too-large", message));
        }
        let mut values = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                let input = (row / self.parts, row % self.parts);
                let output = (column / self.output_parts, column % self.output_parts);
                values.push(self.factor(input, output) as f32);
            }
        }
        Ok(Tensor::new([rows, columns], &values))
    }

    /// How much one part of an output has of one part of an input.
    fn factor(&self, (j, part): (usize, usize), (k, output_part): (usize, usize)) -> f64 {
        // Reduced first, so that the angle is exact.
        let turn = (j as u64 * k as u64 % self.length as u64) as f64 / self.length as f64;
        let (sin, cos) = (TAU * turn).sin_cos();
        let sin = if self.inverse { sin } else { -sin };
        let rotation = match (part, output_part) {
            (0, 0) | (1, 1) => cos,
            (0, _) => sin,
            (_, _) => -sin,
        };
        let scale = if self.inverse {
            1.0 / self.length as f64
        } else {
            1.0
        };
        self.weight(j) * scale * rotation
    }

    /// How often the `j`-th input counts: not at all beyond the end, twice if another mirrors it.
    fn weight(&self, j: usize) -> f64 {
        let own_mirror = j == 0 || 2 * j == self.length;
        match self.mirrored {
            true if 2 * j > self.length => 0.0,
            true if !own_mirror => 2.0,
            false if j >= self.length => 0.0,
            _ => 1.0,
        }
    }
}
