//! Networks that take time slice by slice answer as they do for whole sequences.
//!
//! `MLC_SEEDS=N` tries the first N seeds instead of a few; a failure names its seed.

use mlc_compiler::interp::{self, Session};
use mlc_compiler::tensor::Tensor;
use mlc_compiler::time::TimeAxis;
use mlc_compiler::{Compiled, compile, memory, onnx};
use mlc_tests::random::Random;
use mlc_tests::recorded::Tolerance;
use mlc_tests::sequences::{AXIS, End, Sequence, Start, by_steps};
use mlc_tests::{Batch, Job, target_dir};

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

fn whole(seed: u64, net: &Sequence, len: usize) -> Compiled {
    let model = onnx::parse(&net.model(len), None).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
    compile(&model).unwrap_or_else(|e| panic!("seed {seed}: {e}"))
}

/// Some positions of a tensor along an axis.
fn part(x: &Tensor, axis: usize, begin: usize, len: usize) -> Tensor {
    let mut ty = x.ty.clone();
    let row: usize =
        ty.shape[axis + 1..].iter().product::<usize>() * x.ty.bytes() / x.ty.len().max(1);
    let block = row * ty.shape[axis];
    ty.shape[axis] = len;
    let rows = |block: &[u8]| block[begin * row..(begin + len) * row].to_vec();
    let bytes: Vec<u8> = x.bytes().chunks_exact(block).flat_map(rows).collect();
    Tensor::from_bytes(ty, &*bytes).expect("it fits")
}

/// A network in steps, a long sequence, and what each step gives for it.
struct Run {
    seed: u64,
    net: Sequence,
    steps: Compiled,
    sequence: Tensor,
    given: Vec<Tensor>,
}

impl Run {
    fn of(seed: u64) -> Run {
        let net = Sequence::of(seed);
        let model =
            onnx::parse(&net.model(LEN), None).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let steps = by_steps(&model, TimeAxis::Given(AXIS));
        let steps = steps.unwrap_or_else(|e| panic!("seed {seed}, {net:?}: {e}"));
        memory::check(&steps.program, &steps.plan).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        let hop = steps.program.stepping.expect("it has steps").hop;
        let mut shape = steps.program.inputs[0].ty.shape.clone();
        shape[AXIS] = (2 * LEN).next_multiple_of(hop);
        let sequence = Random::new(!seed).tensor(&shape);
        let mut session = Session::new(&steps.program);
        let step = |k: usize| {
            let slices = part(&sequence, AXIS, k * hop, hop);
            let outputs = session.run(&[slices]);
            outputs
                .unwrap_or_else(|e| panic!("seed {seed}: {e}"))
                .swap_remove(0)
        };
        let given = (0..shape[AXIS] / hop).map(step).collect();
        Run {
            seed,
            net,
            steps,
            sequence,
            given,
        }
    }

    /// The sequence as the network takes it.
    fn sequence_in_steps(&self) -> Vec<Tensor> {
        let hop = self.steps.program.stepping.expect("it has steps").hop;
        let step = |k| part(&self.sequence, AXIS, k * hop, hop);
        (0..self.given.len()).map(step).collect()
    }

    /// What the whole network of so many slices answers for the ones that end before `until`: as many of its last
    /// positions as a step gives.
    fn expected(&self, len: usize, until: usize, like: &Tensor) -> Tensor {
        let inputs = part(&self.sequence, AXIS, until - len, len);
        let whole = whole(self.seed, &self.net, len);
        let outputs = interp::run(&whole.program, &[inputs]);
        let output = &outputs.unwrap_or_else(|e| panic!("seed {}: {e}", self.seed))[0];
        let differs = |axis: &usize| output.ty.shape[*axis] != like.ty.shape[*axis];
        match (0..output.ty.rank()).find(differs) {
            Some(axis) => {
                let (all, new) = (output.ty.shape[axis], like.ty.shape[axis]);
                part(output, axis, all - new, new)
            }
            None => output.clone(),
        }
    }

    fn compare(&self, step: usize, expected: &Tensor) {
        let (given, expected) = (&self.given[step], expected);
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
            "seed {seed}, {net:?}, step {step}: {given:?}\n{expected:?}"
        );
    }
}

#[test]
fn steps_answer_as_whole_networks_do() {
    let mut checked = [0; 4];
    for seed in 0..seeds() {
        let run = Run::of(seed);
        let stepping = run.steps.program.stepping.expect("it has steps");
        let (hop, late) = (stepping.hop, stepping.late);
        for step in stepping.warm_up..run.given.len() {
            let until = (step + 1) * hop;
            let len = match (run.net.start, run.net.end) {
                // The whole sequence so far. What is summed up are the latest positions only.
                (Start::Padded, End::Sum) if until != LEN => continue,
                (Start::Padded, _) => until,
                (Start::Open, _) => LEN,
            };
            let until = until.checked_add_signed(-late).expect("slices that were");
            if until < len || until > run.sequence.ty.shape[AXIS] || step % 3 == 1 {
                continue;
            }
            run.compare(step, &run.expected(len, until, &run.given[step]));
            checked[usize::from(run.net.quantised) * 2 + usize::from(hop > 1)] += 1;
        }
    }
    assert!(checked.iter().all(|&count| count > 0), "{checked:?}");
}

#[test]
fn emitted_steps_answer_as_the_interpreter_does() {
    let runs: Vec<_> = (0..seeds().min(48)).map(Run::of).collect();
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
        let warm_up = run.steps.program.stepping.expect("it has steps").warm_up;
        assert_eq!(steps.len(), run.given.len(), "seed {seed}");
        for (k, step) in steps.iter().enumerate() {
            let expected = (k >= warm_up).then_some(&run.given[k]);
            let given = step.as_ref().map(|outputs| &outputs[0]);
            let same = match (given, expected) {
                (Some(given), Some(expected)) => given.identical(expected),
                (given, expected) => given.is_none() && expected.is_none(),
            };
            assert!(same, "seed {seed}, step {k}: {given:?}\n{expected:?}");
        }
    }
}

#[test]
fn a_plan_that_loses_what_is_kept_is_noticed() {
    let mut moved = 0;
    for seed in 0..12 {
        let Compiled { program, plan, .. } = Run::of(seed).steps;
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
