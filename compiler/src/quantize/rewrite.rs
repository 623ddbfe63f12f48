//! The network as a standard quantised model: `QuantizeLinear` and `DequantizeLinear` around what runs in integers
//! ("QDQ"), which any engine can execute literally and a compiler turns into integer kernels.

use super::choose::{Choice, Choices};
use super::layers::{Group, Layer, Layers, Product};
use super::net::{Net, defect, node};
use super::opset::{self, along};
use super::params::{Params, Precision};
use super::walk::operand_params;
use super::weights;
use crate::diag::{Diag, Diags};
use crate::onnx::{Attribute, Model, Node};
use crate::tensor::Tensor;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Writes the quantised network; `biases` are those of products, by the name of the layer's output.
pub(super) fn rewrite(
    net: &Net,
    layers: &Layers,
    choices: &Choices,
    biases: &BTreeMap<String, Vec<f32>>,
) -> Result<Model, Diags> {
    let mut net = net.clone();
    let sixteen = choices
        .values()
        .any(|choice| choice.params.precision == Precision::Int16);
    if sixteen {
        opset::lift(&mut net, opset::SIXTEEN_BITS)?;
    }
    let version = opset::version(&net).max(opset::PER_AXIS);
    let mut writer = Writer {
        net,
        version,
        nodes: Vec::new(),
        pairs: HashMap::new(),
        renamed: HashMap::new(),
        stored: HashMap::new(),
        taken: HashSet::new(),
    };
    for (&group, choice) in choices {
        writer.parameters(group, &layers.groups[group.0], choice);
    }
    writer.nodes(layers, biases)?;
    let Writer { mut net, nodes, .. } = writer;
    *net.nodes_mut() = nodes;
    net.drop_unneeded();
    Ok(net.model())
}

type Attributes = BTreeMap<String, Attribute>;

struct Writer {
    net: Net,
    version: i64,
    nodes: Vec<Node>,
    /// Names of the scale and the zero point of each group.
    pairs: HashMap<Group, [String; 2]>,
    /// For an activation the tensor that its readers read instead.
    renamed: HashMap<String, String>,
    /// For a constant that is an operand of a node, the same: it is stored for that layer.
    stored: HashMap<(usize, String), String>,
    /// Names given to tensors on the way.
    taken: HashSet<String>,
}

impl Writer {
    /// A name that nothing has yet.
    fn fresh(&mut self, name: &str) -> String {
        let numbered = (1..).map(|i| format!("{name}_{i}"));
        let mut candidates = std::iter::once(name.to_owned()).chain(numbered);
        let is_free = |name: &String| self.net.is_free(name) && !self.taken.contains(name);
        let name = candidates.find(is_free).unwrap_or_default();
        self.taken.insert(name.clone());
        name
    }

    fn constant(&mut self, name: String, tensor: Tensor) -> String {
        let name = self.fresh(&name);
        self.net.constants.insert(name.clone(), tensor);
        name
    }

    fn parameters(&mut self, group: Group, tensors: &[String], choice: &Choice) {
        let name = tensors.first().map_or("", String::as_str);
        let Params { scale, .. } = choice.params;
        let scale = self.constant(format!("{name}_scale"), Tensor::scalar(scale));
        let zero = self.constant(format!("{name}_zero_point"), choice.params.zero_point());
        self.pairs.insert(group, [scale, zero]);
    }

    fn nodes(&mut self, layers: &Layers, biases: &BTreeMap<String, Vec<f32>>) -> Result<(), Diag> {
        let inputs = self.net.inputs();
        inputs
            .iter()
            .for_each(|(name, _)| self.quantize(layers, name, name));
        for (i, node) in self.net.nodes().to_vec().into_iter().enumerate() {
            if let Some(layer) = layers.starting(i) {
                self.constants(layers, layer, biases.get(&layer.output))?;
            }
            self.node(layers, i, node);
        }
        Ok(())
    }

    /// Writes a node that reads what stands for its inputs now, and rounds what it computes.
    fn node(&mut self, layers: &Layers, i: usize, mut node: Node) {
        for input in &mut node.inputs {
            let stored = self.stored.get(&(i, input.clone()));
            if let Some(renamed) = stored.or(self.renamed.get(input)) {
                *input = renamed.clone();
            }
        }
        let outputs = node.outputs.clone();
        for output in &mut node.outputs {
            // The network's outputs keep their names, so what is rounded to them gets another.
            if layers.group(output).is_some() && self.net.is_output(output) {
                *output = self.fresh(&format!("{output}_real"));
            }
        }
        let written = node.outputs.clone();
        self.nodes.push(node);
        for (real, name) in written.iter().zip(&outputs) {
            self.quantize(layers, real, name);
        }
    }

