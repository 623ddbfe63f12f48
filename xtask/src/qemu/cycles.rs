//! Estimated cycles of an inference: what was executed, as the core's pipeline takes it.

use anyhow::{Context, Result};
use mlc_codegen::image::{Block, Times, Timing};
use mlc_compiler::target::Pipeline;

use super::image::Image;

/// A block of code that was executed, in a layer, or in none if that is 0.
pub(super) struct Executed {
    block: Block,
    layer: usize,
    times: Times,
}

impl Executed {
    /// Reads a line of the plugin's, behind its first word: `ADDRESS LENGTH LAYER TIMES PASSED`.
    pub(super) fn parse(line: &str) -> Option<Self> {
        let (address, numbers) = line.trim_start_matches("0x").split_once(' ')?;
        let mut numbers = numbers.split(' ').map_while(|number| number.parse().ok());
        let mut next = || numbers.next();
        let address = u64::from_str_radix(address, 16).ok()?;
        let (instructions, layer) = (next()?, next()?);
        Some(Self {
            block: Block {
                address,
                instructions,
            },
            layer: usize::try_from(layer).ok()?,
            times: Times {
                all: next()?,
                passed: next()?,
            },
        })
    }
}

/// Cycles of one inference, the mean of those that were run.
#[derive(Default)]
pub(super) struct Cycles {
    pub(super) all: u64,
    /// Those of each layer, if the image has marks of layers.
    pub(super) layers: Vec<u64>,
}

impl Cycles {
    /// The cycles of so many inferences, of which each executed its share.
    pub(super) fn of(
        image: &Image,
        pipeline: &'static Pipeline,
        executed: &[Executed],
        inferences: u64,
    ) -> Result<Self> {
        let bytes = std::fs::read(&image.path).context("the image is gone")?;
        let file = object::File::parse(&*bytes)?;
        let timing = Timing::of(&file, pipeline)?;
        let mut cycles = Self {
            all: 0,
            layers: vec![0; image.layers.len()],
        };
        for Executed {
            block,
            layer,
            times,
        } in executed
        {
            let here = timing.cycles(*block, *times)?;
            cycles.all += here;
            if let Some(layer) = layer.checked_sub(1) {
                cycles.layers[layer] += here;
            }
        }
        let mean = |sum: &mut u64| *sum /= inferences.max(1);
        mean(&mut cycles.all);
        cycles.layers.iter_mut().for_each(mean);
        Ok(cycles)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_plugin_are_read() {
        let executed = Executed::parse("0x1a0 5 2 10 1").unwrap();
        let block = Block {
            address: 0x1a0,
            instructions: 5,
        };
        assert_eq!((executed.block, executed.layer), (block, 2));
        assert_eq!(executed.times, Times { all: 10, passed: 1 });
        assert!(Executed::parse("0x1a0 5 2 10").is_none());
    }
}
