//! Graphs within graphs: choices, loops whose turns are known, scans.

use super::super::builder::{Builder, small};
use super::super::known::Known;
use super::Add;
use crate::build::{int, ints};
use mlc_compiler::tensor::{DType, Tensor, TensorType};

pub(super) const OPERATORS: &[Add] = &[
    choice,
    known_choice,
    repeat,
    repeat,
    scan,
    pointwise_between,
];

/// What goes round in a loop, or out of a branch.
fn carried(b: &mut Builder) -> Option<Known> {
    let fits = |x: &Known| x.slack == 0.0 && x.grid.is_none() && !x.is_mask() && x.rank() <= 4;
    b.value_or_input(fits, |random| {
        let dtype = random.one_of(&[DType::F32, DType::F32, DType::I32, DType::I64]);
        TensorType::new(dtype, super::super::builder::any_shape(random, 0, 4))
    })
}

/// What is known of floats that go round: they may be rounded on the way.
fn unsettled(x: &Known) -> Known {
    Known {
        exact: x.ty.dtype != DType::F32,
        ..x.clone()
    }
}

/// Something of the type of `x` from a few operators, in a graph of its own.
fn something(b: &mut Builder, x: &Known) -> Option<Known> {
    let nodes = 1 + b.random.below(4);
    b.grow(nodes);
    let alike = |y: &Known| y.ty == x.ty && y.slack == 0.0 && y.name.starts_with('v');
    let found = b.value(alike);
    let signed = matches!(x.ty.dtype, DType::F32 | DType::I32 | DType::I64);
    let plain = if signed { "Neg" } else { "Identity" };
    found.or_else(|| Some(b.node(plain, &[&x.name], vec![], x.clone())))
}

/// One of two graphs, as `condition` has it.
fn branch(b: &mut Builder, condition: &str, x: &Known) -> Option<()> {
    let (on_true, a) = b.body("then_branch", &[], |b, _| Some(vec![something(b, x)?]))?;
    let (on_false, c) = b.body("else_branch", &[], |b, _| Some(vec![something(b, x)?]))?;
    b.node(
        "If",
        &[condition],
        vec![on_true, on_false],
        a[0].joined(&c[0]),
    );
    Some(())
}

fn choice(b: &mut Builder) -> Option<()> {
    if !b.may_nest() {
        return None;
    }
    let x = carried(b)?;
    let what = b.value(|v| v.exact && v.ty.dtype == DType::F32)?;
    let most = b.node(
        "ReduceMax",
        &[&what.name],
        vec![int("keepdims", 0)],
        what.shaped([]),
    );
    let bound = b.random.float();
    let bound = b.shared(Tensor::scalar(bound));
    let condition = b.node(
        "Greater",
        &[&most.name, &bound],
        vec![],
        Known::exactly(DType::Bool, []),
    );
    branch(b, &condition.name, &x)
}

/// A condition that is known when the model is compiled.
fn known_choice(b: &mut Builder) -> Option<()> {
    if !b.may_nest() {
        return None;
    }
    let x = carried(b)?;
    let condition = b.random.below(2) as i64;
    let condition = b.integer(DType::Bool, condition);
    branch(b, &condition, &x)
}

fn repeat(b: &mut Builder) -> Option<()> {
    if !b.may_nest() {
        return None;
    }
    let x = unsettled(&carried(b)?);
    let trips = 1 + b.random.below(4);
    let given = [
        Known::exactly(DType::I64, []),
        Known::exactly(DType::Bool, []),
        x.clone(),
    ];
    let collects = b.random.once_in(2);
    let (body, results) = b.body("body", &given, |b, inputs| {
        let next = something(b, &inputs[2])?;
        let mut outputs = vec![inputs[1].clone(), next.clone()];
        outputs.extend(Some(next).filter(|_| collects));
        Some(outputs)
    })?;
    let mut outputs = vec![x.joined(&unsettled(&results[1]))];
    let mut shape = vec![trips];
    shape.extend(x.shape());
    if collects {
        outputs.push(outputs[0].shaped(shape.clone()));
    }
    let truth = b.integer(DType::Bool, 1);
    let trips = b.integer(DType::I64, trips as i64);
    let condition = if b.random.once_in(2) { &*truth } else { "" };
    small(&shape).then(|| b.nodes("Loop", &[&trips, condition, &x.name], vec![body], outputs))?;
    Some(())
}

fn scan(b: &mut Builder) -> Option<()> {
    let along = |x: &Known| x.is_float() && (1..=4).contains(&x.rank()) && x.shape()[0] <= 6;
    let x = b.value(along).filter(|_| b.may_nest())?;
    let element = unsettled(&x.shaped(&x.shape()[1..]));
    let zeros = Tensor::new(element.shape(), &vec![0.0f32; element.ty.len()]);
    let initial = b.shared(zeros);
    let (body, _) = b.body("body", &[element.clone(), element.clone()], |b, inputs| {
        let changed = something(b, &inputs[1])?;
        let sum = b.node(
            "Add",
            &[&inputs[0].name, &changed.name],
            vec![],
            element.clone(),
        );
        let next = b.node("Tanh", &[&sum.name], vec![], element.clone());
        Some(vec![next.clone(), changed])
    })?;
    let backwards = b.random.below(2);
    let attributes = vec![
        body,
        int("num_scan_inputs", 1),
        ints("scan_input_directions", &[backwards]),
    ];
    let outputs = vec![Known::rounded(element.shape()), Known::rounded(x.shape())];
    b.nodes("Scan", &[&initial, &x.name], attributes, outputs);
    Some(())
}

/// Something plain, so that graphs hold more than choices.
fn pointwise_between(b: &mut Builder) -> Option<()> {
    let add = b.random.one_of(super::pointwise::OPERATORS);
    add(b)
}
