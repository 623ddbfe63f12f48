//! The name that was probably meant.

/// Cells of distance tables that may be computed for one model: suggesting is a courtesy, and a broken
/// file may have any number of unknown names and of candidates.
const EFFORT: usize = 1 << 27;

/// What a candidate costs at least, counted in such cells.
const CANDIDATE_EFFORT: usize = 32;

/// Longer names are not compared.
const MAX_LEN: usize = 200;

/// Finds names that resemble unknown ones, as long as that takes no time to speak of.
pub(crate) struct Suggestions {
    effort: usize,
}

impl Default for Suggestions {
    fn default() -> Self {
        Suggestions { effort: EFFORT }
    }
}

impl Suggestions {
    /// The candidate closest to `name`, if one is close.
    pub(crate) fn closest<'a>(
        &mut self,
        name: &str,
        candidates: impl Iterator<Item = &'a str>,
    ) -> Option<&'a str> {
        let mut limit = name.len().div_ceil(3);
        let mut closest = None;
        for candidate in candidates {
            let len = name.len().max(candidate.len());
            self.spend(CANDIDATE_EFFORT)?;
            if len > MAX_LEN || name.len().abs_diff(candidate.len()) > limit {
                continue;
            }
            self.spend(len * len)?;
            let distance = distance(name.as_bytes(), candidate.as_bytes());
            if distance <= limit
                && closest.is_none_or(|(best, found)| (distance, candidate) < (best, found))
            {
                (closest, limit) = (Some((distance, candidate)), distance);
            }
        }
        closest.map(|(_, candidate)| candidate)
    }

    /// `None` once the effort is used up.
    fn spend(&mut self, effort: usize) -> Option<()> {
        self.effort = self.effort.saturating_sub(effort);
        (self.effort > 0).then_some(())
    }

    /// A note that asks whether the closest candidate was meant.
    pub(crate) fn note<'a>(
        &mut self,
        name: &str,
        candidates: impl Iterator<Item = &'a str>,
    ) -> Option<String> {
        self.closest(name, candidates)
            .map(|closest| format!("did you mean `{closest}`?"))
    }
}

/// Levenshtein's distance: how many bytes must be inserted, deleted or replaced.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        for (a, b, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(distance(a.as_bytes(), b.as_bytes()), expected, "{a} {b}");
        }
    }

    #[test]
    fn the_closest_is_found_and_nothing_far() {
        let names = ["conv1.weight", "conv2.weight", "bias"];
        let mut suggestions = Suggestions::default();
        assert_eq!(
            suggestions.closest("conv2.weigth", names.into_iter()),
            Some("conv2.weight")
        );
        assert_eq!(suggestions.closest("scale", names.into_iter()), None);
    }
}
