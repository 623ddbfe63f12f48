//! Layers that go through a sequence: LSTM and GRU with their usual activations.

use super::Evaluator;
use super::array::Array;
use super::call::Call;
use super::elementwise::sigmoid;
use std::rc::Rc;

pub(super) const EVALUATORS: &[(&str, Evaluator)] = &[
    ("GRU", |call| recurrent(call, 3, gru)),
    ("LSTM", |call| recurrent(call, 4, lstm)),
];

/// What one direction has, for a hidden state of so many elements.
struct Cell<'a> {
    /// Of each gate in turn the rows for inputs, and those for the hidden state.
    w: &'a [f64],
    r: &'a [f64],
    /// For inputs, then for the hidden state.
    biases: [&'a [f64]; 2],
    hidden: usize,
    clip: f64,
    /// Of a GRU: whether the hidden state is multiplied before it is reset.
    linear: bool,
}

/// A step: the cell, the input, the hidden state, and the cell state where there is one.
type Step = fn(&Cell<'_>, &[f64], &mut [f64], &mut [f64]);

impl Cell<'_> {
    /// Row `j` of a gate: what inputs and what the hidden state add to it.
    fn sums(&self, gate: usize, j: usize, x: &[f64], h: &[f64]) -> [f64; 2] {
        let row = gate * self.hidden + j;
        let dot = |weights: &[f64], x: &[f64]| {
            let weights = &weights[row * x.len()..(row + 1) * x.len()];
            weights.iter().zip(x).map(|(w, x)| w * x).sum::<f64>()
        };
        let bias = |i: usize| self.biases[i].get(row).copied().unwrap_or(0.0);
        [dot(self.w, x) + bias(0), dot(self.r, h) + bias(1)]
    }

    /// What goes into an activation.
    fn clipped(&self, x: f64) -> f64 {
        x.clamp(-self.clip, self.clip)
    }

    fn gate(&self, gate: usize, j: usize, x: &[f64], h: &[f64]) -> f64 {
        let [input, hidden] = self.sums(gate, j, x, h);
        self.clipped(input + hidden)
    }
}

/// Gates are those of input, output, forgetting and the cell.
fn lstm(cell: &Cell<'_>, x: &[f64], h: &mut [f64], c: &mut [f64]) {
    let gates: Vec<[f64; 4]> = (0..cell.hidden)
        .map(|j| std::array::from_fn(|gate| cell.gate(gate, j, x, h)))
        .collect();
    for (j, [i, o, f, g]) in gates.into_iter().enumerate() {
        c[j] = sigmoid(f) * c[j] + sigmoid(i) * g.tanh();
        h[j] = sigmoid(o) * c[j].tanh();
    }
}

/// Gates are those of update, reset and the hidden state.
fn gru(cell: &Cell<'_>, x: &[f64], h: &mut [f64], _: &mut [f64]) {
    let of = |gate: usize| (0..cell.hidden).map(move |j| (gate, j));
    let z: Vec<f64> = of(0)
        .map(|(gate, j)| sigmoid(cell.gate(gate, j, x, h)))
        .collect();
    let r: Vec<f64> = of(1)
        .map(|(gate, j)| sigmoid(cell.gate(gate, j, x, h)))
        .collect();
    let reset: Vec<f64> = r.iter().zip(&*h).map(|(r, h)| r * h).collect();
    let candidate = |(gate, j): (usize, usize)| match cell.linear {
        true => {
            let [input, hidden] = cell.sums(gate, j, x, h);
            cell.clipped(input + r[j] * hidden).tanh()
        }
        false => cell.gate(gate, j, x, &reset).tanh(),
    };
    let new: Vec<f64> = of(2).map(candidate).collect();
    for (j, h) in h.iter_mut().enumerate() {
        *h = (1.0 - z[j]) * new[j] + z[j] * *h;
    }
}

/// The data of an optional input; `None` if it is there but not of floats.
fn optional(call: &Call<'_>, i: usize) -> Option<Option<Rc<Array>>> {
    match call.has(i) {
        true => call.floats(i).map(Some),
        false => Some(None),
    }
}

