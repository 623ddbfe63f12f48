//! Random networks: valid ONNX models from a seed, for properties that must hold of all.
//!
//! A family is a file: operators that belong together, each a function that looks for values it fits, adds itself,
//! and says what it makes. A seed draws a few families, so that what comes of it is about something. A new family
//! is a new file in `families/` and its line in the list there.
//!
//! Weights are small and activations bounded, so that numbers stay in a range where floats can be compared; what
//! jumps, such as a comparison, is only asked of values of which every bit is certain.

mod builder;
mod families;
mod known;
mod numbers;

pub use numbers::Random;

use builder::Builder;

/// A random model.
pub struct Network {
    /// The bytes of its file.
    pub file: Vec<u8>,
    /// How far elements of each output may be off, beyond the rounding of floats: quantisation steps. Integers
    /// without any are certain.
    pub slack: Vec<f64>,
    /// Whether inputs and constants are infinite, not a number, denormal or -0 now and then.
    pub special: bool,
    /// The families it is made of.
    pub families: Vec<&'static str>,
}

/// A random model of about `nodes` nodes.
pub fn network(seed: u64, nodes: usize) -> Network {
    let mut builder = Builder::new(seed);
    builder.grow(nodes);
    builder.finish()
}

/// A random model all of which may run row by row: layers that slide over one image, several over the same rows and each
/// by its own stride.
pub fn strided(seed: u64) -> Network {
    let mut builder = Builder::new(seed);
    families::slide_over_one_image(&mut builder);
    builder.finish()
}
