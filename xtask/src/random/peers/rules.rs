//! Where our numbers and onnxruntime's may differ, element by element: what `docs/numbers.md` says, and no more.
//!
//! A rule looks at one node that both were given the same inputs of. What no rule covers is a failure.

use anyhow::{Result, ensure};
use mlc_compiler::onnx::proto::NodeProto;
use mlc_compiler::tensor::{DType, Tensor};
use mlc_tests::alone::Answered;

/// A difference that is decided.
pub(super) struct Rule {
    /// How `docs/numbers.md` calls it.
    pub(super) name: &'static str,
    operators: &'static [&'static str],
    covers: fn(&Answered<'_>, &Element) -> bool,
}

/// An element that differs.
pub(super) struct Element {
    output: usize,
    at: usize,
    ours: f64,
    theirs: f64,
}

const RULES: &[Rule] = &[
    Rule {
        name: "The greatest and the least beside NaN",
        operators: &[
            "MaxPool",
            "GlobalMaxPool",
            "ReduceMax",
            "ReduceMin",
            "ReduceLogSumExp",
        ],
        covers: |node, element| element.ours.is_nan() && any(node, 0, f64::is_nan),
    },
    Rule {
        name: "Where the greatest and the least are, beside NaN",
        operators: &["ArgMax", "ArgMin"],
        covers: |node, _| any(node, 0, f64::is_nan),
    },
    Rule {
        name: "The greatest of nothing but −∞",
        operators: &["MaxPool", "GlobalMaxPool"],
        covers: |_, element| {
            element.ours == f64::NEG_INFINITY && element.theirs == f64::from(f32::MIN)
        },
    },
    Rule {
        name: "Coefficients of 0 beside NaN and infinities",
        operators: &["Resize"],
        covers: |node, element| one_is_nan(element) && any(node, 0, is_special),
    },
    Rule {
        name: "Padding beside NaN and infinities among weights",
        operators: &["Conv"],
        covers: |node, element| {
            let padded = attribute(node.node, "pads").iter().any(|&pad| pad > 0);
            padded && one_is_nan(element) && any(node, 1, is_special)
        },
    },
    Rule {
        name: "Recurrent layers and NaN",
        operators: &["LSTM", "GRU", "RNN"],
        covers: |node, element| {
            let inputs = 0..node.inputs.len();
            element.ours.is_nan() && inputs.into_iter().any(|i| any(node, i, is_special))
        },
    },
    Rule {
        name: "What is no integer",
        operators: &["Cast"],
        covers: |node, element| {
            let x = elements(node, 0).and_then(|x| x.get(element.at).copied());
            let limits = node
                .ours
                .get(element.output)
                .and_then(|y| limits(y.ty.dtype));
            let Some((x, (low, high))) = x.zip(limits) else {
                return false;
            };
            let saturated = if x.is_nan() { 0.0 } else { x.clamp(low, high) };
            (x.is_nan() || x < low || x > high) && element.ours == saturated
        },
    },
    Rule {
        name: "Sums of integers that are too large",
        operators: &["ReduceSum", "ReduceSumSquare"],
        covers: |node, element| {
            let limits = node
                .ours
                .get(element.output)
                .and_then(|y| limits(y.ty.dtype));
            let saturates = limits.is_some_and(|(low, high)| [low, high].contains(&element.theirs));
            saturates || is_rounded(node, element)
        },
    },
];

/// How differences beneath `If`, `Loop` and `Scan` are called.
const BENEATH: &str = "Beneath control flow";

/// Fails unless the book names all rules.
pub(super) fn are_stated() -> Result<()> {
    let book = include_str!("../../../../docs/numbers.md");
    let names = RULES.iter().map(|rule| rule.name).chain([BENEATH]);
    let missing: Vec<_> = names.filter(|name| !book.contains(name)).collect();
    ensure!(
        missing.is_empty(),
        "docs/numbers.md does not say: {}",
        missing.join(", ")
    );
    Ok(())
}

