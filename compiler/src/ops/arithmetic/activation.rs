//! Activations. Those that kernels apply as they store are an operator of their own, [`Activate`],
//! for the fusion pass to find; the others are formulas.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, Refusal, Slices, TimeRule, ValueId};
use crate::ops::arithmetic::elementwise;
use crate::ops::support::formula::{self, Formula, arg, number};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::activation::Activation;
use mlc_runtime_core::scalar::Expr;
use std::sync::Arc;

/// Applies an activation to each element (`f32`).
#[derive(Clone, Debug)]
pub struct Activate(pub Activation);

impl Activate {
    fn formula(&self) -> Formula {
        let x = || arg(0);
        match self.0 {
            Activation::Identity => x(),
            Activation::Relu => x().max(number(0.0)),
            Activation::Clip { lo, hi } => x().max(number(lo)).min(number(hi)),
            Activation::LeakyRelu { alpha } => leaky(number(alpha)),
            Activation::Sigmoid => x().apply("sigmoid"),
            Activation::Tanh => x().apply("tanh"),
            Activation::HardSigmoid { alpha, beta } => hard_sigmoid(alpha, beta),
            Activation::HardSwish => x() * hard_sigmoid(1.0 / 6.0, 0.5),
            Activation::Silu => x() * x().apply("sigmoid"),
            Activation::Gelu => {
                let erf = (x() * number(std::f32::consts::FRAC_1_SQRT_2)).apply("erf");
                number(0.5) * x() * (number(1.0) + erf)
            }
        }
    }
}

fn leaky(alpha: Formula) -> Formula {
    arg(0).choose("less", number(0.0), alpha * arg(0), arg(0))
}

fn hard_sigmoid(alpha: f32, beta: f32) -> Formula {
    (number(alpha) * arg(0) + number(beta))
        .max(number(0.0))
        .min(number(1.0))
}

impl Op for Activate {
    fn name(&self) -> &'static str {
        match self.0 {
            Activation::Identity => "Identity",
            Activation::Relu => "Relu",
            Activation::Clip { .. } => "Clip",
            Activation::LeakyRelu { .. } => "LeakyRelu",
            Activation::Sigmoid => "Sigmoid",
            Activation::Tanh => "Tanh",
            Activation::HardSigmoid { .. } => "HardSigmoid",
            Activation::HardSwish => "HardSwish",
            Activation::Silu => "Silu",
            Activation::Gelu => "Gelu",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.dtype == DType::F32 => Ok(vec![(*x).clone()]),
            [Some(x)] => Err(unsupported_type(x.dtype)),
            _ => Err(Diag::new("missing-input", "an activation takes one input")),
        }
    }

    fn scalar_function(&self) -> Option<Expr> {
        Some(self.formula().0)
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let op = Arc::new(self.clone());
        Some(Permuted {
            op,
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        cx.alike(self.clone())
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        elementwise::lower_map(cx, &self.formula().0)
    }
}

fn activate(cx: &mut Importer<'_>, activation: Activation) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = cx.add(Activate(activation), &[x])?;
    cx.finish(y)
}

/// `Relu` is defined on integers too.
fn relu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    if cx.ty(x).dtype == DType::F32 {
        return activate(cx, Activation::Relu);
    }
    let y = cx.map_number("max", x, 0.0)?;
    cx.finish(y)
}

/// `Clip`: bounds are attributes before opset 11, inputs from then on. One that is not given is the least or the
/// greatest finite number of the type, so that no infinity is left; one that is NaN bounds nothing.
fn clip(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    if cx.version() < 11 {
        let lo = cx.node.float("min", f32::MIN)?;
        let hi = cx.node.float("max", f32::MAX)?;
        return activate(cx, clip_of(lo, hi));
    }
    let bounds = [
        constant_f32(cx, 1, f32::MIN)?,
        constant_f32(cx, 2, f32::MAX)?,
    ];
    match (cx.ty(x).dtype, bounds) {
        (DType::F32, [Some(lo), Some(hi)]) => activate(cx, clip_of(lo, hi)),
        _ => clip_by_values(cx, x),
    }
}

