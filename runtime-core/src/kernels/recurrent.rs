//! What recurrent layers have in common: the walk over a sequence, products, gate functions.
//!
//! All of them keep their state in the operand that becomes the last output, take weights with the
//! outputs of all gates side by side (so that inner loops run over contiguous numbers), and compute
//! one step of one batch item at a time.

use super::super::math;
use super::activation::Activation;
use super::blocks::blocks;

/// Shapes of a recurrent layer: `x[seq, batch, input]`, `y[seq, directions, batch, hidden]`, states
/// `[directions, batch, hidden]`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recurrence {
    /// Steps.
    pub seq: usize,
    /// Batch items.
    pub batch: usize,
    /// Elements of an input.
    pub input: usize,
    /// Elements of a state.
    pub hidden: usize,
    /// 1 or 2; the second one runs from the end to the start.
    pub directions: usize,
    /// Whether the first direction, too, runs from the end to the start.
    pub reverse: bool,
}

/// The function of a gate: each that ONNX names.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Gate {
    /// One that other layers have as well.
    Standard(Activation),
    /// `alpha * x + beta`.
    Affine {
        /// Slope.
        alpha: f32,
        /// Offset.
        beta: f32,
    },
    /// `x` from `alpha` on, else 0.
    ThresholdedRelu {
        /// Threshold.
        alpha: f32,
    },
    /// `alpha * tanh(beta * x)`.
    ScaledTanh {
        /// Factor of the result.
        alpha: f32,
        /// Factor of the argument.
        beta: f32,
    },
    /// `x` if positive, else `alpha * (exp(x) - 1)`.
    Elu {
        /// Factor below zero.
        alpha: f32,
    },
    /// `x / (1 + |x|)`.
    Softsign,
    /// `log(1 + exp(x))`.
    Softplus,
}

impl Gate {
    /// Applies the function to `x`, cut off at `±clip` first.
    ///
    /// The gate is a constant in an emitted crate: one arm remains of the match.
    #[inline(always)]
    pub(super) fn apply(self, clip: f32, x: &mut [f32]) {
        if clip < f32::INFINITY {
            each(|x| math::min(math::max(x, -clip), clip), x);
        }
        match self {
            Gate::Standard(activation) => {
                super::activation::specialise!(activation, f => each(f, x))
            }
            Gate::Affine { alpha, beta } => each(|x| alpha * x + beta, x),
            Gate::ThresholdedRelu { alpha } => each(|x| if x >= alpha { x } else { 0.0 }, x),
            Gate::ScaledTanh { alpha, beta } => each(|x| alpha * math::tanh(beta * x), x),
            Gate::Elu { alpha } => each(|x| if x < 0.0 { alpha * math::expm1(x) } else { x }, x),
            Gate::Softsign => each(|x| x / (1.0 + x.abs()), x),
            // The exponential of a negative number cannot overflow.
            Gate::Softplus => each(|x| math::max(x, 0.0) + math::log1p(math::exp(-x.abs())), x),
        }
    }
}

/// One copy for each function, however many gates and layers use it.
#[inline(never)]
fn each(f: impl Fn(f32) -> f32, x: &mut [f32]) {
    for x in x {
        *x = f(*x);
    }
}

/// The `index`-th block of `n` elements; empty if there is none.
#[inline(always)]
pub(super) fn block<T>(x: &[T], index: usize, n: usize) -> &[T] {
    let rest = x.get(index * n..).unwrap_or(&[]);
    rest.get(..n).unwrap_or(&[])
}

/// The `index`-th block of `n` elements, to be written; empty if there is none.
#[inline(always)]
pub(super) fn block_mut<T>(x: &mut [T], index: usize, n: usize) -> &mut [T] {
    let rest = x.get_mut(index * n..).unwrap_or(&mut []);
    rest.get_mut(..n).unwrap_or(&mut [])
}

/// Sets `to` to `from`, or to zero where `from` has nothing.
#[inline(always)]
pub(super) fn load(from: &[f32], to: &mut [f32]) {
    to.fill(0.0);
    for (to, &from) in to.iter_mut().zip(from) {
        *to = from;
    }
}

/// `y += x · w` with `w[x.len(), y.len()]`; four rows at once, each sum still in order.
pub(super) fn accumulate(x: &[f32], w: &[f32], y: &mut [f32]) {
    let (quads, rest) = x.as_chunks::<4>();
    let mut rows = blocks(w, y.len());
    for &[a, b, c, d] in quads {
        let (Some(p), Some(q), Some(r), Some(s)) =
            (rows.next(), rows.next(), rows.next(), rows.next())
        else {
            return;
        };
        for ((((y, p), q), r), s) in y.iter_mut().zip(p).zip(q).zip(r).zip(s) {
            *y = (((*y + a * p) + b * q) + c * r) + d * s;
        }
    }
    for (&x, row) in rest.iter().zip(rows) {
        for (y, w) in y.iter_mut().zip(row) {
            *y += x * w;
        }
    }
}

