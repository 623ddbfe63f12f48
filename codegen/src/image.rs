//! Images for bare machines: what a network takes there of flash, of RAM and of the stack, read from its machine code.
//!
//! A network is linked together with nothing else than a caller that is never run, by the compiler and for the core that
//! the user's firmware is for. Sizes are those of the sections of that image; how deep the stack can go follows from
//! its instructions. Where rustc lacks the platform's library, there is no image, and it is said why.

mod budget;
mod elf;
mod probe;
mod stack;
mod timing;

use crate::native::{Entry, Flags, cache};
use crate::{Interface, emit_crate};
pub use budget::Budgets;
pub use elf::{Sizes, address, function};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use object::File;
use serde::Serialize;
pub use stack::{CallGraph, Frame};
use std::fmt;
pub use timing::{Block, Times, Timing};

/// How far an image is optimised, as in a profile of cargo's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
pub enum OptLevel {
    /// Little.
    #[serde(rename = "1")]
    #[cfg_attr(feature = "clap", value(name = "1"))]
    One,
    /// For speed.
    #[serde(rename = "2")]
    #[cfg_attr(feature = "clap", value(name = "2"))]
    Two,
    /// For speed, whatever it takes.
    #[default]
    #[serde(rename = "3")]
    #[cfg_attr(feature = "clap", value(name = "3"))]
    Three,
    /// For size.
    #[serde(rename = "s")]
    S,
    /// For size, whatever it takes.
    #[serde(rename = "z")]
    Z,
}

impl OptLevel {
    /// As it is written in a manifest.
    fn toml(self) -> &'static str {
        match self {
            OptLevel::One => "1",
            OptLevel::Two => "2",
            OptLevel::Three => "3",
            OptLevel::S => "\"s\"",
            OptLevel::Z => "\"z\"",
        }
    }
}

impl fmt::Display for OptLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.toml().trim_matches('"'))
    }
}

/// What a network takes on a bare machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Footprint {
    /// How far its image is optimised.
    pub opt_level: OptLevel,
    /// Bytes of flash: code, constants and weights.
    pub flash_bytes: u64,
    /// Bytes of instructions.
    pub code_bytes: u64,
    /// Bytes of constants that are no weights.
    pub constant_bytes: u64,
    /// Bytes of weights.
    pub weight_bytes: u64,
    /// Bytes of RAM: variables and the stack.
    pub ram_bytes: u64,
    /// Bytes of variables, nearly all of them the arenas.
    pub variable_bytes: u64,
    /// Bytes of the stack at its deepest, below whoever calls the network.
    pub stack_bytes: u64,
    /// The functions that are called when the stack is deepest, from the outermost.
    pub deepest: Vec<Frame>,
}

/// A footprint, or why there is none.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Measured {
    /// It was read from an image.
    Footprint(Footprint),
    /// There is no image.
    Unknown {
        /// Why.
        unknown: String,
    },
}

/// Builds an image of the network, whose name is `name`, for its target, in the user's cache, and reads it.
pub fn measure(compiled: &Compiled, name: &str, level: OptLevel) -> Result<Measured, Diag> {
    let target = compiled.target;
    let unknown = |unknown: String| Ok(Measured::Unknown { unknown });
    let Some(triple) = target.triple.filter(|_| target.is_bare()) else {
        return unknown(format!("{target} is no bare machine"));
    };
    let flags = Flags::new(Some(triple), target.flags());
    match flags.have_library(&std::env::temp_dir()) {
        Ok(true) => {}
        Ok(false) => {
            return unknown(format!(
                "rustc has no library for it; `rustup target add {triple}` installs that"
            ));
        }
        Err(diag) => return unknown(diag.message),
    }
    measure_with(flags, compiled, name, level)
}

/// As [`measure`], by a compiler that can build for the target.
fn measure_with(
    flags: Flags,
    compiled: &Compiled,
    name: &str,
    level: OptLevel,
) -> Result<Measured, Diag> {
    let interface = Interface::of(compiled, name)?;
    let files = probe::files(&interface, &emit_crate(compiled, name)?, level)?;
    let entry = Entry::open(&cache::folder()?, &files, flags)?;
    if !entry.holds_program() {
        match entry.build(&files) {
            Ok(_) => {}
            Err(diag) => {
                let unknown = format!("{}: {}", diag.message, diag.notes.join("\n"));
                return Ok(Measured::Unknown { unknown });
            }
        }
    }
    let path = entry.program();
    let image = std::fs::read(&path)
        .map_err(|e| Diag::new("io", format!("cannot read {}: {e}", path.display())))?;
    Footprint::read(&image, compiled, level).map(Measured::Footprint)
}

impl Footprint {
    fn read(image: &[u8], compiled: &Compiled, opt_level: OptLevel) -> Result<Self, Diag> {
        let file = File::parse(image).map_err(elf::unreadable)?;
        let sizes = Sizes::of(&file);
        let graph = CallGraph::read(&file)?;
        let entry = function(&file, probe::ENTRY)?;
        let stack_bytes = graph.depth(entry)?;
        let plan = &compiled.plan;
        let borrowed = plan.arenas.iter().filter(|_| plan.borrowed);
        let borrowed: usize = borrowed.map(|arena| arena.bytes).sum();
        let variable_bytes = sizes.variables + borrowed as u64;
        let weight_bytes = plan.weights.bytes.len() as u64;
        Ok(Footprint {
            opt_level,
            flash_bytes: sizes.code + sizes.constants,
            code_bytes: sizes.code,
            constant_bytes: sizes.constants.saturating_sub(weight_bytes),
            weight_bytes,
            ram_bytes: variable_bytes + stack_bytes,
            variable_bytes,
            stack_bytes,
            deepest: deepest(&graph, entry)?,
        })
    }
}

/// The functions on the stack at its deepest. The first is the caller, into which the compiler has moved the network's
/// steps.
fn deepest(graph: &CallGraph, entry: u64) -> Result<Vec<Frame>, Diag> {
    let mut frames = graph.deepest(entry)?;
    if let Some(first) = frames.first_mut() {
        first.function = "the steps".into();
    }
    Ok(frames)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    #[test]
    fn machines_with_an_operating_system_are_not_measured() {
        let model = mlc_fixtures::dir("mlp").join("model.onnx");
        for target in ["portable", "x86-64"] {
            let options = Options::new(&model).target(target).unwrap();
            let measured = measure(&options.compile().unwrap(), "mlp", OptLevel::S).unwrap();
            let Measured::Unknown { unknown } = measured else {
                panic!("there is an image for {target}");
            };
            assert_eq!(unknown, format!("{target} is no bare machine"));
        }
    }
}
