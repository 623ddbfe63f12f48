//! Where along an axis a resized tensor samples the original, and with which weights.
//!
//! The transformations of coordinates and the weights are those of the ONNX standard's `Resize`.
//! Coordinates are computed in single precision in the order in which onnxruntime does, since the
//! position next to a rounding boundary depends on it. Halfway between two elements it does not.

use crate::diag::Diag;

/// An axis that changes its length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Axis {
    /// Elements of the original, at least one.
    pub(crate) input: usize,
    /// Elements of the result.
    pub(crate) output: usize,
    /// Length of the result before it was rounded to elements.
    pub(crate) width: f32,
    /// Result over original.
    pub(crate) scale: f32,
    /// Part of the original that is shown, from 0 to 1.
    pub(crate) roi: [f32; 2],
}

/// How an element of the result is placed in the original.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Coordinates {
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
    HalfPixelForNearest,
    CropAndResize,
}

impl Coordinates {
    /// Reads `coordinate_transformation_mode`.
    pub(crate) fn parse(name: &str) -> Result<Self, Diag> {
        Ok(match name {
            "half_pixel" => Coordinates::HalfPixel,
            "half_pixel_symmetric" => Coordinates::HalfPixelSymmetric,
            "pytorch_half_pixel" => Coordinates::PytorchHalfPixel,
            "align_corners" => Coordinates::AlignCorners,
            "asymmetric" => Coordinates::Asymmetric,
            "tf_half_pixel_for_nn" => Coordinates::HalfPixelForNearest,
            "tf_crop_and_resize" => Coordinates::CropAndResize,
            other => return Err(unknown("coordinate_transformation_mode", other)),
        })
    }

    /// The place of element `j` of the result.
    fn place(self, axis: &Axis, j: usize) -> f32 {
        let (j, last) = (j as f32, axis.input as f32 - 1.0);
        match self {
            Coordinates::HalfPixel => (j + 0.5) / axis.scale - 0.5,
            Coordinates::HalfPixelSymmetric => {
                let adjustment = axis.output as f32 / axis.width;
                let offset = axis.input as f32 / 2.0 * (1.0 - adjustment);
                offset + (j + 0.5) / axis.scale - 0.5
            }
            Coordinates::PytorchHalfPixel if axis.output == 1 => 0.0,
            Coordinates::PytorchHalfPixel => (j + 0.5) / axis.scale - 0.5,
            Coordinates::AlignCorners if axis.width == 1.0 => 0.0,
            Coordinates::AlignCorners => j * last / (axis.width - 1.0),
            Coordinates::Asymmetric => j / axis.scale,
            Coordinates::HalfPixelForNearest => (j + 0.5) / axis.scale,
            Coordinates::CropAndResize => {
                let [start, end] = axis.roi;
                let along = match axis.width == 1.0 {
                    true => (end - start) * last / 2.0,
                    false => j * (end - start) * last / (axis.width - 1.0),
                };
                start * last + along
            }
        }
    }

    /// Whether a place is shown as the value for what lies outside the original.
    fn is_outside(self, axis: &Axis, x: f32) -> bool {
        self == Coordinates::CropAndResize && !(0.0..=axis.input as f32 - 1.0).contains(&x)
    }
}

/// Which neighbour a place between two elements belongs to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Nearest {
    RoundPreferFloor,
    RoundPreferCeil,
    Floor,
    Ceil,
    /// Up where elements are dropped, down where they are repeated: before opset 11.
    Outward,
}

impl Nearest {
    /// Reads `nearest_mode`.
    pub(crate) fn parse(name: &str) -> Result<Self, Diag> {
        Ok(match name {
            "round_prefer_floor" => Nearest::RoundPreferFloor,
            "round_prefer_ceil" => Nearest::RoundPreferCeil,
            "floor" => Nearest::Floor,
            "ceil" => Nearest::Ceil,
            other => return Err(unknown("nearest_mode", other)),
        })
    }

