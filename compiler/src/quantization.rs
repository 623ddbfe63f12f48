//! What integers stand for, and in which arithmetic they are computed.

pub use mlc_runtime_core::kernels::requantize::Elements;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What integers stand for: `q` for `(q - zero) · scale`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Quantization {
    /// What a step is worth: finite and positive.
    pub scale: f32,
    /// What stands for 0.
    pub zero: i32,
}

/// Which arithmetic quantised operators follow.
#[cfg_attr(feature = "clap", derive(clap::ValueEnum))]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Profile {
    /// The exact product with the graph's scales, rounded half to even.
    #[default]
    Onnx,
    /// The fixed-point arithmetic of TensorFlow Lite's reference kernels (LiteRT's `BUILTIN_REF`), bit for bit.
    #[cfg_attr(feature = "clap", value(name = "tflite"))]
    TfLite,
    /// That of TensorFlow Lite for Microcontrollers, which rounds fully connected layers twice, too.
    #[cfg_attr(feature = "clap", value(name = "tflm"))]
    TfLm,
}

impl Profile {
    /// Whether it is the fixed-point arithmetic of an engine of TensorFlow Lite.
    pub fn is_fixed_point(self) -> bool {
        self != Profile::Onnx
    }
}

impl Quantization {
    /// The scale and the zero point, if the scale is one.
    pub fn new(scale: f32, zero: i32) -> Option<Self> {
        (scale.is_finite() && scale > 0.0).then_some(Quantization { scale, zero })
    }
}

impl fmt::Display for Quantization {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "scale {}, zero point {}", self.scale, self.zero)
    }
}
