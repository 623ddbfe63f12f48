//! Blocks of an image become channels or batches, and the other way round.

use super::super::call::{Call, NONE, sizes};
use super::super::schema::{BuiltinOperator as B, DepthToSpaceOptions, SpaceToDepthOptions};
use super::{Builtin, builtin};
use crate::diag::Diag;
use crate::tensor::MAX_ELEMENTS;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::BatchToSpaceNd, batch_to_space),
    builtin(B::DepthToSpace, depth_to_space),
    builtin(B::SpaceToBatchNd, space_to_batch),
    builtin(B::SpaceToDepth, space_to_depth),
];

/// The same elements: told as `apart`, in that order of axes, told as `together`.
fn regrouped(
    call: &mut Call<'_, '_, '_>,
    x: &str,
    apart: &[usize],
    order: &[usize],
    together: &[usize],
) -> String {
    let apart = call.reshape(x, &sizes(apart));
    let moved = call.transpose(&apart, order);
    call.reshape(&moved, &sizes(together))
}

fn block(call: &Call<'_, '_, '_>, size: i32) -> Result<usize, Diag> {
    let size = usize::try_from(size).ok().filter(|size| *size > 0);
    size.ok_or_else(|| call.wrong(0, "bad-attribute", "a block is at least 1 by 1"))
}

fn misfit(call: &Call<'_, '_, '_>) -> Diag {
    call.wrong(0, "shape-mismatch", "blocks do not fit the shape")
}

fn depth_to_space(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: DepthToSpaceOptions = call.options()?;
    let (b, [n, h, w, c]) = (block(call, options.block_size)?, call.dims(0)?);
    let inner = c.checked_div(b * b).filter(|inner| inner * b * b == c);
    let inner = inner.ok_or_else(|| misfit(call))?;
    call.moved(0, |call, x| {
        Ok(regrouped(
            call,
            x,
            &[n, h, w, b, b, inner],
            &[0, 1, 3, 2, 4, 5],
            &[n, h * b, w * b, inner],
        ))
    })
}

fn space_to_depth(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: SpaceToDepthOptions = call.options()?;
    let (b, [n, h, w, c]) = (block(call, options.block_size)?, call.dims(0)?);
    if h % b != 0 || w % b != 0 {
        return Err(misfit(call));
    }
    let (h, w) = (h / b, w / b);
    call.moved(0, |call, x| {
        Ok(regrouped(
            call,
            x,
            &[n, h, b, w, b, c],
            &[0, 1, 3, 2, 4, 5],
            &[n, h, w, b * b * c],
        ))
    })
}

/// Block sizes of the axes after the first, and what is padded or cropped around each.
struct Blocks {
    sizes: Vec<usize>,
    around: Vec<[usize; 2]>,
}

fn blocks(call: &mut Call<'_, '_, '_>) -> Result<Blocks, Diag> {
    let (blocks, around) = (call.integers(1)?, call.integers(2)?);
    let whole = |values: &[i64]| {
        values
            .iter()
            .map(|&n| usize::try_from(n).ok())
            .collect::<Option<Vec<_>>>()
    };
    let (blocks, around) = whole(&blocks)
        .zip(whole(&around))
        .ok_or_else(|| misfit(call))?;
    let rank = call.shape(0)?.len();
    let product = blocks
        .iter()
        .try_fold(1_usize, |product, block| product.checked_mul(*block));
    let fits = product.is_some_and(|product| (1..=MAX_ELEMENTS).contains(&product));
    if around.len() != 2 * blocks.len() || rank < blocks.len() + 1 || !fits {
        return Err(misfit(call));
    }
    Ok(Blocks {
        sizes: blocks,
        around: around
            .chunks_exact(2)
            .map(|pair| [pair[0], pair[1]])
            .collect(),
    })
}

/// Positions within blocks go to the batch: `[n, s·b.., rest]` becomes `[b..·n, s.., rest]`.
fn space_to_batch(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (blocks, shape) = (blocks(call)?, call.shape(0)?);
    let count = blocks.sizes.len();
    let padded: Vec<_> = (0..count)
        .map(|i| shape[i + 1] + blocks.around[i][0] + blocks.around[i][1])
        .collect();
    if padded
        .iter()
        .zip(&blocks.sizes)
        .any(|(size, block)| size % block != 0)
    {
        return Err(misfit(call));
    }
    let mut apart = vec![shape[0]];
    let mut together = vec![shape[0] * blocks.sizes.iter().product::<usize>()];
    for (size, &block) in padded.iter().zip(&blocks.sizes) {
        apart.extend([size / block, block]);
        together.push(size / block);
    }
    let rest = &shape[count + 1..];
    apart.extend(rest);
    together.extend(rest);
    let order = (0..count)
        .map(|i| 2 * i + 2)
        .chain([0])
        .chain((0..count).map(|i| 2 * i + 1));
    let order: Vec<_> = order.chain(2 * count + 1..apart.len()).collect();
    let side = |i: usize| {
        let inner = blocks.around.iter().map(move |pair| pair[i] as i64);
        [0].into_iter().chain(inner).chain(rest.iter().map(|_| 0))
    };
    let pads: Vec<_> = side(0).chain(side(1)).collect();
    // Zeros are padded among numbers: what stands for 0 depends on the scale.
    let x = call.real(0)?;
    let pads = call.list("pads", &pads);
    let x = call.node("Pad", &[&x, &pads], NONE);
    let y = regrouped(call, &x, &apart, &order, &together);
    call.give(0, &y)
}

/// The other way round: `[b..·n, s.., rest]` becomes `[n, s·b.., rest]`, cropped.
fn batch_to_space(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (blocks, shape) = (blocks(call)?, call.shape(0)?);
    let (count, product) = (blocks.sizes.len(), blocks.sizes.iter().product::<usize>());
    if shape[0] % product != 0 {
        return Err(misfit(call));
    }
    let rest = &shape[count + 1..];
    let apart: Vec<_> = blocks
        .sizes
        .iter()
        .chain([&(shape[0] / product)])
        .chain(&shape[1..])
        .copied()
        .collect();
    let mut order = vec![count];
    let mut together = vec![shape[0] / product];
    for (i, &block) in blocks.sizes.iter().enumerate() {
        order.extend([count + 1 + i, i]);
        together.push(shape[i + 1] * block);
    }
    order.extend(2 * count + 1..apart.len());
    let ranges: Vec<_> = (0..count)
        .map(|i| blocks.around[i][0]..together[i + 1].saturating_sub(blocks.around[i][1]))
        .collect();
    if ranges.iter().any(|range| range.start > range.end) {
        return Err(misfit(call));
    }
    together.extend(rest);
    call.moved(0, |call, x| {
        let mut y = regrouped(call, x, &apart, &order, &together);
        for (i, range) in ranges.into_iter().enumerate() {
            if range != (0..together[i + 1]) {
                y = call.range(&y, i + 1, range);
            }
        }
        Ok(y)
    })
}
