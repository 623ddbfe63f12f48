//! Operators that only move elements.

use super::Evaluator;
use super::array::{Array, broadcast};
use super::call::{Call, axis};

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("Concat", concat),
    ("Dropout", identity),
    ("Expand", expand),
    ("Flatten", flatten),
    ("Identity", identity),
    ("Reshape", reshape),
    ("Squeeze", squeeze),
    ("Transpose", transpose),
    ("Unsqueeze", unsqueeze),
];

fn identity(call: &Call<'_>) -> Option<Vec<Array>> {
    let inference = !call.has(2) || call.ints(2)? == [0];
    let x = call.array(0).filter(|_| inference && call.yields_one())?;
    Some(vec![(*x).clone()])
}

fn reshaped(x: &Array, shape: Vec<usize>) -> Option<Vec<Array>> {
    Some(vec![x.reshaped(shape)?])
}

fn reshape(call: &Call<'_>) -> Option<Vec<Array>> {
    let (x, wanted) = (call.array(0)?, call.ints_or(1, "shape")?);
    let zeros = call.int("allowzero", 0)? != 0;
    let dim = |(i, &dim): (usize, &i64)| match dim {
        -1 => Some(1),
        0 if !zeros => x.shape.get(i).copied(),
        _ => usize::try_from(dim).ok(),
    };
    let mut shape: Vec<_> = wanted.iter().enumerate().map(dim).collect::<Option<_>>()?;
    if let Some(open) = wanted.iter().position(|&dim| dim == -1) {
        shape[open] = x.data.len().checked_div(shape.iter().product())?;
    }
    reshaped(&x, shape)
}

fn flatten(call: &Call<'_>) -> Option<Vec<Array>> {
    let x = call.array(0)?;
    let rank = x.shape.len() as i64;
    let at = call.int("axis", 1)?;
    let at = usize::try_from(if at < 0 { at + rank } else { at }).ok()?;
    let (outer, inner) = x.shape.split_at_checked(at)?;
    reshaped(&x, vec![outer.iter().product(), inner.iter().product()])
}

fn squeeze(call: &Call<'_>) -> Option<Vec<Array>> {
    let x = call.array(0)?;
    let axes = match call.ints_or(1, "axes") {
        Some(axes) => axes
            .iter()
            .map(|&a| axis(a, x.shape.len()))
            .collect::<Option<Vec<_>>>()?,
        None => (0..x.shape.len()).filter(|&i| x.shape[i] == 1).collect(),
    };
    let kept = (0..x.shape.len()).filter(|i| !axes.contains(i));
    reshaped(&x, kept.map(|i| x.shape[i]).collect())
}

fn unsqueeze(call: &Call<'_>) -> Option<Vec<Array>> {
    let (x, axes) = (call.array(0)?, call.ints_or(1, "axes")?);
    let rank = x.shape.len() + axes.len();
    let axes = axes
        .iter()
        .map(|&a| axis(a, rank))
        .collect::<Option<Vec<_>>>()?;
    let mut own = x.shape.iter().copied();
    let dim = |i| {
        if axes.contains(&i) {
            Some(1)
        } else {
            own.next()
        }
    };
    reshaped(&x, (0..rank).map(dim).collect::<Option<_>>()?)
}

fn transpose(call: &Call<'_>) -> Option<Vec<Array>> {
    let x = call.array(0)?;
    let perm = match call.node.ints("perm").ok()? {
        Some(perm) => perm
            .iter()
            .map(|&a| axis(a, x.shape.len()))
            .collect::<Option<_>>()?,
        None => (0..x.shape.len()).rev().collect::<Vec<_>>(),
    };
    Some(vec![x.transposed(&perm)?])
}

fn expand(call: &Call<'_>) -> Option<Vec<Array>> {
    let (x, shape) = (call.array(0)?, call.ints(1)?);
    let shape = shape
        .iter()
        .map(|&d| usize::try_from(d).ok())
        .collect::<Option<Vec<_>>>()?;
    let shape = broadcast(&x.shape, &shape)?;
    Some(vec![x.picked(shape.clone(), &x.places_in(&shape)?)?])
}

fn concat(call: &Call<'_>) -> Option<Vec<Array>> {
    let parts = call.all(Call::array)?;
    let first = parts.first()?;
    let axis = axis(call.int("axis", 1)?, first.shape.len())?;
    if parts
        .iter()
        .any(|part| part.dtype != first.dtype || part.shape.len() != first.shape.len())
    {
        return None;
    }
    let outer: usize = first.shape[..axis].iter().product();
    let join = |of: &dyn Fn(&Array) -> Option<&[f64]>| {
        let mut data = Vec::new();
        for row in 0..outer {
            for part in &parts {
                let len = part.data.len() / outer;
                data.extend_from_slice(&of(part)?[row * len..(row + 1) * len]);
            }
        }
        Some(data)
    };
    let mut shape = first.shape.clone();
    shape[axis] = parts.iter().map(|part| part.shape[axis]).sum();
    let unrounded = join(&|part| part.unrounded.as_deref());
    let data = join(&|part| Some(&part.data))?;
    Some(vec![Array {
        unrounded,
        ..Array::new(first.dtype, shape, data)
    }])
}