/// Whether attributes say no more than the definitions here know.
fn is_usual(call: &Call<'_>) -> Option<bool> {
    let known = [
        "activations",
        "clip",
        "direction",
        "hidden_size",
        "layout",
        "linear_before_reset",
    ];
    let usual: &[&str] = match call.node.operator.as_str() {
        "LSTM" => &["Sigmoid", "Tanh", "Tanh"],
        _ => &["Sigmoid", "Tanh"],
    };
    let given = call.node.strings("activations").ok()?.unwrap_or_default();
    let all = given.chunks(usual.len()).all(|chunk| chunk == usual);
    Some(call.knows(&known) && all && call.int("layout", 0)? == 0)
}

/// A layer with its operands; of batches and directions it has so many.
struct Layer {
    x: Rc<Array>,
    w: Rc<Array>,
    r: Rc<Array>,
    b: Option<Rc<Array>>,
    /// The first hidden state and the first cell state.
    states: [Option<Rc<Array>>; 2],
    /// Rows of weights.
    rows: usize,
    clip: f64,
    linear: bool,
}

impl Layer {
    fn of(call: &Call<'_>, gates: usize) -> Option<Self> {
        let layer = Layer {
            x: call.floats(0)?,
            w: call.floats(1)?,
            r: call.floats(2)?,
            b: optional(call, 3)?,
            states: [optional(call, 5)?, optional(call, 6)?],
            rows: gates * call.floats(2)?.dim(2),
            clip: call
                .float("clip", f32::INFINITY)
                .filter(|clip| *clip > 0.0)?,
            linear: call.int("linear_before_reset", 0)? != 0,
        };
        let (x, r, rows) = (&layer.x.shape, &layer.r.shape, layer.rows);
        let fits =
            x.len() == 3 && r.len() == 3 && r[1] == rows && layer.w.shape == [r[0], rows, x[2]];
        fits.then_some(layer)
    }

    fn cell(&self, d: usize) -> Cell<'_> {
        let (rows, inputs, hidden) = (self.rows, self.x.dim(2), self.r.dim(2));
        let bias = |half: usize| match &self.b {
            Some(b) => &b.data[(2 * d + half) * rows..][..rows],
            None => &[],
        };
        Cell {
            w: &self.w.data[d * rows * inputs..][..rows * inputs],
            r: &self.r.data[d * rows * hidden..][..rows * hidden],
            biases: [bias(0), bias(1)],
            hidden,
            clip: self.clip,
            linear: self.linear,
        }
    }

    /// What the hidden and the cell state of an item of the batch begin with.
    fn first(&self, d: usize, item: usize) -> [Vec<f64>; 2] {
        let (batch, hidden) = (self.x.dim(1), self.r.dim(2));
        [0, 1].map(|i| match &self.states[i] {
            Some(state) => state.data[(d * batch + item) * hidden..][..hidden].to_vec(),
            None => vec![0.0; hidden],
        })
    }
}

fn recurrent(call: &Call<'_>, gates: usize, step: Step) -> Option<Vec<Array>> {
    // Lengths of sequences, peepholes and other activations are left to others.
    if !is_usual(call)? || call.has(4) || call.has(7) {
        return None;
    }
    let layer = Layer::of(call, gates)?;
    let [len, batch, inputs] = [0, 1, 2].map(|axis| layer.x.dim(axis));
    let (directions, hidden) = (layer.r.dim(0), layer.r.dim(2));
    let reverse = call.node.string("direction", "forward").ok()? == "reverse";
    let mut y = vec![0.0; len * directions * batch * hidden];
    let (mut last_h, mut last_c) = (Vec::new(), Vec::new());
    for (d, item) in (0..directions).flat_map(|d| (0..batch).map(move |item| (d, item))) {
        let (cell, [mut h, mut c]) = (layer.cell(d), layer.first(d, item));
        for t in 0..len {
            let t = if reverse || d == 1 { len - 1 - t } else { t };
            let x = &layer.x.data[(t * batch + item) * inputs..][..inputs];
            step(&cell, x, &mut h, &mut c);
            y[((t * directions + d) * batch + item) * hidden..][..hidden].copy_from_slice(&h);
        }
        last_h.extend(h);
        last_c.extend(c);
    }
    let states = vec![directions, batch, hidden];
    Some(vec![
        Array::floats([len, directions, batch, hidden], y),
        Array::floats(states.clone(), last_h),
        Array::floats(states, last_c),
    ])
}
