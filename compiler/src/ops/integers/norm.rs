//! Normalisation of rows, on integers.

use super::Codes;
use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::kernels::norm_int::LayerNormInt as Params;
use mlc_runtime_core::table::call;

/// Normalises the rows of `i8`, `u8` or `i16`; then multipliers and biases, one for each element of a row
/// (`i32`).
#[derive(Clone, Debug)]
pub struct LayerNormInt {
    /// Type of the result.
    pub dtype: DType,
    /// What the kernel is to do.
    pub params: Params,
}

impl Op for LayerNormInt {
    fn name(&self) -> &'static str {
        match self.params.centred {
            true => "LayerNormalization",
            false => "RMSNormalization",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(multipliers), Some(bias)] = inputs else {
            return Err(Diag::new(
                "missing-input",
                "data, multipliers and biases are needed",
            ));
        };
        let Params { outer, n, .. } = self.params;
        if x.len() != outer * n || [multipliers.len(), bias.len()] != [n; 2] {
            let message = format!("{multipliers} and {bias} do not normalise {x}");
            return Err(Diag::new("shape-mismatch", message));
        }
        Ok(vec![TensorType::new(self.dtype, x.shape.clone())])
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let (time, shape) = (cx.only()?, &cx.ty(0)?.shape);
        let mut params = self.params;
        if shape[time + 1..].iter().product::<usize>() < params.n {
            return Err("it normalises over all positions in time".into());
        }
        params.outer = params.outer / shape[time].max(1) * cx.rows;
        cx.alike(LayerNormInt {
            params,
            ..self.clone()
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let [x, multipliers, bias] = std::array::from_fn(|i| cx.input(i));
        let y = cx.output(0);
        cx.call(call::layer_norm_int(self.params, x, multipliers, bias, y));
        Ok(())
    }
}

/// What is normalised, and how.
pub struct Normalisation {
    /// Whether the mean is taken off.
    pub centred: bool,
    /// The first of the axes.
    pub axis: usize,
    /// Added to the variance.
    pub epsilon: f32,
}

/// The first input normalised, times the second, plus the third.
pub fn normalise(cx: &mut Island<'_>, of: &Normalisation) -> Result<ValueId, NotInteger> {
    let x = cx.codes(0)?;
    if cx.to.dtype.bits() != 8 {
        return Err("no kernel normalises to integers wider than a byte".into());
    }
    let shape = &cx.graph.ty(x.value).shape;
    let (outer, inner) = shape.split_at(of.axis);
    let (outer, n) = (outer.iter().product(), inner.iter().product());
    let parameters = [gains(cx, 1, n, 1.0)?, gains(cx, 2, n, 0.0)?];
    let root = Radicand::of(&x, n, of.epsilon)?;
    let affine = Affine::of(n, parameters)?;
    let params = Params {
        outer,
        n,
        zero_x: x.zero,
        centred: of.centred,
        epsilon: root.epsilon,
        fraction: root.fraction,
        precision: affine.precision,
        bias_shift: affine.bias_shift,
        shift: affine.shift,
        elements: cx.to.elements,
    };
    let dtype = cx.to.dtype;
    let constants = [affine.multipliers, affine.bias].map(|v| cx.constant(Tensor::new([n], &v)));
    let [multipliers, bias] = constants;
    cx.add(
        LayerNormInt { dtype, params },
        &[x.value, multipliers, bias],
    )
}

/// The `i`-th input in steps of the output, `n` numbers; or else all are `default`.
fn gains(cx: &mut Island<'_>, i: usize, n: usize, default: f64) -> Result<Vec<f64>, NotInteger> {
    let step = f64::from(cx.to.scale);
    let values = match cx.inputs.get(i).copied().flatten() {
        None => Some(vec![default; n]),
        Some(value) => cx.graph.evaluate(value)?.and_then(|t| t.to_vec::<f64>()),
    };
    let values = values.ok_or("its scale or bias is not constant")?;
    let gains: Vec<_> = values.iter().map(|value| value / step).collect();
    match gains.len() == n && gains.iter().all(|gain| gain.is_finite()) {
        true => Ok(gains),
        false => Err("its scale or bias is not a finite number for each element".into()),
    }
}

/// Fixed-point numbers of the variance.
struct Radicand {
    epsilon: u64,
    fraction: u32,
}

impl Radicand {
    fn of(x: &Codes, n: usize, epsilon: f32) -> Result<Radicand, NotInteger> {
        let most = (n as f64) * f64::from(x.dtype.bits() as u32).exp2();
        let epsilon = f64::from(epsilon) * (n as f64 / f64::from(x.scale)).powi(2);
        let radicand = most * most + epsilon;
        if most > f64::from(1 << 30) {
            return Err("its rows are too long for sums of 32 bits".into());
        }
        if !(epsilon >= 0.0 && radicand < f64::from(62).exp2()) {
            return Err("its epsilon is out of range for the scale of its input".into());
        }
        let fraction = (63 - radicand.log2().ceil() as u32) & !1;
        let epsilon = (epsilon * f64::from(fraction).exp2()).round() as u64;
        Ok(Radicand { epsilon, fraction })
    }
}

/// Fixed-point numbers that normalised rows are multiplied with, and that are added.
struct Affine {
    multipliers: Vec<i32>,
    bias: Vec<i32>,
    precision: u32,
    bias_shift: u32,
    shift: u32,
}

impl Affine {
    /// With as many bits as 32, and 64 for sums, allow.
    fn of(n: usize, [scale, bias]: [Vec<f64>; 2]) -> Result<Affine, NotInteger> {
        let most = |values: &[f64]| values.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let bits = |x: f64| x.max(f64::from(-30).exp2()).log2().ceil() as i32;
        let (scales, biases) = (bits(most(&scale)), bits(most(&bias)));
        let precision = 30 - (n.max(1) as f64).sqrt().log2().ceil() as i32;
        let shift = (precision + 30 - scales).min(61 - biases).min(62);
        if shift < precision {
            return Err("its scale or bias is too large for the scale of its output".into());
        }
        let bias_shift = (shift + biases - 30).max(0);
        let fixed = |values: &[f64], bits: i32| {
            let unit = f64::from(bits).exp2();
            values.iter().map(|x| (x * unit).round() as i32).collect()
        };
        Ok(Affine {
            multipliers: fixed(&scale, shift - precision),
            bias: fixed(&bias, shift - bias_shift),
            precision: precision as u32,
            bias_shift: bias_shift as u32,
            shift: shift as u32,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ir::Graph;
    use crate::ops::quantisation::quantize::code_range;
    use crate::ops::support::testing::Random;
    use crate::passes::integers::of_type;
    use crate::quantization::Elements;

    fn numbers(r: &mut Random, n: usize, most: f64) -> Vec<f64> {
        let mut number = || (r.below(2001) as f64 / 1000.0 - 1.0) * most;
        (0..n).map(|_| number()).collect()
    }

    /// Rows of elements that are any, few, or nearly the same.
    fn rows(r: &mut Random, n: usize, dtype: DType) -> Vec<i32> {
        let (lo, hi) = code_range(dtype, dtype.bits() as u32);
        let (kind, base) = (r.below(4), lo + r.below((hi - lo) as usize) as i32);
        let mut element = || match kind {
            0 => base + i32::from(r.below(n) == 0),
            1 => [lo, hi][r.below(2)],
            2 => base,
            _ => lo + r.below((hi - lo + 1) as usize) as i32,
        };
        (0..2 * n).map(|_| element()).collect()
    }

    /// What normalisation makes of the elements of a row, by the definition.
    fn definition(row: &[i32], x: &Codes, of: &Normalisation) -> Vec<f64> {
        let n = row.len() as f64;
        let steps: Vec<_> = row.iter().map(|&q| f64::from(q - x.zero)).collect();
        let mean = if of.centred {
            steps.iter().sum::<f64>() / n
        } else {
            0.0
        };
        let scale = f64::from(x.scale);
        let variance = steps.iter().map(|q| (q - mean).powi(2)).sum::<f64>() / n;
        let deviation = (variance * scale * scale + f64::from(of.epsilon)).sqrt();
        // Where all elements are their mean, none deviates from it: by 0, whatever that is divided by.
        let divisor = if deviation > 0.0 { deviation } else { 1.0 };
        let normalised = |q: &f64| (q - mean) * scale / divisor;
        steps.iter().map(normalised).collect()
    }

    fn is_right(r: &mut Random, n: usize, x: &Codes, of: &Normalisation, most: [f64; 2]) -> usize {
        let (scale, bias) = (numbers(r, n, most[0]), numbers(r, n, most[1]));
        let given = [scale.clone(), bias.clone()];
        let Ok(affine) = Affine::of(n, given) else {
            panic!("{most:?} of {n} are refused")
        };
        let Ok(root) = Radicand::of(x, n, of.epsilon) else {
            panic!("{x:?} of {n} is refused")
        };
        let dtype = [DType::I8, DType::U8][r.below(2)];
        let (lo, hi) = code_range(dtype, 8);
        let zero = lo + r.below(256) as i32;
        let params = Params {
            outer: 2,
            n,
            zero_x: x.zero,
            centred: of.centred,
            epsilon: root.epsilon,
            fraction: root.fraction,
            precision: affine.precision,
            bias_shift: affine.bias_shift,
            shift: affine.shift,
            elements: Elements { zero, lo, hi },
        };
        let rows = rows(r, n, x.dtype);
        let operands = [
            of_type(vec![2, n], &rows, x.dtype),
            Tensor::new([n], &affine.multipliers),
            Tensor::new([n], &affine.bias),
        ];
        let op = LayerNormInt { dtype, params };
        let y = crate::ir::evaluate(&op, &operands.each_ref().map(Some)).unwrap();
        let y: Vec<i64> = y[0].to_vec().unwrap();
        let greatest = |values: &[f64]| values.iter().fold(0.0, |most: f64, x| most.max(x.abs()));
        let (g, b, root_n) = (greatest(&scale), greatest(&bias), (n as f64).sqrt());
        let bound = (6.0 * root_n * g + 2.0 * b) * 2f64.powi(-31)
            + root_n * g * 2f64.powi(-2 - root.fraction as i32) / (n as f64 - 1.0).max(1.0);
        let mut close = 0;
        for (row, y) in rows.chunks(n).zip(y.chunks(n)) {
            for (c, (x, &y)) in definition(row, x, of).into_iter().zip(y).enumerate() {
                let steps = x * scale[c] + bias[c];
                let element =
                    |steps: f64| (steps as i64 + i64::from(zero)).clamp(lo.into(), hi.into());
                let [least, greatest] = [-bound, bound].map(|e| element((steps + 0.5 + e).floor()));
                assert!(
                    (least..=greatest).contains(&y),
                    "{y} for {steps} + {zero}, {params:?}"
                );
                close += usize::from(least != greatest);
            }
        }
        close
    }

    /// Elements are the rounded normalisation, but where it is closer to a half than the kernel's
    /// documentation says; there they are one of the neighbours.
    #[test]
    fn results_are_rounded_correctly() {
        let mut r = Random(1);
        let (mut elements, mut close) = (0, 0);
        for n in [1, 2, 3, 16, 64, 100, 768, 4096] {
            for (dtype, zero) in [(DType::I8, -3), (DType::U8, 200), (DType::I16, 17)] {
                for scale in [0.0004, 0.031, 1.7] {
                    for (centred, epsilon) in
                        [(true, 1e-5), (true, 0.0), (false, 1e-6), (true, 0.1)]
                    {
                        let (graph_less, axis) =
                            (Graph::default().add_constant("", Tensor::scalar(0i8)), 1);
                        let x = Codes {
                            value: graph_less,
                            dtype,
                            scale,
                            zero,
                        };
                        let of = Normalisation {
                            centred,
                            axis,
                            epsilon,
                        };
                        for most in [[40.0, 60.0], [300.0, 0.0], [0.7, 900.0]] {
                            close += is_right(&mut r, n, &x, &of, most);
                            elements += 2 * n;
                        }
                    }
                }
            }
        }
        assert!(close * 100 < elements, "{close} of {elements}");
    }
}
