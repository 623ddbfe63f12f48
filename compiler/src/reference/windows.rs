//! Windows that slide over images of any number of axes, channels first: convolutions and pools.

use super::Evaluator;
use super::array::{Array, indices, strides};
use super::call::Call;

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("AveragePool", average_pool),
    ("Conv", conv),
    ("ConvInteger", conv_integer),
    ("GlobalAveragePool", |call| global(call, mean)),
    ("GlobalMaxPool", |call| global(call, greatest)),
    ("MaxPool", max_pool),
];

/// How a window slides.
struct Window {
    kernel: Vec<usize>,
    stride: Vec<usize>,
    dilation: Vec<usize>,
    /// Before and after each axis.
    pads: Vec<(i64, i64)>,
    input: Vec<usize>,
    output: Vec<usize>,
}

impl Window {
    fn of(call: &Call<'_>, kernel: Vec<usize>, input: &[usize]) -> Option<Self> {
        let axes = input.len();
        let mut window = Window {
            stride: call.sizes("strides", axes)?,
            dilation: call.sizes("dilations", axes)?,
            pads: vec![(0, 0); axes],
            input: input.to_vec(),
            output: Vec::new(),
            kernel,
        };
        let sane = window.kernel.len() == axes
            && !window.kernel.contains(&0)
            && !window.stride.contains(&0);
        match call
            .node
            .string("auto_pad", "NOTSET")
            .ok()
            .filter(|_| sane)?
        {
            "SAME_UPPER" => window.pad_same(|total| (total / 2, total - total / 2)),
            "SAME_LOWER" => window.pad_same(|total| (total - total / 2, total / 2)),
            "VALID" => {}
            _ => window.pads = pads(call, axes)?,
        }
        let ceil = call.int("ceil_mode", 0)? != 0;
        window.output = (0..axes)
            .map(|d| window.outputs(d, ceil))
            .collect::<Option<_>>()?;
        Some(window)
    }

    fn extent(&self, d: usize) -> i64 {
        ((self.kernel[d] - 1) * self.dilation[d] + 1) as i64
    }

    /// As many outputs as there are strides, at least.
    fn pad_same(&mut self, share: impl Fn(i64) -> (i64, i64)) {
        for d in 0..self.input.len() {
            let outputs = self.input[d].div_ceil(self.stride[d]) as i64;
            let needed = (outputs - 1) * self.stride[d] as i64 + self.extent(d);
            self.pads[d] = share((needed - self.input[d] as i64).max(0));
        }
    }

    fn outputs(&self, d: usize, ceil: bool) -> Option<usize> {
        let (stride, (before, after)) = (self.stride[d] as i64, self.pads[d]);
        let room = self.input[d] as i64 + before + after - self.extent(d);
        let more = if ceil { stride - 1 } else { 0 };
        let outputs = (room + more).div_euclid(stride) + 1;
        // The last window starts within the input or the padding before it.
        let late = ceil && (outputs - 1) * stride >= self.input[d] as i64 + before;
        usize::try_from(outputs - i64::from(late))
            .ok()
            .filter(|&n| n > 0)
    }

    /// For each tap of the window at an output index its place in a plane of the input; `None` in the padding.
    fn taps(&self, at: &[usize], taps: &[Vec<usize>]) -> Vec<Option<usize>> {
        let strides = strides(&self.input);
        let place = |tap: &Vec<usize>| {
            let mut place = 0;
            for (d, &k) in tap.iter().enumerate() {
                let i = self.position(d, at[d], k);
                let i = usize::try_from(i).ok().filter(|&i| i < self.input[d])?;
                place += i * strides[d];
            }
            Some(place)
        };
        taps.iter().map(place).collect()
    }

    fn position(&self, d: usize, at: usize, tap: usize) -> i64 {
        (at * self.stride[d] + tap * self.dilation[d]) as i64 - self.pads[d].0
    }

    /// How many taps lie within the input or its padding.
    fn padded_taps(&self, at: &[usize], taps: &[Vec<usize>]) -> usize {
        let inside = |tap: &&Vec<usize>| {
            let mut axes = tap.iter().enumerate();
            axes.all(|(d, &k)| self.position(d, at[d], k) < self.input[d] as i64 + self.pads[d].1)
        };
        taps.iter().filter(inside).count()
    }
}

fn pads(call: &Call<'_>, axes: usize) -> Option<Vec<(i64, i64)>> {
    let Some(pads) = call.node.ints("pads").ok()? else {
        return Some(vec![(0, 0); axes]);
    };
    let (before, after) = pads.split_at_checked(axes)?;
    Some(before.iter().copied().zip(after.iter().copied()).collect())
        .filter(|_| after.len() == axes)
}

/// `[N, C, spatial..]`.
fn split(x: &Array) -> Option<(usize, usize, &[usize])> {
    let [n, c, spatial @ ..] = &x.shape[..] else {
        return None;
    };
    Some((*n, *c, spatial))
}

