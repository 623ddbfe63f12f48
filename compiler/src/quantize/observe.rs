//! What values tensors take: the network is interpreted on every sample, with the tensors in question as its outputs.

use super::data::Samples;
use super::fragment::{self, Values};
use super::net::Net;
use super::parallel;
use super::sanity::Sanity;
use super::signal::is_usable;
use crate::diag::Diags;
use crate::interp;
use crate::tensor::Tensor;
use std::collections::{HashMap, HashSet};

/// Bins of a histogram: many more than there are numbers of 8 bits, so that a range can be judged by counts alone.
const BINS: usize = 4096;
/// At most so many samples are kept whole, to try layers on.
const KEPT: usize = 50;
/// And so many bytes of them.
const KEPT_BYTES: usize = 256 << 20;

/// How often a tensor takes which values: bins of equal width over a range that is symmetric around 0 and doubles as
/// need be.
#[derive(Clone, Debug)]
pub(super) struct Histogram {
    /// The ends are at minus and plus this.
    limit: f32,
    counts: Vec<u64>,
    /// The least value.
    pub(super) min: f32,
    /// The greatest value.
    pub(super) max: f32,
}

impl Default for Histogram {
    fn default() -> Self {
        Histogram {
            limit: 0.0,
            counts: vec![0; BINS],
            min: f32::INFINITY,
            max: f32::NEG_INFINITY,
        }
    }
}

impl Histogram {
    /// Counts values; those that are not finite do not count.
    pub(super) fn add(&mut self, values: &[f32]) {
        for &x in values.iter().filter(|x| x.is_finite()) {
            self.min = self.min.min(x);
            self.max = self.max.max(x);
        }
        self.reach(self.max.max(-self.min));
        let (limit, per_bin) = (self.limit, BINS as f32 / (2.0 * self.limit));
        for &x in values.iter().filter(|x| x.is_finite()) {
            let bin = ((x + limit) * per_bin) as usize;
            self.counts[bin.min(BINS - 1)] += 1;
        }
    }

    /// Counts what another histogram has counted.
    pub(super) fn merge(&mut self, other: &Histogram) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.reach(other.limit);
        let per_bin = BINS as f32 / (2.0 * self.limit.max(f32::MIN_POSITIVE));
        for (x, count) in other.bins() {
            let bin = ((x + self.limit) * per_bin) as usize;
            self.counts[bin.min(BINS - 1)] += count;
        }
    }

    /// Doubles the range until `x` is in it.
    fn reach(&mut self, x: f32) {
        if self.limit == 0.0 {
            // A power of two, so that histograms of like tensors have the same bins.
            self.limit = x.max(f32::MIN_POSITIVE).log2().ceil().exp2();
        }
        while self.limit < x {
            let mut wider = vec![0; BINS];
            for (i, count) in self.counts.iter().enumerate() {
                wider[BINS / 4 + i / 2] += count;
            }
            self.counts = wider;
            self.limit *= 2.0;
        }
    }

    /// Centres and counts of the bins that are not empty, in order.
    pub(super) fn bins(&self) -> impl Iterator<Item = (f32, u64)> {
        let width = 2.0 * self.limit / BINS as f32;
        let centre = move |i: usize| (i as f32 + 0.5) * width - self.limit;
        let bins = self
            .counts
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        bins.map(move |(i, count)| (centre(i), *count))
    }

    /// How many values were counted.
    pub(super) fn total(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// What was seen.
#[derive(Default)]
pub(super) struct Observed {
    /// For each tensor that is asked for.
    pub(super) histograms: HashMap<String, Histogram>,
    /// All tensors of some samples, spread evenly.
    pub(super) kept: Values,
    /// How many samples these are.
    pub(super) samples: usize,
    /// Tensors with elements that are not finite, or too large to be squared: masks above all.
    pub(super) unfit: HashSet<String>,
}

/// Interprets the network on samples and notes what it computes; `progress` hears the number of each sample when it
/// is done.
pub(super) fn observe(
    net: &Net,
    samples: &Samples,
    progress: &dyn Fn(usize),
) -> Result<Observed, Diags> {
    let computed = net.nodes().iter().flat_map(|node| &node.outputs);
    let tensors: Vec<String> = computed
        .filter(|name| net.types.contains_key(*name))
        .cloned()
        .collect();
    let program = fragment::program(&net.showing(&tensors))?;
    let given = net.inputs().into_iter().map(|(name, _)| name);
    let names: Vec<String> = given.chain(tensors).collect();
    let sanity = Sanity::new(net, &names);
    let (mut observed, count) = (Observed::default(), samples.inputs.len());
    let kept = kept(net, &names, count);
    let run = |i: usize| {
        let inputs = &samples.inputs[i];
        let tensors = [inputs.clone(), interp::run(&program, inputs)?].concat();
        let checked = sanity.check(&tensors);
        checked.map_err(|diag| diag.note(samples.place(i)))?;
        Ok(tensors)
    };
    for first in (0..count).step_by(parallel::threads()) {
        let batch = parallel::threads().min(count - first);
        for (i, tensors) in (first..).zip(parallel::map(batch, |i| run(first + i))?) {
            let keeps = i * kept / count != (i + 1) * kept / count;
            for (name, tensor) in names.iter().zip(tensors) {
                observed.note(name, tensor, keeps);
            }
            observed.samples += usize::from(keeps);
        }
        progress(first + batch);
    }
    Ok(observed)
}

/// How many samples to keep.
fn kept(net: &Net, names: &[String], samples: usize) -> usize {
    let types = names.iter().filter_map(|name| net.types.get(name));
    let bytes: usize = types.map(|ty| ty.bytes()).sum();
    (KEPT_BYTES / bytes.max(1)).clamp(1, KEPT.min(samples.max(1)))
}

impl Observed {
    fn note(&mut self, name: &str, tensor: Tensor, keeps: bool) {
        if let Some(values) = tensor.values::<f32>() {
            self.histograms
                .entry(name.to_owned())
                .or_default()
                .add(values);
            if !values.iter().all(|&x| is_usable(x)) {
                self.unfit.insert(name.to_owned());
            }
        }
        if keeps {
            self.kept.entry(name.to_owned()).or_default().push(tensor);
        }
    }

    /// The histogram of several tensors together.
    pub(super) fn together(&self, tensors: &[String]) -> Histogram {
        let mut sum = Histogram::default();
        tensors
            .iter()
            .filter_map(|name| self.histograms.get(name))
            .for_each(|h| sum.merge(h));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_histogram_widens_and_keeps_its_counts() {
        let mut h = Histogram::default();
        h.add(&[0.0, 0.5, -0.5, f32::NAN]);
        h.add(&[100.0]);
        let mut other = Histogram::default();
        other.add(&[-3.0, 0.0]);
        h.merge(&other);
        assert_eq!((h.min, h.max, h.total()), (-3.0, 100.0, 6));
        let near = |x: f32| {
            h.bins()
                .filter(|(c, _)| (c - x).abs() < 0.1)
                .map(|(_, n)| n)
                .sum::<u64>()
        };
        assert_eq!(
            [near(0.0), near(0.5), near(-0.5), near(-3.0), near(100.0)],
            [2, 1, 1, 1, 1]
        );
    }

    #[test]
    fn zeros_alone_are_counted() {
        let mut h = Histogram::default();
        h.add(&[0.0; 3]);
        assert_eq!((h.min, h.max, h.total()), (0.0, 0.0, 3));
    }
}
