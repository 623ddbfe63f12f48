//! Thin shells over instructions for which `core` has no safe name, picked by `cfg`.
//!
//! Whatever the target, a shell computes the very bits of its twin in [`scalar`], which is always
//! there. Together with `arena`, this folder holds all `unsafe` code of an emitted crate.

pub mod scalar;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
mod arm;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::sqrt;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
pub use arm::sqrt;
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    all(target_arch = "arm", target_abi = "eabihf")
)))]
pub use scalar::sqrt;
#[cfg(target_arch = "x86_64")]
pub use x86_64::sqrt;