    fn round(self, x: f32, axis: &Axis) -> f32 {
        match self {
            Nearest::RoundPreferFloor if is_half(x) => x.floor(),
            Nearest::RoundPreferCeil if is_half(x) => x.ceil(),
            Nearest::RoundPreferFloor | Nearest::RoundPreferCeil => x.round(),
            Nearest::Floor => x.floor(),
            Nearest::Ceil => x.ceil(),
            Nearest::Outward if axis.scale < 1.0 => x.ceil(),
            Nearest::Outward => x.trunc(),
        }
    }
}

/// Whether a place lies between two elements: what the roundings of its scale and its own leave of a half is a half.
fn is_half(x: f32) -> bool {
    (x.fract().abs() - 0.5).abs() <= 2.0 * f32::EPSILON * (x.abs() + 1.0)
}

/// How elements around a place are weighed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Filter {
    Nearest(Nearest),
    Linear,
    /// The cubic convolution of Keys, with its coefficient `a`.
    Cubic(f32),
}

impl Filter {
    /// Elements on each side of a place that the filter reaches.
    fn support(self) -> f32 {
        if matches!(self, Filter::Cubic(_)) {
            2.0
        } else {
            1.0
        }
    }

    /// The weight of an element at that distance.
    fn weight(self, distance: f32) -> f32 {
        let x = distance.abs();
        match self {
            Filter::Cubic(a) if x <= 1.0 => ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0,
            Filter::Cubic(a) if x < 2.0 => ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a,
            Filter::Cubic(_) => 0.0,
            Filter::Nearest(_) | Filter::Linear => (1.0 - x).max(0.0),
        }
    }
}

/// All that a resize does alike to each axis.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sampling {
    pub(crate) coordinates: Coordinates,
    pub(crate) filter: Filter,
    /// Whether the filter is widened where elements are dropped.
    pub(crate) antialias: bool,
    /// Whether neighbours outside the original count as nothing, rather than as its edge.
    pub(crate) exclude_outside: bool,
}

/// For each element of the result the elements it is made of, `taps` each, and their weights. The
/// first index is negative where the result lies outside the original.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Table {
    pub(crate) taps: usize,
    pub(crate) indices: Vec<i32>,
    pub(crate) weights: Vec<f32>,
}

impl Table {
    /// The elements chosen, if each element of the result is one of the original as it is.
    pub(crate) fn selection(&self) -> Option<Vec<usize>> {
        let rows = self
            .indices
            .chunks(self.taps)
            .zip(self.weights.chunks(self.taps));
        rows.map(|(indices, weights)| {
            let mut used = indices.iter().zip(weights).filter(|(_, w)| **w != 0.0);
            match (used.next(), used.next()) {
                (Some((&i, 1.0)), None) if indices[0] >= 0 => usize::try_from(i).ok(),
                _ => None,
            }
        })
        .collect()
    }
}

impl Sampling {
    /// What each element of the result is made of.
    pub(crate) fn table(&self, axis: &Axis) -> Table {
        let scale = if self.antialias {
            axis.scale.min(1.0)
        } else {
            1.0
        };
        // Offsets of the taps from the element at or before a place.
        let first = (-self.filter.support() / scale).floor() as isize + 1;
        let taps = match self.filter {
            Filter::Nearest(_) => 1,
            _ => (2 - 2 * first) as usize,
        };
        let mut table = Table {
            taps,
            indices: Vec::new(),
            weights: Vec::new(),
        };
        for j in 0..axis.output {
            let x = self.coordinates.place(axis, j);
            if self.coordinates.is_outside(axis, x) {
                table.indices.extend(std::iter::repeat_n(-1, taps));
                table.weights.extend(std::iter::repeat_n(0.0, taps));
            } else if let Filter::Nearest(nearest) = self.filter {
                table
                    .indices
                    .push(clamped(nearest.round(x, axis) as isize, axis));
                table.weights.push(1.0);
            } else {
                self.weigh(axis, x, first, scale, &mut table);
            }
        }
        table
    }

