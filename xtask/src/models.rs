//! The models of the zoo that a task is about.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use mlc_tests::Case;

/// The model zoo, of which `MLC_ZOO` names the folder.
pub(crate) fn zoo() -> Result<PathBuf> {
    let folder = std::env::var_os("MLC_ZOO").map(PathBuf::from);
    let folder = folder.context("MLC_ZOO has to name the folder of the model zoo")?;
    Ok(std::env::current_dir()?.join(folder))
}

/// The models that are named, or, if none is, the usual ones: each with its short name.
pub(crate) fn chosen(names: &[String], usual: fn(&str) -> bool) -> Result<Vec<(String, Case)>> {
    let cases = mlc_tests::zoo(&zoo()?).into_iter();
    let named = cases.map(|case| (case.name.trim_start_matches("zoo/").to_owned(), case));
    let wanted = |name: &String| match names {
        [] => usual(name),
        names => names.contains(name),
    };
    let chosen: Vec<_> = named.filter(|(name, _)| wanted(name)).collect();
    ensure!(!chosen.is_empty(), "no such model");
    Ok(chosen)
}
