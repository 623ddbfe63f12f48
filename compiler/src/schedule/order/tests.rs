//! Orders of small programs: those that are known to be best, and all of them.

use super::model::Model;
use super::*;
use crate::memory;
use crate::program::{Port, Storage};
use crate::schedule::testing::{answer, random};
use crate::schedule::{Way, schedule};

/// The bytes in use at most in an order of a model's steps, by the definition.
fn peak(model: &Model, order: &[usize]) -> usize {
    let at = |step: usize| order.iter().position(|&s| s == step).unwrap();
    let life = |block: usize| {
        let users = (0..order.len()).filter(|&s| model.tasks[s].blocks.contains(&block));
        let moments: Vec<usize> = users.map(at).collect();
        let (first, last) = (moments.iter().min().copied(), moments.iter().max().copied());
        let model::Block { given, kept, .. } = model.blocks[block];
        let first = if given { Some(0) } else { first };
        let last = if kept { Some(usize::MAX) } else { last };
        first.zip(last)
    };
    let lives: Vec<_> = (0..model.blocks.len()).map(life).collect();
    let in_use = |moment: usize| {
        let alive = lives.iter().zip(&model.blocks).filter(|(life, _)| {
            life.is_some_and(|(first, last)| first <= moment && moment <= last)
        });
        let bytes: usize = alive.map(|(_, block)| block.bytes).sum();
        let over = model.tasks[order[moment]].over.iter();
        let mut over = over.filter(|(block, _)| lives[*block].is_some_and(|l| l.1 == moment));
        bytes - over.next().map_or(0, |(_, bytes)| *bytes)
    };
    (0..order.len()).map(in_use).max().unwrap_or(0)
}

/// Calls `visit` with every order of a model's steps.
fn all_orders(model: &Model, order: &mut Vec<usize>, visit: &mut dyn FnMut(&[usize])) {
    if order.len() == model.tasks.len() {
        return visit(order);
    }
    for step in 0..model.tasks.len() {
        let mut before = model.tasks[step].before.iter();
        if !order.contains(&step) && before.all(|s| order.contains(s)) {
            order.push(step);
            all_orders(model, order, visit);
            order.pop();
        }
    }
}

fn best_peak(model: &Model) -> usize {
    let given: Vec<usize> = (0..model.tasks.len()).collect();
    let order = better_order(model);
    if let Some(order) = &order {
        assert!(peak(model, order) < peak(model, &given), "{order:?}");
    }
    peak(model, &order.unwrap_or(given))
}

#[test]
fn a_large_branch_goes_before_a_small_one() {
    let mut program = Program::default();
    let x = program.input(10);
    let small = program.map(&[x], 20);
    let large = program.map(&[x], 100);
    let result = program.map(&[large], 1);
    let y = program.map(&[small, result], 5);
    program.output(y);
    let model = Model::of(&program, false);
    assert_eq!(better_order(&model), Some(vec![1, 2, 0, 3]));
    assert_eq!(
        (peak(&model, &[0, 1, 2, 3]), peak(&model, &[1, 2, 0, 3])),
        (130, 111)
    );
    let [better] = &better(&program)[..] else {
        panic!("one other order");
    };
    let names: Vec<_> = better.steps.iter().map(|s| &*s.layer).collect();
    assert_eq!(names, ["s1", "s2", "s0", "s3"]);
}

#[test]
fn parts_are_copied_as_soon_as_they_are_made() {
    let mut program = Program::default();
    let x = program.input(8);
    let parts = [(); 3].map(|()| program.map(&[x], 50));
    let whole = program.buffer_of(50, Storage::Arena);
    let mut whole = program.update(parts[0], whole);
    for &part in &parts[1..] {
        whole = program.update(part, whole);
    }
    program.output(whole);
    let order = better_order(&Model::of(&program, false)).unwrap();
    assert_eq!(order, [0, 3, 1, 4, 2, 5]);
}

