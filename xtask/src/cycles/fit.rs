//! Rates of a kernel from steps of it: least squares, with no rate below zero.
//!
//! Errors are relative, but those of long steps count for more: they make up what a network takes.

use mlc_codegen::cost::{AMOUNTS, Rates, Work};

const COUNT: usize = AMOUNTS.len();

/// Of several sets of amounts that explain steps alike, the smaller one is taken: each amount must lessen the error so much.
const WORTH: f64 = 0.9;

/// A step, and the cycles that it took.
pub(super) struct Sample {
    pub(super) work: Work,
    pub(super) cycles: u64,
}

/// The rates that explain the steps best. All subsets of the amounts are tried, since there are few.
pub(super) fn rates(samples: &[Sample]) -> Rates {
    let mut best = ([0.0; COUNT], f64::INFINITY);
    let mut subsets: Vec<u32> = (1..1 << COUNT).collect();
    subsets.sort_by_key(|subset| subset.count_ones());
    for subset in subsets {
        let size = subset.count_ones() as usize;
        // As many amounts as steps would explain anything.
        if size > 1 && size >= samples.len() {
            continue;
        }
        let Some(rates) = solve(subset, samples) else {
            continue;
        };
        let error = error(&rates, samples);
        if error < best.1 * WORTH {
            best = (rates, error);
        }
    }
    let rates = AMOUNTS.iter().zip(best.0).filter(|(_, rate)| *rate > 0.0);
    rates
        .map(|(name, rate)| (name.to_string(), rounded(rate)))
        .collect()
}

/// Four digits of a number.
fn rounded(rate: f64) -> f64 {
    format!("{rate:.3e}").parse().unwrap_or(rate)
}

/// What an error of a cycle in such a step counts.
fn weight(sample: &Sample) -> f64 {
    (sample.cycles.max(1) as f64).powf(-0.75)
}

/// The sum of the squares of errors.
fn error(rates: &[f64; COUNT], samples: &[Sample]) -> f64 {
    let errors = samples.iter().map(|sample| {
        let estimate: f64 = rates
            .iter()
            .zip(sample.work.amounts)
            .map(|(r, n)| r * n)
            .sum();
        (estimate - sample.cycles as f64) * weight(sample)
    });
    errors.map(|error| error * error).sum()
}

/// The best rates of a subset of the amounts; none if they leave a choice, or one would not be above zero.
fn solve(subset: u32, samples: &[Sample]) -> Option<[f64; COUNT]> {
    let chosen: Vec<usize> = (0..COUNT).filter(|i| subset >> i & 1 == 1).collect();
    let size = chosen.len();
    // The normal equations, with their right side as the last column.
    let mut rows = vec![vec![0.0; size + 1]; size];
    for sample in samples {
        let share = |i: &usize| sample.work.amounts[*i] * weight(sample);
        let mut shares: Vec<f64> = chosen.iter().map(share).collect();
        shares.push(sample.cycles as f64 * weight(sample));
        for (row, share) in rows.iter_mut().zip(shares.clone()) {
            row.iter_mut()
                .zip(&shares)
                .for_each(|(cell, other)| *cell += share * other);
        }
    }
    let solution = eliminate(rows)?;
    let mut rates = [0.0; COUNT];
    for (i, rate) in chosen.into_iter().zip(solution) {
        rates[i] = rate;
        if rate <= 0.0 {
            return None;
        }
    }
    Some(rates)
}

/// The solution of linear equations, by Gauss and Jordan.
fn eliminate(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let size = rows.len();
    let diagonal: Vec<f64> = (0..size).map(|i| rows[i][i]).collect();
    for i in 0..size {
        let pivot = (i..size).max_by(|&a, &b| rows[a][i].abs().total_cmp(&rows[b][i].abs()))?;
        rows.swap(i, pivot);
        let lead = rows[i][i];
        if lead.abs() <= 1e-10 * diagonal[i] {
            return None;
        }
        rows[i].iter_mut().for_each(|cell| *cell /= lead);
        let pivot = rows[i].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(k, _)| *k != i) {
            let times = row[i];
            row.iter_mut()
                .zip(&pivot)
                .for_each(|(cell, of_pivot)| *cell -= times * of_pivot);
        }
    }
    Some(
        rows.into_iter()
            .filter_map(|row| row.last().copied())
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(amounts: [f64; COUNT], cycles: u64) -> Sample {
        Sample {
            work: Work {
                kernel: String::new(),
                amounts,
            },
            cycles,
        }
    }

    #[test]
    fn rates_are_found_again() {
        let elements = [
            7.0, 90.0, 20.0, 64.0, 33.0, 5.0, 120.0, 48.0, 77.0, 12.0, 60.0,
        ];
        let macs = (1..12).map(|n| f64::from(n * (n % 5 + 1)) * 100.0);
        let both = macs.zip(elements);
        let samples = both.map(|(macs, elements)| {
            let cycles = 300.0 + 2.0 * macs + 11.0 * elements;
            sample(
                [1.0, 1.0, 1.0, elements, 0.0, 0.0, macs, 0.0, 0.0],
                cycles as u64,
            )
        });
        let samples: Vec<_> = samples.collect();
        let found = rates(&samples);
        let near = |name: &str, rate: f64| (found[name] - rate).abs() < 0.02 * rate;
        assert!(near("macs", 2.0) && near("elements", 11.0), "{found:?}");
    }

    #[test]
    fn a_single_step_has_a_single_rate() {
        let one = sample([1.0, 5.0, 5.0, 50.0, 50.0, 0.0, 0.0, 0.0, 0.0], 500);
        assert_eq!(rates(&[one]).len(), 1);
    }
}
