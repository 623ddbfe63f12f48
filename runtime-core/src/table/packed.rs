//! Layers whose constants are packed for an instruction set: what [`forms`] choose.

use super::prelude::*;

kernels! {
    armv6m::conv2d_armv6m<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    armv6m::depthwise2d_armv6m<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    armv7m::conv2d_armv7m<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    armv7m::depthwise2d_armv7m<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    dsp::conv2d_dsp<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    dsp::depthwise2d_dsp<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    dsp::depthwise3x3_dsp<bytes>(PackedPlanes; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    dsp::conv2d_dsp_x16(PackedConv2d; x: read i16, packed: read i32, scratch: scratch i32, y: write i16) by windows;
    dsp::depthwise2d_dsp_x16(PackedDepthwise2d; x: read i16, packed: read i32, scratch: scratch i32, y: write i16) by windows;
    fpu::conv2d_fpu(Conv2d; x: read f32, packed: read i32, y: write f32) by windows;
    fpu::conv2d_add_fpu(Conv2d; x: read f32, packed: read i32, y: update f32) by windows;
    fpu::depthwise2d_fpu(Depthwise2d; x: read f32, packed: read i32, y: write f32) by windows;
    fpu::depthwise2d_add_fpu(Depthwise2d; x: read f32, packed: read i32, y: update f32) by windows;
    helium::conv2d_helium<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    helium::depthwise2d_helium<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    helium::conv2d_helium_x16(PackedConv2d; x: read i16, packed: read i32, scratch: scratch i32, y: write i16) by windows;
    helium::depthwise2d_helium_x16(PackedDepthwise2d; x: read i16, packed: read i32, scratch: scratch i32, y: write i16) by windows;
    helium_floats::conv2d_helium_f32(Conv2d; x: read f32, packed: read i32, y: write f32) by windows;
    helium_floats::conv2d_add_helium_f32(Conv2d; x: read f32, packed: read i32, y: update f32) by windows;
    helium_floats::depthwise2d_helium_f32(Depthwise2d; x: read f32, packed: read i32, y: write f32) by windows;
    helium_floats::depthwise2d_add_helium_f32(Depthwise2d; x: read f32, packed: read i32, y: update f32) by windows;
    rv32::conv2d_rv32<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    rv32::depthwise2d_rv32<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
}
