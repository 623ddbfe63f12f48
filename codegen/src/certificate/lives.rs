//! What steps use, counted anew: how long each buffer is needed, how many of its bytes, and that nothing is read which
//! was not written.

use super::check::wrong;
use super::{Buffer, Certificate, Holds, Operand};
use mlc_compiler::diag::Diag;
use std::collections::BTreeMap;
use std::ops::Range;

/// What a step does with part of a buffer.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

/// What is known of a buffer after all steps.
#[derive(Default)]
struct LiveRange {
    /// The first and last moment.
    moments: Option<(usize, usize)>,
    /// Bytes from its start, as a whole.
    end: usize,
    align: usize,
    /// Whether anybody writes it.
    changes: bool,
    /// Its bytes that were written: apart from each other, by their starts.
    written: Vec<Range<usize>>,
}

impl Certificate {
    /// Whatever of the buffers is not as steps use them.
    pub(super) fn misused(&self) -> Vec<Diag> {
        let mut lives: Vec<_> = self.buffers.iter().map(|b| self.at_first(b)).collect();
        let mut problems = Vec::new();
        for (moment, access, operand) in self.accesses() {
            match (
                self.buffers.get(operand.buffer),
                lives.get_mut(operand.buffer),
            ) {
                (Some(buffer), Some(life)) => {
                    let problem = life.meet(moment, access, operand, buffer);
                    problems.extend(problem.map(|what| wrong(&buffer.name, &what)));
                }
                _ => problems.push(wrong(
                    &moment_name(moment),
                    "it uses a buffer that is not there",
                )),
            }
        }
        for segment in &self.segments {
            let tensors = segment.tensors.iter().map(|tensor| tensor.buffer);
            for buffer in tensors.chain(segment.scratch(self)) {
                if let Some(life) = lives.get_mut(buffer) {
                    life.touch(segment.first);
                    life.touch(segment.last);
                }
            }
        }
        let windows = self.windows();
        for (i, (buffer, life)) in self.buffers.iter().zip(&lives).enumerate() {
            let bytes = windows.get(&i).copied().unwrap_or(life.end);
            problems.extend(
                life.differs(buffer, bytes)
                    .map(|what| wrong(&buffer.name, &what)),
            );
        }
        problems
    }

    /// What is known of a buffer before anything happens.
    fn at_first(&self, buffer: &Buffer) -> LiveRange {
        match buffer.holds {
            Holds::Tensor => LiveRange::default(),
            Holds::State | Holds::Weights => LiveRange {
                moments: Some((0, self.end())),
                written: std::iter::once(0..buffer.bytes).collect(),
                ..LiveRange::default()
            },
        }
    }

    /// The moment after the last step.
    pub(super) fn end(&self) -> usize {
        self.steps.len() + 1
    }

    /// Everything that happens, in order.
    fn accesses(&self) -> impl Iterator<Item = (usize, Access, &Operand)> {
        let fed = self
            .segments
            .first()
            .filter(|s| s.fed)
            .map_or(0, |s| s.first);
        let of = |moment: usize, access: Access| move |operand| (moment, access, operand);
        let inputs = self.inputs.iter().map(of(fed, Access::Write));
        let steps = self.steps.iter().zip(1..).flat_map(move |(step, moment)| {
            let reads = step.reads.iter().chain(&step.updates);
            let writes = step.updates.iter().chain(&step.writes);
            let reads = reads.map(of(moment, Access::Read));
            reads.chain(writes.map(of(moment, Access::Write)))
        });
        let outputs = self.outputs.iter().map(of(self.end(), Access::Read));
        inputs.chain(steps).chain(outputs)
    }

    /// Bytes of the buffers of which less than the whole is in memory.
    fn windows(&self) -> BTreeMap<usize, usize> {
        let tensors = self.segments.iter().flat_map(|s| &s.tensors);
        let partial = tensors.filter(|t| t.window < t.rows);
        partial
            .map(|t| (t.buffer, t.window.saturating_mul(t.row_bytes)))
            .collect()
    }
}

fn moment_name(moment: usize) -> String {
    format!("step {moment}")
}

impl LiveRange {
    fn touch(&mut self, moment: usize) {
        let (first, last) = self.moments.unwrap_or((moment, moment));
        self.moments = Some((first.min(moment), last.max(moment)));
    }

    /// Takes note of a use; what is wrong with it.
    fn meet(
        &mut self,
        moment: usize,
        access: Access,
        operand: &Operand,
        buffer: &Buffer,
    ) -> Option<String> {
        let &Operand {
            at, bytes, align, ..
        } = operand;
        let step = moment_name(moment);
        let Some(end) = at.checked_add(bytes).filter(|_| bytes > 0) else {
            return Some(format!("{step} uses no bytes of it, or too many"));
        };
        self.touch(moment);
        self.end = self.end.max(end);
        self.align = self.align.max(align);
        if align == 0 || !buffer.offset.saturating_add(at).is_multiple_of(align) {
            return Some(format!("{step} uses a part that is not aligned"));
        }
        match access {
            Access::Read if !self.covers(at..end) => {
                return Some(format!("{step} reads what was not written"));
            }
            Access::Read => {}
            Access::Write => self.write(at..end),
        }
        None
    }

    fn covers(&self, bytes: Range<usize>) -> bool {
        let mut within = self.written.iter();
        within.any(|w| w.start <= bytes.start && bytes.end <= w.end)
    }

    fn write(&mut self, bytes: Range<usize>) {
        self.changes = true;
        let meets = |w: &Range<usize>| w.start <= bytes.end && bytes.start <= w.end;
        let joined = self.written.iter().filter(|w| meets(w));
        let joined = joined.fold(bytes.clone(), |all, w| {
            all.start.min(w.start)..all.end.max(w.end)
        });
        self.written.retain(|w| !meets(w));
        self.written.push(joined);
    }

    /// How what the plan says of a buffer, which has so many bytes in memory, differs from what steps do.
    fn differs(&self, buffer: &Buffer, bytes: usize) -> Option<String> {
        let Some((first, last)) = self.moments.filter(|_| self.end > 0) else {
            return Some("nothing uses it".into());
        };
        if self.changes == (buffer.holds == Holds::Weights) {
            return Some("weights are written, or nothing else is".into());
        }
        if (first, last) != (buffer.first, buffer.last) {
            return Some(format!(
                "it is in use from step {first} to {last}, not from {} to {}",
                buffer.first, buffer.last
            ));
        }
        if bytes != buffer.bytes {
            return Some(format!("it takes {bytes} bytes, not {}", buffer.bytes));
        }
        (self.align != buffer.align).then(|| {
            format!(
                "it is aligned to {} bytes, not {}",
                self.align, buffer.align
            )
        })
    }
}
