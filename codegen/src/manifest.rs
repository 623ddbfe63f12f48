//! Manifests of emitted crates, and the licences of the code that is in them.
//!
//! No crate has a table of its own for a workspace: beneath one of the user's it is a part of that, and elsewhere it
//! needs none.

use crate::Files;
use crate::install::MARK;
use crate::platform;
use mlc_compiler::target::TargetRef;

/// The terms of the code: files by name.
const LICENCES: [(&str, &str); 2] = [
    ("LICENSE-APACHE", include_str!("../LICENSE-APACHE")),
    ("LICENSE-MIT", include_str!("../LICENSE-MIT")),
];

/// Adds a crate's manifest and the licences of its code; `more` is what else the manifest says.
pub(crate) fn add(files: &mut Files, folder: &str, name: &str, description: &str, more: &str) {
    files.add(
        format!("{folder}Cargo.toml"),
        manifest(name, description, more),
    );
    for (file, text) in LICENCES {
        files.add(format!("{folder}{file}"), text);
    }
}

/// The description of a network's crate.
pub(crate) fn described(name: &str, target: TargetRef) -> String {
    let target = platform::described(target);
    format!("The network `{name}`, compiled by mlc: no_std, without heap{target}")
}

/// A crate's manifest; `more` goes on where it describes the library.
pub(crate) fn manifest(name: &str, description: &str, more: &str) -> String {
    let (rust, licence) = (env!("CARGO_PKG_RUST_VERSION"), env!("CARGO_PKG_LICENSE"));
    format!(
        "{MARK}.\n[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"{rust}\"\n\
         description = \"{description}\"\n# Of the code. The weights are the model's, and so are their terms.\n\
         license = \"{licence}\"\n\n[lib]\ntest = false\ndoctest = false\n{more}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_those_of_the_project() {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for (file, text) in LICENCES {
            assert_eq!(std::fs::read_to_string(root.join(file)).unwrap(), text);
            assert!(file.ends_with("MIT") || text.contains("Apache License"));
        }
    }
}
