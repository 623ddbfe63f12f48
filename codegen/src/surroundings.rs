//! What is around a folder: perhaps a workspace of the user's, of which emitted crates become a part.

use crate::Files;
use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

/// The manifest of a workspace that consists of emitted crates.
const MANIFEST: &str = "Cargo.toml";

/// Files as they fit into a folder: a workspace does not contain another one.
pub(crate) fn fitted<'a>(files: &'a Files, folder: &Path) -> Cow<'a, Files> {
    let manifest = files.get(MANIFEST).map(String::from_utf8_lossy);
    let is_workspace = manifest.is_some_and(|text| is_workspace(&text));
    match is_workspace && workspace_around(folder).is_some() {
        true => Cow::Owned(files.without(MANIFEST)),
        false => Cow::Borrowed(files),
    }
}

/// The folder of the workspace that a crate in `folder` would belong to: the nearest one above that does not exclude it.
pub fn workspace_around(folder: &Path) -> Option<PathBuf> {
    let folder = std::path::absolute(folder).ok()?;
    let folder = folder.canonicalize().unwrap_or(folder);
    let above = folder.ancestors().skip(1);
    let workspaces = above.filter_map(|root| {
        let text = fs::read_to_string(root.join(MANIFEST)).ok()?;
        is_workspace(&text).then_some((root, text))
    });
    let (root, text) = workspaces.take(1).next()?;
    (!excludes(&text, root, &folder)).then(|| root.to_owned())
}

fn is_workspace(manifest: &str) -> bool {
    table(manifest).is_some_and(|table| table.contains_key("workspace"))
}

fn excludes(manifest: &str, root: &Path, folder: &Path) -> bool {
    let list = |table: &toml::Table, key: &str| -> Vec<PathBuf> {
        let list = table
            .get("workspace")
            .and_then(|workspace| workspace.get(key));
        let paths = list.and_then(toml::Value::as_array).into_iter().flatten();
        paths
            .filter_map(toml::Value::as_str)
            .map(|path| root.join(path))
            .collect()
    };
    table(manifest).is_some_and(|table| {
        let is_in = |key| {
            list(&table, key)
                .iter()
                .any(|path| folder.starts_with(path))
        };
        is_in("exclude") && !is_in("members")
    })
}

fn table(manifest: &str) -> Option<toml::Table> {
    manifest.parse().ok()
}
