//! Long short-term memory.

use super::blocks::blocks_mut;
use super::recurrent::{Cell, Inputs, accumulate, block, block_mut, load};
#[allow(unused_imports)] // The variants are for whoever writes the parameters.
pub use super::recurrent::{Gate, Gate::*, Recurrence};

/// A layer of long short-term memory.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lstm {
    /// Its shapes.
    pub shape: Recurrence,
    /// The functions `f`, `g` and `h` of each direction; the second triple is not used if there is
    /// one direction.
    pub functions: [[Gate; 3]; 2],
    /// What goes into `f` and `g` is cut off at plus and minus this, infinity if it is not. The cell state that
    /// goes into `h` never is.
    pub clip: f32,
    /// Whether the forget gate is one less the input gate.
    pub input_forget: bool,
}

/// `c = forget · c + input · cell`, `h = output · h(c)` along a sequence, with the gates
/// `input, output, forget = f(x · w + h · r + bias + peephole · c)` and
/// `cell = g(x · w + h · r + bias)`.
///
/// * `x[seq, batch, input]`
/// * `w[directions, input, 4 * hidden]` and `r[directions, hidden, 4 * hidden]`: the transposes of
///   ONNX's, gates in its order: input, output, forget, cell
/// * `bias[directions, 4 * hidden]`, the sum of ONNX's two, or empty
/// * `peepholes[directions, 3 * hidden]` for input, output and forget, or empty; the output gate
///   peeps at the new `c`
/// * `lengths[batch]` or empty; `initial_h` and `initial_c`, both `[directions, batch, hidden]`, or
///   empty
/// * `y[seq, directions, batch, hidden]` or empty: every `h`
/// * `y_h` and `y_c`, both `[directions, batch, hidden]`: the last `h` and `c`
/// * `gates[4 * hidden]`: scratch
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub fn lstm_f32(
    p: &Lstm,
    x: &[f32],
    w: &[f32],
    r: &[f32],
    bias: &[f32],
    peepholes: &[f32],
    lengths: &[i64],
    initial_h: &[f32],
    initial_c: &[f32],
    y: &mut [f32],
    y_h: &mut [f32],
    y_c: &mut [f32],
    gates: &mut [f32],
) {
    debug_assert_eq!(gates.len(), 4 * p.shape.hidden);
    debug_assert_eq!(y_c.len(), y_h.len());
    load(initial_c, y_c);
    let inputs = Inputs {
        x,
        lengths,
        initial_h,
    };
    // Apart, so that the functions of each are constants.
    let cell = Unit::new(p, 0, w, r, bias, peepholes, y_c, gates);
    p.shape.unroll(0, inputs, cell, y, y_h);
    if p.shape.directions == 2 {
        let cell = Unit::new(p, 1, w, r, bias, peepholes, y_c, gates);
        p.shape.unroll(1, inputs, cell, y, y_h);
    }
}

/// One direction of a layer.
struct Unit<'a> {
    p: &'a Lstm,
    functions: [Gate; 3],
    w: &'a [f32],
    r: &'a [f32],
    bias: &'a [f32],
    peepholes: &'a [f32],
    c: &'a mut [f32],
    gates: &'a mut [f32],
}

impl<'a> Unit<'a> {
    #[allow(clippy::too_many_arguments)]
    #[inline(always)]
    fn new(
        p: &'a Lstm,
        direction: usize,
        w: &'a [f32],
        r: &'a [f32],
        bias: &'a [f32],
        peepholes: &'a [f32],
        c: &'a mut [f32],
        gates: &'a mut [f32],
    ) -> Self {
        let Recurrence { input, hidden, .. } = p.shape;
        Unit {
            p,
            functions: p.functions[direction],
            w: block(w, direction, input * 4 * hidden),
            r: block(r, direction, hidden * 4 * hidden),
            bias: block(bias, direction, 4 * hidden),
            peepholes: block(peepholes, direction, 3 * hidden),
            c,
            gates,
        }
    }
}

impl Cell for Unit<'_> {
    #[inline(always)]
    fn step(&mut self, state: usize, x: &[f32], h: &mut [f32]) {
        let (p, n) = (self.p, self.p.shape.hidden);
        let [f, g, h_of] = self.functions;
        load(self.bias, self.gates);
        accumulate(x, self.w, self.gates);
        accumulate(h, self.r, self.gates);
        let c = block_mut(self.c, state, n);
        let mut gates = blocks_mut(self.gates, n);
        let (Some(input), Some(output), Some(forget), Some(cell)) =
            (gates.next(), gates.next(), gates.next(), gates.next())
        else {
            return;
        };
        peep(self.peepholes, 0, c, input);
        f.apply(p.clip, input);
        if p.input_forget {
            for (forget, input) in forget.iter_mut().zip(&*input) {
                *forget = 1.0 - *input;
            }
        } else {
            peep(self.peepholes, 2, c, forget);
            f.apply(p.clip, forget);
        }
        g.apply(p.clip, cell);
        let gated = forget.iter().zip(input.iter()).zip(cell.iter_mut());
        for (c, ((forget, input), cell)) in c.iter_mut().zip(gated) {
            *c = *forget * *c + *input * *cell;
            *cell = *c;
        }
        peep(self.peepholes, 1, c, output);
        f.apply(p.clip, output);
        h_of.apply(f32::INFINITY, cell);
        for ((h, output), cell) in h.iter_mut().zip(output).zip(cell) {
            *h = *output * *cell;
        }
    }
}

