//! Products of matrices, and determinants.

use super::prelude::*;

kernels! {
    det::det_f32(Det; x: read f32, y: write f32, rows: scratch f32);
    matmul::matmul_f32(MatMul; x: read f32, w: read f32, bias: read f32, y: write f32);
    matmul::matmul_add_f32(MatMul; x: read f32, w: read f32, bias: read f32, y: update f32);
    matmul_int::matmul_int<quantized>(MatMulInt; a: read T, b: read T, multipliers: read i32,
        shifts: read i8, y: write T);
    matmul_weights::matmul_w8(MatMulWeights; x: read f32, w: read i8, scales: read f32,
        bias: read f32, y: write f32);
    matmul_weights::matmul_w4(MatMulWeights; x: read f32, w: read u8, scales: read f32,
        bias: read f32, y: write f32);
}
