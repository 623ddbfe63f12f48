//! Operators between quantised values, computed on their integers.
//!
//! A pass finds operators whose inputs are dequantised and whose result is quantised, and asks them
//! ([`Op::on_integers`]). They answer with kernels of this folder, by way of
//! [`Island`], or with the reason why they stay in floating point.

pub mod addition;
pub mod conv;
pub mod map;
pub mod matmul;
pub mod norm;
pub mod pool;
pub mod resize;
pub mod softmax;
pub mod sums;
pub mod weights;

use crate::diag::Diag;
use crate::ir::{Graph, Island, Node, NotInteger, Op, Remark, ValueId};
use crate::ops::arithmetic::elementwise::Map;
use crate::ops::layout::expand::Expand;
use crate::ops::layout::reshape::Reshape;
use crate::ops::layout::transpose::Transpose;
use crate::ops::quantisation::quantize::{Dequantize, code_range};
use crate::quantization::Elements;
use crate::requantize::{Channel, Layer, Moved, Ratio, Rescale, requantize};
use crate::tensor::{DType, Tensor};
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};
use std::ops::RangeInclusive;

/// Quantised data: an integer `q` stands for `(q - zero) · scale`.
#[derive(Clone, Copy, Debug)]
pub struct Codes {
    /// The integers.
    pub value: ValueId,
    /// Their type.
    pub dtype: DType,
    /// What a step is worth.
    pub scale: f32,
    /// What stands for 0.
    pub zero: i32,
}

impl Codes {
    /// What `q - zero` can be.
    pub fn steps(&self) -> RangeInclusive<i64> {
        let (lo, hi) = code_range(self.dtype, self.dtype.bits() as u32);
        i64::from(lo - self.zero)..=i64::from(hi - self.zero)
    }

    /// What `q - zero` is at most, either way.
    pub fn reach(&self) -> i64 {
        self.steps().start().abs().max(*self.steps().end())
    }
}

/// Constant numbers: whole multiples of scales.
pub struct Steps {
    /// The multiples, zero points taken off: `i32`.
    pub steps: Tensor,
    /// For each of them, what a step is worth: `f32`, of the same shape.
    pub scales: Tensor,
}

