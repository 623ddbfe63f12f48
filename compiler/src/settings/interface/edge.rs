//! What is asked of one input or one output, and the same of tensors: samples that were recorded for a model become those
//! of a network that takes them otherwise.

use super::{Given, Interface, Layout, Taken};
use crate::diag::Diag;
use crate::onnx::Suggestions;
use crate::ops::layout::transpose::{inverse, permute};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::scalar::{Scalar, Typed};

/// How an input is given. By itself it is as the model has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InputAs {
    /// The order of its axes.
    pub(crate) layout: Option<Layout>,
    /// The type of its elements.
    pub(crate) element: Option<DType>,
    /// What numbers are more than the model's, or those of each channel.
    pub(crate) mean: Option<Vec<f32>>,
    /// What is left of them is multiplied with that.
    pub(crate) scale: Option<Vec<f32>>,
}

/// How an output is taken. By itself it is as the model has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct OutputAs {
    /// The order of its axes.
    pub(crate) layout: Option<Layout>,
    /// How many of the greatest scores.
    pub(crate) top: Option<usize>,
}

impl Interface {
    /// What is asked of each of these inputs and outputs.
    pub fn of(
        &self,
        inputs: &[String],
        outputs: &[String],
    ) -> Result<(Vec<InputAs>, Vec<OutputAs>), Diag> {
        let mut given = vec![InputAs::default(); inputs.len()];
        for (name, wish) in &self.inputs {
            let i = named(inputs, name.as_deref(), "input")?;
            once(given[i].take(wish)).map_err(|d| d.at_tensor(&inputs[i]))?;
        }
        let mut taken = vec![OutputAs::default(); outputs.len()];
        for (name, wish) in &self.outputs {
            let i = named(outputs, name.as_deref(), "output")?;
            once(taken[i].take(wish)).map_err(|d| d.at_tensor(&outputs[i]))?;
        }
        Ok((given, taken))
    }
}

/// Which of `names` is meant, or the only one.
fn named(names: &[String], name: Option<&str>, what: &str) -> Result<usize, Diag> {
    let known = || format!("the model's {what}s are {}", names.join(", "));
    let Some(name) = name else {
        let message =
            format!("which {what} is meant has to be said, since the model has not just one");
        return match names {
            [_] => Ok(0),
            _ => Err(Diag::new("bad-binding", message).note(known())),
        };
    };
    let found = names.iter().position(|own| own == name);
    found.ok_or_else(|| {
        let message = format!("no {what} of the model is called `{name}`");
        let mut diag = Diag::new("unknown-input", message);
        let names = names.iter().map(String::as_str);
        diag.notes.extend(Suggestions::default().note(name, names));
        diag.note(known())
    })
}

/// Nothing may have been asked before.
fn once(is_first: bool) -> Result<(), Diag> {
    let twice = || Diag::new("conflicting-input", "the same is asked of it twice");
    is_first.then_some(()).ok_or_else(twice)
}

impl InputAs {
    fn take(&mut self, wish: &Given) -> bool {
        match wish {
            Given::Layout(layout) => self.layout.replace(layout.clone()).is_none(),
            Given::Element(element) => self.element.replace(*element).is_none(),
            Given::Mean(mean) => self.mean.replace(mean.clone()).is_none(),
            Given::Scale(scale) => self.scale.replace(scale.clone()).is_none(),
        }
    }

    /// The order in which the axes of a tensor of the model's type are given.
    pub(crate) fn order(&self, ty: &TensorType) -> Result<Vec<usize>, Diag> {
        order(self.layout.as_ref(), ty)
    }

    /// Whether elements are the model's.
    pub fn has_own_elements(&self, of_model: DType) -> bool {
        let same = self.element.is_none_or(|element| element == of_model);
        same && self.mean.is_none() && self.scale.is_none()
    }

    /// The shape of so many means or scales beside elements of the model's type with their axes in that order.
    pub(crate) fn across(
        count: usize,
        ty: &TensorType,
        order: &[usize],
    ) -> Result<Vec<usize>, Diag> {
        if count == 1 {
            return Ok(Vec::new());
        }
        let last = ty.rank().saturating_sub(1);
        let mut channels = [1.min(last), last].into_iter();
        let channel = channels.find(|&axis| ty.shape.get(axis) == Some(&count));
        let channel = channel.ok_or_else(|| {
            let message = format!("{count} numbers for the channels of {ty}");
            Diag::new("conflicting-input", message)
                .note("it takes one for all, or one for each channel")
        })?;
        let extent = |&axis: &usize| if axis == channel { count } else { 1 };
        Ok(order.iter().map(extent).collect())
    }

