//! The gated recurrent unit.

use super::recurrent::{Cell, Inputs, accumulate, block, load};
#[allow(unused_imports)] // The variants are for whoever writes the parameters.
pub use super::recurrent::{Gate, Gate::*, Recurrence};

/// A layer of gated recurrent units.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gru {
    /// Its shapes.
    pub shape: Recurrence,
    /// The functions `f` and `g` of each direction; the second pair is not used if there is one
    /// direction.
    pub functions: [[Gate; 2]; 2],
    /// What goes into a function is cut off at plus and minus this; infinity if it is not.
    pub clip: f32,
    /// Whether the state is multiplied by `r_h` before the reset gate is applied, and not after.
    pub linear_before_reset: bool,
}

/// `h = (1 - z) · g(x · w_h + h' · r_h + b_h) + z · h` along a sequence, with the gates
/// `z, s = f(x · w + h · r + b)` for update and reset, and `h' = s · h`.
///
/// With `linear_before_reset`, `s` multiplies `h · r_h + b_r` instead.
///
/// * `x[seq, batch, input]`
/// * `w[directions, input, 3 * hidden]`: the transpose of ONNX's `W`, gates in its order: update,
///   reset, hidden
/// * `r[directions, 3 * hidden * hidden]`: for each direction `[hidden, 2 * hidden]`, the transpose
///   of the first two thirds of ONNX's `R`, then `[hidden, hidden]`, the transpose of the last
/// * `bias[directions, 4 * hidden]`: for update and reset the sums of ONNX's two, then `Wb` and `Rb`
///   of the hidden gate; or empty
/// * `lengths[batch]` or empty; `initial_h[directions, batch, hidden]` or empty
/// * `y[seq, directions, batch, hidden]` or empty: every `h`; `y_h[directions, batch, hidden]`: the last
/// * `gates[4 * hidden]`: scratch
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub fn gru_f32(
    p: &Gru,
    x: &[f32],
    w: &[f32],
    r: &[f32],
    bias: &[f32],
    lengths: &[i64],
    initial_h: &[f32],
    y: &mut [f32],
    y_h: &mut [f32],
    gates: &mut [f32],
) {
    debug_assert_eq!(gates.len(), 4 * p.shape.hidden);
    let inputs = Inputs {
        x,
        lengths,
        initial_h,
    };
    // Apart, so that the functions of each are constants.
    let cell = Unit::new(p, 0, w, r, bias, gates);
    p.shape.unroll(0, inputs, cell, y, y_h);
    if p.shape.directions == 2 {
        let cell = Unit::new(p, 1, w, r, bias, gates);
        p.shape.unroll(1, inputs, cell, y, y_h);
    }
}

/// One direction of a layer.
struct Unit<'a> {
    p: &'a Gru,
    functions: [Gate; 2],
    w: &'a [f32],
    r: &'a [f32],
    bias: &'a [f32],
    gates: &'a mut [f32],
}

impl<'a> Unit<'a> {
    #[inline(always)]
    fn new(
        p: &'a Gru,
        direction: usize,
        w: &'a [f32],
        r: &'a [f32],
        bias: &'a [f32],
        gates: &'a mut [f32],
    ) -> Self {
        let Recurrence { input, hidden, .. } = p.shape;
        Unit {
            p,
            functions: p.functions[direction],
            w: block(w, direction, input * 3 * hidden),
            r: block(r, direction, hidden * 3 * hidden),
            bias: block(bias, direction, 4 * hidden),
            gates,
        }
    }
}

