//! The cycles of a network's steps on a core, by its pipeline.

use anyhow::{Context, Result};
use mlc_codegen::Options;
use mlc_compiler::Compiled;
use mlc_compiler::target::{Pipeline, TargetRef};
use mlc_tests::Case;

use super::board::{self, Board};
use super::cycles::Cycles;
use super::emulator::Outcome;
use super::image::Image;
use super::{Bench, Model};
use crate::sh;

/// A board, and what is needed to build for it.
pub(crate) struct Timer {
    bench: Bench,
    board: &'static Board,
    target: TargetRef,
}

/// A network that was run on a board, and what was executed of it.
pub(crate) struct Timed {
    pub(crate) compiled: Compiled,
    image: Image,
    outcome: Outcome,
}

impl Timed {
    /// The cycles of each step where such a pipeline executes it.
    pub(crate) fn steps(&self, pipeline: &'static Pipeline) -> Result<Vec<u64>> {
        let Outcome {
            executed,
            inferences,
            ..
        } = &self.outcome;
        Ok(Cycles::of(&self.image, pipeline, executed, *inferences)?.layers)
    }
}

impl Timer {
    /// A board that runs what is compiled for a target.
    pub(crate) fn of(target: TargetRef) -> Result<Self> {
        let board = board::largest(target);
        let board = board.with_context(|| format!("no board runs code for {target}"))?;
        let bench = Bench::prepare(&[board], "3")?;
        Ok(Self {
            bench,
            board,
            target,
        })
    }

    /// Runs a network on its recorded inputs; nothing if it is too large for the board.
    pub(crate) fn time(&self, case: &Case) -> Result<Option<Timed>> {
        let options = Options {
            target: self.target,
            ..Options::new(case.onnx())
        };
        let work = sh::target_dir()
            .join("cycles")
            .join(&case.name)
            .join(self.target.name);
        let model = Model::emit(case, &options, &work)?;
        let Some((image, outcome)) = self.bench.try_crate("marked", &model, self.board)? else {
            return Ok(None);
        };
        Ok(Some(Timed {
            compiled: model.compiled,
            image,
            outcome,
        }))
    }
}
