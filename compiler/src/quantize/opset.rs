//! Lifting a network to a newer version of ONNX's operators, where that changes nothing of what it computes: scales
//! along an axis need version 13, activations in 16 bits need version 21.

use super::net::Net;
use crate::diag::Diag;
use crate::onnx::{Attribute, Node};
use crate::tensor::Tensor;
use std::collections::BTreeMap;

/// The first version with a scale for each position along an axis.
pub(super) const PER_AXIS: i64 = 13;
/// The first version that stores activations in 16 bits.
pub(super) const SIXTEEN_BITS: i64 = 21;

/// Versions of the file format that go with versions of the operators.
const IR_VERSIONS: [(i64, i64); 2] = [(PER_AXIS, 7), (SIXTEEN_BITS, 10)];

/// Operators whose nodes mean in version 21 what they meant in the given version, attributes that became inputs aside
/// (those are in [`MOVED`]).
const SINCE: &[(i64, &[&str])] = &[
    (
        1,
        &[
            "Abs",
            "Ceil",
            "Concat",
            "Constant",
            "Conv",
            "ConvTranspose",
            "DepthToSpace",
            "Dropout",
            "Elu",
            "Exp",
            "Flatten",
            "Floor",
            "Gather",
            "GlobalAveragePool",
            "GlobalMaxPool",
            "HardSigmoid",
            "Identity",
            "InstanceNormalization",
            "LRN",
            "LeakyRelu",
            "Log",
            "LpNormalization",
            "MatMul",
            "MaxPool",
            "Neg",
            "Not",
            "Reciprocal",
            "ReduceMax",
            "ReduceMean",
            "ReduceMin",
            "ReduceSum",
            "Relu",
            "Shape",
            "Sigmoid",
            "Size",
            "Softplus",
            "Softsign",
            "SpaceToDepth",
            "Split",
            "Sqrt",
            "Squeeze",
            "Sum",
            "Tanh",
            "Transpose",
            "Unsqueeze",
            "Clip",
            "Max",
            "Min",
        ],
    ),
    (5, &["Reshape"]),
    (6, &["Cast", "Tile"]),
    (
        7,
        &[
            "Add",
            "And",
            "AveragePool",
            "Div",
            "GRU",
            "Gemm",
            "LSTM",
            "Mul",
            "Or",
            "PRelu",
            "Pow",
            "RNN",
            "Sub",
            "Xor",
            "Equal",
        ],
    ),
    (8, &["Expand", "Mean"]),
    (
        9,
        &[
            "BatchNormalization",
            "ConstantOfShape",
            "Erf",
            "Greater",
            "Less",
            "Where",
            "Sign",
        ],
    ),
    (10, &["Slice"]),
    (
        11,
        &[
            "ArgMax",
            "ArgMin",
            "GatherElements",
            "GatherND",
            "Pad",
            "Resize",
            "Range",
            "TopK",
            "ScatterElements",
        ],
    ),
    (12, &["GreaterOrEqual", "LessOrEqual", "Einsum"]),
    (
        13,
        &[
            "Hardmax",
            "LogSoftmax",
            "Softmax",
            "DequantizeLinear",
            "QuantizeLinear",
        ],
    ),
    (14, &["HardSwish"]),
    (17, &["LayerNormalization"]),
    (20, &["Gelu"]),
];

/// Attributes that became inputs: operator, attribute, input, and the version that did it.
const MOVED: &[(&str, &str, usize, i64)] = &[
    ("Clip", "min", 1, 11),
    ("Clip", "max", 2, 11),
    ("ReduceMax", "axes", 1, 18),
    ("ReduceMean", "axes", 1, 18),
    ("ReduceMin", "axes", 1, 18),
    ("ReduceSum", "axes", 1, 13),
    ("Split", "split", 1, 13),
    ("Squeeze", "axes", 1, 13),
    ("Unsqueeze", "axes", 1, 13),
];

/// Lifts the network to `version` of ONNX's operators, if it is older. On error it stays as it is.
pub(super) fn lift(net: &mut Net, version: i64) -> Result<(), Diag> {
    let mut nodes = net.nodes().to_vec();
    let mut constants = Vec::new();
    for node in nodes
        .iter_mut()
        .filter(|node| node.domain.is_empty() && node.version < version)
    {
        lift_node(net, node, version, &mut constants)?;
    }
    *net.nodes_mut() = nodes;
    net.constants.extend(constants);
    let ir = IR_VERSIONS
        .iter()
        .filter(|(since, _)| *since <= version)
        .map(|(_, ir)| *ir)
        .max();
    net.require_ir(ir.unwrap_or(0));
    Ok(())
}

/// The version of ONNX's operators that the network uses, if it uses any.
pub(super) fn version(net: &Net) -> Option<i64> {
    net.nodes()
        .iter()
        .filter(|node| node.domain.is_empty())
        .map(|node| node.version)
        .max()
}

fn lift_node(
    net: &Net,
    node: &mut Node,
    version: i64,
    constants: &mut Vec<(String, Tensor)>,
) -> Result<(), Diag> {
    if is_softmax_along_the_last_axis(net, node) {
        node.attributes.insert("axis".into(), Attribute::Int(-1));
    } else if !keeps_its_meaning(node) {
        let message = format!(
            "{} of version {} cannot be lifted to version {version} of ONNX's operators, which quantisation needs",
            node.operator, node.version
        );
        return Err(node
            .diag("opset", message)
            .note("export the model with a newer opset"));
    }
    for &(operator, attribute, input, since) in MOVED {
        if node.operator == operator && node.version < since && since <= version {
            move_attribute(net, node, attribute, input, constants);
        }
    }
    if node.operator == "Dropout" {
        // Nothing is dropped when a network is used; the ratio says what was when it was trained.
        node.attributes.clear();
    }
    node.version = version;
    Ok(())
}

fn keeps_its_meaning(node: &Node) -> bool {
    let listed = |(since, names): &(i64, &[&str])| {
        *since <= node.version && names.contains(&node.operator.as_str())
    };
    SINCE.iter().any(listed) && node.subgraphs().next().is_none()
}

/// Before version 13 all axes from the given one on were one; that makes no difference if only one follows.
fn is_softmax_along_the_last_axis(net: &Net, node: &Node) -> bool {
    let rank = node
        .inputs
        .first()
        .and_then(|name| net.types.get(name))
        .map(|ty| ty.rank() as i64);
    let axis = node.int("axis", 1).ok();
    ["Softmax", "LogSoftmax"].contains(&node.operator.as_str())
        && axis
            .zip(rank)
            .is_some_and(|(axis, rank)| axis == -1 || axis == rank - 1)
}

fn move_attribute(
    net: &Net,
    node: &mut Node,
    attribute: &str,
    input: usize,
    constants: &mut Vec<(String, Tensor)>,
) {
    let tensor = match node.attributes.remove(attribute) {
        Some(Attribute::Float(x)) => Tensor::scalar(x),
        Some(Attribute::Ints(x)) => Tensor::new([x.len()], &x),
        _ => return,
    };
    let name = net.fresh(format!("{}_{attribute}", node.outputs[0]));
    if node.inputs.len() <= input {
        node.inputs.resize(input + 1, String::new());
    }
    node.inputs[input] = name.clone();
    constants.push((name, tensor));
}

/// The attribute that names an axis.
pub(super) fn along(axis: usize) -> BTreeMap<String, Attribute> {
    [("axis".to_owned(), Attribute::Int(axis as i64))].into()
}
