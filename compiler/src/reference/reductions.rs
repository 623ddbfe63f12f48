//! What looks at all elements along axes: reductions, softmax and normalisation.

use super::Evaluator;
use super::array::Array;
use super::call::{Call, axis};

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("BatchNormalization", batch_norm),
    ("LayerNormalization", layer_norm),
    ("LogSoftmax", |call| {
        softmax(call, |x, _, log_sum| x - log_sum)
    }),
    ("ReduceMean", |call| {
        reduce(call, |line| line.iter().sum::<f64>() / line.len() as f64)
    }),
    ("ReduceSum", |call| reduce(call, |line| line.iter().sum())),
    ("Softmax", |call| {
        softmax(call, |_, exp, log_sum| exp / log_sum.exp())
    }),
];

/// The elements along some axes, gathered for each index of the others.
fn lines(x: &Array, axes: &[usize]) -> Option<(Vec<usize>, Array)> {
    let kept: Vec<_> = (0..x.shape.len()).filter(|i| !axes.contains(i)).collect();
    let order = [&kept[..], axes].concat();
    Some((order.clone(), x.transposed(&order)?))
}

fn reduce(call: &Call<'_>, f: impl Fn(&[f64]) -> f64) -> Option<Vec<Array>> {
    let x = call.floats(0)?;
    let given = match call.node.ints("axes").ok()? {
        Some(axes) => axes.to_vec(),
        None if call.has(1) => call.ints(1)?,
        None => Vec::new(),
    };
    let rank = x.shape.len();
    let mut axes = given
        .iter()
        .map(|&a| axis(a, rank))
        .collect::<Option<Vec<_>>>()?;
    if axes.is_empty() {
        if call.int("noop_with_empty_axes", 0)? != 0 {
            return None;
        }
        axes = (0..rank).collect();
    }
    axes.sort_unstable();
    axes.dedup();
    let len: usize = axes.iter().map(|&i| x.shape[i]).product();
    let (_, gathered) = lines(&x, &axes).filter(|_| len > 0)?;
    let y = gathered.data.chunks_exact(len).map(f).collect();
    let keep = call.int("keepdims", 1)? != 0;
    let dim = |i: usize| match axes.contains(&i) {
        true => keep.then_some(1),
        false => Some(x.shape[i]),
    };
    Some(vec![Array::floats(
        (0..rank).filter_map(dim).collect::<Vec<_>>(),
        y,
    )])
}

/// `f` of an element, of its exponential and of the logarithm of their sum, all less the greatest element.
fn softmax(call: &Call<'_>, f: impl Fn(f64, f64, f64) -> f64) -> Option<Vec<Array>> {
    let x = call.floats(0)?;
    let rank = x.shape.len();
    // Before opset 13 all axes from the given one on were one.
    let old = call.node.version < 13;
    let first = axis(call.int("axis", if old { 1 } else { -1 })?, rank)?;
    let axes: Vec<_> = if old {
        (first..rank).collect()
    } else {
        vec![first]
    };
    let len: usize = axes.iter().map(|&i| x.shape[i]).product();
    let (order, mut gathered) = lines(&x, &axes).filter(|_| len > 0)?;
    for line in gathered.data.chunks_exact_mut(len) {
        let most = line.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let log_sum = line.iter().map(|x| (x - most).exp()).sum::<f64>().ln();
        line.iter_mut()
            .for_each(|x| *x = f(*x - most, (*x - most).exp(), log_sum));
    }
    let back: Vec<_> = (0..rank)
        .map(|i| order.iter().position(|&o| o == i))
        .collect::<Option<_>>()?;
    Some(vec![gathered.transposed(&back)?])
}

fn batch_norm(call: &Call<'_>) -> Option<Vec<Array>> {
    if !call.yields_one() || call.int("training_mode", 0)? != 0 || call.int("spatial", 1)? == 0 {
        return None;
    }
    let x = call.floats(0)?;
    let [scale, bias, mean, variance] = [1, 2, 3, 4].map(|i| call.floats(i));
    let (scale, bias, mean, variance) = (scale?, bias?, mean?, variance?);
    let (epsilon, channels) = (call.float("epsilon", 1e-5)?, x.dim(1));
    let plane: usize = x.shape.iter().skip(2).product();
    let fits = [&scale, &bias, &mean, &variance]
        .iter()
        .all(|p| p.data.len() == channels);
    let of = |(i, x): (usize, &f64)| {
        let c = i / plane.max(1) % channels;
        (x - mean.data[c]) / (variance.data[c] + epsilon).sqrt() * scale.data[c] + bias.data[c]
    };
    let data = x.data.iter().enumerate().map(of);
    fits.then(|| vec![Array::floats(x.shape.clone(), data.collect())])
}

fn layer_norm(call: &Call<'_>) -> Option<Vec<Array>> {
    let (x, scale) = (call.floats(0)?, call.floats(1)?);
    let first = axis(call.int("axis", -1)?, x.shape.len()).filter(|_| call.yields_one())?;
    let (epsilon, len) = (
        call.float("epsilon", 1e-5)?,
        x.shape[first..].iter().product::<usize>(),
    );
    let scales = scale.places_in(&x.shape[first..])?;
    let bias = if call.has(2) {
        Some(call.floats(2)?)
    } else {
        None
    };
    let biases = match &bias {
        Some(bias) => bias.places_in(&x.shape[first..])?,
        None => Vec::new(),
    };
    let mut y = (*x).clone();
    for line in y.data.chunks_exact_mut(len.max(1)) {
        let mean = line.iter().sum::<f64>() / len as f64;
        let variance = line.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / len as f64;
        for (i, x) in line.iter_mut().enumerate() {
            let shift = bias.as_ref().map_or(0.0, |bias| bias.data[biases[i]]);
            *x = (*x - mean) / (variance + epsilon).sqrt() * scale.data[scales[i]] + shift;
        }
    }
    Some(vec![y])
}