#[test]
fn a_chain_and_equal_branches_stay_as_they_are() {
    let mut program = Program::default();
    let x = program.input(10);
    let a = program.map(&[x], 30);
    let (b, c) = (program.map(&[a], 20), program.map(&[a], 20));
    let d = program.map(&[b, c], 30);
    let y = program.map(&[d], 1);
    program.output(y);
    assert!(better(&program).is_empty());
    assert_eq!(cuts(&Model::of(&program, false).graph), [0, 3, 4]);
}

#[test]
fn the_search_finds_the_best_of_all_orders() {
    let mut improved = 0;
    for seed in 0..400 {
        let program = random(seed, 7);
        for join in [false, true] {
            let model = Model::of(&program, join);
            let mut least = usize::MAX;
            all_orders(&model, &mut Vec::new(), &mut |order| {
                least = least.min(peak(&model, order));
            });
            assert_eq!(best_peak(&model), least, "seed {seed}");
            improved += usize::from(better_order(&model).is_some());
        }
    }
    assert!(improved > 100, "{improved} of 800");
}

#[test]
fn the_beam_finds_orders_within_its_limit() {
    let mut found = 0;
    for seed in 0..200 {
        let model = Model::of(&random(seed, 20), true);
        let given: Vec<usize> = (0..model.tasks.len()).collect();
        let limit = peak(&model, &given) - 1;
        let order = beam::search(&State::new(&model), 0..given.len(), limit);
        let Some(order) = order else { continue };
        let at = |step: usize| order.steps.iter().position(|&s| s == step).unwrap();
        let follows = |s: usize| model.tasks[s].before.iter().all(|&b| at(b) < at(s));
        assert!(given.iter().all(|&step| follows(step)), "seed {seed}");
        assert_eq!(peak(&model, &order.steps), order.peak, "seed {seed}");
        assert!(order.peak <= limit, "seed {seed}");
        found += 1;
    }
    assert!(found > 50, "{found} of 200");
}

/// Where all copies stay, what the model counts is what is in use once updates are decided.
#[test]
fn the_model_counts_what_scheduling_makes_of_it() {
    for seed in 0..300 {
        let program = random(seed, 12);
        let model = Model::of(&program, false);
        let given: Vec<usize> = (0..model.tasks.len()).collect();
        let edges = |ports: &[Port]| {
            let mut roots: Vec<_> = ports.iter().map(|p| program.root(p.buffer).0).collect();
            roots.sort_unstable();
            roots.dedup();
            roots.iter().map(|&id| program.buffer(id).bytes()).sum()
        };
        let counted = peak(&model, &given);
        let counted = counted
            .max(edges(&program.inputs))
            .max(edges(&program.outputs));
        let scheduled = schedule(program, Way::default()).unwrap();
        assert_eq!(memory::live_bytes(&scheduled), counted, "seed {seed}");
    }
}

#[test]
fn what_stands_between_layers_by_rows_comes_before_them() {
    let mut program = Program::default();
    let x = program.input(8);
    let a = program.map(&[x], 8);
    let updated = program.update(x, a);
    let b = program.map(&[x], 8);
    let other = program.update(x, updated);
    let y = program.map(&[b, other], 8);
    program.output(y);
    let names = |p: Program| p.steps.into_iter().map(|s| s.layer).collect::<Vec<_>>();
    let order = side_by_side(&program).map(names);
    assert_eq!(order.unwrap(), ["s0", "s1", "s3", "s2", "s4"]);
}

#[test]
fn other_orders_give_the_same_answers() {
    let (mut better_ones, mut others_by_rows) = (0, 0);
    for seed in 0..300 {
        let program = random(seed, 12);
        let expected = answer(&program);
        let others = better(&program);
        let by_rows = side_by_side(&program);
        better_ones += others.len();
        others_by_rows += by_rows.iter().len();
        for other in others.into_iter().chain(by_rows) {
            assert_eq!(answer(&other), expected, "seed {seed}");
            let join = Way {
                join: true,
                ..Way::default()
            };
            let scheduled = schedule(other, join).unwrap();
            assert_eq!(answer(&scheduled), expected, "seed {seed}");
        }
    }
    assert!(
        better_ones > 100 && others_by_rows > 100,
        "{better_ones}, {others_by_rows}"
    );
}
