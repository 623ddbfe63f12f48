//! Activations that convolutions and matrix products apply as they store their results.
//!
//! A kernel that takes an [`Activation`] is a thin, always inlined `match` around one generic body
//! (see `specialise!`). The parameters are constants in an emitted crate, so the
//! match is gone after constant folding and only the bodies that a model uses are compiled in.

use super::super::math;

/// What happens to each value before it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Activation {
    /// Nothing.
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, lo), hi)`.
    Clip {
        /// Least value.
        lo: f32,
        /// Greatest value.
        hi: f32,
    },
    /// `x` if positive, else `alpha * x`.
    LeakyRelu {
        /// Slope below zero.
        alpha: f32,
    },
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// `min(max(alpha * x + beta, 0), 1)`.
    HardSigmoid {
        /// Slope.
        alpha: f32,
        /// Offset.
        beta: f32,
    },
    /// `x * min(max(x / 6 + 1/2, 0), 1)`.
    HardSwish,
    /// `x * sigmoid(x)`.
    Silu,
    /// `x / 2 * (1 + erf(x / sqrt(2)))`.
    Gelu,
}

impl Activation {
    /// The activation of one value.
    #[inline(always)]
    pub fn apply(self, x: f32) -> f32 {
        match self {
            Activation::Identity => x,
            Activation::Relu => math::max(x, 0.0),
            Activation::Clip { lo, hi } => math::min(math::max(x, lo), hi),
            Activation::LeakyRelu { alpha } => {
                if x < 0.0 {
                    alpha * x
                } else {
                    x
                }
            }
            Activation::Sigmoid => math::sigmoid(x),
            Activation::Tanh => math::tanh(x),
            Activation::HardSigmoid { alpha, beta } => {
                math::min(math::max(alpha * x + beta, 0.0), 1.0)
            }
            Activation::HardSwish => x * math::min(math::max(x * (1.0 / 6.0) + 0.5, 0.0), 1.0),
            Activation::Silu => x * math::sigmoid(x),
            Activation::Gelu => 0.5 * x * (1.0 + math::erf(x * core::f32::consts::FRAC_1_SQRT_2)),
        }
    }
}

/// Calls a generic kernel body with the activation as a closure of its own type, in a `match` that
/// constant folding removes: `specialise!(p.activation, f => body(p, f, x, y))`.
///
/// Where parameters are not constants, as in the compiler's interpreter, one body asks each time:
/// the results are the same, and there is a tenth of the code to build.
macro_rules! specialise {
    ($activation:expr, $f:ident => $body:expr) => {{
        use super::activation::Activation;
        #[cfg(feature = "host")]
        {
            let activation: Activation = $activation;
            let $f = move |x: f32| activation.apply(x);
            $body
        }
        #[cfg(not(feature = "host"))]
        match $activation {
            Activation::Identity => {
                let $f = |x: f32| x;
                $body
            }
            Activation::Relu => {
                let $f = |x: f32| Activation::Relu.apply(x);
                $body
            }
            Activation::Clip { lo, hi } => {
                let $f = move |x: f32| Activation::Clip { lo, hi }.apply(x);
                $body
            }
            Activation::LeakyRelu { alpha } => {
                let $f = move |x: f32| Activation::LeakyRelu { alpha }.apply(x);
                $body
            }
            Activation::Sigmoid => {
                let $f = |x: f32| Activation::Sigmoid.apply(x);
                $body
            }
            Activation::Tanh => {
                let $f = |x: f32| Activation::Tanh.apply(x);
                $body
            }
            Activation::HardSigmoid { alpha, beta } => {
                let $f = move |x: f32| Activation::HardSigmoid { alpha, beta }.apply(x);
                $body
            }
            Activation::HardSwish => {
                let $f = |x: f32| Activation::HardSwish.apply(x);
                $body
            }
            Activation::Silu => {
                let $f = |x: f32| Activation::Silu.apply(x);
                $body
            }
            Activation::Gelu => {
                let $f = |x: f32| Activation::Gelu.apply(x);
                $body
            }
        }
    }};
}
pub(super) use specialise;
