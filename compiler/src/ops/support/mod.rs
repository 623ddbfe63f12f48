//! What several operators share: reading nodes, windows, strides, resampling, selection.

pub mod along;
pub(crate) mod early_broadcast;
pub mod formula;
pub(super) mod import;
mod needs;
pub(super) mod network;
#[cfg(test)]
mod permuted_tests;
pub(crate) mod sampling;
pub mod select;
pub mod strides;
#[cfg(test)]
pub(crate) mod testing;
pub mod walk;
pub mod window;