impl Island<'_> {
    /// Adds an operator with one output.
    pub fn add(&mut self, op: impl Op, inputs: &[ValueId]) -> Result<ValueId, NotInteger> {
        let inputs: Vec<_> = inputs.iter().copied().map(Some).collect();
        Ok(self.graph.add(self.name, op, &inputs)?[0])
    }

    /// Adds a constant.
    pub fn constant(&mut self, tensor: Tensor) -> ValueId {
        self.graph.add_constant(self.name, tensor)
    }

    /// The `i`-th input, which one scale has to hold for.
    pub fn codes(&self, i: usize) -> Result<Codes, NotInteger> {
        let value = self
            .inputs
            .get(i)
            .copied()
            .flatten()
            .ok_or("an input is absent")?;
        codes(self.graph, value).ok_or(NotInteger::from("an input is not quantised by one scale"))
    }

    /// The `i`-th input, which has to be constant and quantised.
    pub fn steps(&mut self, i: usize) -> Result<Steps, NotInteger> {
        let value = self
            .inputs
            .get(i)
            .copied()
            .flatten()
            .ok_or("an input is absent")?;
        steps(self.graph, value)?.ok_or(NotInteger::from(
            "its weights are not constant and quantised",
        ))
    }

    /// The multipliers for these channels, and where kernels find them.
    pub fn rescale(
        &mut self,
        layer: Layer,
        channels: &[Channel],
    ) -> Result<(Rescale, [ValueId; 2]), NotInteger> {
        let rescale = requantize(self.profile, layer, channels, self.to.elements)?;
        let operands = self.constants(&rescale);
        Ok((rescale, operands))
    }

    /// Where kernels find multipliers and shifts.
    pub fn constants(&mut self, rescale: &Rescale) -> [ValueId; 2] {
        let multipliers = Tensor::new([rescale.multipliers.len()], &rescale.multipliers);
        let shifts = Tensor::new([rescale.shifts.len()], &rescale.shifts);
        [self.constant(multipliers), self.constant(shifts)]
    }

    /// Lets kernels, whose outputs have the type of their inputs, compute elements of type `dtype`:
    /// signed and unsigned ones differ by an offset only, which [`Island::finish`] takes care of.
    pub fn compute_as(&mut self, dtype: DType) -> Result<(), NotInteger> {
        if self.to.dtype == dtype {
            return Ok(());
        }
        if self.to.dtype.bits() != dtype.bits() {
            return Err("its input and its output have integers of different widths".into());
        }
        let offset = code_range(dtype, dtype.bits() as u32).0
            - code_range(self.to.dtype, dtype.bits() as u32).0;
        let Elements { zero, lo, hi } = self.to.elements;
        self.to.elements = Elements {
            zero: zero + offset,
            lo: lo + offset,
            hi: hi + offset,
        };
        Ok(())
    }

    /// The result as elements of the type that was asked for.
    pub fn finish(&mut self, value: ValueId) -> Result<ValueId, NotInteger> {
        let (dtype, from) = (self.to.dtype, self.graph.ty(value).dtype);
        if dtype == from {
            return Ok(value);
        }
        let (from, to) = (element(from)?, element(dtype)?);
        let sign = Expr::Const(Scalar::I64(1 << (dtype.bits() - 1)).cast(from));
        let flipped =
            crate::ops::arithmetic::elementwise::scalar("bit_xor", [Expr::Arg(0, from), sign])?;
        let function = crate::ops::arithmetic::elementwise::scalar(
            &format!("to_{}", to.rust_name()),
            [flipped],
        )?;
        self.add(Map { function, dtype }, &[value])
    }

    /// The same data under another shape.
    pub fn reshape(&mut self, value: ValueId, shape: Vec<usize>) -> Result<ValueId, NotInteger> {
        match self.graph.ty(value).shape == shape {
            true => Ok(value),
            false => self.add(Reshape(shape), &[value]),
        }
    }

    /// The bias in sums of products that are worth `scales[channel] · x_scale` each: whole numbers of them, and what is
    /// left of each.
    pub fn bias(
        &mut self,
        i: usize,
        x_scale: f32,
        scales: &[f32],
    ) -> Result<(Vec<i32>, Vec<f64>), NotInteger> {
        let Some(value) = self.inputs.get(i).copied().flatten() else {
            return Ok((Vec::new(), Vec::new()));
        };
        let worth: Vec<f64> = scales
            .iter()
            .map(|&s| f64::from(s) * f64::from(x_scale))
            .collect();
        if let Some(bias) = steps(self.graph, value)? {
            let values = bias.steps.values::<i32>().unwrap_or(&[]);
            let own = bias.scales.values::<f32>().unwrap_or(&[]);
            // Exporters round the product of the scales to f32.
            let alike = |(&own, worth): (&f32, &f64)| (f64::from(own) / worth - 1.0).abs() < 1e-6;
            if own.len() == worth.len() && own.iter().zip(&worth).all(alike) {
                return Ok((values.to_vec(), vec![0.0; values.len()]));
            }
        }
        let tensor = self.graph.evaluate(value)?;
        let values = tensor.and_then(|t| t.to_vec::<f64>());
        let values = values.ok_or("its bias is not constant")?;
        let each = |(i, worth): (usize, &f64)| {
            let value = values.get(i % values.len().max(1)).copied().unwrap_or(0.0);
            let (exact, sum) = (value / worth, (value / worth).round_ties_even());
            (sum.abs() < f64::from(i32::MAX)).then_some((sum as i32, exact - sum))
        };
        let sums: Option<(Vec<_>, Vec<_>)> = worth.iter().enumerate().map(each).collect();
        sums.ok_or(NotInteger::from("its bias is too large for its scales"))
    }

    /// Says how results of these channels differ for the parts of a bias that are left out of sums, if any may.
    fn remark_rests(&mut self, operator: &str, channels: &[Channel], rests: &[f64]) {
        let to = self.to.elements;
        let each = channels
            .iter()
            .zip(rests)
            .map(|(c, &rest)| c.moved_without(rest, to));
        let all = each.fold(Moved::default(), |a, b| Moved {
            sums: a.sums + b.sums,
            of: a.of + b.of,
        });
        if let Some(one_in) = all.of.checked_div(all.sums) {
            self.graph.remarks.push(Remark {
                layer: self.name.into(),
                operator: operator.into(),
                text: format!(
                    "adds a bias that is no whole number of the units of its sums: rounded to one, it moves about one \
                     result in {} by a step",
                    one_in.max(1)
                ),
            });
        }
    }

    /// What multiplies the sums of each channel.
    pub fn ratio(&self, a: f32, b: f32) -> Result<Ratio, NotInteger> {
        Ratio::of_scales(a, b, self.to.scale)
            .ok_or(NotInteger::from("a scale is not a positive number"))
    }
}

