//! Networks for C: beside the crates, a static library that exports their functions, and headers.
//!
//! ```text
//! c/Cargo.toml                  the library: another crate, so that those for Rust stay as they are
//! c/src/lib.rs                  its parts, and what happens if something panics: nothing does
//! c/src/handle.rs               what C passes, checked: all `unsafe` code
//! c/src/NAME.rs                 the functions of a network
//! c/include/NAME.h, NAME.hpp    what C and C++ see of it
//! ```
//!
//! Several networks in one library share code and memory; libraries that are built apart have no symbols in common but
//! those that linkers merge.

mod face;
mod functions;
mod header;
mod library;
mod text;
mod wrapper;

use crate::Files;
use crate::manifest;
use crate::names::Names;
use face::{CFace, CPort};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use std::collections::BTreeMap;

/// A network, and the folder of its crate as a path from that of the library.
pub(crate) struct Member<'a> {
    pub(crate) compiled: &'a Compiled,
    pub(crate) name: &'a str,
    pub(crate) folder: String,
}

/// What C calls a network, for whoever writes programs around it.
pub struct CNames {
    /// What its functions and types begin with; its header is called so.
    pub prefix: String,
    /// Of each input, the function that gives its place and the type of its elements.
    pub inputs: Vec<(String, String)>,
    /// Of each output, the same.
    pub outputs: Vec<(String, String)>,
}

impl CNames {
    /// Those of the network as it is emitted under `name`.
    pub fn of(compiled: &Compiled, name: &str) -> Result<Self, Diag> {
        let face = CFace::new(compiled, name, None)?;
        let named = |port: &CPort| {
            let function = format!("{}_{}", face.prefix, port.stem());
            (function, text::element(port.element))
        };
        Ok(CNames {
            inputs: face.inputs.iter().map(named).collect(),
            outputs: face.outputs.iter().map(named).collect(),
            prefix: face.prefix,
        })
    }
}

/// Adds the library `name` of some networks; these share arenas that have the sizes `shared`, if they do.
pub(crate) fn add(
    files: &mut Files,
    name: &str,
    members: &[Member<'_>],
    shared: Option<&BTreeMap<&str, usize>>,
) -> Result<(), Diag> {
    let mut modules = Names::besides(["handle", "lib", "main"].map(String::from));
    let mut networks = Vec::new();
    for member in members {
        let face = CFace::new(member.compiled, member.name, shared)?;
        let module = modules.snake(&face.prefix, "network", |_| Vec::new());
        files.add(format!("c/src/{module}.rs"), library::network(&face)?);
        files.add(
            format!("c/include/{}.h", face.prefix),
            header::header(&face),
        );
        files.add(
            format!("c/include/{}.hpp", face.prefix),
            wrapper::wrapper(&face),
        );
        networks.push(library::Part {
            prefix: face.prefix,
            package: face.package,
            module,
            folder: member.folder.clone(),
        });
    }
    files.add("c/src/lib.rs", library::root(&networks));
    files.add("c/src/handle.rs", library::HANDLE);
    let description = format!("The library `{name}` of networks compiled by mlc, for C");
    let more = library::manifest(name, &networks);
    files.add(
        "c/Cargo.toml",
        manifest::manifest(&format!("{name}_c"), &description, &more),
    );
    Ok(())
}
