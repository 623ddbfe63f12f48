//! What an emitted crate says of the machine that it is for, and what cargo is told of it.
//!
//! A crate that stands alone carries the platform and the flags in cargo's own configuration, so that `cargo build` in
//! its folder builds for the machine; where the crate is a part of another one, it is for that one to say.

use crate::install::MARK;
use mlc_compiler::target::{Target, TargetRef};

/// What documentation says: nothing for a network that is for any machine.
pub(crate) fn docs(target: TargetRef) -> String {
    if target == TargetRef::default() {
        return String::new();
    }
    let triple = target.triple.map(|triple| format!(" --target {triple}"));
    let flags = match &target.flags()[..] {
        [] => String::new(),
        flags => format!(", with `RUSTFLAGS={}`", flags.join(" ")),
    };
    format!(
        "It is for {}: `cargo build --release{}`{flags}. Any other machine computes the same bits, only slower.\n\n",
        target.about,
        triple.unwrap_or_default(),
    )
}

/// The end of a crate's description.
pub(crate) fn described(target: TargetRef) -> String {
    match target == TargetRef::default() {
        true => String::new(),
        false => format!(", for {}", target.about),
    }
}

/// Cargo's configuration for the machine, if it is another than the one that compiles.
pub(crate) fn config(target: &Target) -> Option<String> {
    let triple = target.triple?;
    let flags = match &target.flags()[..] {
        [] => String::new(),
        flags => format!("\n[target.{triple:?}]\nrustflags = {flags:?}\n"),
    };
    Some(format!(
        "{MARK}: what cargo, run in this folder, builds for. It is for {}.\n[build]\ntarget = {triple:?}\n{flags}",
        target.about,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_compiler::target::TARGETS;

    #[test]
    fn what_cargo_is_told_is_the_row_of_the_target() {
        for target in TARGETS {
            let Some(text) = config(target) else {
                assert_eq!(target.triple, None);
                continue;
            };
            let table: toml::Table = text.parse().unwrap();
            let triple = target.triple.unwrap();
            assert_eq!(table["build"]["target"].as_str(), Some(triple));
            let own = table.get("target").map(|tables| &tables[triple]);
            let flags = own.and_then(|own| own["rustflags"].as_array());
            let flags = flags.into_iter().flatten();
            let flags: Vec<_> = flags.filter_map(toml::Value::as_str).collect();
            assert_eq!(flags, target.flags());
        }
    }

    #[test]
    fn a_network_for_any_machine_says_nothing() {
        let any = TargetRef::default();
        assert_eq!((docs(any), described(any)), (String::new(), String::new()));
        let core: TargetRef = "cortex-m4".parse().unwrap();
        let expected = "`cargo build --release --target thumbv7em-none-eabihf`, with `RUSTFLAGS=-Ctarget-cpu=cortex-m4`";
        assert!(docs(core).contains(expected));
    }
}
