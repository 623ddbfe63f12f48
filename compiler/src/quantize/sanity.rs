//! Samples that mean nothing: what no network can have been trained for must not set the ranges of all other samples.
//!
//! A number that is none, and one whose square is none, are refused where samples are read. A number that is merely
//! far too large shows in what the network makes of it: sums that overflow, answers that are no numbers.

use super::layers::computes;
use super::net::Net;
use super::signal::is_usable;
use crate::diag::Diag;
use crate::tensor::{Tensor, TensorType};
use std::collections::HashMap;

/// Makes sure that all elements of a sample are numbers that a network can have been trained for.
pub(super) fn check_elements(sample: &Tensor) -> Result<(), Diag> {
    let values = sample.values::<f32>().unwrap_or_default();
    let Some(place) = values.iter().position(|&x| !is_usable(x)) else {
        return Ok(());
    };
    let element = element(&sample.ty, place);
    let message = format!(
        "{element} is {}, which is no input of a network",
        values[place]
    );
    Err(Diag::new("meaningless-sample", message).note(
        "numbers whose square is not finite are refused: they would set the ranges of everything",
    ))
}

/// An element, for people.
fn element(ty: &TensorType, mut place: usize) -> String {
    let mut index = Vec::new();
    for size in ty.shape.iter().rev() {
        index.insert(0, place % size.max(&1));
        place /= size.max(&1);
    }
    format!("element {index:?}")
}

/// What a network may not compute of a sample.
pub(super) struct Sanity {
    /// Of each node whose results are sums and products: the places of what it reads and of what it computes among
    /// all tensors, and the name of the latter.
    sums: Vec<(Vec<usize>, usize, String)>,
    /// Places of the network's outputs.
    outputs: Vec<usize>,
    inputs: usize,
}

impl Sanity {
    /// For a network whose tensors are known in this order, its inputs first.
    pub(super) fn new(net: &Net, names: &[String]) -> Self {
        let places = names.iter().enumerate();
        let places: HashMap<&str, usize> = places.map(|(i, name)| (name.as_str(), i)).collect();
        let place = |name: &String| places.get(name.as_str()).copied();
        let nodes = net.nodes().iter().filter(|node| computes(net, node));
        let sums = nodes.filter_map(|node| {
            let output = node.outputs.first()?;
            let reads = node.inputs.iter().filter_map(place).collect();
            Some((reads, place(output)?, output.clone()))
        });
        Sanity {
            sums: sums.collect(),
            outputs: net
                .outputs()
                .filter_map(|name| place(&name.to_owned()))
                .collect(),
            inputs: net.inputs().len(),
        }
    }

    /// Makes sure that the network computes numbers of numbers; `tensors` are all of one sample.
    pub(super) fn check(&self, tensors: &[Tensor]) -> Result<(), Diag> {
        let all = |tensor: &Tensor, fits: fn(f32) -> bool| {
            let values = tensor.values::<f32>().unwrap_or_default();
            values.iter().all(|&x| fits(x))
        };
        let finite: Vec<bool> = tensors.iter().map(|t| all(t, f32::is_finite)).collect();
        let overflows = |(reads, output, _): &&(Vec<usize>, usize, String)| {
            !finite[*output] && reads.iter().all(|&read| finite[read])
        };
        if let Some((.., name)) = self.sums.iter().find(overflows) {
            let message = "the network overflows: it computes infinity of numbers";
            return Err(self.refused(message, tensors).at_tensor(name));
        }
        match self
            .outputs
            .iter()
            .all(|&i| all(&tensors[i], |x| !x.is_nan()))
        {
            true => Ok(()),
            false => Err(self.refused("the network's answer is not a number", tensors)),
        }
    }

    fn refused(&self, message: &str, tensors: &[Tensor]) -> Diag {
        let elements = tensors[..self.inputs].iter().flat_map(|tensor| {
            let values = tensor
                .values::<f32>()
                .unwrap_or_default()
                .iter()
                .enumerate();
            values.map(move |(place, &x)| (x, place, &tensor.ty))
        });
        // The first of those that are as great.
        let greatest = elements.min_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let mut diag = Diag::new("meaningless-sample", message);
        let of = |(x, place, ty)| format!("its greatest number is {x}, {}", element(ty, place));
        diag.notes.extend(greatest.map(of));
        diag
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_numbers_whose_squares_are() {
        let with = |x: f32| check_elements(&Tensor::new([2, 2], &[0.0, 1.0, 1e18, x]));
        assert!(with(-1e19).is_ok());
        for x in [f32::NAN, f32::NEG_INFINITY, 1e38] {
            let diag = with(x).unwrap_err();
            assert!(diag.message.starts_with("element [1, 1] is "), "{diag}");
        }
    }
}
