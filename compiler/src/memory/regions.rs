//! Regions: the memories of a machine that buffers may lie in.

use mlc_runtime_core::arena::ALIGN;

/// A memory that buffers may lie in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// Its name.
    pub name: String,
    /// Bytes that may be used of it, if there is a limit.
    pub budget: Option<usize>,
}

/// The memories that a network may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Regions {
    /// The memories, the fastest first, each of which the caller lends to the network. If there are none, the network
    /// has an arena of its own.
    pub lent: Vec<Region>,
    /// Into which of them the weights that are read most are copied, as far as there is room.
    pub hot_weights: Option<usize>,
}

impl Region {
    /// The name of the only arena of a network that was not told any.
    pub const DEFAULT: &'static str = "arena";

    /// A region without a limit that is the only one.
    pub fn only() -> Self {
        Region {
            name: Region::DEFAULT.into(),
            budget: None,
        }
    }

    /// Bytes that an arena in it can have, which are a multiple of its alignment.
    pub(super) fn capacity(&self) -> usize {
        self.budget.unwrap_or(usize::MAX) / ALIGN * ALIGN
    }
}

impl Regions {
    /// Whether the network has an arena of its own.
    pub fn is_own(&self) -> bool {
        self.lent.is_empty()
    }

    /// Every region, at least one.
    pub(super) fn list(&self) -> Vec<Region> {
        match self.is_own() {
            true => vec![Region::only()],
            false => self.lent.clone(),
        }
    }
}

/// Bytes as people write them: `48000`, `48k` (× 1024) or `2m` (× 1024 × 1024).
pub fn parse_bytes(text: &str) -> Option<usize> {
    let (digits, unit) = match text.to_ascii_lowercase().as_bytes().last() {
        Some(b'k') => (&text[..text.len() - 1], 1 << 10),
        Some(b'm') => (&text[..text.len() - 1], 1 << 20),
        _ => (text, 1),
    };
    digits.parse::<usize>().ok()?.checked_mul(unit)
}

/// Bytes as [`parse_bytes`] reads them, in units of 1024 where that is exact.
pub(super) fn print_bytes(bytes: usize) -> String {
    match bytes.is_multiple_of(1 << 10) && bytes > 0 {
        true => format!("{}k", bytes >> 10),
        false => bytes.to_string(),
    }
}
