//! Resampling along axes and on grids.

use super::prelude::*;

kernels! {
    grid_sample::grid_sample_f32(GridSample; x: read f32, grid: read f32, y: write f32);
    resize::resize_axis_f32(ResizeAxis; x: read f32, indices: read i32, weights: read f32, y: write f32);
    resize::resize_axis_i32(ResizeAxis; x: read i32, indices: read i32, weights: read i32, y: write i32);
}
