//! What an image holds, read from its ELF file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SectionKind};

use super::layers;
use super::stack::CallGraph;

/// A linked image.
pub(super) struct Image {
    pub(super) path: PathBuf,
    /// Bytes of instructions.
    pub(super) code_bytes: u64,
    /// Bytes of constants, weights among them, and of the initial values of variables.
    pub(super) constant_bytes: u64,
    /// Bytes of variables, the arena among them; the stack is beside them.
    pub(super) ram_bytes: u64,
    /// Where the marks of the measured region are.
    pub(super) begin: u64,
    pub(super) end: u64,
    /// Where the marks of layers are, if it has any.
    pub(super) layers: Vec<u64>,
    pub(super) stack: Stack,
}

/// Bytes of stack.
pub(super) struct Stack {
    /// Between the variables and the end of memory.
    pub(super) room: u64,
    /// What all of the program takes at most.
    pub(super) program: u64,
    /// What of that is taken below the function that calls the network: what painted memory shows.
    pub(super) network: u64,
}

impl Image {
    /// Reads sizes, marks and the call graph from the file.
    pub(super) fn read(path: PathBuf) -> Result<Self> {
        let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let file = object::File::parse(&*bytes)?;
        let total = |wanted: fn(&Traits) -> bool| {
            let sections = file.sections().filter(|s| wanted(&Traits::of(s)));
            sections.map(|s| s.size()).sum()
        };
        let begin = function(&file, "region_begin")?;
        let marks = (1..).map_while(|step| function(&file, &layers::mark(step)).ok());
        Ok(Self {
            code_bytes: total(|section| section.loaded && section.executable),
            constant_bytes: total(|s| s.loaded && s.has_contents && !s.executable),
            ram_bytes: total(|section| section.loaded && section.writable),
            begin,
            end: function(&file, "region_end")?,
            layers: marks.collect(),
            stack: Stack::of(&file, begin)?,
            path,
        })
    }
}

impl Stack {
    fn of<'a>(file: &impl Object<'a>, begin: u64) -> Result<Self> {
        let graph = CallGraph::read(file)?;
        Ok(Self {
            room: address(file, "_stack_top")?.saturating_sub(address(file, "_stack_low")?),
            program: graph.depth(function(file, "_firmware")?)?,
            network: graph.depth_of_callees(graph.caller_of(begin)?)?,
        })
    }

    /// Why the program must not run, if its stack may run into its variables.
    pub(super) fn lack(&self) -> Option<String> {
        let Self { room, program, .. } = self;
        (program > room).then(|| format!("{room} bytes of stack are left, {program} are needed"))
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
        Self {
            loaded: has(SHF_ALLOC),
            writable: has(SHF_WRITE),
            executable: has(SHF_EXECINSTR),
            has_contents: section.kind() != SectionKind::UninitializedData,
        }
    }
}

/// The value of a symbol.
fn address<'a>(file: &impl Object<'a>, name: &str) -> Result<u64> {
    let symbol = file.symbol_by_name(name);
    let symbol = symbol.with_context(|| format!("the image has no {name}"))?;
    Ok(symbol.address())
}

/// The address of a function; Thumb marks its own in the lowest bit.
fn function<'a>(file: &impl Object<'a>, name: &str) -> Result<u64> {
    Ok(address(file, name)? & !1)
}