/// What a layer reads, but for its weights.
#[derive(Clone, Copy)]
pub(super) struct Inputs<'a> {
    /// The sequences.
    pub(super) x: &'a [f32],
    /// Their lengths, or empty.
    pub(super) lengths: &'a [i64],
    /// The states to begin with, or empty.
    pub(super) initial_h: &'a [f32],
}

/// One direction of a layer: its weights, and what it keeps besides `h`.
pub(super) trait Cell {
    /// From an input and the last `h`, the next one; `state` is the index of `h` among all states.
    ///
    /// Always inlined, as constants are known only there.
    fn step(&mut self, state: usize, x: &[f32], h: &mut [f32]);
}

impl Recurrence {
    /// Runs one direction: a step for each input of each batch item, in order.
    ///
    /// Of an item whose length is given, only so many steps count: the outputs beyond are zero.
    /// `y` may be empty.
    #[inline(always)]
    pub(super) fn unroll(
        &self,
        direction: usize,
        Inputs {
            x,
            lengths,
            initial_h,
        }: Inputs<'_>,
        mut cell: impl Cell,
        y: &mut [f32],
        y_h: &mut [f32],
    ) {
        let reverse = self.reverse || direction == 1;
        for item in 0..self.batch {
            let state = direction * self.batch + item;
            let length = lengths.get(item).map_or(self.seq, |&n| self.clamp(n));
            let h = block_mut(y_h, state, self.hidden);
            load(block(initial_h, state, self.hidden), h);
            for k in 0..self.seq {
                let t = if reverse && k < length {
                    length - 1 - k
                } else {
                    k
                };
                let at = (t * self.directions + direction) * self.batch + item;
                let out = block_mut(y, at, self.hidden);
                if k < length {
                    cell.step(state, block(x, t * self.batch + item, self.input), h);
                    load(h, out);
                } else {
                    out.fill(0.0);
                }
            }
        }
    }

    fn clamp(&self, length: i64) -> usize {
        usize::try_from(length).unwrap_or(0).min(self.seq)
    }
}

/// Literal references, in `f64` and over weights as ONNX has them.
#[cfg(test)]
pub(super) mod reference {
    extern crate std;
    use super::*;
    use std::vec::Vec;

