//! Convolutions, their transposes, and depthwise ones.

use super::prelude::*;

kernels! {
    conv2d::conv2d_f32(Conv2d; x: read f32, w: read f32, bias: read f32, y: write f32) by windows;
    conv2d::conv2d_add_f32(Conv2d; x: read f32, w: read f32, bias: read f32, y: update f32) by windows;
    conv2d_int::conv2d_sums<quantized>(Conv2d; x: read T, w: read i8, zero: read T, y: write i32);
    conv2d_int::conv2d_w8<quantized>(ConvInt2d; x: read T, w: read i8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv2d_int::conv2d_w16<quantized>(ConvInt2d; x: read T, w: read i16, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv2d_int::conv2d_w4<quantized>(ConvInt2d; x: read T, w: read u8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv3d::conv3d_f32(Conv3d; x: read f32, w: read f32, bias: read f32, y: write f32);
    conv3d::conv3d_add_f32(Conv3d; x: read f32, w: read f32, bias: read f32, y: update f32);
    conv_transpose::conv_transpose2d_f32(ConvTranspose2d; x: read f32, w: read f32, bias: read f32, y: write f32);
    conv_transpose::conv_transpose3d_f32(ConvTranspose3d; x: read f32, w: read f32, bias: read f32, y: write f32);
    depthwise2d::depthwise2d_f32(Depthwise2d; x: read f32, w: read f32, bias: read f32, y: write f32) by windows;
    depthwise2d::depthwise2d_add_f32(Depthwise2d; x: read f32, w: read f32, bias: read f32, y: update f32) by windows;
    depthwise2d_int::depthwise2d_w8<quantized>(DepthwiseInt2d; x: read T, w: read i8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    depthwise2d_int::depthwise2d_w16<quantized>(DepthwiseInt2d; x: read T, w: read i16, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    depthwise2d_int::depthwise2d_w4<quantized>(DepthwiseInt2d; x: read T, w: read u8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
}
