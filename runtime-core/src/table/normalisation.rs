//! Normalisation over axes and channels, and softmax.

use super::prelude::*;

kernels! {
    lrn::lrn_f32(Lrn; x: read f32, y: write f32);
    norm::group_norm_f32(GroupNorm; x: read f32, scale: read f32, bias: read f32, y: write f32);
    norm::layer_norm_f32(LayerNorm; x: read f32, scale: read f32, bias: read f32, y: write f32);
    norm::layer_norm_statistics_f32(LayerNorm; x: read f32, mean: write f32, inverse_deviations: write f32);
    norm::rms_norm_f32(LayerNorm; x: read f32, scale: read f32, y: write f32);
    norm_int::layer_norm_int<quantized>(LayerNormInt; x: read T, multipliers: read i32, bias: read i32, y: write byte);
    softmax::hardmax_f32(Softmax; x: read f32, y: write f32);
    softmax::log_softmax_f32(Softmax; x: read f32, y: write f32);
    softmax::softmax_f32(Softmax; x: read f32, y: write f32);
    softmax_int::softmax_int<bytes>(SoftmaxInt; x: read T, exponentials: read u32, y: write byte);
    softmax_int::softmax_tflite<bytes>(SoftmaxTfLite; x: read T, exponentials: read u32, y: write byte);
}
