//! What is asked of the compiler: handed to the arrows that need it, and known to nothing that they work on.

mod interface;
mod memory;

use crate::quantization::Profile;
use crate::target::TargetRef;
pub(crate) use interface::Layout;
pub use interface::{InputAs, Interface, OutputAs};
pub(crate) use memory::print_bytes;
pub use memory::{Effort, Ram, Region, Regions, parse_bytes};

/// What was asked of the compiler.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// The machine that the network is for.
    pub target: TargetRef,
    /// The arithmetic of quantised operators.
    pub profile: Profile,
    /// The types of inputs and outputs.
    pub io: Io,
    /// How inputs are given and outputs taken, where that is not as the model has them.
    pub interface: Interface,
    /// How much working memory there is.
    pub ram: Ram,
    /// The memories that buffers may lie in.
    pub regions: Regions,
    /// The section of the linker's for weights.
    pub weights_section: Option<String>,
    /// Whether the input comes row by row.
    pub stream_input: bool,
    /// Whether the network takes time slice by slice, and along which axis of its input.
    pub time: Option<TimeAxis>,
    /// How long to search for the smallest arena.
    pub effort: Effort,
    /// Whether layers can be watched while the network runs.
    pub watched: bool,
    /// Whether even channels are computed that are the same for every input.
    pub keep_constant_channels: bool,
}

/// In which types the caller gives inputs and gets outputs.
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Io {
    /// As the model has them.
    #[default]
    AsIs,
    /// Integers, wherever the model quantises or dequantises next to the edge.
    Int8,
    /// Floats, wherever the model says what integers at the edge stand for.
    Float,
}

/// Which axis of the input is time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeAxis {
    /// The only one along which the network can be run in steps.
    #[default]
    Found,
    /// This one.
    Given(usize),
}
