//! Which range of a tensor's values to keep: four ways to judge by a histogram.
//!
//! A wide range makes the steps coarse, a narrow one cuts off what lies outside. Which error costs more depends on
//! what is computed from the tensor, so the module `choose` tries what these propose.

use super::observe::Histogram;
use super::params::Precision;
use serde::Serialize;

/// A way to find a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Estimator {
    /// From the least to the greatest value.
    MinMax,
    /// Without the outermost values at both ends, one in ten thousand together.
    Percentile,
    /// The range whose quantised distribution tells most about the original one, by the divergence of Kullback and
    /// Leibler: S. Migacz, *8-bit Inference with TensorRT*, GPU Technology Conference 2017.
    Entropy,
    /// The range that gives the least mean square error.
    Mse,
}

impl Estimator {
    /// Every way there is.
    pub const ALL: [Estimator; 4] = [
        Estimator::MinMax,
        Estimator::Percentile,
        Estimator::Entropy,
        Estimator::Mse,
    ];

    /// The range that it proposes, from the least to the greatest value to be kept.
    pub(super) fn range(self, histogram: &Histogram, precision: Precision) -> (f32, f32) {
        if histogram.min > histogram.max {
            return (0.0, 0.0);
        }
        let whole = (histogram.min.min(0.0), histogram.max.max(0.0));
        let (least, greatest) = precision.limits();
        let levels = (greatest - least + 1) as usize;
        match self {
            Estimator::MinMax => whole,
            Estimator::Percentile => percentile(histogram, whole),
            Estimator::Entropy => entropy(histogram, whole, levels),
            Estimator::Mse => least_error(histogram, whole, levels),
        }
    }
}

/// What part of all values is cut off.
const CUT_OFF: f64 = 1e-4;

fn percentile(histogram: &Histogram, (lo, hi): (f32, f32)) -> (f32, f32) {
    let bins: Vec<_> = histogram.bins().collect();
    let allowed = (histogram.total() as f64 * CUT_OFF / 2.0) as u64;
    let low = beyond(bins.iter(), allowed);
    let high = beyond(bins.iter().rev(), allowed);
    (low.clamp(lo, 0.0), high.clamp(0.0, hi))
}

/// The first bin that has more than `allowed` values up to there.
fn beyond<'a>(bins: impl Iterator<Item = &'a (f32, u64)>, allowed: u64) -> f32 {
    let mut passed = 0;
    let mut sums = bins.map(|(centre, count)| {
        passed += count;
        (*centre, passed)
    });
    sums.find(|(_, passed)| *passed > allowed)
        .map_or(0.0, |(centre, _)| centre)
}

/// In how many steps a range is narrowed.
const STEPS: usize = 64;

/// Cuts both ends at the same distance from 0.
fn entropy(histogram: &Histogram, (lo, hi): (f32, f32), levels: usize) -> (f32, f32) {
    let bins: Vec<_> = histogram.bins().collect();
    let candidates = (STEPS / 8..=STEPS).map(|step| {
        let limit = hi.max(-lo) * step as f32 / STEPS as f32;
        (lo.max(-limit), hi.min(limit))
    });
    let judged = candidates.map(|range| (divergence(&bins, range, levels), range));
    judged
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or((lo, hi), |(_, range)| range)
}

/// The divergence of the distribution that remains after quantisation from the one cut to the range.
fn divergence(bins: &[(f32, u64)], (lo, hi): (f32, f32), levels: usize) -> f64 {
    let step = ((hi - lo) / (levels - 1) as f32).max(f32::MIN_POSITIVE);
    let level = |x: f32| (((x.clamp(lo, hi) - lo) / step).round() as usize).min(levels - 1);
    let inside = |x: f32| (lo..=hi).contains(&x);
    // What is cut off counts for the ends in the reference, but is not there any more in what is left of it.
    let mut left = vec![(0_u64, 0_u32); levels];
    for &(x, count) in bins.iter().filter(|(x, _)| inside(*x)) {
        let (sum, of) = &mut left[level(x)];
        (*sum, *of) = (*sum + count, *of + 1);
    }
    let (total, kept) = bins.iter().fold((0, 0), |(total, kept), &(x, count)| {
        (total + count, kept + if inside(x) { count } else { 0 })
    });
    let cut = |end: f32, beyond: &dyn Fn(f32) -> bool| {
        let count: u64 = bins
            .iter()
            .filter(|(x, _)| beyond(*x))
            .map(|(_, n)| n)
            .sum();
        (end, count)
    };
    let (below, above) = (cut(lo, &|x| x < lo), cut(hi, &|x| x > hi));
    let first = bins.iter().position(|(x, _)| inside(*x));
    let last = bins.iter().rposition(|(x, _)| inside(*x));
    let mut sum = 0.0;
    for (i, &(x, count)) in bins.iter().enumerate().filter(|(_, (x, _))| inside(*x)) {
        let at_end =
            |end: Option<usize>, (_, extra): (f32, u64)| if end == Some(i) { extra } else { 0 };
        let p = (count + at_end(first, below) + at_end(last, above)) as f64 / total as f64;
        let (level_sum, of) = left[level(x)];
        let q = level_sum as f64 / f64::from(of.max(1)) / kept.max(1) as f64;
        sum += p * (p / q.max(f64::MIN_POSITIVE)).ln();
    }
    if kept == 0 { f64::INFINITY } else { sum }
}