    /// The numbers that the model takes, of its type `ty`, for what is given.
    pub fn numbers(&self, given: &Tensor, ty: &TensorType) -> Result<Tensor, Diag> {
        let order = self.order(ty)?;
        let own = self.has_own_elements(ty.dtype);
        let numbers = match (own, ty.dtype) {
            (true, _) => given.clone(),
            (false, DType::F32) => {
                let [mean, scale] = self.of_elements(ty, &order)?;
                let numbers = elements::<f32>(given)?.into_iter().zip(mean).zip(scale);
                let numbers: Vec<f32> = numbers
                    .map(|((x, mean), scale)| (x - mean) * scale)
                    .collect();
                Tensor::new(given.ty.shape.clone(), &numbers)
            }
            _ => converted(given, ty.dtype)?,
        };
        transposed(&numbers, &inverse(&order))
    }

    /// What is given, in elements of that type, for the numbers that the model takes: the nearest, if these are integers.
    pub fn given(&self, numbers: &Tensor, element: DType) -> Result<Tensor, Diag> {
        let ty = &numbers.ty;
        let order = self.order(ty)?;
        let moved = transposed(numbers, &order)?;
        if element == ty.dtype && self.has_own_elements(element) {
            return Ok(moved);
        }
        if ty.dtype != DType::F32 {
            return converted(&moved, element);
        }
        let [mean, scale] = self.of_elements(ty, &order)?;
        let numbers = elements::<f32>(&moved)?.into_iter().zip(mean).zip(scale);
        let is_float = matches!(element, DType::F32);
        let given = numbers.map(|((x, mean), scale)| match x / scale + mean {
            x if is_float => x,
            x => x.round_ties_even(),
        });
        converted(
            &Tensor::new(moved.ty.shape.clone(), &given.collect::<Vec<f32>>()),
            element,
        )
    }

    /// Mean and scale of every element of a tensor with its axes in that order.
    fn of_elements(&self, ty: &TensorType, order: &[usize]) -> Result<[Vec<f32>; 2], Diag> {
        let shape = permute(order, &ty.shape);
        let each = |numbers: &Option<Vec<f32>>, absent: f32| {
            let Some(numbers) = numbers else {
                return Ok(vec![absent; ty.len()]);
            };
            let across = Self::across(numbers.len(), ty, order)?;
            let channel = across.iter().position(|&n| n > 1);
            let inner: usize = channel.map_or(1, |axis| shape[axis + 1..].iter().product());
            let of = |i: usize| numbers[i / inner.max(1) % numbers.len()];
            Ok((0..ty.len()).map(of).collect())
        };
        Ok([each(&self.mean, 0.0)?, each(&self.scale, 1.0)?])
    }
}

impl OutputAs {
    fn take(&mut self, wish: &Taken) -> bool {
        match wish {
            Taken::Layout(layout) => self.layout.replace(layout.clone()).is_none(),
            Taken::Top(count) => self.top.replace(*count).is_none(),
        }
    }

    /// Whether the classes of the greatest scores are an output of their own.
    pub fn has_classes(&self) -> bool {
        self.top.is_some()
    }

    /// The order in which the axes of a tensor of the model's type are taken.
    pub(crate) fn order(&self, ty: &TensorType) -> Result<Vec<usize>, Diag> {
        order(self.layout.as_ref(), ty)
    }

    /// The axis of classes: the last of a matrix, and of an image its channels.
    pub(crate) fn classes(ty: &TensorType) -> usize {
        match ty.shape[..] {
            [_, classes, ..] if classes > 1 => 1,
            _ => ty.rank().saturating_sub(1),
        }
    }

    /// What is taken of an output of the model; where the greatest scores are, also of which classes they are.
    pub fn taken(&self, output: &Tensor) -> Result<(Tensor, Option<Tensor>), Diag> {
        let order = self.order(&output.ty)?;
        let Some(k) = self.top else {
            return Ok((transposed(output, &order)?, None));
        };
        let axis = Self::classes(&output.ty);
        // With the classes of a place beside each other.
        let last: Vec<_> = (0..output.ty.rank())
            .filter(|&d| d != axis)
            .chain([axis])
            .collect();
        let scores = transposed(output, &last)?;
        let count = scores.ty.shape.last().copied().unwrap_or(1).max(1);
        let size = output.ty.dtype.bits() / 8;
        let (mut best, mut classes) = (Vec::new(), Vec::new());
        let places = elements::<f64>(&scores)?;
        let places = places
            .chunks(count)
            .zip(scores.bytes().chunks(count * size));
        for (scores, bytes) in places {
            let mut ranked: Vec<usize> = (0..count).collect();
            // Zeros are equal, whatever their sign.
            ranked.sort_by(|&a, &b| (scores[b] + 0.0).total_cmp(&(scores[a] + 0.0)));
            for &class in ranked.iter().take(k) {
                classes.push(class as i32);
                best.extend_from_slice(&bytes[class * size..][..size]);
            }
        }
        let mut kept = scores.ty.shape.clone();
        kept[output.ty.rank() - 1] = k.min(count);
        let values = Tensor::from_bytes(TensorType::new(output.ty.dtype, kept.clone()), &*best)?;
        let taken = |tensor: &Tensor| {
            let own = tensor
                .untransposed(&last)
                .and_then(|own| own.transposed(&order));
            own.ok_or_else(|| crate::ops::unsupported_type(output.ty.dtype))
        };
        Ok((taken(&values)?, Some(taken(&Tensor::new(kept, &classes))?)))
    }
}

