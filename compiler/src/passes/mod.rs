//! Passes: each turns a graph into an equal one that is cheaper to run.

mod affine;
mod channels;
pub(crate) mod cse;
mod edges;
mod elementwise;
mod epilogue;
mod finite;
mod flatten;
mod gates;
pub(crate) mod integers;
mod linear;
mod pad;
mod pairs;
mod reshapes;
mod tables;
mod transposes;

use crate::diag::{Diag, Diags};
use crate::ir::{Graph, NodeId};
use crate::settings::Settings;

/// A pass, by the name under which `--dump-after` knows it.
pub struct Pass {
    /// Its name.
    pub name: &'static str,
    run: fn(&mut Graph, &Settings) -> Result<(), Diag>,
}

/// The passes, in the order in which they run.
pub const PASSES: &[Pass] = &[
    // Exporters write the same shape arithmetic and the same transposed weights again and again.
    Pass {
        name: "cse",
        run: |graph, _| cse::run(graph),
    },
    // What integers at inputs and outputs stand for is said by operators that go; floats there, if
    // asked for, are quantised like any other.
    Pass {
        name: "edges",
        run: edges::run,
    },
    // Every spatial operator was imported between two transpositions; most meet and cancel.
    Pass {
        name: "transposes",
        run: |graph, _| transposes::run(graph),
    },
    // Reshapes are free, but they stand between operators that would be fused.
    Pass {
        name: "reshapes",
        run: |graph, _| reshapes::run(graph),
    },
    // What is left before a dense layer becomes an order of its weights.
    Pass {
        name: "flatten",
        run: |graph, _| flatten::run(graph),
    },
    // Quantised data is quantised again before and after everything that moves it.
    Pass {
        name: "pairs",
        run: |graph, _| pairs::run(graph),
    },
    // Windows imply zeros around an image without copying it; they have to be spatial operators'
    // immediate neighbours, which they are once transpositions are gone.
    Pass {
        name: "pad",
        run: |graph, _| pad::run(graph),
    },
    // What lies between quantised values is computed on integers.
    Pass {
        name: "integers",
        run: integers::run,
    },
    // Quantisation has risen to the inputs and dequantisation sunk to the outputs: integers there, if
    // asked for, spare both.
    Pass {
        name: "edges-late",
        run: edges::late,
    },
    // Activations that are written out have names that the epilogue knows. Before their numbers
    // disappear in weights.
    Pass {
        name: "gates",
        run: |graph, _| gates::run(graph),
    },
    // Batch normalisation, scales and biases become part of weights.
    Pass {
        name: "affine",
        run: |graph, _| affine::run(graph),
    },
    // Residuals and activations are applied while results are still in registers.
    Pass {
        name: "epilogue",
        run: |graph, _| epilogue::run(graph),
    },
    // Chains of element-wise operators become one loop.
    Pass {
        name: "elementwise",
        run: |graph, _| elementwise::run(graph),
    },
    // A loop over bytes has 256 answers.
    Pass {
        name: "tables",
        run: |graph, _| tables::run(graph),
    },
    // Of integers it can be proved what they may be: channels that are the same for every input need
    // not be computed.
    Pass {
        name: "channels",
        run: channels::run,
    },
    // Rewriting leaves twins behind.
    Pass {
        name: "cse-late",
        run: |graph, _| cse::run(graph),
    },
];

/// Visits every node, producers first; those that fall out of use on the way are left out.
fn sweep(
    graph: &mut Graph,
    mut visit: impl FnMut(&mut Graph, NodeId) -> Result<(), Diag>,
) -> Result<(), Diag> {
    for id in graph.order() {
        if graph.is_live(id) {
            visit(graph, id)?;
        }
    }
    Ok(())
}

/// Runs passes, verifying the graph after each.
pub fn run(
    passes: &[Pass],
    graph: &mut Graph,
    settings: &Settings,
    observe: &mut dyn FnMut(&str, &Graph),
) -> Result<(), Diags> {
    for pass in passes {
        (pass.run)(graph, settings)?;
        *graph = graph.compact();
        graph
            .verify()
            .map_err(|d| d.note(format!("after pass {}", pass.name)))?;
        observe(pass.name, graph);
    }
    Ok(())
}
