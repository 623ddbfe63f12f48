//! Placements of buffers: the smallest there are, by a definition that tries everything.

use mlc_compiler::memory::place::{Buffer, best_fit, by_size, lower_bound, minimise};
use mlc_compiler::settings::Effort;
use mlc_tests::packing::{CAPACITY, Challenge};
use mlc_tests::random::Random;

fn small(seed: u64) -> Vec<Buffer> {
    let mut random = Random::new(seed);
    let count = 1 + random.below(6);
    let mut buffer = || {
        let lower = random.below(6);
        Buffer {
            lower,
            upper: lower + 1 + random.below(4),
            size: 1 + random.below(12),
            align: 1 << random.below(3),
        }
    };
    (0..count).map(|_| buffer()).collect()
}

/// Where each buffer lies if they are placed in that order, each as low as it can.
fn stacked(buffers: &[Buffer], order: &[usize]) -> usize {
    let mut placed: Vec<(usize, &Buffer)> = Vec::new();
    for buffer in order.iter().map(|&i| &buffers[i]) {
        let is_free = |at: &usize| {
            placed.iter().all(|(other_at, other)| {
                !other.meets(buffer)
                    || at + buffer.size <= *other_at
                    || other_at + other.size <= *at
            })
        };
        let at = (0..)
            .step_by(buffer.align)
            .find(is_free)
            .expect("somewhere above");
        placed.push((at, buffer));
    }
    placed.iter().map(|(at, b)| at + b.size).max().unwrap_or(0)
}

/// Of all placements one of the lowest has each buffer as low as it can be: it comes of some order.
fn optimum(buffers: &[Buffer], order: &mut Vec<usize>) -> usize {
    if order.len() == buffers.len() {
        return stacked(buffers, order);
    }
    let mut best = usize::MAX;
    for i in 0..buffers.len() {
        if !order.contains(&i) {
            order.push(i);
            best = best.min(optimum(buffers, order));
            order.pop();
        }
    }
    best
}

fn is_valid(buffers: &[Buffer], offsets: &[usize], height: usize) -> bool {
    let ends = |i: usize| offsets[i] + buffers[i].size;
    let apart = |i: usize, j: usize| {
        !buffers[i].meets(&buffers[j]) || ends(i) <= offsets[j] || ends(j) <= offsets[i]
    };
    (0..buffers.len()).all(|i| {
        ends(i) <= height
            && offsets[i].is_multiple_of(buffers[i].align)
            && (0..i).all(|j| apart(i, j))
    })
}

#[test]
fn small_instances_are_placed_as_low_as_can_be() {
    for seed in 0..3000 {
        let buffers = small(seed);
        let minimum = minimise(&buffers, Effort::default());
        let placement = &minimum.placement;
        assert!(
            is_valid(&buffers, &placement.offsets, placement.height),
            "seed {seed}"
        );
        assert!(minimum.proved, "seed {seed}");
        assert!(minimum.lower_bound <= placement.height, "seed {seed}");
        assert_eq!(
            placement.height,
            optimum(&buffers, &mut Vec::new()),
            "seed {seed}: {buffers:?}"
        );
    }
}

#[test]
fn large_instances_fit_their_capacity() {
    for seed in 0..6 {
        let challenge = Challenge {
            seed,
            buffers: 150,
            moments: 120,
            slack: 20,
        };
        let buffers = challenge.buffers();
        let minimum = minimise(&buffers, Effort::default());
        let Challenge { buffers: count, .. } = challenge;
        let placement = &minimum.placement;
        assert!(
            buffers.len() >= count && lower_bound(&buffers) == CAPACITY,
            "seed {seed}"
        );
        assert!(
            is_valid(&buffers, &placement.offsets, placement.height),
            "seed {seed}"
        );
        assert!(placement.height <= by_size(&buffers).height.min(best_fit(&buffers).height));
        assert_eq!(
            placement.height, CAPACITY,
            "seed {seed}, after {} nodes",
            minimum.nodes
        );
    }
}