/// Narrows both ends towards 0, each on its own, for the least mean square error.
fn least_error(histogram: &Histogram, (lo, hi): (f32, f32), levels: usize) -> (f32, f32) {
    let bins: Vec<_> = histogram.bins().collect();
    let (below, above) = (Tail::new(&bins, |x| -x), Tail::new(&bins, |x| x));
    let parts = || (STEPS / 8..=STEPS).map(|step| step as f32 / STEPS as f32);
    let total = histogram.total() as f64;
    let error = |range: (f32, f32)| {
        let step = f64::from(range.1 - range.0) / (levels - 1) as f64;
        total * step * step / 12.0 + below.error(-range.0) + above.error(range.1)
    };
    let ranges = parts().flat_map(|a| parts().map(move |b| (lo * a, hi * b)));
    ranges
        .min_by(|a, b| error(*a).total_cmp(&error(*b)))
        .unwrap_or((lo, hi))
}

/// Sums over the values beyond a limit, from which the error of cutting there follows at once.
struct Tail {
    /// Distances from 0, falling, with sums over all up to there: of counts, of values and of squares.
    sums: Vec<(f32, [f64; 3])>,
}

impl Tail {
    fn new(bins: &[(f32, u64)], distance: impl Fn(f32) -> f32) -> Self {
        let mut values: Vec<_> = bins.iter().map(|&(x, n)| (distance(x), n as f64)).collect();
        values.retain(|(x, _)| *x > 0.0);
        values.sort_by(|a, b| b.0.total_cmp(&a.0));
        let mut sum = [0.0; 3];
        let sums = values.into_iter().map(|(x, n)| {
            let value = f64::from(x);
            sum = [sum[0] + n, sum[1] + n * value, sum[2] + n * value * value];
            (x, sum)
        });
        Tail {
            sums: sums.collect(),
        }
    }

    /// The sum of `(x − limit)²` over all values beyond the limit.
    fn error(&self, limit: f32) -> f64 {
        let beyond = self.sums.partition_point(|(x, _)| *x > limit);
        let sums = beyond.checked_sub(1).and_then(|last| self.sums.get(last));
        let limit = f64::from(limit);
        sums.map_or(0.0, |(_, [n, x, xx])| {
            xx - 2.0 * limit * x + limit * limit * n
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bell with one value far out.
    fn outlier() -> Histogram {
        let mut values: Vec<f32> = (1..50_000)
            .map(|i| {
                let u = i as f32 / 50_000.0;
                (u / (1.0 - u)).ln()
            })
            .collect();
        values.push(100.0);
        let mut h = Histogram::default();
        h.add(&values);
        h
    }

    #[test]
    fn what_is_far_out_is_cut_off_by_all_but_min_max() {
        let h = outlier();
        assert_eq!(Estimator::MinMax.range(&h, Precision::Int8).1, 100.0);
        for estimator in [Estimator::Percentile, Estimator::Entropy] {
            let (_, hi) = estimator.range(&h, Precision::Int8);
            assert!(hi < 60.0, "{estimator:?} {hi}");
        }
    }

    #[test]
    fn the_least_error_is_least_among_all() {
        let h = outlier();
        let error = |range: (f32, f32)| {
            let params = super::super::params::Params::of_range(range, Precision::Int8);
            h.bins()
                .map(|(x, n)| n as f64 * f64::from(params.round(x) - x).powi(2))
                .sum::<f64>()
        };
        let best = error(Estimator::Mse.range(&h, Precision::Int8));
        for estimator in Estimator::ALL {
            assert!(
                best <= error(estimator.range(&h, Precision::Int8)) * 1.1,
                "{estimator:?}"
            );
        }
    }

    #[test]
    fn ranges_hold_zero_and_stay_within_what_was_seen() {
        let mut positive = Histogram::default();
        positive.add(&(0..1000).map(|i| i as f32 / 100.0).collect::<Vec<_>>());
        for estimator in Estimator::ALL {
            let (lo, hi) = estimator.range(&positive, Precision::Int8);
            assert!(
                lo == 0.0 && hi > 5.0 && hi <= 9.991,
                "{estimator:?} {lo} {hi}"
            );
            assert_eq!(
                estimator.range(&Histogram::default(), Precision::Int8),
                (0.0, 0.0)
            );
        }
    }
}
