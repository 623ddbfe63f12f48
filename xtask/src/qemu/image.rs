//! What an image holds, read from its ELF file.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};
use mlc_codegen::image::{CallGraph, Sizes, address, function};
use mlc_codegen::marks;
use object::Object;

/// A linked image.
pub(super) struct Image {
    pub(super) path: PathBuf,
    pub(super) sizes: Sizes,
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
        let begin = function(&file, "region_begin")?;
        let marks = (1..).map_while(|step| function(&file, &marks::mark(step)).ok());
        Ok(Self {
            sizes: Sizes::of(&file),
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
