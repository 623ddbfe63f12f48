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
mod interface;
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
    run: Run,
}

/// What a pass does, and whether it asks what is wanted.
enum Run {
    Plain(fn(&mut Graph) -> Result<(), Diag>),
    Asking(fn(&mut Graph, &Settings) -> Result<(), Diag>),
}

const fn plain(name: &'static str, run: fn(&mut Graph) -> Result<(), Diag>) -> Pass {
    Pass {
        name,
        run: Run::Plain(run),
    }
}

const fn asking(name: &'static str, run: fn(&mut Graph, &Settings) -> Result<(), Diag>) -> Pass {
    Pass {
        name,
        run: Run::Asking(run),
    }
}

/// The passes, in the order in which they run.
pub const PASSES: &[Pass] = &[
    // Exporters write the same shape arithmetic and the same transposed weights again and again.
    plain("cse", cse::run),
    // What integers at inputs and outputs stand for is said by operators that go; floats there, if
    // asked for, are quantised like any other.
    asking("edges", edges::run),
    // Cameras give bytes and channels last: what that takes is part of the network, so that it can disappear in it.
    asking("interface", interface::run),
    // Every spatial operator was imported between two transpositions; most meet and cancel.
    plain("transposes", transposes::run),
    // Reshapes are free, but they stand between operators that would be fused.
    plain("reshapes", reshapes::run),
    // What is left before a dense layer becomes an order of its weights.
    plain("flatten", flatten::run),
    // Quantised data is quantised again before and after everything that moves it.
    plain("pairs", pairs::run),
    // Windows imply zeros around an image without copying it; they have to be spatial operators'
    // immediate neighbours, which they are once transpositions are gone.
    plain("pad", pad::run),
    // What lies between quantised values is computed on integers.
    asking("integers", integers::run),
    // Quantisation has risen to the inputs and dequantisation sunk to the outputs: integers there, if
    // asked for, spare both.
    asking("edges-late", edges::late),
    // Activations that are written out have names that the epilogue knows. Before their numbers
    // disappear in weights.
    plain("gates", gates::run),
    // Batch normalisation, scales and biases become part of weights.
    plain("affine", affine::run),
    // Residuals and activations are applied while results are still in registers.
    plain("epilogue", epilogue::run),
    // Chains of element-wise operators become one loop.
    plain("elementwise", elementwise::run),
    // A loop over bytes has 256 answers.
    plain("tables", tables::run),
    // Of integers it can be proved what they may be: channels that are the same for every input need
    // not be computed.
    asking("channels", channels::run),
    // Rewriting leaves twins behind.
    plain("cse-late", cse::run),
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
        match pass.run {
            Run::Plain(run) => run(graph),
            Run::Asking(run) => run(graph, settings),
        }?;
        *graph = graph.compact();
        graph
            .verify()
            .map_err(|d| d.note(format!("after pass {}", pass.name)))?;
        observe(pass.name, graph);
    }
    Ok(())
}