/// Adds what a gate sees of `c`, if there are peepholes.
#[inline(always)]
fn peep(peepholes: &[f32], gate: usize, c: &[f32], sum: &mut [f32]) {
    let weights = block(peepholes, gate, c.len());
    for ((sum, c), weight) in sum.iter_mut().zip(c).zip(weights) {
        *sum += weight * c;
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::activation::Activation;
    use super::super::recurrent::reference::*;
    use super::*;
    use std::vec::Vec;

    /// The next `h` and `c`, from ONNX's equations.
    fn step(
        p: &Lstm,
        layer: &Layer,
        peepholes: &[f32],
        d: usize,
        x: &[f64],
        h: &[f64],
        c: &mut [f64],
    ) -> Vec<f64> {
        let n = p.shape.hidden;
        let [f, g, h_of] = p.functions[d];
        let b = |row: usize| f64::from(layer.b[d * 8 * n + row]);
        let sum = |k: usize, j: usize| {
            let row = k * n + j;
            let products = layer.dot(&layer.w, d, row, x) + layer.dot(&layer.r, d, row, h);
            products + b(row) + b(4 * n + row)
        };
        let peep = |k: usize, j: usize, c: f64| {
            peepholes
                .get((d * 3 + k) * n + j)
                .map_or(0.0, |&p| f64::from(p) * c)
        };
        let mut next = Vec::new();
        for (j, c) in c.iter_mut().enumerate() {
            let input = gate(f, p.clip, sum(0, j) + peep(0, j, *c));
            let forget = if p.input_forget {
                1.0 - input
            } else {
                gate(f, p.clip, sum(2, j) + peep(2, j, *c))
            };
            *c = forget * *c + input * gate(g, p.clip, sum(3, j));
            let output = gate(f, p.clip, sum(1, j) + peep(1, j, *c));
            next.push(output * gate(h_of, f32::INFINITY, *c));
        }
        next
    }

    fn agree(p: &Lstm, lengths: &[i64], peepholes: &[f32]) {
        let (shape, n) = (p.shape, p.shape.hidden);
        let layer = Layer::new(shape, 4, lengths);
        let initial_c = numbers(shape.directions * shape.batch * n, 6);
        let mut want_c: Vec<f64> = initial_c.iter().map(|&c| c.into()).collect();
        let (want_y, want_h) = layer.run(|d, item, x, h| {
            let c = &mut want_c[(d * shape.batch + item) * n..][..n];
            step(p, &layer, peepholes, d, x, h, c)
        });
        let pack = |m: &[f32]| -> Vec<f32> {
            let one = m.len() / shape.directions;
            m.chunks(one).flat_map(|m| transposed(m, 4 * n)).collect()
        };
        let bias: Vec<f32> = (layer.b.chunks(8 * n))
            .flat_map(|b| (0..4 * n).map(|j| b[j] + b[4 * n + j]))
            .collect();
        let (mut y, mut y_h) = (std::vec![9.0; want_y.len()], std::vec![9.0; want_h.len()]);
        let (mut y_c, mut gates) = (y_h.clone(), std::vec![9.0; 4 * n]);
        lstm_f32(
            p,
            &layer.x,
            &pack(&layer.w),
            &pack(&layer.r),
            &bias,
            peepholes,
            lengths,
            &layer.initial_h,
            &initial_c,
            &mut y,
            &mut y_h,
            &mut y_c,
            &mut gates,
        );
        assert_near(&y, &want_y);
        assert_near(&y_h, &want_h);
        assert_near(&y_c, &want_c);
    }

    #[test]
    fn it_equals_the_definition() {
        let tanh = Gate::Standard(Activation::Tanh);
        let functions = [
            [Gate::Standard(Activation::Sigmoid), tanh, tanh],
            [
                Gate::Softsign,
                Gate::Softplus,
                Gate::Affine {
                    alpha: 0.5,
                    beta: 0.1,
                },
            ],
        ];
        for (shape, lengths) in shapes() {
            let peepholes = numbers(shape.directions * 3 * shape.hidden, 7);
            for (clip, input_forget) in [(f32::INFINITY, false), (0.5, false), (2.0, true)] {
                let p = Lstm {
                    shape,
                    functions,
                    clip,
                    input_forget,
                };
                agree(&p, lengths, &peepholes);
                agree(&p, lengths, &[]);
            }
        }
    }
}
