//! Lifting a network to a newer version of ONNX's operators: scales along an axis need version 13, activations in
//! 16 bits need version 21, and a file states one version for all its nodes.
//!
//! Nearly every operator means the same in all versions. What was written otherwise is listed here: attributes that
//! became inputs ([`MOVED`]), and the rest, with what it is now ([`CHANGED`]).

use super::net::{Net, node};
use crate::diag::Diag;
use crate::onnx::{Attribute, Node};
use crate::tensor::{Tensor, TensorType};
use std::collections::BTreeMap;

/// The first version with a scale for each position along an axis.
pub(super) const PER_AXIS: i64 = 13;
/// The first version that stores activations in 16 bits.
pub(super) const SIXTEEN_BITS: i64 = 21;

/// Versions of the file format that go with versions of the operators.
const IR_VERSIONS: [(i64, i64); 2] = [(PER_AXIS, 7), (SIXTEEN_BITS, 10)];

/// Attributes that became inputs: operators, attribute, input, and the version that did it.
const MOVED: &[(&[&str], &str, usize, i64)] = &[
    (&["Reshape"], "shape", 1, 5),
    (&["Upsample"], "scales", 1, 9),
    (&["TopK"], "k", 1, 10),
    (&["Slice"], "starts", 1, 10),
    (&["Slice"], "ends", 2, 10),
    (&["Slice"], "axes", 3, 10),
    (&["Clip"], "min", 1, 11),
    (&["Clip"], "max", 2, 11),
    (&["Pad"], "pads", 1, 11),
    (&["Pad"], "value", 2, 11),
    (&["Split"], "split", 1, 13),
    (&["ReduceSum", "Squeeze", "Unsqueeze"], "axes", 1, 13),
    (
        &[
            "ReduceL1",
            "ReduceL2",
            "ReduceLogSum",
            "ReduceLogSumExp",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceProd",
            "ReduceSumSquare",
        ],
        "axes",
        1,
        18,
    ),
];

/// The first version in which shapes broadcast as NumPy's do, and operators have the attributes that they still have.
const EARLY: i64 = 7;
/// Operators that were written otherwise before that, apart from what broadcasts by an attribute.
const REWRITTEN: &[&str] = &[
    "Cast",
    "Concat",
    "DepthToSpace",
    "Gemm",
    "GlobalLpPool",
    "HardSigmoid",
    "LpPool",
    "PRelu",
    "Pad",
    "Selu",
    "Tile",
    "Upsample",
];

/// Writes a node as the newer version has it.
type Rule = fn(&mut Lift<'_>, &mut Node) -> Result<(), Diag>;

/// What else changed: operators, the version that did it, and how to write the node from then on.
const CHANGED: &[(&[&str], i64, Rule)] = &[
    (&["BatchNormalization"], 14, normalisation),
    (&["Scan"], 9, batched_scan),
    (&["Resize", "Upsample"], 11, resampling),
    (&["Scatter"], 11, scatter),
    (&["Dropout"], 12, dropout),
    (&["Softmax", "LogSoftmax", "Hardmax"], 13, flattened),
    (&["Split"], 18, even_split),
    (&["GridSample"], 20, grid_sample),
    (&["DFT"], 20, fourier),
    (&["GroupNormalization"], 21, groups),
];

/// Lifts the network to `version` of ONNX's operators, or to the newest that any of its nodes has. From version 13 on,
/// no node is added.
pub(super) fn lift(net: &mut Net, version: i64) -> Result<(), Diag> {
    let version = version.max(self::version(net));
    let nodes = std::mem::take(net.nodes_mut());
    let mut lift = Lift {
        net,
        version,
        before: Vec::new(),
        after: Vec::new(),
        depth: 0,
    };
    let nodes = lift.nodes(nodes)?;
    *net.nodes_mut() = nodes;
    let ir = IR_VERSIONS.iter().filter(|(since, _)| *since <= version);
    net.require_ir(ir.map(|(_, ir)| *ir).max().unwrap_or(0));
    Ok(())
}

/// The version of ONNX's operators that the network uses; 0 if it uses none.
pub(super) fn version(net: &Net) -> i64 {
    newest(net.nodes()).unwrap_or(0)
}

fn newest(nodes: &[Node]) -> Option<i64> {
    let within = |node: &Node| {
        node.subgraphs()
            .filter_map(|graph| newest(&graph.nodes))
            .max()
    };
    // Inlined functions leave copies behind, which no version of the file wrote.
    let is_written = |node: &Node| node.domain.is_empty() && node.operator != "Identity";
    let version = |node: &Node| {
        Some(node.version)
            .filter(|_| is_written(node))
            .max(within(node))
    };
    nodes.iter().filter_map(version).max()
}

/// A network being lifted.
struct Lift<'a> {
    net: &'a mut Net,
    version: i64,
    /// Nodes to be put before and behind the one at hand.
    before: Vec<Node>,
    after: Vec<Node>,
    /// How many graphs of nodes the one at hand is within: types are known outside of them only.
    depth: usize,
}