/// How kernels see integers of that type.
pub fn element(dtype: DType) -> Result<ElementType, NotInteger> {
    dtype
        .storage()
        .ok_or(NotInteger::from("its integers have an unusual type"))
}

/// The integers behind a dequantised value, if one scale holds for all of them.
pub fn codes(graph: &Graph, value: ValueId) -> Option<Codes> {
    let (node, op) = graph.producer_as::<Dequantize>(value)?;
    let single = |i| graph.constant(node.input(i)?);
    let zero = match op.has_zero {
        true => single(2)?.single::<i32>()?,
        false => 0,
    };
    let code = matches!(op.from, DType::I8 | DType::U8 | DType::I16);
    Some(Codes {
        value: node.input(0)?,
        dtype: op.from,
        scale: single(1)?.single::<f32>()?,
        zero,
    })
    .filter(|_| code)
}

/// The multiples behind constants that were dequantised and possibly rearranged since.
pub fn steps(graph: &mut Graph, value: ValueId) -> Result<Option<Steps>, Diag> {
    let Some(producer) = graph.producer(value) else {
        return Ok(None);
    };
    let node = graph.node(producer).clone();
    if let Some(op) = node.op_as::<Dequantize>() {
        return dequantised(graph, &node, op.has_zero);
    }
    let (Some(&[true]), Some(x)) = (node.op.moves(1).as_deref(), node.input(0)) else {
        return Ok(None);
    };
    let Some(inner) = steps(graph, x)? else {
        return Ok(None);
    };
    let moved =
        |tensor: &Tensor| Ok(crate::ir::evaluate(&*node.op, &[Some(tensor)])?.swap_remove(0));
    let (steps, scales) = (moved(&inner.steps)?, moved(&inner.scales)?);
    Ok(Some(Steps { steps, scales }))
}

fn dequantised(graph: &mut Graph, node: &Node, has_zero: bool) -> Result<Option<Steps>, Diag> {
    let mut constant = |i: usize| match node.input(i) {
        Some(value) => graph.evaluate(value),
        None => Ok(None),
    };
    let (Some(x), Some(scale)) = (constant(0)?, constant(1)?) else {
        return Ok(None);
    };
    let zero = if has_zero { constant(2)? } else { None };
    match has_zero && zero.is_none() {
        true => Ok(None),
        false => steps_of(&x, &scale, zero.as_ref()),
    }
}

/// Steps of a constant with scale and zero point that are broadcast to it.
fn steps_of(x: &Tensor, scale: &Tensor, zero: Option<&Tensor>) -> Result<Option<Steps>, Diag> {
    let whole = |t: &Tensor| {
        let expand = Expand(x.ty.shape.clone());
        Ok::<_, Diag>(crate::ir::evaluate(&expand, &[Some(t)])?.swap_remove(0))
    };
    let Some(mut steps) = x.to_vec::<i32>() else {
        return Ok(None);
    };
    if let Some(zero) = zero {
        let zeros = whole(zero)?.to_vec::<i32>().unwrap_or_default();
        steps
            .iter_mut()
            .zip(zeros)
            .for_each(|(q, zero)| *q = q.wrapping_sub(zero));
    }
    let steps = Tensor::new(x.ty.shape.clone(), &steps);
    Ok(Some(Steps {
        steps,
        scales: whole(scale)?,
    }))
}

impl Steps {
    /// The scale of each index of the last axis, if it depends on nothing else.
    pub fn scales_of_columns(&self) -> Option<Vec<f32>> {
        let columns = self.steps.ty.shape.last().copied().unwrap_or(1);
        let scales = self.scales.values::<f32>()?;
        let first = scales.get(..columns)?;
        let alike = scales.chunks_exact(columns.max(1)).all(|row| row == first);
        alike.then(|| first.to_vec())
    }
}

/// Whether a node does nothing but rename or reorder.
pub fn is_view(op: &dyn Op) -> bool {
    let op = op as &dyn std::any::Any;
    op.is::<Reshape>() || op.is::<Transpose>()
}