    /// Small pseudo-random numbers.
    pub(in super::super) fn numbers(n: usize, seed: u32) -> Vec<f32> {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / (1 << 24) as f32 - 0.5
        };
        (0..n).map(|_| next()).collect()
    }

    /// `[rows, columns]` to `[columns, rows]`.
    pub(in super::super) fn transposed(x: &[f32], rows: usize) -> Vec<f32> {
        let columns = x.len() / rows;
        (0..x.len())
            .map(|i| x[i % rows * columns + i / rows])
            .collect()
    }

    /// The function of a gate, from its definition.
    pub(in super::super) fn gate(gate: Gate, clip: f32, x: f64) -> f64 {
        let x = x.clamp(-f64::from(clip), f64::from(clip));
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        match gate {
            Gate::Standard(Activation::Sigmoid) => sigmoid(x),
            Gate::Standard(Activation::Tanh) => x.tanh(),
            Gate::Standard(other) => f64::from(other.apply(x as f32)),
            Gate::Affine { alpha, beta } => f64::from(alpha) * x + f64::from(beta),
            Gate::ThresholdedRelu { alpha } => {
                if x >= f64::from(alpha) {
                    x
                } else {
                    0.0
                }
            }
            Gate::ScaledTanh { alpha, beta } => f64::from(alpha) * (f64::from(beta) * x).tanh(),
            Gate::Elu { alpha } => {
                if x < 0.0 {
                    f64::from(alpha) * x.exp_m1()
                } else {
                    x
                }
            }
            Gate::Softsign => x / (1.0 + x.abs()),
            Gate::Softplus => x.exp().ln_1p(),
        }
    }

    /// One layer as ONNX states it; unused parts empty.
    pub(in super::super) struct Layer {
        pub(in super::super) p: Recurrence,
        pub(in super::super) x: Vec<f32>,
        /// `[directions, gates * hidden, input]`.
        pub(in super::super) w: Vec<f32>,
        /// `[directions, gates * hidden, hidden]`.
        pub(in super::super) r: Vec<f32>,
        /// `[directions, 2 * gates * hidden]`.
        pub(in super::super) b: Vec<f32>,
        pub(in super::super) lengths: Vec<i64>,
        pub(in super::super) initial_h: Vec<f32>,
    }

    impl Layer {
        pub(in super::super) fn new(p: Recurrence, gates: usize, lengths: &[i64]) -> Layer {
            let outputs = p.directions * gates * p.hidden;
            Layer {
                p,
                x: numbers(p.seq * p.batch * p.input, 1),
                w: numbers(outputs * p.input, 2),
                r: numbers(outputs * p.hidden, 3),
                b: numbers(outputs * 2, 4),
                lengths: lengths.into(),
                initial_h: numbers(p.directions * p.batch * p.hidden, 5),
            }
        }

        /// Output `j` of a gate in `direction`: of `matrix` (`w` or `r`) times `v`.
        pub(in super::super) fn dot(
            &self,
            matrix: &[f32],
            direction: usize,
            row: usize,
            v: &[f64],
        ) -> f64 {
            let rows = matrix.len() / v.len() / self.p.directions;
            let w = &matrix[(direction * rows + row) * v.len()..][..v.len()];
            w.iter().zip(v).map(|(&w, v)| f64::from(w) * v).sum()
        }

        /// Runs `step(direction, item, x, h)` literally: for each time, what it returns is the
        /// new `h`. Returns `y` and `y_h`.
        pub(in super::super) fn run(
            &self,
            mut step: impl FnMut(usize, usize, &[f64], &[f64]) -> Vec<f64>,
        ) -> (Vec<f64>, Vec<f64>) {
            let p = &self.p;
            let n = p.hidden;
            let mut y = std::vec![0.0; p.seq * p.directions * p.batch * n];
            let mut y_h: Vec<f64> = self.initial_h.iter().map(|&h| h.into()).collect();
            for direction in 0..p.directions {
                for item in 0..p.batch {
                    let state = direction * p.batch + item;
                    let length = self.lengths.get(item).map_or(p.seq, |&n| n as usize);
                    let mut times: Vec<usize> = (0..length).collect();
                    if p.reverse || direction == 1 {
                        times.reverse();
                    }
                    for t in times {
                        let x = &self.x[(t * p.batch + item) * p.input..][..p.input];
                        let x: Vec<f64> = x.iter().map(|&x| x.into()).collect();
                        let h = step(direction, item, &x, &y_h[state * n..][..n]);
                        y_h[state * n..][..n].copy_from_slice(&h);
                        let at = (t * p.directions + direction) * p.batch + item;
                        y[at * n..][..n].copy_from_slice(&h);
                    }
                }
            }
            (y, y_h)
        }
    }

    #[track_caller]
    pub(in super::super) fn assert_near(got: &[f32], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        for (i, (got, want)) in got.iter().zip(want).enumerate() {
            let error = (f64::from(*got) - want).abs();
            assert!(error < 1e-5, "at {i}: {got}, not {want}");
        }
    }

    /// Sequences of one and two directions, of one and several items, of full and varied length.
    pub(in super::super) fn shapes() -> impl Iterator<Item = (Recurrence, &'static [i64])> {
        let shape = |seq, batch, input, hidden, directions, reverse| Recurrence {
            seq,
            batch,
            input,
            hidden,
            directions,
            reverse,
        };
        [
            (shape(5, 1, 3, 4, 1, false), &[][..]),
            (shape(4, 3, 7, 5, 1, true), &[4, 1, 3]),
            (shape(6, 2, 1, 9, 2, false), &[2, 6]),
            (shape(1, 2, 8, 1, 2, false), &[]),
        ]
        .into_iter()
    }

    #[test]
    fn gates_equal_their_definitions() {
        let standard = [
            Activation::Relu,
            Activation::LeakyRelu { alpha: 0.1 },
            Activation::HardSigmoid {
                alpha: 0.2,
                beta: 0.5,
            },
            Activation::Sigmoid,
            Activation::Tanh,
        ];
        let others = [
            Gate::Affine {
                alpha: 0.7,
                beta: -0.2,
            },
            Gate::ThresholdedRelu { alpha: 0.5 },
            Gate::ScaledTanh {
                alpha: 1.7,
                beta: 0.6,
            },
            Gate::Elu { alpha: 0.8 },
            Gate::Softsign,
            Gate::Softplus,
        ];
        for g in standard.map(Gate::Standard).into_iter().chain(others) {
            for clip in [1.0, f32::INFINITY] {
                let x = numbers(50, 9).iter().map(|x| x * 8.0).collect::<Vec<_>>();
                let mut y = x.clone();
                g.apply(clip, &mut y);
                let want: Vec<f64> = x.iter().map(|&x| gate(g, clip, x.into())).collect();
                assert_near(&y, &want);
            }
        }
    }
}