impl Lift<'_> {
    fn nodes(&mut self, nodes: Vec<Node>) -> Result<Vec<Node>, Diag> {
        let mut lifted = Vec::with_capacity(nodes.len());
        for mut node in nodes {
            self.depth += 1;
            for graph in node
                .attributes
                .values_mut()
                .flat_map(Attribute::subgraphs_mut)
            {
                graph.nodes = self.nodes(std::mem::take(&mut graph.nodes))?;
            }
            self.depth -= 1;
            if node.domain.is_empty() {
                self.node(&mut node)?;
            }
            lifted.append(&mut self.before);
            lifted.push(node);
            lifted.append(&mut self.after);
        }
        Ok(lifted)
    }

    fn node(&mut self, node: &mut Node) -> Result<(), Diag> {
        let (old, new) = (node.version, self.version);
        if old < EARLY && EARLY <= new {
            early(self, node)?;
        }
        let operator = node.operator.clone();
        let applies = |names: &[&str], since| {
            names.contains(&operator.as_str()) && old < since && since <= new
        };
        for &(names, attribute, input, since) in MOVED {
            if applies(names, since) {
                self.move_attribute(node, attribute, input);
            }
        }
        for &(names, since, rule) in CHANGED {
            if applies(names, since) {
                rule(self, node)?;
            }
        }
        node.version = new;
        Ok(())
    }

    fn move_attribute(&mut self, node: &mut Node, attribute: &str, input: usize) {
        let tensor = match node.attributes.remove(attribute) {
            Some(Attribute::Float(x)) => Tensor::scalar(x),
            Some(Attribute::Int(x)) => Tensor::new([1], &[x]),
            Some(Attribute::Ints(x)) => Tensor::new([x.len()], &x),
            Some(Attribute::Floats(x)) => Tensor::new([x.len()], &x),
            _ => return,
        };
        if node.inputs.len() <= input {
            node.inputs.resize(input + 1, String::new());
        }
        node.inputs[input] = self.constant(&node.outputs[0], attribute, tensor);
    }

    /// A new constant, which is part of what computes `output`.
    fn constant(&mut self, output: &str, what: &str, tensor: Tensor) -> String {
        let name = self.net.fresh(format!("{output}_{what}"));
        self.net.constants.insert(name.clone(), tensor);
        name
    }

    /// The name of a new tensor, which is part of what computes `output`.
    fn tensor(&mut self, output: &str, what: &str, ty: TensorType) -> String {
        let name = self.net.fresh(format!("{output}_{what}"));
        self.net.types.insert(name.clone(), ty);
        name
    }

    /// The type of what a node reads first, if it is known.
    fn type_read(&self, node: &Node) -> Option<TensorType> {
        let ty = self.net.types.get(node.inputs.first()?)?;
        Some(ty.clone()).filter(|_| self.depth == 0)
    }

    /// A constant that a node reads.
    fn read(&self, node: &Node, input: usize) -> Option<Tensor> {
        self.net.constants.get(node.inputs.get(input)?).cloned()
    }
}

