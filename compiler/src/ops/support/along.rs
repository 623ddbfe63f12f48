//! How windows move along time: what convolutions and pools say of themselves.

use crate::ir::{Op, Refusal, Slices, Span, TimeRule};
use crate::ops::support::window::Window;
use crate::tensor::DType;
use mlc_runtime_core::scalar::Scalar;
use std::sync::Arc;

impl Slices<'_> {
    /// A convolution with constant weights in groups of channels: as [`Slices::slide`].
    pub fn convolve<O: Op>(
        &self,
        (window, groups): (&Window, usize),
        fill: Option<Scalar>,
        rebuilt: impl FnOnce(Window) -> O,
    ) -> Result<TimeRule, Refusal> {
        if self.axes.get(1).copied().flatten().is_some() {
            return Err("its weights differ from position to position".into());
        }
        match self.axes[0] == Some(self.ty(0)?.rank() - 1) && groups == 1 {
            true => Ok(TimeRule::Everything),
            false => self.slide(window, fill, rebuilt),
        }
    }

    /// A window over the spatial axes of `[N, spatial.., C]`, `rebuilt` for another window; `fill` is what
    /// padding stands for, if it stands for the same everywhere.
    pub fn slide<O: Op>(
        &self,
        window: &Window,
        fill: Option<Scalar>,
        rebuilt: impl FnOnce(Window) -> O,
    ) -> Result<TimeRule, Refusal> {
        let x = self.ty(0)?;
        let axis = match self.axes {
            [Some(axis), ..] => *axis,
            _ => return Err("it combines what has time with what is the same at all times".into()),
        };
        let d = match axis {
            0 => return self.per_image(rebuilt(window.clone())),
            axis if axis + 1 == x.rank() => {
                return Err("it mixes all positions in time as channels".into());
            }
            axis => axis - 1,
        };
        let outputs = window
            .outputs(&x.shape[1..x.rank() - 1])
            .map_err(|d| d.message)?;
        let mut still = window.clone();
        // Where there is just one window, the next is where the next position is.
        if outputs[d] == 1 {
            still.stride[d] = 1;
        }
        still.pads[d] = (0, 0);
        let span = Span {
            extent: window.extent(d),
            stride: still.stride[d],
            before: window.pads[d].0,
            fill,
        };
        if span.before > 0 && span.fill.is_none() {
            return Err(
                "its padding at the start of time counts otherwise than elements do".into(),
            );
        }
        let op = Arc::new(rebuilt(still));
        Ok(TimeRule::Window { op, axis, span })
    }
}

/// A number as an element of that type.
pub fn element(dtype: DType, value: f64) -> Option<Scalar> {
    Some(Scalar::F64(value).cast(dtype.storage()?))
}