    fn weigh(&self, axis: &Axis, x: f32, first: isize, scale: f32, table: &mut Table) {
        let floor = x.floor();
        let ratio = x - floor;
        let offsets = first..first + table.taps as isize;
        let at = |offset: isize| floor as isize + offset;
        let mut weights: Vec<f32> = offsets
            .clone()
            .map(|offset| self.filter.weight((offset as f32 - ratio) * scale))
            .collect();
        if self.exclude_outside {
            for (weight, offset) in weights.iter_mut().zip(offsets.clone()) {
                *weight *= f32::from((0..axis.input as isize).contains(&at(offset)));
            }
        }
        let sum: f32 = weights.iter().sum();
        if (self.exclude_outside || scale < 1.0) && sum != 0.0 {
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }
        table
            .indices
            .extend(offsets.map(|offset| clamped(at(offset), axis)));
        table.weights.extend(weights);
    }
}

fn clamped(i: isize, axis: &Axis) -> i32 {
    i.clamp(0, axis.input as isize - 1) as i32
}

/// A diagnostic for a mode that the standard does not have.
pub(crate) fn unknown(attribute: &str, value: &str) -> Diag {
    let message = format!("`{value}` is not a mode of resizing");
    Diag::new("invalid-attribute", message).at_attribute(attribute)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis(input: usize, output: usize) -> Axis {
        let scale = output as f32 / input as f32;
        Axis {
            input,
            output,
            width: output as f32,
            scale,
            roi: [0.0, 1.0],
        }
    }

    fn sampling(coordinates: Coordinates, filter: Filter) -> Sampling {
        Sampling {
            coordinates,
            filter,
            antialias: false,
            exclude_outside: false,
        }
    }

    #[test]
    fn nearest_modes_differ_between_elements() {
        let of = |nearest| {
            let table = sampling(Coordinates::HalfPixel, Filter::Nearest(nearest));
            table.table(&axis(4, 2)).selection().unwrap()
        };
        assert_eq!(of(Nearest::RoundPreferFloor), [0, 2]);
        assert_eq!(of(Nearest::RoundPreferCeil), [1, 3]);
        assert_eq!(of(Nearest::Floor), [0, 2]);
        assert_eq!(of(Nearest::Ceil), [1, 3]);
    }

    /// 1 / (2 / 7) is 3.4999998 in single precision, and 9.5 / (19 / 14) - 0.5 is more than 6.5.
    #[test]
    fn a_half_is_a_half_however_its_scale_was_rounded() {
        let of = |coordinates, nearest, axis| {
            let table = sampling(coordinates, Filter::Nearest(nearest)).table(&axis);
            table.selection().unwrap()
        };
        let shrunk = of(
            Coordinates::Asymmetric,
            Nearest::RoundPreferCeil,
            axis(7, 2),
        );
        assert_eq!(shrunk, [0, 4]);
        let grown = of(
            Coordinates::HalfPixel,
            Nearest::RoundPreferFloor,
            axis(14, 19),
        );
        assert_eq!(grown[8..11], [6, 6, 7]);
    }

    #[test]
    fn linear_weights_are_shares_of_the_neighbours() {
        let table = sampling(Coordinates::HalfPixel, Filter::Linear).table(&axis(2, 4));
        assert_eq!(table.taps, 2);
        assert_eq!(table.indices, [0, 0, 0, 1, 0, 1, 1, 1]);
        assert_eq!(
            table.weights,
            [0.25, 0.75, 0.75, 0.25, 0.25, 0.75, 0.75, 0.25]
        );
        assert_eq!(table.selection(), None);
    }

    #[test]
    fn a_filter_is_widened_only_where_elements_are_dropped() {
        for (antialias, output, taps) in [(true, 2, 8), (false, 2, 2), (true, 16, 2)] {
            let linear = sampling(Coordinates::HalfPixel, Filter::Linear);
            let table = Sampling {
                antialias,
                ..linear
            }
            .table(&axis(8, output));
            assert_eq!(table.taps, taps);
            for weights in table.weights.chunks(taps) {
                assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-6);
            }
        }
    }

    #[test]
    fn an_axis_that_keeps_its_length_is_itself() {
        for filter in [Filter::Linear, Filter::Cubic(-0.75)] {
            for coordinates in [Coordinates::HalfPixel, Coordinates::AlignCorners] {
                let table = sampling(coordinates, filter).table(&axis(5, 5));
                assert_eq!(table.selection(), Some(vec![0, 1, 2, 3, 4]));
            }
        }
    }
}
