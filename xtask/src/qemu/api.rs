//! The names by which an emitted crate is used, read from its own public signatures.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};

/// The model type of an emitted crate and the methods that give its places.
#[derive(Debug, PartialEq)]
pub(super) struct Api {
    /// The struct.
    pub(super) model: String,
    /// Per input, the method that gives its place to write.
    pub(super) inputs: Vec<String>,
    /// Per output, the method that gives its place to read.
    pub(super) outputs: Vec<String>,
}

impl Api {
    /// Reads `src/lib.rs` of the crate in `dir`.
    pub(super) fn of_crate(dir: &Path) -> Result<Self> {
        let path = dir.join("src/lib.rs");
        let source =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Self::of_source(&source).with_context(|| format!("in {}", path.display()))
    }

    fn of_source(source: &str) -> Result<Self> {
        let constructor = source
            .find("pub const fn new() -> Self")
            .context("no model type with a `const fn new()`")?;
        let model = source[..constructor]
            .lines()
            .rev()
            .find_map(|line| name_between(line, "impl ", " {"))
            .context("the constructor is in no `impl`")?;
        let methods = |end| {
            let lines = source.lines();
            lines
                .filter_map(move |line| name_between(line, "pub fn ", end))
                .collect::<Vec<_>>()
        };
        let api = Self {
            model,
            inputs: methods("(&mut self) -> &mut ["),
            outputs: methods("(&self) -> &["),
        };
        ensure!(
            !api.inputs.is_empty(),
            "no method gives the place of an input"
        );
        ensure!(
            !api.outputs.is_empty(),
            "no method gives the place of an output"
        );
        Ok(api)
    }
}

/// The identifier of a line that begins with `start` and goes on with `end` after it.
fn name_between(line: &str, start: &str, end: &str) -> Option<String> {
    let (name, _) = line.trim_start().strip_prefix(start)?.split_once(end)?;
    let is_name = name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_signatures() {
        let source = "
            pub struct Two { arena: Arena }
            impl Two {
                /// A model.
                pub const fn new() -> Self { todo() }
                pub fn run(&mut self, a: &[f32; 2]) -> &[f32; 3] {}
                pub fn a_mut(&mut self) -> &mut [f32; 2] {}
                pub fn b_mut(&mut self) -> &mut [i64; 1] {}
                pub fn infer(&mut self) {}
                pub fn y(&self) -> &[f32; 3] {}
            }";
        let api = Api::of_source(source).unwrap();
        assert_eq!(api.model, "Two");
        assert_eq!(api.inputs, ["a_mut", "b_mut"]);
        assert_eq!(api.outputs, ["y"]);
    }
}