impl Cell for Unit<'_> {
    #[inline(always)]
    fn step(&mut self, _: usize, x: &[f32], h: &mut [f32]) {
        let (p, n) = (self.p, self.p.shape.hidden);
        let [f, g] = self.functions;
        load(self.bias, self.gates);
        let Some((of_x, recurrent)) = self.gates.split_at_mut_checked(3 * n) else {
            return;
        };
        accumulate(x, self.w, of_x);
        let Some((update_reset, hidden)) = of_x.split_at_mut_checked(2 * n) else {
            return;
        };
        let Some((r, r_hidden)) = self.r.split_at_checked(2 * n * n) else {
            return;
        };
        accumulate(h, r, update_reset);
        f.apply(p.clip, update_reset);
        let Some((update, reset)) = update_reset.split_at_mut_checked(n) else {
            return;
        };
        if p.linear_before_reset {
            accumulate(h, r_hidden, recurrent);
            for ((hidden, recurrent), reset) in hidden.iter_mut().zip(recurrent).zip(reset) {
                *hidden += *reset * *recurrent;
            }
        } else {
            for (hidden, recurrent) in hidden.iter_mut().zip(recurrent) {
                *hidden += *recurrent;
            }
            for (reset, h) in reset.iter_mut().zip(&*h) {
                *reset *= *h;
            }
            accumulate(reset, r_hidden, hidden);
        }
        g.apply(p.clip, hidden);
        for ((h, update), hidden) in h.iter_mut().zip(update).zip(hidden) {
            *h = (1.0 - *update) * *hidden + *update * *h;
        }
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::activation::Activation;
    use super::super::recurrent::reference::*;
    use super::*;
    use std::vec::Vec;

    /// The next state, from ONNX's equations.
    fn step(p: &Gru, layer: &Layer, d: usize, x: &[f64], h: &[f64]) -> Vec<f64> {
        let n = p.shape.hidden;
        let [f, g] = p.functions[d];
        let b = |row: usize| f64::from(layer.b[d * 6 * n + row]);
        let of_x = |row: usize| layer.dot(&layer.w, d, row, x) + b(row);
        let of_h = |row: usize, h: &[f64]| layer.dot(&layer.r, d, row, h) + b(3 * n + row);
        let gates = |k: usize| -> Vec<f64> {
            let rows = k * n..(k + 1) * n;
            rows.map(|row| gate(f, p.clip, of_x(row) + of_h(row, h)))
                .collect()
        };
        let (z, s) = (gates(0), gates(1));
        let reset: Vec<f64> = s.iter().zip(h).map(|(s, h)| s * h).collect();
        let hidden = |j: usize| {
            let row = 2 * n + j;
            let recurrent = if p.linear_before_reset {
                s[j] * of_h(row, h)
            } else {
                of_h(row, &reset)
            };
            gate(g, p.clip, of_x(row) + recurrent)
        };
        (0..n)
            .map(|j| (1.0 - z[j]) * hidden(j) + z[j] * h[j])
            .collect()
    }

    /// Recurrent weights and biases as the kernel wants them.
    fn pack(p: &Gru, layer: &Layer) -> (Vec<f32>, Vec<f32>) {
        let (n, mut r, mut bias) = (p.shape.hidden, Vec::new(), Vec::new());
        for (m, b) in layer.r.chunks(3 * n * n).zip(layer.b.chunks(6 * n)) {
            r.extend(transposed(&m[..2 * n * n], 2 * n));
            r.extend(transposed(&m[2 * n * n..], n));
            bias.extend((0..2 * n).map(|j| b[j] + b[3 * n + j]));
            bias.extend(&b[2 * n..3 * n]);
            bias.extend(&b[5 * n..]);
        }
        (r, bias)
    }

    #[test]
    fn it_equals_the_definition() {
        let functions = [
            [
                Gate::Standard(Activation::Sigmoid),
                Gate::Standard(Activation::Tanh),
            ],
            [Gate::Softsign, Gate::Elu { alpha: 0.5 }],
        ];
        for (shape, lengths) in shapes() {
            for (linear_before_reset, clip) in [(false, f32::INFINITY), (true, 0.5)] {
                let p = Gru {
                    shape,
                    functions,
                    clip,
                    linear_before_reset,
                };
                let layer = Layer::new(shape, 3, lengths);
                let (want_y, want_h) = layer.run(|d, _, x, h| step(&p, &layer, d, x, h));
                let n = shape.hidden;
                let w: Vec<f32> = (layer.w.chunks(3 * n * shape.input))
                    .flat_map(|w| transposed(w, 3 * n))
                    .collect();
                let (r, bias) = pack(&p, &layer);
                let (mut y, mut y_h) = (std::vec![9.0; want_y.len()], std::vec![9.0; want_h.len()]);
                let mut gates = std::vec![9.0; 4 * n];
                gru_f32(
                    &p,
                    &layer.x,
                    &w,
                    &r,
                    &bias,
                    lengths,
                    &layer.initial_h,
                    &mut y,
                    &mut y_h,
                    &mut gates,
                );
                assert_near(&y, &want_y);
                assert_near(&y_h, &want_h);
            }
        }
    }
}