/// That a node cannot be written as the newer version has it.
fn unliftable(lift: &Lift<'_>, node: &Node, why: &str) -> Diag {
    let (operator, old, new) = (&node.operator, node.version, lift.version);
    let message = format!("{operator} of version {old} cannot be lifted to version {new}: {why}");
    node.diag("opset", message)
        .note("quantisation needs the newer version; export the model with a newer opset")
}

/// Before version 7, operands were broadcast if an attribute said so, and others said what there was for training.
fn early(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let broadcasts = node.int("broadcast", 0)? != 0;
    if broadcasts || REWRITTEN.contains(&node.operator.as_str()) {
        return Err(unliftable(lift, node, "it was written otherwise then"));
    }
    for attribute in ["broadcast", "consumed_inputs", "is_test", "output_sequence"] {
        node.attributes.remove(attribute);
    }
    Ok(())
}

/// Statistics have lost their outputs, and shapes the choice of what shares them.
fn normalisation(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let is_matrix = lift.type_read(node).is_some_and(|ty| ty.rank() == 2);
    if node.version < 9 && node.int("spatial", 1)? == 0 && !is_matrix {
        return Err(unliftable(
            lift,
            node,
            "each position has statistics of its own",
        ));
    }
    node.attributes.remove("spatial");
    node.outputs.truncate(1);
    Ok(())
}

fn batched_scan(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    Err(unliftable(lift, node, "it scans batches"))
}

fn scatter(_: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    node.operator = "ScatterElements".into();
    Ok(())
}

/// Nothing is dropped when a network is used; the ratio says what was when it was trained.
fn dropout(_: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    node.attributes.clear();
    Ok(())
}

/// What a shrunken last part would be has to be said.
fn even_split(_: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    if node.inputs.get(1).is_none_or(String::is_empty) {
        let count = Attribute::Int(node.outputs.len() as i64);
        node.attributes.insert("num_outputs".into(), count);
    }
    Ok(())
}

fn grid_sample(_: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let mode = match node.string("mode", "bilinear")? {
        "bilinear" => "linear",
        "bicubic" => "cubic",
        same => same,
    };
    let mode = Attribute::String(mode.into());
    node.attributes.insert("mode".into(), mode);
    Ok(())
}

/// The axis became an input, with another default.
fn fourier(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let axis = node.int("axis", 1)?;
    node.attributes.remove("axis");
    node.inputs.resize(2, String::new());
    let axis = lift.constant(&node.outputs[0], "axis", Tensor::scalar(axis));
    node.inputs.push(axis);
    Ok(())
}

/// Scales and biases are those of channels and no longer of groups.
fn groups(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let channels = lift.type_read(node).and_then(|ty| ty.shape.get(1).copied());
    for (input, what) in [(1, "scale"), (2, "bias")] {
        let values = lift.read(node, input).and_then(|t| t.to_vec::<f32>());
        let (Some(values), Some(channels)) = (values, channels) else {
            return Err(unliftable(lift, node, "its parameters are not constant"));
        };
        let size = channels / values.len().max(1);
        let each: Vec<f32> = values
            .iter()
            .flat_map(|&x| std::iter::repeat_n(x, size))
            .collect();
        let name = lift.constant(&node.outputs[0], what, Tensor::new([each.len()], &each));
        node.inputs[input] = name;
    }
    Ok(())
}

/// All axes from the given one on were one. If more than one of them is long, they have to become one.
fn flattened(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let axis = node.int("axis", 1)?;
    let set =
        |node: &mut Node, axis: i64| node.attributes.insert("axis".into(), Attribute::Int(axis));
    let Some(ty) = lift.type_read(node) else {
        flatten_unknown(lift, node, axis);
        set(node, -1);
        return Ok(());
    };
    let rank = ty.rank();
    let first = usize::try_from(if axis < 0 { axis + rank as i64 } else { axis });
    let first = first.unwrap_or(0).min(rank);
    let long: Vec<usize> = (first..rank).filter(|&d| ty.shape[d] != 1).collect();
    match long[..] {
        [only] => set(node, if only + 1 == rank { -1 } else { only as i64 }),
        [] if first < rank => set(node, first as i64),
        _ => {
            let (outer, inner) = ty.shape.split_at(first);
            let flat = [outer.iter().product(), inner.iter().product()];
            flatten(lift, node, &ty, flat);
            set(node, -1)
        }
    };
    Ok(())
}

