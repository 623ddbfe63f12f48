//! Functions of one byte, by the arithmetic that TensorFlow Lite has for them: 256 answers, worked out here.
//!
//! What an engine computes in fixed point, or looks up in a table that it fills in floats, is not what a function of numbers between two
//! quantisations is: some answers are a step apart. A file in ONNX can say them all: bytes are places in a list, negative ones from its end.

use super::call::{Call, int};
use super::quantised::integers;
use super::read::Quantisation;
use crate::diag::Diag;
use crate::requantize::tf_lite_multiplier;
use crate::tensor::DType;
use mlc_runtime_core::kernels::requantize::{Requantize, Rounding};

/// Bytes before and after a function, and what they stand for.
pub(super) struct Bytes {
    pub(super) scales: [f32; 2],
    pub(super) zeros: [i32; 2],
    pub(super) dtypes: [DType; 2],
}

impl Bytes {
    /// The least and the greatest byte of the result.
    pub(super) fn range(&self) -> (i32, i32) {
        range(self.dtypes[1])
    }

    /// A byte that stands for a number, kept within those there are.
    pub(super) fn nearest(&self, x: f32) -> i32 {
        let (lo, hi) = self.range();
        (x.round() as i32)
            .saturating_add(self.zeros[1])
            .clamp(lo, hi)
    }

    /// The answers of a function of numbers: in floats, halves away from zero.
    pub(super) fn of_numbers(&self, function: impl Fn(f32) -> f32) -> impl Fn(i32) -> i32 {
        let inverse = 1.0 / self.scales[1];
        move |code| {
            let x = self.scales[0] * (code - self.zeros[0]) as f32;
            self.nearest(function(x) * inverse)
        }
    }

    /// `code - zero` times a number, by two roundings in fixed point, kept between bytes of the result.
    pub(super) fn scaled(&self, by: f64, lo: i32, hi: i32) -> impl Fn(i32) -> i32 {
        // More than any byte can be multiplied with.
        let (multiplier, shift) = tf_lite_multiplier(by.min(f64::from(1_u32 << 30)));
        let requantize = Requantize {
            rounding: Rounding::TfLite,
            shift: 1,
            zero: self.zeros[1],
            lo,
            hi,
        };
        let zero = self.zeros[0];
        move |code| requantize.apply(code - zero, multiplier, shift)
    }
}

fn range(dtype: DType) -> (i32, i32) {
    if dtype == DType::U8 {
        (0, 255)
    } else {
        (-128, 127)
    }
}

impl Call<'_, '_, '_> {
    /// What bytes stand for before and after, if the first input and the first output are bytes by one scale each.
    pub(super) fn bytes(&self) -> Result<Option<Bytes>, Diag> {
        let (x, y) = (self.input(0)?, self.output(0)?);
        let single = |quantisation: &Option<Quantisation>| match quantisation {
            Some(Quantisation { scales, zeros, .. }) if scales.len() == 1 => {
                Some((scales[0], zeros[0]))
            }
            _ => None,
        };
        let byte = |dtype: &DType| matches!(dtype, DType::I8 | DType::U8);
        let dtypes = x.dtype.filter(byte).zip(y.dtype.filter(byte));
        let both = single(&x.quantisation)
            .zip(single(&y.quantisation))
            .zip(dtypes);
        Ok(both.map(|(((sx, zx), (sy, zy)), (from, to))| Bytes {
            scales: [sx, sy],
            zeros: [zx, zy],
            dtypes: [from, to],
        }))
    }

    /// The first output is a function of the bytes of the first input.
    pub(super) fn look_up(
        &mut self,
        bytes: &Bytes,
        function: impl Fn(i32) -> i32,
    ) -> Result<(), Diag> {
        let y = self.looked_up(bytes, function)?;
        self.give_raw(0, &y)
    }

    /// A function of the bytes of the first input.
    pub(super) fn looked_up(
        &mut self,
        bytes: &Bytes,
        function: impl Fn(i32) -> i32,
    ) -> Result<String, Diag> {
        let [from, to] = bytes.dtypes;
        let (lo, hi) = range(from);
        let answers: Vec<i32> = (0..=hi).chain(lo..0).map(function).collect();
        let table = self.add_constant("table", integers(vec![answers.len()], &answers, to));
        let x = self.raw(0)?;
        let places = self.cast(&x, DType::I32);
        Ok(self.node("Gather", &[&table, &places], vec![int("axis", 0)]))
    }
}
