//! Pooling: the greatest element, the mean or a norm of each window.

use crate::diag::Diag;
use crate::ir::{Island, Lower, NotInteger, Op, Refusal, Slices, TimeRule, ValueId};
use crate::ops::spatial::conv::{padded, spatial};
use crate::ops::support::along::element;
use crate::ops::support::window::{Window, sizes};
use crate::ops::{Importer, OnnxOp, integers, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::pool::{self, Rows};
use mlc_runtime_core::kernels::sums::ChannelSums;
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// What becomes of the elements of a window.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The greatest one.
    Max,
    /// The greatest one, and where it was in the channels-first input: two outputs.
    MaxIndices {
        /// Whether positions count along the first spatial axis first.
        column_major: bool,
    },
    /// Their mean.
    Average {
        /// Whether padding counts as elements.
        count_padding: bool,
    },
    /// Their norm.
    Norm {
        /// Its exponent.
        p: u32,
    },
}

/// One result for each window and channel of `[N, spatial.., C]`.
#[derive(Clone, Debug)]
pub struct Pool {
    /// How the window slides.
    pub window: Window,
    /// What is computed.
    pub kind: Kind,
}

impl Op for Pool {
    fn name(&self) -> &'static str {
        match self.kind {
            Kind::Max | Kind::MaxIndices { .. } => "MaxPool",
            Kind::Average { .. } => "AveragePool",
            Kind::Norm { .. } => "LpPool",
        }
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x)] = inputs else {
            return Err(Diag::new("missing-input", "a pool takes one input"));
        };
        let is_max = matches!(self.kind, Kind::Max | Kind::MaxIndices { .. });
        if !is_max && x.dtype != DType::F32 {
            return Err(unsupported_type(x.dtype));
        }
        let axes = self.window.kernel.len();
        let [n, spatial @ .., c] = &x.shape[..] else {
            return Err(Diag::new(
                "shape-mismatch",
                format!("{x} has no spatial axes"),
            ));
        };
        if spatial.len() != axes {
            let message = format!("a window of {axes} axes over {x}");
            return Err(Diag::new("shape-mismatch", message));
        }
        let mut shape = vec![*n];
        shape.extend(self.window.outputs(spatial)?);
        shape.push(*c);
        let mut types = vec![TensorType::new(x.dtype, shape.clone())];
        if let Kind::MaxIndices { .. } = self.kind {
            types.push(TensorType::new(DType::I64, shape));
        }
        Ok(types)
    }

    /// Only means count zeros, and only if they count padding of their own alike.
    fn with_padding(&self, pads: &[(isize, isize)]) -> Option<Arc<dyn Op>> {
        let Kind::Average { count_padding } = self.kind else {
            return None;
        };
        let unpadded = self.window.pads.iter().all(|&p| p == (0, 0));
        let window = self
            .window
            .padded(pads)
            .filter(|_| count_padding || unpadded)?;
        let count_padding = true;
        let kind = Kind::Average { count_padding };
        Some(Arc::new(Pool { window, kind }))
    }

    fn moves(&self, _count: usize) -> Option<Vec<bool>> {
        (self.kind == Kind::Max).then(|| vec![true])
    }

    fn takes_greatest(&self) -> bool {
        self.kind == Kind::Max
    }

    fn on_integers(&self, cx: &mut Island<'_>) -> Result<ValueId, NotInteger> {
        match self.kind {
            Kind::Average { count_padding } => {
                integers::pool::average_pool(cx, &self.window, count_padding)
            }
            _ => Err("no kernel computes it on integers".into()),
        }
    }

    fn along_time(&self, cx: &Slices<'_>) -> Result<TimeRule, Refusal> {
        let dtype = cx.ty(0)?.dtype;
        let fill = match self.kind {
            Kind::Max => least(dtype).and_then(|least| element(dtype, least)),
            Kind::MaxIndices { .. } => {
                return Err("it says where in all of time elements were".into());
            }
            Kind::Average {
                count_padding: false,
            } => None,
            Kind::Average { .. } | Kind::Norm { .. } => element(dtype, 0.0),
        };
        let kind = self.kind;
        cx.slide(&self.window, fill, |window| Pool { window, kind })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let average = matches!(self.kind, Kind::Average { .. });
        match self.window.kernel.len() {
            _ if average && self.window.is_whole(cx.input_type(0)) => lower_as_sums(cx),
            3 => self.lower_3d(cx),
            _ => self.lower_2d(cx),
        }
        Ok(())
    }
}

/// What is not greater than any element, where `f64` can say it.
fn least(dtype: DType) -> Option<f64> {
    match dtype {
        DType::F32 | DType::F64 => Some(f64::NEG_INFINITY),
        DType::I8 | DType::I16 | DType::I32 => Some(-(2f64.powi(dtype.bits() as i32 - 1))),
        DType::U8 | DType::U16 | DType::U32 => Some(0.0),
        _ => None,
    }
}