/// An order of all axes of a tensor.
fn order(layout: Option<&Layout>, ty: &TensorType) -> Result<Vec<usize>, Diag> {
    let Some(Layout { text, order, .. }) = layout else {
        return Ok((0..ty.rank()).collect());
    };
    let (len, rank) = (order.len(), ty.rank());
    let message = format!("`{text}` is an order of {len} axes, but {ty} has {rank}");
    match len == rank {
        true => Ok(order.clone()),
        false => Err(Diag::new("conflicting-shape", message)),
    }
}

fn elements<T: Typed>(tensor: &Tensor) -> Result<Vec<T>, Diag> {
    let unknown = || crate::ops::unsupported_type(tensor.ty.dtype);
    tensor.to_vec().ok_or_else(unknown)
}

/// Numbers as elements of another type; what is out of its range is what is nearest.
fn converted(tensor: &Tensor, to: DType) -> Result<Tensor, Diag> {
    let unknown = |dtype| move || crate::ops::unsupported_type(dtype);
    let from = tensor
        .ty
        .dtype
        .storage()
        .ok_or_else(unknown(tensor.ty.dtype))?;
    let element = to.storage().ok_or_else(unknown(to))?;
    let mut bytes = Vec::new();
    for x in tensor.bytes().chunks_exact(from.size()) {
        let x = Scalar::from_le_bytes(from, x).ok_or_else(unknown(tensor.ty.dtype))?;
        x.cast(element).write_le(&mut bytes);
    }
    Tensor::from_bytes(TensorType::new(to, tensor.ty.shape.clone()), &*bytes)
}

fn transposed(tensor: &Tensor, perm: &[usize]) -> Result<Tensor, Diag> {
    let transposed = tensor.transposed(perm);
    transposed.ok_or_else(|| crate::ops::unsupported_type(tensor.ty.dtype))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn camera() -> InputAs {
        let mut interface = Interface::default();
        interface.input_layout("nhwc").unwrap();
        interface.input_type("u8").unwrap();
        interface.input_mean("10,20").unwrap();
        interface.input_scale("1/2").unwrap();
        interface.of(&["x".into()], &[]).unwrap().0.remove(0)
    }

    #[test]
    fn bytes_of_a_camera_are_numbers_of_a_model_and_back() {
        let camera = camera();
        let ty = TensorType::new(DType::F32, [1, 2, 1, 3]);
        let given = Tensor::new([1, 1, 3, 2], &[10u8, 20, 12, 24, 0, 255]);
        let numbers = camera.numbers(&given, &ty).unwrap();
        assert!(numbers.identical(&Tensor::new(
            ty.shape.clone(),
            &[0f32, 1.0, -5.0, 0.0, 2.0, 117.5]
        )));
        assert!(camera.given(&numbers, DType::U8).unwrap().identical(&given));
    }

    #[test]
    fn the_greatest_scores_are_taken_with_their_classes() {
        let mut interface = Interface::default();
        interface.top("2").unwrap();
        let taken = &interface.of(&[], &["y".into()]).unwrap().1[0];
        let (zeros, first) = taken.taken(&Tensor::new([1, 2], &[-0f32, 0.0])).unwrap();
        assert!(zeros.identical(&Tensor::new([1, 2], &[-0f32, 0.0])));
        assert!(first.unwrap().identical(&Tensor::new([1, 2], &[0i32, 1])));
        let (values, classes) = taken.taken(&Tensor::new([1, 4], &[3i8, 9, -1, 9])).unwrap();
        assert!(values.identical(&Tensor::new([1, 2], &[9i8, 9])));
        assert!(classes.unwrap().identical(&Tensor::new([1, 2], &[1i32, 3])));
        let map = Tensor::new([1, 3, 1, 2], &[1f32, 6.0, 2.0, 5.0, 3.0, 4.0]);
        let (values, classes) = taken.taken(&map).unwrap();
        assert!(values.identical(&Tensor::new([1, 2, 1, 2], &[3f32, 6.0, 2.0, 5.0])));
        assert!(
            classes
                .unwrap()
                .identical(&Tensor::new([1, 2, 1, 2], &[2i32, 0, 1, 1]))
        );
    }

    #[test]
    fn inputs_are_named_where_there_are_several() {
        let mut interface = Interface::default();
        interface.input_type("u8").unwrap();
        let of = |interface: &Interface, names: &[&str]| {
            let names: Vec<String> = names.iter().map(|name| (*name).into()).collect();
            interface.of(&names, &[]).map_err(|diag| diag.code)
        };
        assert!(of(&interface, &["x"]).is_ok());
        assert_eq!(of(&interface, &["x", "y"]).unwrap_err(), "bad-binding");
        interface.input_type("x:i8").unwrap();
        assert_eq!(of(&interface, &["x"]).unwrap_err(), "conflicting-input");
        assert_eq!(of(&interface, &["y"]).unwrap_err(), "unknown-input");
    }
}