/// Lets a node work on a matrix of its operand's elements.
fn flatten(lift: &mut Lift<'_>, node: &mut Node, ty: &TensorType, flat: [usize; 2]) {
    let output = node.outputs[0].clone();
    let sizes = |shape: &[usize]| shape.iter().map(|&n| n as i64).collect::<Vec<_>>();
    let (there, back) = (sizes(&flat), sizes(&ty.shape));
    let there = lift.constant(&output, "flat", Tensor::new([2], &there));
    let back = lift.constant(&output, "shape", Tensor::new([back.len()], &back));
    let flat = TensorType::new(ty.dtype, flat);
    let x = lift.tensor(&output, "operand", flat.clone());
    let y = lift.tensor(&output, "matrix", flat);
    let version = lift.version;
    lift.before.push(self::node(
        "Reshape",
        version,
        &[&node.inputs[0], &there],
        &x,
    ));
    lift.after
        .push(self::node("Reshape", version, &[&y, &back], &output));
    (node.inputs[0], node.outputs[0]) = (x, y);
}

/// As [`flatten`], where the type of the operand is not known.
fn flatten_unknown(lift: &mut Lift<'_>, node: &mut Node, axis: i64) {
    let (input, output) = (node.inputs[0].clone(), node.outputs[0].clone());
    let name = |what: &str| lift.net.fresh(format!("{output}_{what}"));
    let [x, y, shape] = ["operand", "matrix", "shape"].map(name);
    let version = lift.version;
    lift.before.push(Node {
        attributes: [("axis".to_owned(), Attribute::Int(axis))].into(),
        ..self::node("Flatten", version, &[&input], &x)
    });
    lift.before
        .push(self::node("Shape", version, &[&input], &shape));
    lift.after
        .push(self::node("Reshape", version, &[&y, &shape], &output));
    (node.inputs[0], node.outputs[0]) = (x, y);
}

/// Pixels were squares that begin at their coordinates, and the nearest was the one that is farther outward.
fn resampling(lift: &mut Lift<'_>, node: &mut Node) -> Result<(), Diag> {
    let text = |value: &str| Attribute::String(value.into());
    let mut given = vec![("coordinate_transformation_mode", text("asymmetric"))];
    given.push(match node.string("mode", "nearest")? {
        "nearest" => ("nearest_mode", text(outward(lift, node)?)),
        _ => ("mode", text("linear")),
    });
    let given = given
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value));
    node.attributes.extend(given);
    node.operator = "Resize".into();
    node.inputs.insert(1, String::new());
    Ok(())
}

/// The way of rounding that takes the pixel farther outward.
fn outward(lift: &Lift<'_>, node: &Node) -> Result<&'static str, Diag> {
    let scales = lift.read(node, 1).and_then(|scales| scales.to_vec::<f32>());
    let scales = scales.ok_or_else(|| unliftable(lift, node, "its scales are not constant"))?;
    let shrinks = scales.iter().any(|&scale| scale < 1.0);
    match shrinks && scales.iter().any(|&scale| scale > 1.0) {
        true => Err(unliftable(
            lift,
            node,
            "it shrinks one axis and stretches another",
        )),
        false => Ok(if shrinks { "ceil" } else { "floor" }),
    }
}

/// The attribute that names an axis.
pub(super) fn along(axis: usize) -> BTreeMap<String, Attribute> {
    [("axis".to_owned(), Attribute::Int(axis as i64))].into()
}

#[cfg(test)]
mod tests;
