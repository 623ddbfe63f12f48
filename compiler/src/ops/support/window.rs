//! Sliding windows: the attributes that convolutions and pools share.

use crate::diag::Diag;
use crate::ops::Importer;
use crate::tensor::TensorType;

/// A window that slides over spatial axes; one entry an axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Taps.
    pub kernel: Vec<usize>,
    /// Input positions from one window to the next.
    pub stride: Vec<usize>,
    /// Input positions from one tap to the next.
    pub dilation: Vec<usize>,
    /// Padding before the first and after the last input position; negative padding crops.
    pub pads: Vec<(isize, isize)>,
    /// Whether the last window may start inside the padding and overhang it.
    pub ceil: bool,
}

impl Window {
    /// A window that takes every position, without padding.
    pub fn still(kernel: Vec<usize>) -> Self {
        let axes = kernel.len();
        Window {
            kernel,
            stride: vec![1; axes],
            dilation: vec![1; axes],
            pads: vec![(0, 0); axes],
            ceil: false,
        }
    }

    /// Whether it takes in all of a single image or volume, channels-last, at once.
    pub fn is_whole(&self, x: &TensorType) -> bool {
        let [1, spatial @ .., _] = &x.shape[..] else {
            return false;
        };
        self.kernel == spatial
            && self.pads.iter().all(|&pads| pads == (0, 0))
            && self.dilation.iter().all(|&step| step == 1)
    }

    /// Reads `strides`, `dilations`, `pads`, `auto_pad` and `ceil_mode` for an input with these
    /// spatial dimensions.
    pub fn import(cx: &Importer<'_>, kernel: Vec<usize>, spatial: &[usize]) -> Result<Self, Diag> {
        let axes = kernel.len();
        if axes != spatial.len() {
            let message = format!(
                "a kernel of {axes} axes over {} spatial axes",
                spatial.len()
            );
            return Err(Diag::new("shape-mismatch", message));
        }
        check_kernel_shape(cx, &kernel)?;
        let mut window = Window {
            stride: sizes(cx, "strides", axes)?,
            dilation: sizes(cx, "dilations", axes)?,
            pads: pads(cx, axes)?,
            ceil: cx.node.int("ceil_mode", 0)? != 0,
            kernel,
        };
        match cx.node.string("auto_pad", "NOTSET")? {
            "NOTSET" | "" => {}
            "VALID" => window.pads = vec![(0, 0); axes],
            "SAME_UPPER" => window.pad_same(spatial, false),
            "SAME_LOWER" => window.pad_same(spatial, true),
            other => {
                let message = format!("`{other}` is not a kind of padding");
                return Err(Diag::new("invalid-attribute", message).at_attribute("auto_pad"));
            }
        }
        Ok(window)
    }

    /// Pads so that there is an output for every `stride` inputs; an odd one goes after, or before.
    fn pad_same(&mut self, spatial: &[usize], lower: bool) {
        for (d, &size) in spatial.iter().enumerate() {
            let outputs = size.div_ceil(self.stride[d]);
            let needed = outputs.saturating_sub(1) * self.stride[d] + self.extent(d);
            let total = needed.saturating_sub(size) as isize;
            let (less, more) = (total / 2, total - total / 2);
            self.pads[d] = if lower { (more, less) } else { (less, more) };
        }
    }

    /// Input positions that a window covers along axis `d`.
    pub fn extent(&self, d: usize) -> usize {
        (self.kernel[d].saturating_sub(1)) * self.dilation[d] + 1
    }

    /// Number of windows along each axis of an input with these spatial dimensions.
    pub fn outputs(&self, spatial: &[usize]) -> Result<Vec<usize>, Diag> {
        (0..self.kernel.len())
            .map(|d| {
                self.outputs_along(d, spatial[d]).ok_or_else(|| {
                    let message = format!(
                        "a window of {} does not fit an axis of {} with padding {:?}",
                        self.extent(d),
                        spatial[d],
                        self.pads[d]
                    );
                    Diag::new("shape-mismatch", message)
                })
            })
            .collect()
    }

    /// The window over an input that lacks these zeros before and after each axis.
    pub fn padded(&self, pads: &[(isize, isize)]) -> Option<Window> {
        // Zeros that a window would crop, or count when it rounds up, are not the same as none.
        let plain = !self.ceil && self.pads.iter().all(|p| p.0 >= 0 && p.1 >= 0);
        if !plain || pads.len() != self.pads.len() {
            return None;
        }
        let mut window = self.clone();
        for (own, more) in window.pads.iter_mut().zip(pads) {
            *own = (own.0.checked_add(more.0)?, own.1.checked_add(more.1)?);
        }
        Some(window)
    }

    fn outputs_along(&self, d: usize, size: usize) -> Option<usize> {
        let (before, after) = self.pads[d];
        let room = size.checked_add_signed(before)?.checked_add_signed(after)?;
        let (extent, stride) = (self.extent(d), self.stride[d]);
        // Windows that lie within what there is, and one that overhangs.
        let whole = room.checked_sub(extent).map_or(0, |rest| rest / stride + 1);
        let overhangs = self.ceil && room + stride > extent + whole * stride;
        // That counts only if it starts before the padding at the end.
        let starts = ((whole * stride) as isize) < size as isize + before;
        let outputs = whole + usize::from(overhangs && starts);
        (outputs > 0).then_some(outputs)
    }
}

/// What `kernel_shape` says, if it is given, must be the shape that the weights have.
pub fn check_kernel_shape(cx: &Importer<'_>, kernel: &[usize]) -> Result<(), Diag> {
    let given = cx.node.ints("kernel_shape")?;
    if given.is_none_or(|given| given.iter().map(|&n| n as usize).eq(kernel.iter().copied())) {
        return Ok(());
    }
    let given = given.unwrap_or_default();
    let message = format!("the weights have a kernel of {kernel:?}, not {given:?}");
    Err(Diag::new("invalid-attribute", message).at_attribute("kernel_shape"))
}

/// An attribute with a positive size for each axis, 1 where it is absent.
pub fn sizes(cx: &Importer<'_>, name: &str, axes: usize) -> Result<Vec<usize>, Diag> {
    let Some(given) = cx.node.ints(name)? else {
        return Ok(vec![1; axes]);
    };
    let sizes: Vec<_> = given
        .iter()
        .filter_map(|&n| usize::try_from(n).ok())
        .collect();
    if sizes.len() != axes || given.len() != axes || sizes.iter().any(|&n| n == 0 || n > 1 << 30) {
        let message = format!("{given:?} are not {axes} positive sizes");
        return Err(Diag::new("invalid-attribute", message).at_attribute(name));
    }
    Ok(sizes)
}

/// The attribute `pads`: sizes before and after for each axis, 0 where it is absent.
pub fn pads(cx: &Importer<'_>, axes: usize) -> Result<Vec<(isize, isize)>, Diag> {
    let Some(given) = cx.node.ints("pads")? else {
        return Ok(vec![(0, 0); axes]);
    };
    if given.len() != 2 * axes || given.iter().any(|n| n.unsigned_abs() > 1 << 30) {
        let message = format!("{given:?} are not {} sizes", 2 * axes);
        return Err(Diag::new("invalid-attribute", message).at_attribute("pads"));
    }
    Ok((0..axes)
        .map(|d| (given[d] as isize, given[d + axes] as isize))
        .collect())
}
