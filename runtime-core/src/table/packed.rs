//! Layers whose constants are packed for an instruction set: what [`forms`](super::forms) choose.

use super::prelude::*;

kernels! {
    dsp::conv2d_dsp<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    helium::conv2d_helium<bytes>(PackedConv2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    helium::depthwise2d_helium<bytes>(PackedDepthwise2d; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
    dsp::depthwise2d_dsp<bytes>(PackedPlanes; x: read T, packed: read i32, scratch: scratch i32, y: write T) by windows;
}