/// The mean of everything as sums, to which rows may be added as they come, and a division.
fn lower_as_sums(cx: &mut Lower<'_>) {
    let x = cx.input_type(0);
    let channels = x.shape.last().copied().unwrap_or(0);
    let pixels = x.len() / channels.max(1);
    let p = ChannelSums {
        channels,
        zero_x: 0,
        rows: Rows::all(1),
    };
    let sums = cx.temporary(ElementType::F32, channels);
    let (x, y) = (cx.input(0), cx.output(0));
    cx.call(call::channel_sums_f32(p, x, sums));
    let count = Expr::Const(Scalar::F32(pixels as f32));
    let mean = Expr::call("div", [Expr::Arg(0, ElementType::F32), count]);
    let mean = mean.expect("a row of the table of scalar functions");
    cx.call(call::map1(mean, sums, y));
}

/// Writes the call of the kernel for images or for volumes.
macro_rules! lower { ($($name:ident: $max:ident $indices:ident $average:ident $norm:ident;)*) => { $(
    fn $name(&self, cx: &mut Lower<'_>) {
        let (x, y) = (cx.input(0), cx.output(0));
        let pool = params(&self.window, cx.input_type(0), cx.output_type(0));
        let call = match self.kind {
            Kind::Max => call::$max(pool, x, y),
            Kind::MaxIndices { column_major } => {
                call::$indices(pool::MaxPoolIndices { pool, column_major }, x, y, cx.output(1))
            }
            Kind::Average { count_padding } => {
                let (from, to) = (cx.input_type(0), cx.output_type(0));
                call::$average(average(&self.window, count_padding, from, to), x, y)
            }
            Kind::Norm { p } => call::$norm(pool::LpPool { pool, p }, x, y),
        };
        cx.call(call);
    }
)* } }

impl Pool {
    lower! {
        lower_2d: max_pool2d max_pool_indices2d average_pool2d_f32 lp_pool2d_f32;
        lower_3d: max_pool3d max_pool_indices3d average_pool3d_f32 lp_pool3d_f32;
    }
}

fn params<const N: usize>(window: &Window, from: &TensorType, to: &TensorType) -> pool::Pool<N> {
    let output: [usize; N] = spatial(to);
    pool::Pool {
        batch: from.shape[0],
        input: spatial(from),
        output,
        channels: from.shape[from.rank() - 1],
        kernel: padded(&window.kernel, 1),
        stride: padded(&window.stride, 1),
        dilation: padded(&window.dilation, 1),
        pad: padded(&window.pads, (0, 0)).map(|p| p.0),
        rows: Rows::all(output[0]),
    }
}

/// A pool of means between these types, channels-last, as kernels take it.
pub(crate) fn average<const N: usize>(
    window: &Window,
    count_include_pad: bool,
    from: &TensorType,
    to: &TensorType,
) -> pool::AveragePool<N> {
    pool::AveragePool {
        pool: params(window, from, to),
        pad_end: padded(&window.pads, (0, 0)).map(|p| p.1),
        count_include_pad,
    }
}

impl Importer<'_> {
    /// Pools the first input, which is channels-first.
    fn pool(&mut self, kind: Kind) -> Result<Vec<ValueId>, Diag> {
        let x = self.input(0)?;
        let shape = self.shape(x);
        if !(3..=5).contains(&shape.len()) {
            let message = format!("{} cannot be pooled", self.ty(x));
            let diag = Diag::new("shape-mismatch", message);
            return Err(diag.note("1 to 3 spatial axes are supported"));
        }
        if self.node.ints("kernel_shape")?.is_none() {
            let message = "the size of the window is not given";
            return Err(Diag::new("missing-attribute", message).at_attribute("kernel_shape"));
        }
        let kernel = sizes(self, "kernel_shape", shape.len() - 2)?;
        let window = Window::import(self, kernel, &shape[2..])?;
        let x = self.channels_last(x)?;
        let outputs = self.add_many(Pool { window, kind }, &[Some(x)])?;
        outputs
            .into_iter()
            .map(|y| self.channels_first(y))
            .collect()
    }
}

fn max_pool(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let column_major = cx.node.int("storage_order", 0)? != 0;
    let kind = match cx.wants_output(1) {
        true => Kind::MaxIndices { column_major },
        false => Kind::Max,
    };
    for (i, y) in cx.pool(kind)?.into_iter().enumerate() {
        cx.set_output(i, y);
    }
    Ok(())
}

fn average_pool(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let count_padding = cx.node.int("count_include_pad", 0)? != 0;
    let y = cx.pool(Kind::Average { count_padding })?[0];
    cx.finish(y)
}

/// The exponent of a norm. Before opset 2 it is a float, which has to be whole here.
pub(crate) fn exponent(cx: &Importer<'_>) -> Result<u32, Diag> {
    let p = match cx.version() < 2 {
        true => f64::from(cx.node.float("p", 2.0)?),
        false => cx.node.int("p", 2)? as f64,
    };
    let whole = p.fract() == 0.0 && (1.0..=f64::from(u32::MAX)).contains(&p);
    whole.then_some(p as u32).ok_or_else(|| {
        let message = format!("the exponent of a norm must be a positive whole number, not {p}");
        Diag::new("invalid-attribute", message).at_attribute("p")
    })
}

fn lp_pool(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let p = exponent(cx)?;
    let y = cx.pool(Kind::Norm { p })?[0];
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[
    onnx("AveragePool", average_pool),
    onnx("LpPool", lp_pool),
    onnx("MaxPool", max_pool),
];
