//! Assignments of made-up programs: whose buffers lie where, and what is said of those that do not fit.

use super::super::Lifetime;
use super::*;
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::scalar::ElementType;

/// A block: name, bytes, first and last moment, and bytes of traffic.
type Made = (&'static str, usize, [usize; 2], u64);

struct Subject {
    program: Program,
    blocks: BTreeMap<BufferId, Block>,
    traffic: Traffic,
}

fn subject(made: &[Made]) -> Subject {
    let mut program = Program::default();
    let mut blocks = BTreeMap::new();
    let mut traffic = Traffic::default();
    for &(name, size, [first, last], moved) in made {
        let id = program.add(crate::program::Buffer {
            name: name.into(),
            element: ElementType::U8,
            ty: TensorType::new(DType::U8, [size]),
            storage: crate::program::Storage::Arena,
            source: None,
        });
        let lifetime = Lifetime { first, last };
        blocks.insert(
            id,
            Block {
                arena: 0,
                offset: 0,
                size,
                align: 1,
                lifetime,
            },
        );
        traffic.set(id, moved);
    }
    Subject {
        program,
        blocks,
        traffic,
    }
}

fn regions(budgets: &[usize]) -> Regions {
    let names = ["fast", "slow", "slowest"];
    let region = |(&budget, name): (&usize, &str)| Region {
        name: name.into(),
        budget: Some(budget),
    };
    Regions {
        lent: budgets.iter().zip(names).map(region).collect(),
        hot_weights: None,
    }
}

/// The region of each block, in order; or what is said.
fn assigned(made: &[Made], budgets: &[usize]) -> Result<Vec<usize>, String> {
    let mut subject = subject(made);
    let regions = regions(budgets);
    assign(
        &subject.program,
        &mut subject.blocks,
        &subject.traffic,
        &regions,
    )
    .map_err(|diag| diag.to_string())?;
    Ok(subject.blocks.values().map(|block| block.arena).collect())
}

#[test]
fn hot_buffers_lie_in_fast_memory() {
    let made = [
        ("cold", 64, [0, 4], 64),
        ("hot", 64, [0, 4], 640),
        ("warm", 64, [0, 4], 128),
    ];
    assert_eq!(assigned(&made, &[64, 128]), Ok(vec![1, 0, 1]));
    assert_eq!(assigned(&made, &[128, 64]), Ok(vec![1, 0, 0]));
    assert_eq!(assigned(&made, &[192, 64]), Ok(vec![0, 0, 0]));
}

#[test]
fn bytes_are_shared_over_time_in_each_region() {
    let made = [
        ("a", 64, [0, 1], 64),
        ("b", 64, [2, 3], 64),
        ("c", 32, [0, 3], 32),
    ];
    assert_eq!(assigned(&made, &[64, 32]), Ok(vec![0, 0, 1]));
}

#[test]
fn what_is_too_large_for_fast_memory_lies_in_the_slow_one() {
    let made = [("large", 256, [0, 4], 2560), ("small", 64, [0, 4], 64)];
    assert_eq!(assigned(&made, &[64, 256]), Ok(vec![1, 0]));
}

#[test]
fn choices_are_taken_back_where_nothing_else_fits() {
    // The hottest first would fill the fast memory with `a`; then `c` fits nowhere.
    let made = [
        ("a", 32, [0, 4], 320),
        ("b", 32, [0, 4], 64),
        ("c", 64, [0, 4], 64),
    ];
    assert_eq!(assigned(&made, &[64, 64]), Ok(vec![0, 0, 1]));
    let made = [
        ("a", 48, [0, 4], 480),
        ("b", 64, [0, 4], 64),
        ("c", 16, [0, 4], 1),
    ];
    assert_eq!(assigned(&made, &[64, 64]), Ok(vec![0, 1, 0]));
}

#[test]
fn less_is_moved_to_slow_memory_when_blocks_change_places() {
    // `dense` is the hottest for its size, but keeps two others out that move more together.
    let made = [("dense", 16, [0, 4], 64), ("much", 64, [0, 4], 192)];
    assert_eq!(assigned(&made, &[64, 64]), Ok(vec![1, 0]));
}

#[test]
fn what_does_not_fit_is_said_with_what_would() {
    let said = assigned(&[("a", 64, [0, 4], 64), ("b", 64, [0, 4], 64)], &[64, 32]).unwrap_err();
    assert!(
        said.contains("does not fit `fast=64,slow=32` [out-of-ram]"),
        "{said}"
    );
    assert!(said.contains("in one memory it takes 128 bytes"), "{said}");
    assert!(said.contains("`fast=128`, or `slow=64` would do"), "{said}");
    assert!(!said.contains("more than any"), "{said}");
    let said = assigned(&[("a", 80, [0, 4], 64)], &[64, 32]).unwrap_err();
    assert!(
        said.contains("`a` takes 80 bytes, more than any region has"),
        "{said}"
    );
    assert!(said.contains("`fast=80`, or `slow=80` would do"), "{said}");
}

/// Whether any assignment has placements in all regions, by trying all.
fn is_possible(subject: &Subject, budgets: &[usize]) -> bool {
    let count = subject.blocks.len();
    let fits = |assignment: usize| {
        let region_of = |block: usize| assignment / budgets.len().pow(block as u32) % budgets.len();
        budgets.iter().enumerate().all(|(region, &budget)| {
            let here = subject
                .blocks
                .values()
                .enumerate()
                .filter(|(i, _)| region_of(*i) == region);
            let here: Vec<Buffer> = here.map(|(_, block)| block.as_buffer()).collect();
            place::within(&here, budget / 16 * 16).is_some()
        })
    };
    (0..budgets.len().pow(count as u32)).any(fits)
}

#[test]
fn an_assignment_is_found_if_there_is_one() {
    let mut random = 7_u64;
    let mut below = |n: usize| {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (random >> 33) as usize % n
    };
    let (mut possible, mut impossible) = (0, 0);
    for _ in 0..300 {
        let made: Vec<Made> = (0..2 + below(6))
            .map(|_| {
                let (first, bytes) = (below(6), 16 * (1 + below(8)));
                (
                    "x",
                    bytes,
                    [first, first + below(4)],
                    (bytes * below(20)) as u64,
                )
            })
            .collect();
        let budgets: Vec<usize> = (0..2 + below(2)).map(|_| 16 * (1 + below(12))).collect();
        let found = assigned(&made, &budgets);
        match is_possible(&subject(&made), &budgets) {
            true => possible += 1,
            false => impossible += 1,
        }
        assert_eq!(
            found.is_ok(),
            is_possible(&subject(&made), &budgets),
            "{made:?} {budgets:?} {found:?}"
        );
    }
    assert!(possible > 50 && impossible > 50, "{possible} {impossible}");
}
