//! Files of one build know each other: a digest of all of them stands in each, and a mixture does not compile.

/// The weights in a file that ends with the mark of its build. They are followed by it, so it costs no memory where
/// the program runs.
///
/// # Panics
/// If the file has another mark or size: at compile time, where this is used.
pub const fn weights<const BYTES: usize>(file: &'static [u8], build: &str) -> &'static [u8; BYTES] {
    match file.split_first_chunk::<BYTES>() {
        Some((weights, mark)) if same(mark, build.as_bytes()) => weights,
        _ => panic!("the weights are of another build than this file: build the network again"),
    }
}

/// Shows that two files are of one build.
///
/// # Panics
/// If they are not: at compile time, where this is used.
pub const fn belongs(build: &str, other: &str) {
    assert!(
        same(build.as_bytes(), other.as_bytes()),
        "the runtime is of another build than this file: build the network again"
    );
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    let mut i = 0;
    while i < a.len() && i < b.len() && a[i] == b[i] {
        i += 1;
    }
    i == a.len() && i == b.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    extern crate std;

    #[test]
    fn weights_of_the_same_build_are_found() {
        assert_eq!(weights::<3>(b"abcmark", "mark"), b"abc");
        assert_eq!(weights::<0>(b"mark", "mark"), b"");
        for (file, mark) in [
            (&b"abcmark"[..], "marc"),
            (b"abmark", "mark"),
            (b"abcdmark", "mark"),
            (b"ab", "mark"),
            (b"abcmar", "mark"),
        ] {
            assert!(std::panic::catch_unwind(|| weights::<3>(file, mark)).is_err());
        }
        belongs("mark", "mark");
        assert!(std::panic::catch_unwind(|| belongs("mark", "marks")).is_err());
    }
}
