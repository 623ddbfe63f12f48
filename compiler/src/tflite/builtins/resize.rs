//! Resizing images.

use super::super::call::{Call, text};
use super::super::schema::{
    BuiltinOperator as B, ResizeBilinearOptions, ResizeNearestNeighborOptions,
};
use super::{Builtin, builtin};
use crate::diag::Diag;

pub(super) const BUILTINS: &[Builtin] = &[
    builtin(B::ResizeBilinear, |call| {
        let options: ResizeBilinearOptions = call.options()?;
        let places = places(options.align_corners, options.half_pixel_centers);
        resize(call, "linear", places, "floor")
    }),
    builtin(B::ResizeNearestNeighbor, |call| {
        let options: ResizeNearestNeighborOptions = call.options()?;
        let places = places(options.align_corners, options.half_pixel_centers);
        let whole = if places == "asymmetric" {
            "floor"
        } else {
            "round_prefer_ceil"
        };
        resize(call, "nearest", places, whole)
    }),
];

/// Where the centres of pixels are.
fn places(align_corners: bool, half_pixel_centers: bool) -> &'static str {
    match (align_corners, half_pixel_centers) {
        (true, _) => "align_corners",
        (_, true) => "half_pixel",
        _ => "asymmetric",
    }
}

fn resize(
    call: &mut Call<'_, '_, '_>,
    mode: &str,
    places: &str,
    nearest: &str,
) -> Result<(), Diag> {
    let ([batch, _, _, channels], wanted) = (call.dims(0)?, call.integers(1)?);
    let [height, width] = wanted[..] else {
        return Err(call.wrong(1, "bad-rank", "height and width are needed"));
    };
    let sizes = call.list("sizes", &[batch as i64, channels as i64, height, width]);
    let attributes = vec![
        text("mode", mode),
        text("coordinate_transformation_mode", places),
        text("nearest_mode", nearest),
    ];
    let x = call.real(0)?;
    let x = call.channels_first(&x);
    let y = call.node("Resize", &[&x, "", "", &sizes], attributes);
    let y = call.channels_last(&y);
    call.give(0, &y)
}
