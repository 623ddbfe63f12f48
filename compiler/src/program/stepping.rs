//! How a program takes time slice by slice.

use serde::Serialize;

/// Which slices outputs are about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Scope {
    /// All slices so far.
    SoFar,
    /// The latest ones, as many as the network was made for.
    Latest(usize),
}

/// How an output moves along time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Moving {
    /// Which axis is time.
    pub axis: usize,
    /// Slices from one position to the next.
    pub rate: usize,
    /// Over so many slices, the network that takes a whole sequence has `slices / rate + tail` positions.
    pub tail: isize,
}

/// How a network takes time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stepping {
    /// Which axis of the input is time.
    pub axis: usize,
    /// Slices that a step takes.
    pub hop: usize,
    /// Steps before the first that gives outputs.
    pub warm_up: usize,
    /// Which slices outputs are about.
    pub scope: Scope,
    /// Slices that came after the last one that outputs are about; if negative, those still to come
    /// that outputs do not depend on.
    pub late: isize,
    /// How each output moves along time, if it has such an axis.
    pub outputs: Vec<Option<Moving>>,
}
