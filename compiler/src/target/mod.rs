//! The machines that networks are compiled for, as rows of one table.
//!
//! Stable Rust cannot ask a microcontroller for its instruction set, so whoever compiles a network says which core it is
//! for. What is emitted for a target names its instructions; on any other machine it computes the same bits.

mod pipeline;
mod table;

use crate::diag::Diag;
use mlc_runtime_core::table::forms::Isa;
pub use pipeline::{Instruction, Pipeline};
use serde::{Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
pub use table::TARGETS;

/// A machine, or any.
#[derive(Debug, PartialEq, Eq)]
pub struct Target {
    /// Its name, as `--target` takes it.
    pub name: &'static str,
    /// What it is, for people.
    pub about: &'static str,
    /// rustc's name of the platform; none where it is the one that compiles, or any.
    pub triple: Option<&'static str>,
    /// rustc's name of the core (`-Ctarget-cpu`), if the platform leaves it open.
    pub cpu: Option<&'static str>,
    /// Instruction sets that its forms may be for, the best first.
    pub isas: &'static [Isa],
    /// Whether it computes with floats of 32 bits in hardware.
    pub floats: bool,
    /// Registers for integers that a loop has to itself.
    pub registers: usize,
    /// How long its instructions take, where a simple model says that.
    pub pipeline: Option<&'static Pipeline>,
}

/// A target of the table: by default, any machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct TargetRef(&'static Target);

impl Target {
    /// The flags that rustc takes besides the triple.
    pub fn flags(&self) -> Vec<String> {
        let cpu = self.cpu.map(|cpu| format!("-Ctarget-cpu={cpu}"));
        cpu.into_iter().collect()
    }

    /// The architecture of its platform, as `cfg(target_arch)` names it.
    pub fn arch(&self) -> Option<&'static str> {
        let first = self.triple?.split('-').next()?;
        // Names say after the architecture which extensions there are, and those of Arm how code is written.
        let family = ["riscv32", "riscv64"]
            .into_iter()
            .find(|family| first.starts_with(family));
        let thumb = first.starts_with("thumb").then_some("arm");
        family.or(thumb).or(Some(first))
    }

    /// Whether nothing but the network runs on it: its platform has no operating system.
    pub fn is_bare(&self) -> bool {
        self.triple.is_some_and(|triple| triple.contains("-none-"))
    }

    /// What to know if a network for this target is compiled for the platform `triple`, if that is another.
    pub fn compiled_for(&self, triple: &str) -> Option<Diag> {
        let own = self.triple.filter(|own| *own != triple)?;
        let message = format!(
            "the network is for {}, whose platform is {own}, and is compiled for {triple}",
            self.name
        );
        Some(
            Diag::new("other-platform", message)
                .note(
                    "it computes the same bits there, but not by the instructions it was made for",
                )
                .note("choose the target of the machine, or `portable` for any"),
        )
    }
}

impl std::ops::Deref for TargetRef {
    type Target = Target;

    fn deref(&self) -> &Target {
        self.0
    }
}

impl Default for TargetRef {
    fn default() -> Self {
        TargetRef(&TARGETS[0])
    }
}

impl fmt::Debug for TargetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl fmt::Display for TargetRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Serialize for TargetRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name)
    }
}

impl FromStr for TargetRef {
    type Err = Diag;

    fn from_str(name: &str) -> Result<Self, Diag> {
        let found = TARGETS.iter().find(|target| target.name == name);
        found.map(TargetRef).ok_or_else(|| unknown(name))
    }
}

fn unknown(name: &str) -> Diag {
    let diag = Diag::new("unknown-target", format!("no target is called `{name}`"));
    let with_triple = TARGETS.iter().filter(|target| target.triple == Some(name));
    let cores: Vec<_> = with_triple.map(|target| target.name).collect();
    let diag = match &cores[..] {
        [] => diag,
        cores => diag.note(format!("`{name}` is the platform of {}", cores.join(", "))),
    };
    let names: Vec<_> = TARGETS.iter().map(|target| target.name).collect();
    diag.note(format!("the targets are {}", names.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_found_by_name() {
        for target in TARGETS {
            assert_eq!(TargetRef::from_str(target.name).unwrap().name, target.name);
        }
        assert_eq!(TargetRef::default().name, "portable");
    }

    #[test]
    fn platforms_are_named_as_rustc_names_them() {
        let arch = |name| TargetRef::from_str(name).unwrap().arch();
        let arches = ["portable", "cortex-m0", "rv32imac", "rv64gc", "x86-64"].map(arch);
        let expected = [None, Some("arm"), Some("riscv32"), Some("riscv64")];
        assert_eq!(arches[..4], expected);
        assert_eq!(arches[4], Some("x86_64"));
        let bare = TARGETS.iter().filter(|target| target.is_bare());
        assert!(bare.clone().all(|target| target.name != "aarch64"));
        assert_eq!(bare.count(), 12);
    }

    #[test]
    fn another_platform_is_remarked_upon() {
        let target = TargetRef::from_str("cortex-m3").unwrap();
        assert_eq!(target.compiled_for("thumbv7m-none-eabi"), None);
        let said = target.compiled_for("thumbv6m-none-eabi").unwrap();
        assert!(
            said.message
                .contains("thumbv7m-none-eabi, and is compiled for thumbv6m")
        );
        assert_eq!(TargetRef::default().compiled_for("anything"), None);
    }

    #[test]
    fn a_platform_leads_to_its_cores() {
        let said = TargetRef::from_str("thumbv7em-none-eabihf")
            .unwrap_err()
            .to_string();
        assert!(
            said.contains("is the platform of cortex-m4, cortex-m7"),
            "{said}"
        );
    }
}
