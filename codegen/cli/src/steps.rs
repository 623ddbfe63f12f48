//! Quantised layers against the graph as it is written, counted in steps of their scales.

use mlc_compiler::diag::Diags;
use mlc_compiler::literal::{self, LayerDifference};
use mlc_compiler::onnx::Model;
use mlc_compiler::tensor::Tensor;
use mlc_compiler::{Compiled, requantize::Profile};
use serde::Serialize;

/// How far the layers on integers are from the graph as it is written, each given the graph's own inputs.
#[derive(Serialize)]
pub(crate) struct Steps {
    /// The arithmetic of the layers: only `onnx` means to be the graph's own.
    profile: Profile,
    /// Quantised tensors that were compared, and their elements.
    tensors: usize,
    elements: usize,
    /// How many elements differ, and by how many steps at most.
    differing: usize,
    steps: i64,
    /// The first layer that differs.
    pub(crate) first: Option<LayerDifference>,
}

impl Steps {
    /// Compares layer by layer; `None` if the network has no quantised tensors.
    pub(crate) fn count(
        model: &Model,
        compiled: &Compiled,
        inputs: &[Tensor],
    ) -> Result<Option<Self>, Diags> {
        let layers = literal::compare(model, compiled, inputs)?;
        if layers.is_empty() {
            return Ok(None);
        }
        Ok(Some(Steps {
            profile: compiled.graph.settings.profile,
            tensors: layers.len(),
            elements: layers.iter().map(|layer| layer.elements).sum(),
            differing: layers.iter().map(|layer| layer.differing).sum(),
            steps: layers.iter().map(|layer| layer.steps).max().unwrap_or(0),
            first: layers.into_iter().find(|layer| layer.differing > 0),
        }))
    }

    /// The first layer that differs, where none should: TensorFlow Lite rounds otherwise on purpose.
    pub(crate) fn unexpected(&self) -> Option<&LayerDifference> {
        self.first
            .as_ref()
            .filter(|_| self.profile == Profile::Onnx)
    }

    /// A line or two for people.
    pub(crate) fn text(&self) -> String {
        let Steps {
            tensors,
            elements,
            differing,
            ..
        } = self;
        let all = format!(
            "{differing} of {elements} elements of {tensors} quantised tensors differ from the graph as it is written"
        );
        match &self.first {
            None => all,
            Some(first) => format!("{all}, the first in {}", describe(first)),
        }
    }
}

/// Where a layer differs, and by how much.
pub(crate) fn describe(layer: &LayerDifference) -> String {
    let LayerDifference {
        layer,
        operator,
        tensor,
        elements,
        differing,
        steps,
    } = layer;
    let plural = if *steps == 1 { "" } else { "s" };
    format!(
        "{layer} ({operator}): {differing} of {elements} elements of `{tensor}`, by {steps} step{plural} at most"
    )
}
