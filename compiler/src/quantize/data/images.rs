//! Images as samples: bytes of grey or of red, green and blue, in the order of axes that the network takes.

use super::arrays::layout;
use super::{Layout, Preprocessing};
use crate::diag::Diag;
use crate::tensor::{Tensor, TensorType};
use image::imageops::FilterType;
use image::{DynamicImage, GenericImageView, ImageReader};
use std::path::Path;

/// The image in a file, as the network takes it but for the element type.
pub(super) fn load(
    path: &Path,
    ty: &TensorType,
    preprocessing: &Preprocessing,
) -> Result<Tensor, Diag> {
    let (layout, channels, width, height) = size(ty, preprocessing)?;
    let image = decode(path, (width, height), preprocessing.resize)?;
    let image = fitted(image, width, height);
    let pixels = match channels {
        1 => image.to_luma8().into_raw(),
        _ => image.to_rgb8().into_raw(),
    };
    let ordered = match layout {
        Layout::Nhwc => pixels,
        Layout::Nchw => planes(&pixels, channels),
    };
    Ok(Tensor::new(ty.shape.clone(), &ordered))
}

/// Images of more pixels are not read: a small file can hold any number of them.
const MAX_PIXELS: u64 = 1 << 26;

/// The image in a file, if it is, or may be made, as wide and high as the network takes it.
fn decode(path: &Path, wanted: (u32, u32), resize: bool) -> Result<DynamicImage, Diag> {
    let failed =
        |error: String| Diag::new("unreadable-file", format!("cannot read the image: {error}"));
    let open = || {
        let reader = ImageReader::open(path).and_then(ImageReader::with_guessed_format);
        reader.map_err(|error| failed(error.to_string()))
    };
    let found = open()?.into_dimensions();
    let found = found.map_err(|error| failed(error.to_string()))?;
    if found != wanted && !resize {
        let message = format!(
            "the image is {}×{}, but the network takes {}×{}",
            found.0, found.1, wanted.0, wanted.1
        );
        return Err(Diag::new("wrong-sample", message).note("images are resized with `--resize`"));
    }
    if u64::from(found.0) * u64::from(found.1) > MAX_PIXELS {
        let message = format!("the image is {}×{}, of too many pixels", found.0, found.1);
        return Err(Diag::new("wrong-sample", message)
            .note(format!("{MAX_PIXELS} pixels are the most that is read")));
    }
    open()?.decode().map_err(|error| failed(error.to_string()))
}

/// The order of axes, the channels, and width and height of the images that the network takes.
fn size(ty: &TensorType, preprocessing: &Preprocessing) -> Result<(Layout, usize, u32, u32), Diag> {
    let layout = layout(ty, preprocessing)?;
    let size = match (layout, &ty.shape[..]) {
        (Layout::Nchw, &[1, c, h, w]) | (Layout::Nhwc, &[1, h, w, c]) if c == 1 || c == 3 => {
            Some((c, w, h))
        }
        _ => None,
    };
    let side = |n: usize| u32::try_from(n).ok();
    let size = size.and_then(|(c, w, h)| Some((layout, c, side(w)?, side(h)?)));
    size.ok_or_else(|| {
        Diag::new(
            "wrong-sample",
            format!("an image cannot be a sample of {ty}"),
        )
    })
}

/// The image in this size.
fn fitted(image: DynamicImage, width: u32, height: u32) -> DynamicImage {
    match image.dimensions() == (width, height) {
        true => image,
        false => image.resize_exact(width, height, FilterType::Triangle),
    }
}

/// Pixels sorted by channel.
fn planes(pixels: &[u8], channels: usize) -> Vec<u8> {
    (0..channels)
        .flat_map(|c| pixels.iter().skip(c).step_by(channels))
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::DType;

    #[test]
    fn images_are_read_in_the_order_of_axes_that_is_wanted() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        image::RgbImage::from_raw(2, 1, vec![1, 2, 3, 4, 5, 6])
            .unwrap()
            .save(&path)
            .unwrap();
        let load = |shape: &[usize], resize| {
            let preprocessing = Preprocessing {
                resize,
                ..Preprocessing::default()
            };
            let tensor = load(&path, &TensorType::new(DType::F32, shape), &preprocessing)?;
            Ok::<_, Diag>(tensor.values::<u8>().unwrap_or_default().to_vec())
        };
        assert_eq!(load(&[1, 3, 1, 2], false).unwrap(), [1, 4, 2, 5, 3, 6]);
        assert_eq!(load(&[1, 2, 2, 3], true).unwrap().len(), 12);
        assert_eq!(load(&[1, 3, 4, 5], false).unwrap_err().code, "wrong-sample");
        assert_eq!(load(&[1, 3, 4, 5], true).unwrap().len(), 60);
        assert_eq!(load(&[1, 3], false).unwrap_err().code, "unknown-layout");
    }
}
