//! Sections and symbols of an image, which is an ELF file.

use mlc_compiler::diag::Diag;
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind};

/// Sections that firmware's linker scripts leave out: they are for unwinding.
const DISCARDED: [&str; 2] = [".ARM.ex", ".eh_frame"];

/// What an image holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// Bytes of instructions.
    pub code: u64,
    /// Bytes of constants, weights among them, and of the initial values of variables.
    pub constants: u64,
    /// Bytes of variables; the stack is beside them.
    pub variables: u64,
}

impl Sizes {
    /// The sizes of an image.
    pub fn of<'a>(file: &impl Object<'a>) -> Self {
        let total = |wanted: fn(&Traits) -> bool| {
            let sections = file.sections().filter(|s| wanted(&Traits::of(s)));
            sections.map(|s| s.size()).sum()
        };
        Self {
            code: total(|section| section.loaded && section.executable),
            constants: total(|s| s.loaded && s.has_contents && !s.executable),
            variables: total(|section| section.loaded && section.writable),
        }
    }
}

/// What matters of a section.
struct Traits {
    loaded: bool,
    writable: bool,
    executable: bool,
    has_contents: bool,
}

impl Traits {
    fn of<'a>(section: &impl ObjectSection<'a>) -> Self {
        let has = |flag| match section.flags() {
            SectionFlags::Elf { sh_flags, .. } => sh_flags.contains(flag),
            _ => false,
        };
        let name = section.name().unwrap_or_default();
        let is_discarded = DISCARDED.iter().any(|start| name.starts_with(start));
        Self {
            loaded: has(SHF_ALLOC) && !is_discarded,
            writable: has(SHF_WRITE),
            executable: has(SHF_EXECINSTR),
            has_contents: section.kind() != SectionKind::UninitializedData,
        }
    }
}

/// The value of a symbol.
pub fn address<'a>(file: &impl Object<'a>, name: &str) -> Result<u64, Diag> {
    let symbol = file.symbol_by_name(name);
    let missing = || Diag::new("unreadable-image", format!("the image has no {name}"));
    Ok(symbol.ok_or_else(missing)?.address())
}

/// The address of a function; Thumb marks its own in the lowest bit.
pub fn function<'a>(file: &impl Object<'a>, name: &str) -> Result<u64, Diag> {
    Ok(address(file, name)? & !1)
}

pub(super) fn unreadable(error: object::Error) -> Diag {
    Diag::new(
        "unreadable-image",
        format!("the image cannot be read: {error}"),
    )
}
