//! A digest of what a network answers, by which it knows whether it is what it should be: FNV-1a of 64 bits.

/// Before any bytes.
pub const START: u64 = 0xcbf2_9ce4_8422_2325;

/// The digest of what one is of, and then of `bytes`.
pub const fn digest(mut before: u64, bytes: &[u8]) -> u64 {
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let mut i = 0;
    while i < bytes.len() {
        before = (before ^ bytes[i] as u64).wrapping_mul(PRIME);
        i += 1;
    }
    before
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published values.
    #[test]
    fn digests_are_those_of_fnv_1a() {
        assert_eq!(digest(START, b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest(START, b"a"), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(digest(digest(START, b"foo"), b"bar"), 0x8594_4171_f739_67e8);
    }
}
