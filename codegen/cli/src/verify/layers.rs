//! Layers against the graph as it is written, over several samples.

use crate::table::{Lean, grouped, table};
use mlc_compiler::Compiled;
use mlc_compiler::diag::Diags;
use mlc_compiler::onnx::Model;
use mlc_compiler::quantization::Profile;
use mlc_compiler::reference::Reference;
use mlc_compiler::reference::layers::{Contract, Layer, Off, compare};
use mlc_compiler::tensor::Tensor;
use serde::Serialize;
use std::collections::BTreeMap;

/// How far layers are from the graph as it is written, each given the graph's own inputs.
#[derive(Serialize)]
pub(super) struct Layers {
    /// The arithmetic of layers on integers.
    profile: Profile,
    /// How many samples layers were given.
    samples: usize,
    /// Tensors that were compared, and how many of them are not within the contract.
    tensors: usize,
    broken: usize,
    /// Elements of quantised tensors, and how many of them are not what the graph's numbers are rounded to, halves to
    /// even, and by how many steps at most.
    elements: usize,
    differing: usize,
    steps: i64,
    /// Nodes that were evaluated by naive definitions, and those by the compiler's own kernels.
    defined: usize,
    borrowed: BTreeMap<String, usize>,
    /// The first layer that is not within the contract.
    pub(super) first: Option<Layer>,
    /// All of them, if they were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    all: Option<Vec<Layer>>,
}

impl Layers {
    /// Compares layer by layer. `given` are inputs of the model, and the same as the program takes them.
    pub(super) fn judge(
        model: &Model,
        compiled: &Compiled,
        given: &[(&[Tensor], &[Tensor])],
        contract: Contract,
    ) -> Result<Self, Diags> {
        let mut layers: Vec<Layer> = Vec::new();
        let (mut defined, mut borrowed) = (0, BTreeMap::new());
        for (inputs, taken) in given {
            let reference = Reference::evaluate(model, inputs)?;
            let found = compare(&compiled.program, taken, &reference, contract)?;
            (defined, borrowed) = (reference.defined(), reference.borrowed().clone());
            layers = match layers.is_empty() {
                true => found,
                false => layers.iter().zip(&found).map(|(a, b)| a.and(b)).collect(),
            };
        }
        let mut summary = Layers {
            profile: contract.profile,
            samples: given.len(),
            tensors: layers.len(),
            broken: layers.iter().filter(|layer| !layer.holds()).count(),
            elements: 0,
            differing: 0,
            steps: 0,
            defined,
            borrowed,
            first: layers.iter().find(|layer| !layer.holds()).cloned(),
            all: None,
        };
        for layer in &layers {
            if let Off::Codes(codes) = layer.off {
                summary.elements += layer.elements;
                summary.differing += codes.differing;
                summary.steps = summary.steps.max(codes.steps);
            }
        }
        summary.all = Some(layers);
        Ok(summary)
    }

    /// Forgets everything but the summary.
    pub(super) fn brief(mut self) -> Self {
        self.all = None;
        self
    }

    /// Whether every layer is within the contract.
    pub(super) fn hold(&self) -> bool {
        self.broken == 0 && self.tensors > 0
    }

    /// A layer on integers that is not within the contract: whatever the outputs are, that is wrong.
    pub(super) fn wrong_integers(&self) -> bool {
        let layers = self.all.iter().flatten().chain(&self.first);
        layers
            .into_iter()
            .any(|layer| !layer.holds() && matches!(layer.off, Off::Codes(_)))
    }

    /// Some lines for people.
    pub(super) fn text(&self) -> String {
        let mut text = match self.broken {
            0 => format!("all {} tensors", self.tensors),
            broken => format!("all but {broken} of {} tensors", self.tensors),
        };
        text =
            format!("layers, each given the graph's own inputs: {text} are within the contract\n");
        if self.elements > 0 {
            let plural = if self.steps == 1 { "" } else { "s" };
            let where_from = match self.profile {
                _ if self.differing == 0 => String::new(),
                Profile::Onnx if self.broken == 0 => {
                    format!(
                        ", by {} step{plural} at most: the other neighbours of halves",
                        self.steps
                    )
                }
                _ => format!(", by {} step{plural} at most", self.steps),
            };
            text += &format!(
                "  {} of {} elements of quantised tensors differ{where_from}\n",
                grouped(self.differing as u64),
                grouped(self.elements as u64),
            );
        }
        text += &format!(
            "  the graph as it is written: {} nodes by definitions in 64 bits",
            self.defined
        );
        if !self.borrowed.is_empty() {
            let each = self
                .borrowed
                .iter()
                .map(|(operator, count)| format!("{count} {operator}"));
            text += &format!(
                "; by mlc's own kernels: {}",
                each.collect::<Vec<_>>().join(", ")
            );
        }
        text + "\n"
            + &self
                .all
                .as_ref()
                .map_or(String::new(), |layers| shown(layers))
    }
}

fn shown(layers: &[Layer]) -> String {
    let mut columns = vec![Lean::Right];
    columns.extend([Lean::Left; 4]);
    columns.extend([Lean::Right; 2]);
    columns.extend([Lean::Left; 2]);
    let heading = [
        "  step", "layer", "operator", "kernel", "tensor", "elements", "differ", "at most", "",
    ];
    let mut rows = vec![heading.map(String::from).to_vec()];
    rows.extend(layers.iter().map(row));
    table(&columns, &rows)
}

fn row(layer: &Layer) -> Vec<String> {
    let (differing, most) = match &layer.off {
        Off::Codes(codes) => (
            codes.differing,
            format!(
                "{} steps, {:.3} from its number",
                codes.steps, codes.furthest
            ),
        ),
        Off::Numbers(off) => (
            off.beyond,
            format!("{:.2e}, {:.3} of tolerance", off.absolute, off.of_tolerance),
        ),
    };
    vec![
        format!("  {}", layer.step),
        layer.layer.clone(),
        layer.operator.clone(),
        layer.kernel.into(),
        layer.tensor.clone(),
        layer.elements.to_string(),
        differing.to_string(),
        most,
        if layer.holds() { "" } else { "wrong" }.into(),
    ]
}

/// Which layer is wrong, and how much.
pub(super) fn describe(layer: &Layer) -> String {
    let Layer {
        step,
        layer: name,
        operator,
        kernel,
        tensor,
        elements,
        ..
    } = layer;
    let how = match &layer.off {
        Off::Codes(codes) => {
            let plural = if codes.steps == 1 { "" } else { "s" };
            format!(
                "{} of {elements} elements are no right answers, up to {} step{plural} off and {:.3} from the number \
                 that they stand for",
                codes.wrong, codes.steps, codes.furthest
            )
        }
        Off::Numbers(off) => format!(
            "{} of {elements} elements are off, by up to {:.2e}, {:.1} of the tolerance",
            off.beyond, off.absolute, off.of_tolerance
        ),
    };
    format!("step {step}, {name} ({operator}, {kernel}): of tensor `{tensor}` {how}")
}
