//! Recurrent layers, with all that they may be given.

use super::super::builder::Builder;
use super::super::known::Known;
use super::Add;
use crate::build::{int, number, text};
use mlc_compiler::tensor::{DType, Tensor, TensorType};

pub(super) const OPERATORS: &[Add] = &[lstm, gru, rnn, sequence, project];

/// Time, batch, features.
fn sequence_of(b: &mut Builder) -> Option<Known> {
    b.value_or_input(
        |x| x.is_float() && x.rank() == 3 && x.shape()[0] <= 8,
        |random| {
            TensorType::new(
                DType::F32,
                [
                    1 + random.below(5),
                    1 + random.below(2),
                    1 + random.below(6),
                ],
            )
        },
    )
}

fn lstm(b: &mut Builder) -> Option<()> {
    layer(b, "LSTM", 4, 2)
}

fn gru(b: &mut Builder) -> Option<()> {
    layer(b, "GRU", 3, 1)
}

fn rnn(b: &mut Builder) -> Option<()> {
    layer(b, "RNN", 1, 1)
}

/// A layer of so many gates that keeps so many states.
fn layer(b: &mut Builder, operator: &str, gates: usize, states: usize) -> Option<()> {
    let x = sequence_of(b)?;
    let &[time, batch, features] = x.shape() else {
        return None;
    };
    let hidden = 1 + b.random.below(5);
    let direction = b.random.one_of(&["forward", "reverse", "bidirectional"]);
    let ways = 1 + usize::from(direction == "bidirectional");
    let w = b.weights(&[ways, gates * hidden, features], features);
    let r = b.weights(&[ways, gates * hidden, hidden], hidden);
    let bias = optional(b, &[ways, 2 * gates * hidden]);
    let lengths = lengths(b, batch, time);
    let mut inputs = vec![x.name.clone(), w, r, bias, lengths];
    for _ in 0..states {
        inputs.push(optional(b, &[ways, batch, hidden]));
    }
    if operator == "LSTM" {
        inputs.push(optional(b, &[ways, 3 * hidden]));
    }
    let mut attributes = vec![int("hidden_size", hidden), text("direction", direction)];
    if operator == "GRU" {
        attributes.push(int("linear_before_reset", b.random.below(2)));
    }
    if b.random.once_in(6) {
        attributes.push(number("clip", 0.75));
    }
    let state = Known::rounded([ways, batch, hidden]);
    let mut outputs = vec![Known::rounded([time, ways, batch, hidden])];
    outputs.extend(vec![state; states]);
    let inputs: Vec<_> = inputs.iter().map(String::as_str).collect();
    b.nodes(operator, &inputs, attributes, outputs);
    Some(())
}

fn optional(b: &mut Builder, shape: &[usize]) -> String {
    match b.random.once_in(2) {
        true => b.weights(shape, 4),
        false => String::new(),
    }
}

/// How long each sequence of a batch is, if they are not all as long as can be.
fn lengths(b: &mut Builder, batch: usize, time: usize) -> String {
    if !b.random.once_in(4) {
        return String::new();
    }
    let lengths: Vec<i32> = (0..batch)
        .map(|_| b.random.between(1, time as i64) as i32)
        .collect();
    b.shared(Tensor::new([batch], &lengths))
}

/// What a layer leaves as the sequence of the next.
fn sequence(b: &mut Builder) -> Option<()> {
    let y = b.value(|y| y.is_float() && y.rank() == 4 && y.shape()[0] <= 8)?;
    let &[time, ways, batch, hidden] = y.shape() else {
        return None;
    };
    let moved = super::moves::transposed(b, &y, &[0, 2, 1, 3]);
    let target = b.integers(&[0, 0, -1]);
    b.node(
        "Reshape",
        &[&moved.name, &target],
        vec![],
        y.shaped([time, batch, ways * hidden]),
    );
    Some(())
}

fn project(b: &mut Builder) -> Option<()> {
    let x = sequence_of(b)?;
    let (into, out) = (x.shape()[2], 1 + b.random.below(6));
    let w = b.weights(&[into, out], into);
    b.node(
        "MatMul",
        &[&x.name, &w],
        vec![],
        Known::rounded([x.shape()[0], x.shape()[1], out]),
    );
    Some(())
}
