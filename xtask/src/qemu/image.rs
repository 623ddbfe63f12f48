//! What an image holds, read from its ELF file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use object::elf::{SHF_ALLOC, SHF_WRITE};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind};

/// A linked image.
pub(super) struct Image {
    pub(super) path: PathBuf,
    /// Bytes of code, constants and the initial values of variables.
    pub(super) flash_bytes: u64,
    /// Bytes of variables, the arena among them; the stack is beside them.
    pub(super) ram_bytes: u64,
    /// Where the marks of the measured region are.
    pub(super) begin: u64,
    pub(super) end: u64,
}

impl Image {
    /// Reads sizes and marks from the file.
    pub(super) fn read(path: PathBuf) -> Result<Self> {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = object::File::parse(&*bytes)?;
        let total = |wanted: fn(&Traits) -> bool| {
            let sections = file.sections().filter(|s| wanted(&Traits::of(s)));
            sections.map(|s| s.size()).sum()
        };
        Ok(Self {
            flash_bytes: total(|section| section.loaded && section.has_contents),
            ram_bytes: total(|section| section.loaded && section.writable),
            begin: address(&file, "region_begin")?,
            end: address(&file, "region_end")?,
            path,
        })
    }
}

/// What matters of a section.
struct Traits {
    loaded: bool,
    writable: bool,
    has_contents: bool,
}

impl Traits {
    fn of<'a>(section: &impl ObjectSection<'a>) -> Self {
        let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
            return Self {
                loaded: false,
                writable: false,
                has_contents: false,
            };
        };
        Self {
            loaded: sh_flags.contains(SHF_ALLOC),
            writable: sh_flags.contains(SHF_WRITE),
            has_contents: section.kind() != SectionKind::UninitializedData,
        }
    }
}

/// The address of a function; Thumb marks its own in the lowest bit.
fn address<'a>(file: &impl Object<'a>, name: &str) -> Result<u64> {
    let symbol = file
        .symbol_by_name(name)
        .with_context(|| format!("the image has no {name}"))?;
    Ok(symbol.address() & !1)
}
