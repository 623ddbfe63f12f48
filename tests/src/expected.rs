//! Expected failures: data that is checked both ways. A listed case that passes must leave the list.

use std::collections::BTreeMap;

/// Cases that fail for a known reason, from lines `RUNNER CASE: REASON`.
#[derive(Clone, Debug, Default)]
pub struct Expected(BTreeMap<(String, String), String>);

impl Expected {
    /// Reads a list; lines that begin with `#` and empty ones are skipped.
    ///
    /// # Panics
    /// If a line makes no sense: tests had better stop.
    pub fn parse(text: &str) -> Self {
        let lines = text.lines().map(str::trim);
        let entries = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        let entry = |line: &str| {
            let (what, reason) = line.split_once(": ")?;
            let (runner, case) = what.split_once(' ')?;
            Some(((runner.to_owned(), case.to_owned()), reason.to_owned()))
        };
        let entry =
            |line| entry(line).unwrap_or_else(|| panic!("not `RUNNER CASE: REASON`: {line}"));
        Expected(entries.map(entry).collect())
    }

    /// Whether the case is listed for the runner.
    pub fn lists(&self, runner: &str, case: &str) -> bool {
        self.reason(runner, case).is_some()
    }

    fn reason(&self, runner: &str, case: &str) -> Option<&String> {
        self.0.get(&(runner.to_owned(), case.to_owned()))
    }

    /// Turns what happened into what a test has to say: a failure that is listed is fine, and a success
    /// that is listed as a failure is not.
    pub fn judge(
        &self,
        runner: &str,
        case: &str,
        result: Result<(), String>,
    ) -> Result<(), String> {
        match (result, self.reason(runner, case)) {
            (Ok(()), Some(reason)) => Err(format!(
                "it passes, so it has to leave the list of expected failures, where it is said: {reason}"
            )),
            (Err(_), Some(_)) => Ok(()),
            (result, None) => result,
        }
    }

    /// Entries that name no case that exists.
    pub fn unknown<'a>(&'a self, exists: impl Fn(&str, &str) -> bool + 'a) -> Vec<String> {
        let unknown = self.0.keys().filter(|(runner, case)| !exists(runner, case));
        unknown
            .map(|(runner, case)| format!("{runner} {case}"))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_checked_both_ways() {
        let list = Expected::parse("# why\ntract a/b: it lacks Foo\n");
        assert!(list.judge("tract", "a/b", Err("no Foo".into())).is_ok());
        assert!(list.judge("tract", "a/b", Ok(())).is_err());
        assert!(list.judge("emitted", "a/b", Err("no".into())).is_err());
        assert!(list.judge("emitted", "a/b", Ok(())).is_ok());
        assert_eq!(list.unknown(|_, case| case != "a/b"), ["tract a/b"]);
    }
}
