//! How code calls an emitted network: the names of its type and of the functions for inputs and outputs.

use crate::memories::{BorrowedArena, Memories};
use crate::names::crate_name;
use crate::page::Draft;
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::{Port, Program, Stepping};
use mlc_compiler::tensor::TensorType;

/// The names under which an emitted network is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// The crate.
    pub crate_name: String,
    /// The network's type.
    pub type_name: String,
    /// The inputs, in order.
    pub inputs: Vec<Socket>,
    /// The outputs, in order.
    pub outputs: Vec<Socket>,
    /// The arenas that its constructor takes, in order.
    pub lent: Vec<BorrowedArena>,
    /// If the only input comes row by row: how many there are.
    pub rows: Option<usize>,
    /// How it takes time, if it takes it slice by slice; types are those of one step then.
    pub stepping: Option<Stepping>,
}

/// An input or output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket {
    /// Its name in the ONNX file.
    pub name: String,
    /// Element type and shape.
    pub ty: TensorType,
    /// The function that gives its place: an exclusive reference for an input, a shared one for an output.
    pub function: String,
    /// The Rust type of its elements.
    pub element: &'static str,
}

impl Interface {
    /// The interface of the network as it is emitted under `name`.
    pub fn of(compiled: &Compiled, name: &str) -> Result<Self, Diag> {
        let program = &compiled.program;
        let draft = Draft::new(compiled)?;
        let face = &draft.face;
        let sockets = |ports: &[Port], functions: Vec<String>| {
            let both = ports.iter().zip(functions);
            both.map(|(port, function)| socket(program, port, function))
                .collect()
        };
        Ok(Interface {
            crate_name: crate_name(name),
            type_name: draft.type_name(name),
            inputs: sockets(&program.inputs, face.input_functions()),
            outputs: sockets(&program.outputs, face.output_functions()),
            stepping: program.stepping.clone(),
            lent: Memories::of(&compiled.plan).lent(),
            rows: program
                .segments
                .first()
                .filter(|s| s.fed)
                .map(|s| s.edges[s.layers[0].writes].rows),
        })
    }
}

fn socket(program: &Program, port: &Port, function: String) -> Socket {
    Socket {
        name: port.name.clone(),
        ty: port.ty.clone(),
        function,
        element: program.buffer(port.buffer).element.rust_name(),
    }
}
