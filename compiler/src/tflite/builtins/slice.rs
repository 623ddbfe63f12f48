//! Parts of tensors: by range, by steps, backwards, in equal or given lengths.

use super::super::call::{Call, NONE, int, sizes};
use super::super::schema::{
    BuiltinOperator as B, ReverseSequenceOptions, StridedSliceOptions, UnpackOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::ReverseSequence, reverse_sequence),
    builtin(B::ReverseV2, reverse),
    builtin(B::Slice, slice),
    builtin(B::Split, split),
    builtin(B::SplitV, split_v),
    builtin(B::StridedSlice, strided_slice),
    builtin(B::Unpack, unpack),
];

/// A part of one axis.
#[derive(Clone, Copy)]
struct Part {
    axis: usize,
    first: i64,
    end: i64,
    step: i64,
}

impl Call<'_, '_, '_> {
    fn part(&mut self, x: &str, parts: &[Part]) -> String {
        let firsts = self.list(
            "first",
            &parts.iter().map(|part| part.first).collect::<Vec<_>>(),
        );
        let ends = self.list(
            "end",
            &parts.iter().map(|part| part.end).collect::<Vec<_>>(),
        );
        let axes = self.list(
            "axes",
            &parts
                .iter()
                .map(|part| part.axis as i64)
                .collect::<Vec<_>>(),
        );
        let steps = self.list(
            "steps",
            &parts.iter().map(|part| part.step).collect::<Vec<_>>(),
        );
        self.node("Slice", &[x, &firsts, &ends, &axes, &steps], NONE)
    }

    /// A range of one axis.
    pub(super) fn range(&mut self, x: &str, axis: usize, range: std::ops::Range<usize>) -> String {
        let (first, end) = (range.start as i64, range.end as i64);
        self.part(
            x,
            &[Part {
                axis,
                first,
                end,
                step: 1,
            }],
        )
    }

    /// An axis backwards.
    pub(super) fn reversed(&mut self, x: &str, axis: usize) -> String {
        self.part(x, &[backwards(axis)])
    }
}

fn backwards(axis: usize) -> Part {
    Part {
        axis,
        first: -1,
        end: i64::MIN,
        step: -1,
    }
}

fn reverse(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let axes = call.integers(1)?;
    let parts = axes.iter().map(|&axis| Ok(backwards(call.axis(0, axis)?)));
    let parts = parts.collect::<Result<Vec<_>, Diag>>()?;
    call.moved(0, |call, x| Ok(call.part(x, &parts)))
}

fn reverse_sequence(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: ReverseSequenceOptions = call.options()?;
    let lengths = call.raw(1)?;
    let lengths = call.cast(&lengths, crate::tensor::DType::I64);
    let axes = vec![
        int("time_axis", options.seq_dim.into()),
        int("batch_axis", options.batch_dim.into()),
    ];
    call.moved(0, |call, x| {
        Ok(call.node("ReverseSequence", &[x, &lengths], axes))
    })
}

fn slice(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (shape, firsts, lengths) = (call.shape(0)?, call.integers(1)?, call.integers(2)?);
    if firsts.len() != shape.len() || lengths.len() != shape.len() {
        return Err(call.wrong(
            0,
            "bad-rank",
            format!("a place and a size for each of {shape:?} are needed"),
        ));
    }
    let parts = shape.iter().enumerate().map(|(axis, &size)| {
        let (first, size) = (firsts[axis], size as i64);
        let length = if lengths[axis] == -1 {
            size - first
        } else {
            lengths[axis]
        };
        let fits = first >= 0 && length >= 0 && first <= size && length <= size - first;
        let end = first.saturating_add(length);
        fits.then_some(Part {
            axis,
            first,
            end,
            step: 1,
        })
    });
    let parts = parts.collect::<Option<Vec<_>>>();
    let parts = parts
        .ok_or_else(|| call.wrong(0, "bad-range", format!("the part lies outside {shape:?}")))?;
    call.moved(0, |call, x| Ok(call.part(x, &parts)))
}

fn strided_slice(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: StridedSliceOptions = call.options()?;
    let (firsts, ends, steps) = (call.integers(1)?, call.integers(2)?, call.integers(3)?);
    if firsts.len() != ends.len() || firsts.len() != steps.len() || steps.contains(&0) {
        return Err(call.wrong(
            0,
            "bad-range",
            "as many ends and steps as beginnings are needed, no step of 0",
        ));
    }
    let shape = call.shape(0)?;
    let spec = Spec {
        options: &options,
        firsts: &firsts,
        ends: &ends,
        steps: &steps,
    };
    let parts = spec
        .parts(shape)
        .ok_or_else(|| call.wrong(0, "bad-range", format!("the part does not fit {shape:?}")))?;
    let to = sizes(&call.output(0)?.shape);
    call.moved(0, |call, x| {
        let part = call.part(x, &parts);
        // Axes that are added or dropped have one element each.
        Ok(call.reshape(&part, &to))
    })
}