/// A bound, if it is known.
fn constant_f32(cx: &mut Importer<'_>, i: usize, default: f32) -> Result<Option<f32>, Diag> {
    match cx.optional(i) {
        Some(value) => Ok(cx.graph.evaluate(value)?.and_then(|t| t.single())),
        None => Ok(Some(default)),
    }
}

fn clip_of(lo: f32, hi: f32) -> Activation {
    let bounds = |x: f32, nothing: f32| if x.is_nan() { nothing } else { x };
    match (bounds(lo, f32::NEG_INFINITY), bounds(hi, f32::INFINITY)) {
        (f32::NEG_INFINITY, f32::INFINITY) => Activation::Identity,
        (0.0, f32::INFINITY) => Activation::Relu,
        (lo, hi) => Activation::Clip { lo, hi },
    }
}

/// As `clip`, for bounds that are not known or of other types.
fn clip_by_values(cx: &mut Importer<'_>, x: ValueId) -> Result<(), Diag> {
    let dtype = cx.ty(x).dtype;
    let floats = matches!(dtype, DType::F32 | DType::F64);
    let mut y = x;
    for (i, extreme, beyond) in [(1, "max", "less"), (2, "min", "greater")] {
        let Some(bound) = bound(cx, i, dtype)? else {
            continue;
        };
        let values = [y, bound];
        if !floats {
            y = cx.map(extreme, &values)?;
            continue;
        }
        // It does not hold of NaN.
        let (own, bound) = (cx.arg(&values, 0)?, cx.arg(&values, 1)?);
        let is_beyond = elementwise::scalar(beyond, [own.clone(), bound.clone()])?;
        let clipped = elementwise::scalar("select", [is_beyond, bound, own])?;
        y = cx.map_expr(clipped, dtype, &values)?;
    }
    cx.finish(y)
}

/// A bound as it is given, or the default, where that bounds anything: integers have no infinities.
fn bound(cx: &mut Importer<'_>, i: usize, dtype: DType) -> Result<Option<ValueId>, Diag> {
    let default = match (cx.optional(i), dtype) {
        (Some(given), _) => return Ok(Some(given)),
        (None, DType::F32) => f64::from(f32::MAX),
        (None, DType::F64) => f64::MAX,
        (None, _) => return Ok(None),
    };
    let sign = if i == 1 { -1.0 } else { 1.0 };
    cx.scalar_of(sign * default, dtype).map(Some)
}

fn hard_sigmoid_import(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (alpha, beta) = (cx.node.float("alpha", 0.2)?, cx.node.float("beta", 0.5)?);
    activate(cx, Activation::HardSigmoid { alpha, beta })
}

fn leaky_relu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let alpha = cx.node.float("alpha", 0.01)?;
    activate(cx, Activation::LeakyRelu { alpha })
}

fn gelu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    match cx.node.string("approximate", "none")? {
        "none" => activate(cx, Activation::Gelu),
        "tanh" => {
            let x = || arg(0);
            let inner = number(0.797_884_6) * (x() + number(0.044_715) * x() * x() * x());
            formula(cx, number(0.5) * x() * (number(1.0) + inner.apply("tanh")))
        }
        other => {
            let message = format!("approximate must be none or tanh, not `{other}`");
            Err(Diag::new("invalid-attribute", message).at_attribute("approximate"))
        }
    }
}

/// Applies a formula to the only input.
fn formula(cx: &mut Importer<'_>, formula: Formula) -> Result<(), Diag> {
    let x = cx.input(0)?;
    if cx.ty(x).dtype != DType::F32 {
        return Err(unsupported_type(cx.ty(x).dtype));
    }
    let y = cx.map_expr(formula.0, DType::F32, &[x])?;
    cx.finish(y)
}

/// `x` where it is positive, else `slope * (exp(x / width) - 1)`.
fn exponential(slope: f32, width: f32) -> Formula {
    let below = number(slope) * (arg(0) / number(width)).apply("expm1");
    arg(0).choose("greater", number(0.0), arg(0), below)
}

fn elu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let alpha = cx.node.float("alpha", 1.0)?;
    formula(cx, exponential(alpha, 1.0))
}

