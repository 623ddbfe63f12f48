//! The simple recurrent layer.

use super::recurrent::{Cell, Inputs, accumulate, block, load};
#[allow(unused_imports)] // The variants are for whoever writes the parameters.
pub use super::recurrent::{Gate, Gate::*, Recurrence};

/// A simple recurrent layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rnn {
    /// Its shapes.
    pub shape: Recurrence,
    /// The function `f` of each direction; the second is not used if there is one direction.
    pub functions: [Gate; 2],
    /// What goes into the function is cut off at plus and minus this; infinity if it is not.
    pub clip: f32,
}

/// `h = f(x · w + h · r + bias)` along a sequence.
///
/// * `x[seq, batch, input]`; `w[directions, input, hidden]` and `r[directions, hidden, hidden]` are
///   the transposes of ONNX's; `bias[directions, hidden]`, the sum of ONNX's two, or empty
/// * `lengths[batch]` or empty; `initial_h[directions, batch, hidden]` or empty
/// * `y[seq, directions, batch, hidden]` or empty: every `h`; `y_h[directions, batch, hidden]`: the last
/// * `next[hidden]`: scratch
#[allow(clippy::too_many_arguments)]
#[inline(always)]
pub fn rnn_f32(
    p: &Rnn,
    x: &[f32],
    w: &[f32],
    r: &[f32],
    bias: &[f32],
    lengths: &[i64],
    initial_h: &[f32],
    y: &mut [f32],
    y_h: &mut [f32],
    next: &mut [f32],
) {
    debug_assert_eq!(next.len(), p.shape.hidden);
    let inputs = Inputs {
        x,
        lengths,
        initial_h,
    };
    // Apart, so that the function of each is a constant.
    let cell = Unit::new(p, 0, w, r, bias, next);
    p.shape.unroll(0, inputs, cell, y, y_h);
    if p.shape.directions == 2 {
        let cell = Unit::new(p, 1, w, r, bias, next);
        p.shape.unroll(1, inputs, cell, y, y_h);
    }
}

/// One direction of a layer.
struct Unit<'a> {
    p: &'a Rnn,
    function: Gate,
    w: &'a [f32],
    r: &'a [f32],
    bias: &'a [f32],
    next: &'a mut [f32],
}

impl<'a> Unit<'a> {
    #[inline(always)]
    fn new(
        p: &'a Rnn,
        direction: usize,
        w: &'a [f32],
        r: &'a [f32],
        bias: &'a [f32],
        next: &'a mut [f32],
    ) -> Self {
        let Recurrence { input, hidden, .. } = p.shape;
        Unit {
            p,
            function: p.functions[direction],
            w: block(w, direction, input * hidden),
            r: block(r, direction, hidden * hidden),
            bias: block(bias, direction, hidden),
            next,
        }
    }
}

impl Cell for Unit<'_> {
    #[inline(always)]
    fn step(&mut self, _: usize, x: &[f32], h: &mut [f32]) {
        load(self.bias, self.next);
        accumulate(x, self.w, self.next);
        accumulate(h, self.r, self.next);
        self.function.apply(self.p.clip, self.next);
        load(self.next, h);
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::super::activation::Activation;
    use super::super::recurrent::reference::*;
    use super::*;
    use std::vec::Vec;

    #[test]
    fn it_equals_the_definition() {
        for (shape, lengths) in shapes() {
            let p = Rnn {
                shape,
                functions: [
                    Gate::Standard(Activation::Tanh),
                    Gate::Affine {
                        alpha: 0.5,
                        beta: 0.1,
                    },
                ],
                clip: 0.4,
            };
            let n = shape.hidden;
            let layer = Layer::new(shape, 1, lengths);
            let bias = |d: usize, row: usize| {
                f64::from(layer.b[d * 2 * n + row]) + f64::from(layer.b[d * 2 * n + n + row])
            };
            let (want_y, want_h) = layer.run(|d, _, x, h| {
                let sum =
                    |j| layer.dot(&layer.w, d, j, x) + layer.dot(&layer.r, d, j, h) + bias(d, j);
                (0..n)
                    .map(|j| gate(p.functions[d], p.clip, sum(j)))
                    .collect()
            });
            let pack = |m: &[f32]| -> Vec<f32> {
                let one = m.len() / shape.directions;
                m.chunks(one).flat_map(|m| transposed(m, n)).collect()
            };
            let biases: Vec<f32> = (0..shape.directions)
                .flat_map(|d| (0..n).map(move |j| (d, j)))
                .map(|(d, j)| bias(d, j) as f32)
                .collect();
            let (mut y, mut y_h) = (std::vec![9.0; want_y.len()], std::vec![9.0; want_h.len()]);
            let mut next = std::vec![9.0; n];
            rnn_f32(
                &p,
                &layer.x,
                &pack(&layer.w),
                &pack(&layer.r),
                &biases,
                lengths,
                &layer.initial_h,
                &mut y,
                &mut y_h,
                &mut next,
            );
            assert_near(&y, &want_y);
            assert_near(&y_h, &want_h);
        }
    }

    #[test]
    fn all_that_is_optional_may_be_empty() {
        let shape = Recurrence {
            seq: 2,
            batch: 1,
            input: 1,
            hidden: 1,
            directions: 1,
            reverse: false,
        };
        let p = Rnn {
            shape,
            functions: [Gate::Affine {
                alpha: 1.0,
                beta: 0.0,
            }; 2],
            clip: f32::INFINITY,
        };
        let (mut y_h, mut next) = ([9.0], [9.0]);
        rnn_f32(
            &p,
            &[1.0, 2.0],
            &[3.0],
            &[10.0],
            &[],
            &[],
            &[],
            &mut [],
            &mut y_h,
            &mut next,
        );
        assert_eq!(y_h, [36.0]);
    }
}
