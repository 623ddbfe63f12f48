//! What instructions on halves of words compute, in plain Rust.

/// Two halves of a word.
pub fn pair(low: i32, high: i32) -> i32 {
    low & 0xffff | high << 16
}

/// `sum` and the products of the halves of two words.
pub fn smlad(x: i32, w: i32, sum: i32) -> i32 {
    let product = |x: i32, w: i32| i32::from(x as i16).wrapping_mul(i32::from(w as i16));
    sum.wrapping_add(product(x, w))
        .wrapping_add(product(x >> 16, w >> 16))
}
