//! Networks that take time slice by slice answer as they do for whole sequences.
//!
//! `MLC_SEEDS=N` tries the first N seeds instead of a few; a failure names its seed.

use mlc_compiler::interp::{self, Session};
use mlc_compiler::program::{Initial, Moving, Scope, Stepping};
use mlc_compiler::settings::TimeAxis;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::time::Sizes;
use mlc_compiler::{Compiled, compile, memory, onnx};
use mlc_tests::random::Random;
use mlc_tests::recorded::Tolerance;
use mlc_tests::sequences::{AXIS, End, Sequence, by_steps};
use mlc_tests::{Batch, Job, target_dir};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

/// Slices that networks are made for.
const LEN: usize = 48;

/// Kernels add up the products of one row in another order than those of a block of rows.
const TOLERANCE: Tolerance = Tolerance {
    relative: 1e-5,
    range: 1e-6,
    absolute: 1e-6,
};

fn seeds() -> u64 {
    let wanted = std::env::var("MLC_SEEDS").ok();
    wanted.and_then(|n| n.parse().ok()).unwrap_or(120)
}

/// The network over so many slices; `None` if there are too few for it.
fn whole(seed: u64, net: &Sequence, len: usize) -> Option<Compiled> {
    let model = onnx::parse(&net.model(len), None).and_then(|model| compile(&model));
    match model {
        Err(e) if len >= LEN / 2 => panic!("seed {seed}, {len} slices: {e}"),
        model => model.ok(),
    }
}

/// Some positions of a tensor along an axis.
fn part(x: &Tensor, axis: usize, at: Range<usize>) -> Tensor {
    let mut ty = x.ty.clone();
    let row: usize =
        ty.shape[axis + 1..].iter().product::<usize>() * x.ty.bytes() / x.ty.len().max(1);
    let block = row * ty.shape[axis];
    ty.shape[axis] = at.len();
    let rows = |block: &[u8]| block[at.start * row..at.end * row].to_vec();
    let bytes: Vec<u8> = x.bytes().chunks_exact(block).flat_map(rows).collect();
    Tensor::from_bytes(ty, &*bytes).expect("it fits")
}

/// A network in steps, a long sequence, and what each step gives for it.
struct Run {
    seed: u64,
    net: Sequence,
    steps: Compiled,
    sequence: Tensor,
    given: Vec<Vec<Tensor>>,
}

impl Run {
    /// `None` if outputs of different strides never end with the same slice, which is a reason to refuse a network.
    fn of(seed: u64) -> Option<Run> {
        let net = Sequence::of(seed);
        let model =
            onnx::parse(&net.model(LEN), None).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let steps = by_steps(&model, TimeAxis::Given(AXIS));
        let steps = match steps {
            Err(e) if e.to_string().contains("ends between two slices") => return None,
            steps => steps.unwrap_or_else(|e| panic!("seed {seed}, {net:?}: {e}")),
        };
        memory::check(&steps.program, &steps.plan).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let hop = stepping(&steps).hop;
        let mut shape = steps.program.inputs[0].ty.shape.clone();
        shape[AXIS] = (2 * LEN).next_multiple_of(hop);
        let sequence = Random::new(!seed).tensor(&shape);
        let mut session = Session::new(&steps.program);
        let step = |k: usize| {
            let slices = part(&sequence, AXIS, k * hop..(k + 1) * hop);
            let outputs = session.run(&[slices]);
            outputs.unwrap_or_else(|e| panic!("seed {seed}: {e}"))
        };
        let given = (0..shape[AXIS] / hop).map(step).collect();
        Some(Run {
            seed,
            net,
            steps,
            sequence,
            given,
        })
    }

    /// The sequence as the network takes it.
    fn sequence_in_steps(&self) -> Vec<Tensor> {
        let hop = stepping(&self.steps).hop;
        let step = |k| part(&self.sequence, AXIS, k * hop..(k + 1) * hop);
        (0..self.given.len()).map(step).collect()
    }

    /// Compares every position of every output of a step; says how many of its outputs were compared.
    fn compare(&self, whole: &mut Wholes<'_>, step: usize) -> usize {
        let stepping = stepping(&self.steps);
        let mut compared = 0;
        for (i, given) in self.given[step].iter().enumerate() {
            let slices = match stepping.scope {
                Scope::Latest(len) => len,
                // As many as there were, or will have been.
                Scope::SoFar => ((step + 1) * stepping.hop).saturating_add_signed(-stepping.late),
            };
            let moving = stepping.outputs[i];
            // What is summed up are as many positions as the network was made for.
            if self.net.end == End::Sum && moving.is_none() && slices != LEN {
                continue;
            }
            let Some(network) = whole.of(slices) else {
                continue;
            };
            let shape = network.program.outputs[i].ty.shape.clone();
            let along = |shape: &[usize]| moving.map_or(1, |moving| shape[moving.axis]);
            let sizes = Sizes {
                slices,
                given: along(&given.ty.shape),
                whole: along(&shape),
            };
            let positions = |x: &Tensor, at| moving.map_or(x.clone(), |m| part(x, m.axis, at));
            let besides = stepping.beside(i, step, sizes);
            if stepping.scope == Scope::SoFar {
                let last: Vec<_> = besides.iter().map(|b| (b.given.end, b.whole.end)).collect();
                assert_eq!(
                    last,
                    [(sizes.given, sizes.whole)],
                    "seed {}, step {step}",
                    self.seed
                );
            }
            for beside in besides
                .into_iter()
                .filter(|b| b.slices.end <= self.sequence.ty.shape[AXIS])
            {
                let inputs = part(&self.sequence, AXIS, beside.slices);
                let outputs = interp::run(&network.program, &[inputs]);
                let outputs = outputs.unwrap_or_else(|e| panic!("seed {}: {e}", self.seed));
                let expected = positions(&outputs[i], beside.whole);
                self.assert_alike((step, i), &positions(given, beside.given), &expected);
                compared += 1;
            }
        }
        compared
    }

