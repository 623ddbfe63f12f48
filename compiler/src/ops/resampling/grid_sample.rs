//! Sampling an image or a volume at places that are data.

use crate::diag::Diag;
use crate::ir::{Lower, Op};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::grid_sample::{Beyond, GridSample as Params, Interpolation};
use mlc_runtime_core::table::call;

/// `x` `[N, spatial.., C]` sampled at the places `[N, points.., axes]`: `[N, points.., C]`.
#[derive(Clone, Debug)]
pub struct GridSample {
    /// How places between pixels are made up.
    pub interpolation: Interpolation,
    /// What lies beyond the pixels.
    pub beyond: Beyond,
    /// Whether -1 and 1 are the centres of the outermost pixels.
    pub align_corners: bool,
}

impl Op for GridSample {
    fn name(&self) -> &'static str {
        "GridSample"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        let [Some(x), Some(grid)] = inputs else {
            return Err(Diag::new("missing-input", "data and places are needed"));
        };
        if let Some(ty) = inputs.iter().flatten().find(|t| t.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let misfit = || {
            let message = format!("{x} sampled at {grid}");
            Diag::new("shape-mismatch", message).note("images and volumes can be sampled")
        };
        let ([n, spatial @ .., c], [items, points @ .., axes]) = (&x.shape[..], &grid.shape[..])
        else {
            return Err(misfit());
        };
        let fits = matches!(axes, 2 | 3) && spatial.len() == *axes && points.len() == *axes;
        if !fits || n != items || spatial.contains(&0) {
            return Err(misfit());
        }
        let shape = [&[*n], points, &[*c]].concat();
        Ok(vec![TensorType::new(DType::F32, shape)])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, grid, y) = (cx.input(0), cx.input(1), cx.output(0));
        let (from, to) = (cx.input_type(0), cx.output_type(0));
        let p = Params {
            batch: from.shape[0],
            input: crate::ops::spatial::conv::spatial(from),
            axes: from.rank() - 2,
            points: to.shape[1..to.rank() - 1].iter().product(),
            channels: from.shape[from.rank() - 1],
            interpolation: self.interpolation,
            beyond: self.beyond,
            align_corners: self.align_corners,
        };
        cx.call(call::grid_sample_f32(p, x, grid, y));
        Ok(())
    }
}

fn grid_sample(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let unknown = |attribute: &str, value: &str| {
        let message = format!("`{value}` is not a mode of sampling");
        Err(Diag::new("invalid-attribute", message).at_attribute(attribute))
    };
    // Modes were named after images before opset 20.
    let interpolation = match cx.node.string("mode", "linear")? {
        "nearest" => Interpolation::NearestPixel,
        "linear" | "bilinear" => Interpolation::LinearPixels,
        "cubic" | "bicubic" => Interpolation::CubicPixels,
        other => return unknown("mode", other),
    };
    let beyond = match cx.node.string("padding_mode", "zeros")? {
        "zeros" => Beyond::ZerosBeyond,
        "border" => Beyond::EdgeBeyond,
        "reflection" => Beyond::MirrorBeyond,
        other => return unknown("padding_mode", other),
    };
    let op = GridSample {
        interpolation,
        beyond,
        align_corners: cx.node.int("align_corners", 0)? != 0,
    };
    let (x, grid) = (cx.input(0)?, cx.input(1)?);
    let x = cx.channels_last(x)?;
    let y = cx.add(op, &[x, grid])?;
    let y = cx.channels_first(y)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("GridSample", grid_sample)];
