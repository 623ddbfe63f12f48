//! Pools and means over positions.

use super::prelude::*;

kernels! {
    pool::average_pool2d_f32(AveragePool2d; x: read f32, y: write f32) by windows;
    pool::average_pool3d_f32(AveragePool3d; x: read f32, y: write f32);
    pool::lp_pool2d_f32(LpPool2d; x: read f32, y: write f32) by windows;
    pool::lp_pool3d_f32(LpPool3d; x: read f32, y: write f32);
    pool::max_pool2d<number>(Pool2d; x: read T, y: write T) by windows;
    pool::max_pool3d<number>(Pool3d; x: read T, y: write T);
    pool::max_pool_indices2d<number>(MaxPoolIndices2d; x: read T, y: write T, indices: write i64);
    pool::max_pool_indices3d<number>(MaxPoolIndices3d; x: read T, y: write T, indices: write i64);
    pool_int::average_pool2d_int<quantized>(AveragePoolInt2d; x: read T, multipliers: read i32,
        shifts: read i8, y: write T) by windows;
    pool_int::average_pool2d_tflite<quantized>(AveragePoolTfLite2d; x: read T, y: write T) by windows;
    sums::channel_sums<quantized>(ChannelSums; x: read T, sums: write i32) by sums;
    sums::channel_sums_f32(ChannelSums; x: read f32, sums: write f32) by sums;
    sums::requantize_sums<quantized>(RequantizeSums; sums: read i32, multipliers: read i32,
        shifts: read i8, y: write T);
    sums::mean_sums_tflite<quantized>(MeanTfLite; sums: read i32, y: write T);
}