    fn assert_alike(&self, place: (usize, usize), given: &Tensor, expected: &Tensor) {
        let right = match self.net.quantised {
            true => given.identical(expected),
            false => {
                let both = [std::slice::from_ref(given), std::slice::from_ref(expected)];
                TOLERANCE.compare(both[0], both[1]).is_ok()
            }
        };
        let (seed, net) = (self.seed, self.net);
        assert!(
            right,
            "seed {seed}, {net:?}, (step, output) {place:?}: {given:?}\n{expected:?}"
        );
    }
}

fn stepping(steps: &Compiled) -> &Stepping {
    steps.program.stepping.as_ref().expect("it has steps")
}

/// The network of a seed over sequences of any length.
struct Wholes<'a> {
    run: &'a Run,
    known: HashMap<usize, Option<Compiled>>,
}

impl Wholes<'_> {
    fn of(&mut self, slices: usize) -> Option<&Compiled> {
        let Run { seed, net, .. } = self.run;
        let network = self.known.entry(slices);
        network
            .or_insert_with(|| whole(*seed, net, slices))
            .as_ref()
    }
}

/// What a network has that is special about steps.
fn kinds(run: &Run) -> [bool; 8] {
    let stepping = stepping(&run.steps);
    let rate = |moving: &Option<Moving>| moving.map(|moving| moving.rate);
    let rates: HashSet<_> = stepping.outputs.iter().filter_map(rate).collect();
    let begins = |(_, initial)| matches!(initial, Initial::Constant(_));
    [
        run.net.quantised,
        stepping.hop > 1,
        stepping.late < 0,
        stepping.scope == Scope::SoFar && stepping.late < 0,
        stepping.scope == Scope::SoFar,
        stepping.outputs.len() > 1,
        rates.len() > 1,
        run.steps.program.states().any(begins),
    ]
}

#[test]
fn steps_answer_as_whole_networks_do() {
    let mut checked = [0; 8];
    let runs: Vec<_> = (0..seeds()).filter_map(Run::of).collect();
    assert!(
        runs.len() as u64 * 20 >= seeds() * 19,
        "{} of {}",
        runs.len(),
        seeds()
    );
    for run in runs {
        let mut whole = Wholes {
            run: &run,
            known: HashMap::new(),
        };
        let steps = stepping(&run.steps).warm_up..run.given.len();
        let compared: usize = steps.map(|step| run.compare(&mut whole, step)).sum();
        let kinds = checked.iter_mut().zip(kinds(&run));
        kinds.for_each(|(count, is)| *count += if is { compared } else { 0 });
    }
    assert!(checked.iter().all(|&count| count > 0), "{checked:?}");
}

#[test]
fn emitted_steps_answer_as_the_interpreter_does() {
    let runs: Vec<_> = (0..seeds().min(48)).filter_map(Run::of).collect();
    let job = |run: &Run| Job {
        name: format!("sequence {}", run.seed),
        compiled: run.steps.clone(),
    };
    let jobs: Vec<_> = runs.iter().map(job).collect();
    let batch =
        Batch::build(&target_dir().join("batches/time"), &jobs).unwrap_or_else(|e| panic!("{e}"));
    for (job, run) in runs.iter().enumerate() {
        let seed = run.seed;
        let steps = batch.run_steps(job, &run.sequence_in_steps());
        let steps = steps.unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let warm_up = stepping(&run.steps).warm_up;
        assert_eq!(steps.len(), run.given.len(), "seed {seed}");
        for (k, step) in steps.iter().enumerate() {
            let expected = (k >= warm_up).then_some(&run.given[k]);
            let same = match (step, expected) {
                (Some(given), Some(expected)) => {
                    let mut both = given.iter().zip(expected);
                    given.len() == expected.len() && both.all(|(a, b)| a.identical(b))
                }
                (given, expected) => given.is_none() && expected.is_none(),
            };
            assert!(same, "seed {seed}, step {k}: {step:?}\n{expected:?}");
        }
    }
}

#[test]
fn a_plan_that_loses_what_is_kept_is_noticed() {
    let mut moved = 0;
    for seed in 0..12 {
        let Some(Run { steps, .. }) = Run::of(seed) else {
            continue;
        };
        let Compiled { program, plan, .. } = steps;
        for (state, _) in program.states() {
            let at = plan.blocks[&state].offset;
            for &other in plan.blocks.keys().filter(|&&id| id != state) {
                let mut wrong = plan.clone();
                wrong
                    .blocks
                    .entry(other)
                    .and_modify(|block| block.offset = at);
                let noticed = memory::check(&program, &wrong).is_err();
                assert!(noticed, "seed {seed}: {other:?} over {state:?}");
                moved += 1;
            }
        }
    }
    assert!(moved > 100, "{moved}");
}
