//! What is asked of memory: how much of it there is, where, and how long to search for places in it.

use mlc_runtime_core::arena::ALIGN;
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;

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
    pub(crate) fn capacity(&self) -> usize {
        self.budget.unwrap_or(usize::MAX) / ALIGN * ALIGN
    }
}

impl Regions {
    /// Whether the network has an arena of its own.
    pub fn is_own(&self) -> bool {
        self.lent.is_empty()
    }

    /// Every region, at least one.
    pub(crate) fn list(&self) -> Vec<Region> {
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
pub(crate) fn print_bytes(bytes: usize) -> String {
    match bytes.is_multiple_of(1 << 10) && bytes > 0 {
        true => format!("{}k", bytes >> 10),
        false => bytes.to_string(),
    }
}

/// How much working memory a network may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ram {
    /// What layers take that run one after the other.
    #[default]
    Plain,
    /// As little as can be.
    Least,
    /// At most so many bytes.
    AtMost(usize),
}

impl FromStr for Ram {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match (text, parse_bytes(text)) {
            ("plain", _) => Ok(Ram::Plain),
            ("least", _) => Ok(Ram::Least),
            (_, Some(bytes)) => Ok(Ram::AtMost(bytes)),
            _ => Err("give bytes, such as 48000 or 48k (48 × 1024), or `least`".into()),
        }
    }
}

impl Ram {
    /// Whether so many bytes are known to be few enough.
    pub(crate) fn allows(self, bytes: usize) -> bool {
        matches!(self, Ram::AtMost(budget) if bytes <= budget)
    }
}

impl fmt::Display for Ram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ram::Plain => f.write_str("plain"),
            Ram::Least => f.write_str("least"),
            Ram::AtMost(bytes) => write!(f, "{bytes}"),
        }
    }
}

/// How long to search. It is counted and not timed, so that equal input gives equal placements on every machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort(pub u32);

impl Effort {
    /// How often the search may look at a buffer, a few nanoseconds each.
    pub(crate) fn looks(self) -> u64 {
        u64::from(self.0) * 1_000_000
    }
}

impl FromStr for Effort {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Effort)
    }
}

impl fmt::Display for Effort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Default for Effort {
    fn default() -> Self {
        Effort(20)
    }
}