fn celu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let alpha = cx.node.float("alpha", 1.0)?;
    formula(cx, exponential(alpha, alpha))
}

fn selu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (alpha, gamma) = match cx.version() < 6 {
        true => (1.6732, 1.0507),
        false => (1.673_263_2, 1.050_701),
    };
    let alpha = cx.node.float("alpha", alpha)?;
    let gamma = cx.node.float("gamma", gamma)?;
    formula(cx, number(gamma) * exponential(alpha, 1.0))
}

fn thresholded_relu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let alpha = cx.node.float("alpha", 1.0)?;
    formula(
        cx,
        arg(0).choose("greater", number(alpha), arg(0), number(0.0)),
    )
}

/// `log(1 + exp(x))`, written so that large `x` does not overflow.
fn softplus() -> Formula {
    let magnitude = (-arg(0).apply("abs")).apply("exp").apply("log1p");
    arg(0).max(number(0.0)) + magnitude
}

fn softsign() -> Formula {
    arg(0) / (number(1.0) + arg(0).apply("abs"))
}

fn shrink(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (bias, lambd) = (cx.node.float("bias", 0.0)?, cx.node.float("lambd", 0.5)?);
    let above = arg(0).choose("greater", number(lambd), arg(0) - number(bias), number(0.0));
    formula(
        cx,
        arg(0).choose("less", number(-lambd), arg(0) + number(bias), above),
    )
}

/// `x · sigmoid(alpha · x)`.
fn swished(cx: &mut Importer<'_>, x: ValueId) -> Result<ValueId, Diag> {
    let alpha = cx.node.float("alpha", 1.0)?;
    if cx.ty(x).dtype != DType::F32 {
        return Err(unsupported_type(cx.ty(x).dtype));
    }
    match alpha {
        1.0 => cx.add(Activate(Activation::Silu), &[x]),
        _ => {
            let function = arg(0) * (number(alpha) * arg(0)).apply("sigmoid");
            cx.map_expr(function.0, DType::F32, &[x])
        }
    }
}

fn swish(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let y = swished(cx, x)?;
    cx.finish(y)
}

/// `SwiGLU`: one input, activated, times another of the same shape.
fn swiglu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let (gate, linear) = (cx.input(0)?, cx.input(1)?);
    if cx.ty(gate) != cx.ty(linear) {
        let message = format!("{} gates {}", cx.ty(gate), cx.ty(linear));
        return Err(Diag::new("shape-mismatch", message));
    }
    let gate = swished(cx, gate)?;
    let y = cx.map("mul", &[gate, linear])?;
    cx.finish(y)
}

/// `PRelu`: the slope is broadcast to the shape of the input.
fn prelu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let values = [cx.input(0)?, cx.input(1)?];
    if let Some(&bad) = values.iter().find(|&&v| cx.ty(v).dtype != DType::F32) {
        return Err(unsupported_type(cx.ty(bad).dtype));
    }
    let values = [values[0], cx.channelwise(values[1], values[0])?];
    let y = cx.map_expr(leaky(formula::arg(1)).0, DType::F32, &values)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("Celu", celu),
    onnx("Clip", clip),
    onnx("Elu", elu),
    onnx("Gelu", gelu),
    onnx("HardSigmoid", hard_sigmoid_import),
    onnx("HardSwish", |cx| activate(cx, Activation::HardSwish)),
    onnx("LeakyRelu", leaky_relu),
    onnx("Mish", |cx| formula(cx, arg(0) * softplus().apply("tanh"))),
    onnx("PRelu", prelu),
    onnx("Relu", relu),
    onnx("Selu", selu),
    onnx("Shrink", shrink),
    onnx("Sigmoid", |cx| activate(cx, Activation::Sigmoid)),
    onnx("Softplus", |cx| formula(cx, softplus())),
    onnx("Softsign", |cx| formula(cx, softsign())),
    onnx("SwiGLU", swiglu),
    onnx("Swish", swish),
    onnx("Tanh", |cx| activate(cx, Activation::Tanh)),
    onnx("ThresholdedRelu", thresholded_relu),
];