/// The rules by which the answers of a node differ, or what is different beyond them.
pub(super) fn judge(node: &Answered<'_>) -> Result<Vec<&'static str>, String> {
    let mut names = Vec::new();
    for element in differences(node)? {
        match covering(node, &element) {
            Some(name) => names.push(name),
            None => {
                return Err(format!(
                    "{} alone: output {}, element {} is {} instead of {}",
                    node.node.op_type(),
                    element.output,
                    element.at,
                    element.ours,
                    element.theirs
                ));
            }
        }
    }
    names.dedup();
    Ok(names)
}

fn covering(node: &Answered<'_>, element: &Element) -> Option<&'static str> {
    let operator = node.node.op_type();
    let rules = RULES
        .iter()
        .filter(|rule| rule.operators.contains(&operator));
    let own = rules
        .filter(|rule| (rule.covers)(node, element))
        .map(|rule| rule.name)
        .next();
    own.or_else(|| beneath(node).then_some(BENEATH))
}

/// Whether something that is not finite goes into a graph in which a rule has its operator.
fn beneath(node: &Answered<'_>) -> bool {
    let inner = node.inner();
    let ruled = RULES
        .iter()
        .flat_map(|rule| rule.operators)
        .any(|operator| inner.contains(operator));
    ruled && (0..node.inputs.len()).any(|i| any(node, i, is_special))
}

/// As far as sums in another order are apart.
const RELATIVE: f64 = 1e-3;
const OF_RANGE: f64 = 1e-4;
const ABSOLUTE: f64 = 1e-5;

fn differences(node: &Answered<'_>) -> Result<Vec<Element>, String> {
    let mut found = Vec::new();
    for (output, (ours, theirs)) in node.ours.iter().zip(&node.theirs).enumerate() {
        if ours.ty != theirs.ty {
            return Err(format!(
                "{} alone: {} instead of {}",
                node.node.op_type(),
                ours.ty,
                theirs.ty
            ));
        }
        let floats = matches!(ours.ty.dtype, DType::F32 | DType::F64);
        let range = range(theirs);
        let same = |at: usize, a: f64, e: f64| match floats {
            true => alike(a, e, RELATIVE * e.abs() + OF_RANGE * range + ABSOLUTE),
            // Integers of 64 bits are more than a float holds.
            false => whole(ours, at) == whole(theirs, at),
        };
        let pairs = numbers(ours).into_iter().zip(numbers(theirs)).enumerate();
        found.extend(
            pairs
                .filter(|&(at, (a, e))| !same(at, a, e))
                .map(|(at, (ours, theirs))| Element {
                    output,
                    at,
                    ours,
                    theirs,
                }),
        );
    }
    Ok(found)
}

fn alike(a: f64, e: f64, tolerance: f64) -> bool {
    a == e || a.is_nan() && e.is_nan() || (a - e).abs() <= tolerance
}

fn numbers(tensor: &Tensor) -> Vec<f64> {
    tensor.to_vec().unwrap_or_default()
}

fn whole(tensor: &Tensor, at: usize) -> Option<i64> {
    tensor.to_vec::<i64>()?.get(at).copied()
}

fn range(tensor: &Tensor) -> f64 {
    let finite = numbers(tensor).into_iter().filter(|x| x.is_finite());
    let ends = finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
        (low.min(x), high.max(x))
    });
    (ends.1 - ends.0).max(0.0)
}

fn elements(node: &Answered<'_>, input: usize) -> Option<Vec<f64>> {
    node.inputs.get(input)?.as_ref()?.to_vec()
}

fn any(node: &Answered<'_>, input: usize, is: fn(f64) -> bool) -> bool {
    elements(node, input).is_some_and(|x| x.into_iter().any(is))
}

fn is_special(x: f64) -> bool {
    !x.is_finite()
}

/// Whether one answer is NaN and the other is not.
fn one_is_nan(element: &Element) -> bool {
    element.ours.is_nan() != element.theirs.is_nan()
}

/// Whether a sum was made of floats, and these could not be exact.
fn is_rounded(node: &Answered<'_>, element: &Element) -> bool {
    let power = 1 + i32::from(node.node.op_type() == "ReduceSumSquare");
    let terms = elements(node, 0).unwrap_or_default().into_iter();
    let most: f64 = terms.map(|x| x.abs().powi(power)).sum();
    most * f64::EPSILON > 1.0 && (element.ours - element.theirs).abs() <= 8.0 * f64::EPSILON * most
}

fn attribute<'a>(node: &'a NodeProto, name: &str) -> &'a [i64] {
    let found = node
        .attribute
        .iter()
        .find(|attribute| attribute.name() == name);
    found.map_or(&[], |attribute| &attribute.ints)
}

/// The least and the greatest of a type of integers, as floats can say them.
fn limits(dtype: DType) -> Option<(f64, f64)> {
    Some(match dtype {
        DType::I8 => (i8::MIN.into(), i8::MAX.into()),
        DType::U8 => (0.0, u8::MAX.into()),
        DType::I16 => (i16::MIN.into(), i16::MAX.into()),
        DType::U16 => (0.0, u16::MAX.into()),
        DType::I32 => (i32::MIN.into(), i32::MAX.into()),
        DType::U32 => (0.0, u32::MAX.into()),
        DType::I64 => (i64::MIN as f64, i64::MAX as f64),
        DType::U64 => (0.0, u64::MAX as f64),
        _ => return None,
    })
}