    /// Rounds the tensor `real`, which was called `name`, if it is quantised.
    fn quantize(&mut self, layers: &Layers, real: &str, name: &str) {
        let Some([scale, zero]) = layers
            .group(name)
            .and_then(|group| self.pairs.get(&group))
            .cloned()
        else {
            return;
        };
        let stored = self.fresh(&format!("{name}_quantized"));
        let rounded = match real == name {
            true => self.fresh(&format!("{name}_dequantized")),
            false => name.to_owned(),
        };
        self.nodes.push(node(
            "QuantizeLinear",
            self.version,
            &[real, &scale, &zero],
            &stored,
        ));
        self.nodes.push(node(
            "DequantizeLinear",
            self.version,
            &[&stored, &scale, &zero],
            &rounded,
        ));
        self.renamed.insert(name.to_owned(), rounded);
    }

    /// Stores the constants of a layer as integers.
    fn constants(
        &mut self,
        layers: &Layers,
        layer: &Layer,
        bias: Option<&Vec<f32>>,
    ) -> Result<(), Diag> {
        for name in &layer.constants {
            self.operand(layer, name);
        }
        match &layer.product {
            Some(product) => self.product(layers, layer, product, bias),
            None => Ok(()),
        }
    }

    fn operand(&mut self, layer: &Layer, name: &str) {
        let Some(tensor) = self.net.constants.get(name).cloned() else {
            return;
        };
        let params = operand_params(&tensor);
        let stored = params.store_tensor(&tensor.ty.shape, tensor.values().unwrap_or_default());
        let stored = self.constant(format!("{name}_quantized"), stored);
        let scale = self.constant(format!("{name}_scale"), Tensor::scalar(params.scale));
        let zero = self.constant(format!("{name}_zero_point"), params.zero_point());
        self.dequantize(layer, name, &[&stored, &scale, &zero], BTreeMap::new());
    }

    fn product(
        &mut self,
        layers: &Layers,
        layer: &Layer,
        product: &Product,
        bias: Option<&Vec<f32>>,
    ) -> Result<(), Diag> {
        let input = layers
            .group(&layer.inputs[0])
            .and_then(|group| self.pairs.get(&group));
        let scale = input.and_then(|[scale, _]| self.net.constants.get(scale)?.single::<f32>());
        let scale = scale.ok_or_else(|| defect("no parameters", &layer.output))?;
        let weights = weights::store(&self.net, product, bias.map(Vec::as_slice), scale)
            .ok_or_else(|| defect("no weights", &product.weights))?;
        if let (Some(name), Some(bias)) = (&product.bias, bias) {
            let (stored, scales) = weights::store_bias(bias, &weights.scales, scale);
            let stored = stored.reshaped(
                self.net
                    .constants
                    .get(name)
                    .map_or(vec![bias.len()], |b| b.ty.shape.clone()),
            );
            let axis = stored.ty.rank().saturating_sub(1);
            let stored = self.constant(format!("{name}_quantized"), stored);
            let scales = self.constant(
                format!("{name}_scale"),
                Tensor::new([scales.len()], &scales),
            );
            self.dequantize(layer, name, &[&stored, &scales], along(axis));
        }
        let name = &product.weights;
        let len = weights.scales.len();
        let stored = self.constant(format!("{name}_quantized"), weights.stored);
        let scales = self.constant(format!("{name}_scale"), Tensor::new([len], &weights.scales));
        let zeros = self.constant(
            format!("{name}_zero_point"),
            Tensor::new([len], &vec![0_i8; len]),
        );
        self.dequantize(
            layer,
            name,
            &[&stored, &scales, &zeros],
            along(product.axis),
        );
        Ok(())
    }

    /// Lets the layer read a stored constant in place of `name`.
    fn dequantize(&mut self, layer: &Layer, name: &str, stored: &[&str], attributes: Attributes) {
        let rounded = self.fresh(&format!("{name}_dequantized"));
        self.nodes.push(Node {
            attributes,
            ..node("DequantizeLinear", self.version, stored, &rounded)
        });
        let readers = layer
            .nodes
            .iter()
            .map(|&i| ((i, name.to_owned()), rounded.clone()));
        self.stored.extend(readers);
    }
}
