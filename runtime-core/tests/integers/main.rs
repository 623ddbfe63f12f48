//! Kernels on quantised tensors, compared with their definitions, which are stated literally, in 64 or
//! 128 bits.

mod convolutions;
mod pools;
mod products;
mod random;
mod resamplings;
mod softmaxes;
mod sums;