/// What a strided slice says, entry by entry; the bits of masks belong to entries.
struct Spec<'a> {
    options: &'a StridedSliceOptions,
    firsts: &'a [i64],
    ends: &'a [i64],
    steps: &'a [i64],
}

impl Spec<'_> {
    /// Parts of axes, if the entries are for such a shape.
    fn parts(&self, shape: &[usize]) -> Option<Vec<Part>> {
        let is_set = |mask: i32, entry: usize| entry < 32 && mask >> entry & 1 == 1;
        let added = (0..self.firsts.len())
            .filter(|&i| is_set(self.options.new_axis_mask, i))
            .count();
        let mut axis = 0;
        let mut parts = Vec::new();
        for entry in 0..self.firsts.len() {
            if is_set(self.options.ellipsis_mask, entry) {
                axis += (shape.len() + added + 1).checked_sub(self.firsts.len())?;
                continue;
            }
            if is_set(self.options.new_axis_mask, entry) {
                continue;
            }
            parts.push(self.part(entry, axis, *shape.get(axis)? as i64, is_set));
            axis += 1;
        }
        (axis <= shape.len()).then_some(parts)
    }

    fn part(
        &self,
        entry: usize,
        axis: usize,
        size: i64,
        is_set: impl Fn(i32, usize) -> bool,
    ) -> Part {
        let (first, mut end, step) = (self.firsts[entry], self.ends[entry], self.steps[entry]);
        if self.options.offset {
            end = end.saturating_add(first);
        }
        if is_set(self.options.shrink_axis_mask, entry) {
            let end = if first == -1 {
                i64::MAX
            } else {
                first.saturating_add(1)
            };
            return Part {
                axis,
                first,
                end,
                step: 1,
            };
        }
        let (open_first, open_end) = if step > 0 {
            (0, size)
        } else {
            (size - 1, i64::MIN)
        };
        let first = if is_set(self.options.begin_mask, entry) {
            open_first
        } else {
            first
        };
        let end = if is_set(self.options.end_mask, entry) {
            open_end
        } else {
            end
        };
        Part {
            axis,
            first,
            end,
            step,
        }
    }
}

fn split(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let axis = call.integers(0)?;
    let axis = call.axis(1, axis.first().copied().unwrap_or(0))?;
    let (count, size) = (call.outputs(), call.shape(1)?[axis]);
    if count == 0 || size % count != 0 {
        return Err(call.wrong(
            1,
            "shape-mismatch",
            format!("{size} cannot be split into {count} equal parts"),
        ));
    }
    divided(call, 1, axis, vec![(size / count) as i64; count])
}

fn split_v(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let (mut lengths, axis) = (call.integers(1)?, call.integers(2)?);
    let axis = call.axis(0, axis.first().copied().unwrap_or(0))?;
    let size = call.shape(0)?[axis] as i64;
    let known: i64 = lengths
        .iter()
        .filter(|&&length| length >= 0)
        .fold(0, |sum, &length| sum.saturating_add(length));
    // One length may be left open.
    lengths
        .iter_mut()
        .filter(|length| **length < 0)
        .for_each(|length| *length = size - known);
    divided(call, 0, axis, lengths)
}

fn divided(
    call: &mut Call<'_, '_, '_>,
    i: usize,
    axis: usize,
    lengths: Vec<i64>,
) -> Result<(), Diag> {
    if lengths.len() != call.outputs() {
        return Err(call.wrong(
            i,
            "shape-mismatch",
            "there are not as many outputs as parts",
        ));
    }
    let x = call.raw(i)?;
    let split = call.list("lengths", &lengths);
    let parts = call.nodes(
        "Split",
        &[&x, &split],
        vec![int("axis", axis as i64)],
        lengths.len(),
    );
    parts
        .iter()
        .enumerate()
        .try_for_each(|(i, part)| call.give_raw(i, part))
}

fn unpack(call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let options: UnpackOptions = call.options()?;
    let axis = call.axis(0, options.axis.into())?;
    let (x, count) = (call.raw(0)?, call.outputs());
    let lengths = call.list("lengths", &vec![1; count]);
    let parts = call.nodes(
        "Split",
        &[&x, &lengths],
        vec![int("axis", axis as i64)],
        count,
    );
    let axes = call.list("axes", &[axis as i64]);
    for (i, part) in parts.iter().enumerate() {
        let part = call.node("Squeeze", &[part, &axes], NONE);
        call.give_raw(i, &part)?;
    }
    Ok(())
}
