//! Thin shells over instructions for which `core` has no safe name, picked by `cfg`.
//!
//! Whatever the target, a shell computes the very bits of its twin in [`scalar`], which is always
//! there. Together with `arena`, this folder holds all `unsafe` code of an emitted crate.

pub mod scalar;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(all(target_arch = "arm", target_abi = "eabihf"))]
mod arm;
#[cfg(all(target_arch = "x86_64", target_feature = "avx2"))]
mod avx2;
#[cfg(all(target_arch = "x86_64", target_feature = "avx512bw"))]
mod avx512;
#[cfg(target_arch = "x86_64")]
mod sse2;
#[cfg(target_arch = "x86_64")]
mod x86_64;

#[cfg(target_arch = "aarch64")]
pub use aarch64::add_products;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub use scalar::add_products;
#[cfg(not(target_arch = "x86_64"))]
pub use scalar::{add_float_products, add_scaled, floats_of_bytes, shorts_of_bytes};
#[cfg(target_arch = "x86_64")]
pub use x86_64::{add_float_products, add_products, add_scaled, floats_of_bytes, shorts_of_bytes};

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

#[cfg(test)]
mod tests {
    /// Elements that are extremes as often as not.
    fn elements<const N: usize, const M: usize>(seed: usize) -> [[i16; N]; M] {
        let extremes = [i16::MIN, -255, 0, i16::MAX];
        core::array::from_fn(|m| {
            core::array::from_fn(|n| {
                let i = ((m * N + n + 1) * (2 * seed + 1) * 40503) >> 4;
                if i & 8 == 0 {
                    extremes[i % 4]
                } else {
                    i as i16
                }
            })
        })
    }

    fn check<const P: usize, const L: usize, const K: usize>() {
        for seed in 0..20 {
            let (x, w) = (elements::<K, P>(seed), elements::<L, K>(seed + 7));
            let mut sums = [[i32::MAX - seed as i32; L]; P];
            let mut expected = sums;
            super::add_products(&mut sums, &x, &w);
            super::scalar::add_products(&mut expected, &x, &w);
            assert_eq!(sums, expected);
            let (x, w) = (
                x.map(|x| x.map(|x| f32::from(x) / 3.0)),
                w.map(|w| w.map(|w| f32::from(w) / 7.0)),
            );
            let mut sums = [[0.1 + seed as f32; L]; P];
            let mut expected = sums;
            super::add_float_products(&mut sums, &x, &w);
            super::scalar::add_float_products(&mut expected, &x, &w);
            assert_eq!(sums, expected);
            let mut totals = expected;
            super::add_scaled(&mut totals, &sums, &w[0]);
            super::scalar::add_scaled(&mut expected, &sums, &w[0]);
            assert_eq!(totals, expected);
        }
    }

    #[test]
    fn products_are_those_of_the_portable_twin() {
        // Lanes that fill the widest vectors, and those that fill narrower ones only.
        check::<4, 8, 8>();
        check::<4, 16, 8>();
        check::<2, 24, 9>();
        check::<4, 32, 8>();
        check::<1, 64, 8>();
        check::<2, 32, 1>();
        check::<3, 96, 19>();
    }

    #[test]
    fn bytes_are_widened_as_by_the_portable_twin() {
        fn check<const L: usize>() {
            let bytes: [i8; L] = core::array::from_fn(|i| (i * 37) as i8 ^ i8::MIN);
            assert_eq!(
                super::shorts_of_bytes(&bytes),
                super::scalar::shorts_of_bytes(&bytes)
            );
            assert_eq!(
                super::floats_of_bytes(&bytes),
                super::scalar::floats_of_bytes(&bytes)
            );
        }
        check::<1>();
        check::<4>();
        check::<8>();
        check::<19>();
        check::<64>();
    }
}
