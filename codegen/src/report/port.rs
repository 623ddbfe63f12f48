//! Inputs and outputs of a network, as data and as text.

use mlc_compiler::program;
use mlc_compiler::quantization::Quantization;
use serde::Serialize;
use std::fmt;

/// An input or output: as text, its name, its type, and scale and zero point if they are known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Port {
    /// Its name in the ONNX file.
    pub name: String,
    /// The type of its elements.
    pub element: String,
    /// How long it is along each axis.
    pub shape: Vec<usize>,
    /// What its integers stand for, if that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quantization: Option<Quantization>,
}

impl Port {
    /// The input or output of a program.
    pub fn of(port: &program::Port) -> Self {
        Port {
            name: port.name.clone(),
            element: port.ty.dtype.to_string(),
            shape: port.ty.shape.to_vec(),
            quantization: port.quantization,
        }
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Port {
            name,
            element,
            shape,
            ..
        } = self;
        let shape: Vec<_> = shape.iter().map(usize::to_string).collect();
        write!(f, "{name}: {element}[{}]", shape.join("×"))?;
        self.quantization
            .map_or(Ok(()), |meaning| write!(f, " ({meaning})"))
    }
}

/// Inputs or outputs on a line.
pub fn listed(ports: &[Port]) -> String {
    let ports: Vec<_> = ports.iter().map(Port::to_string).collect();
    ports.join(", ")
}