fn conv(call: &Call<'_>) -> Option<Vec<Array>> {
    let bias = if call.has(2) {
        Some(call.floats(2)?)
    } else {
        None
    };
    Some(vec![convolved(
        call,
        &*call.floats(0)?,
        &*call.floats(1)?,
        bias.as_deref(),
    )?])
}

fn conv_integer(call: &Call<'_>) -> Option<Vec<Array>> {
    let shifted = |i: usize| super::quantisation::shifted(call, i, i + 2, 0);
    let y = convolved(call, &shifted(0)?, &shifted(1)?, None)?;
    Some(vec![Array {
        dtype: crate::tensor::DType::I32,
        ..y
    }])
}

fn convolved(call: &Call<'_>, x: &Array, w: &Array, bias: Option<&Array>) -> Option<Array> {
    let ((n, c, input), (m, group_c, kernel)) = (split(x)?, split(w)?);
    let groups = usize::try_from(call.int("group", 1)?)
        .ok()
        .filter(|&g| g > 0)?;
    if c != group_c * groups || !m.is_multiple_of(groups) || bias.is_some_and(|b| b.data.len() != m)
    {
        return None;
    }
    let window = Window::of(call, kernel.to_vec(), input)?;
    let taps: Vec<_> = indices(kernel).collect();
    let (plane, outputs): (usize, usize) = (input.iter().product(), window.output.iter().product());
    let (per_group, row) = (m / groups, group_c * taps.len());
    let mut y = vec![0.0; n * m * outputs];
    for item in 0..n {
        let image = &x.data[item * c * plane..(item + 1) * c * plane];
        for (o, at) in indices(&window.output).enumerate() {
            let places = window.taps(&at, &taps);
            let mut column = Vec::with_capacity(c * taps.len());
            for x in image.chunks_exact(plane.max(1)) {
                column.extend(
                    places
                        .iter()
                        .map(|place| place.map_or(0.0, |place| x[place])),
                );
            }
            for k in 0..m {
                let (w, x) = (
                    &w.data[k * row..(k + 1) * row],
                    &column[k / per_group * row..],
                );
                let sum: f64 = w.iter().zip(x).map(|(w, x)| w * x).sum();
                y[(item * m + k) * outputs + o] = sum + bias.map_or(0.0, |b| b.data[k]);
            }
        }
    }
    Some(Array::floats([&[n, m], &window.output[..]].concat(), y))
}

/// For each window of each channel: what is in it, and how many taps count with the padding.
fn pooled(call: &Call<'_>, x: &Array, f: impl Fn(&[f64], usize) -> f64) -> Option<Array> {
    let (n, c, input) = split(x)?;
    let kernel = call.node.ints("kernel_shape").ok()??;
    let kernel: Vec<_> = kernel
        .iter()
        .map(|&k| usize::try_from(k).ok())
        .collect::<Option<_>>()?;
    let taps: Vec<_> = indices(&kernel).collect();
    let window = Window::of(call, kernel, input)?;
    let (plane, outputs): (usize, usize) = (input.iter().product(), window.output.iter().product());
    let mut y = vec![0.0; n * c * outputs];
    for (o, at) in indices(&window.output).enumerate() {
        let padded = window.padded_taps(&at, &taps);
        let places: Vec<_> = window.taps(&at, &taps).into_iter().flatten().collect();
        for image in 0..n * c {
            let values: Vec<_> = places.iter().map(|p| x.data[image * plane + p]).collect();
            y[image * outputs + o] = f(&values, padded);
        }
    }
    Some(Array::new(
        x.dtype,
        [&[n, c], &window.output[..]].concat(),
        y,
    ))
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// NaN, if there is one.
fn greatest(values: &[f64]) -> f64 {
    let greater = |a: f64, b: &f64| if a.is_nan() || a >= *b { a } else { *b };
    values.iter().fold(f64::NEG_INFINITY, greater)
}

fn average_pool(call: &Call<'_>) -> Option<Vec<Array>> {
    let counts_padding = call.int("count_include_pad", 0)? != 0;
    let average = |values: &[f64], padded: usize| match counts_padding {
        true => values.iter().sum::<f64>() / padded as f64,
        false => mean(values),
    };
    Some(vec![pooled(call, &*call.floats(0)?, average)?])
}

fn max_pool(call: &Call<'_>) -> Option<Vec<Array>> {
    let x = call.array(0).filter(|_| call.yields_one())?;
    // A window of nothing but padding has no greatest element.
    let y = pooled(call, &x, |values, _| greatest(values))?;
    y.data
        .iter()
        .all(|y| *y != f64::NEG_INFINITY)
        .then(|| vec![y])
}

fn global(call: &Call<'_>, f: impl Fn(&[f64]) -> f64) -> Option<Vec<Array>> {
    let x = call.floats(0)?;
    let (n, c, spatial) = split(&x)?;
    let plane: usize = spatial.iter().product();
    let y = x.data.chunks_exact(plane.max(1)).map(f).collect();
    let shape = [&[n, c][..], &vec![1; spatial.len()]].concat();
    (plane > 0).then(|| vec![Array::floats(shape, y)])
}
