//! How the caller gives inputs and takes outputs, where that is not as the model has them: a camera gives bytes with the
//! channels last, whatever the network was trained on.
//!
//! Requests name an input or an output, or nothing where there is only one. Whether they fit is for the pass of that name
//! to say, which knows the graph.

mod edge;

use crate::diag::Diag;
use crate::tensor::DType;
pub use edge::{InputAs, OutputAs};

/// What is asked of inputs and outputs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Interface {
    /// Requests for inputs, with the names of these.
    pub(crate) inputs: Vec<(Option<String>, Given)>,
    /// Requests for outputs, with the names of these.
    pub(crate) outputs: Vec<(Option<String>, Taken)>,
}

/// How an input is given.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Given {
    /// With its axes in that order.
    Layout(Layout),
    /// In elements of that type.
    Element(DType),
    /// Numbers are more than the model's by that much: all, or those of each channel.
    Mean(Vec<f32>),
    /// What is left of them is multiplied with that.
    Scale(Vec<f32>),
}

/// How an output is taken.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Taken {
    /// With its axes in that order.
    Layout(Layout),
    /// As the greatest so many scores, and of which classes they are.
    Top(usize),
}

/// An order of axes, outermost first: those of the model by their numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    /// As the user wrote it.
    pub(crate) text: String,
    /// Which axis of the model comes at each place.
    pub(crate) order: Vec<usize>,
    /// Whether letters stood for axes, which say what the model means by them.
    pub(crate) by_letters: bool,
}

/// The letters of axes, in the order in which ONNX has them.
const LETTERS: &str = "ncdhwlt";

/// Types that a caller may give.
const ELEMENTS: &[(&str, DType)] = &[
    ("u8", DType::U8),
    ("i8", DType::I8),
    ("u16", DType::U16),
    ("i16", DType::I16),
    ("i32", DType::I32),
    ("i64", DType::I64),
    ("f32", DType::F32),
];

impl Interface {
    /// Takes the argument of `--input-layout`: `image:nhwc`, or `nhwc` for the only input.
    pub fn input_layout(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, text) = split(argument);
        let layout = Layout::parse(text).ok_or_else(|| {
            let note = "it takes an order of axes, such as `--input-layout image:nhwc`";
            misunderstood("input-layout", argument, note)
        })?;
        self.inputs.push((name, Given::Layout(layout)));
        Ok(())
    }

    /// Takes the argument of `--input-type`: `image:u8`, or `u8` for the only input.
    pub fn input_type(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, text) = split(argument);
        let found = ELEMENTS.iter().find(|(known, _)| *known == text);
        let (_, element) = found.ok_or_else(|| {
            let known: Vec<_> = ELEMENTS.iter().map(|(name, _)| *name).collect();
            let note = format!("types are {}", known.join(", "));
            misunderstood("input-type", argument, &note)
        })?;
        self.inputs.push((name, Given::Element(*element)));
        Ok(())
    }

    /// Takes the argument of `--input-mean`: `image:127.5`, or a number for each channel between commas.
    pub fn input_mean(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, mean) = numbers("input-mean", argument, |_| true)?;
        self.inputs.push((name, Given::Mean(mean)));
        Ok(())
    }

    /// Takes the argument of `--input-scale`: `image:1/255`, or a number for each channel between commas.
    pub fn input_scale(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, scale) = numbers("input-scale", argument, |x| x > 0.0)?;
        self.inputs.push((name, Given::Scale(scale)));
        Ok(())
    }

    /// Takes the argument of `--output-layout`: `mask:nhwc`, or `nhwc` for the only output.
    pub fn output_layout(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, text) = split(argument);
        let layout = Layout::parse(text).ok_or_else(|| {
            let note = "it takes an order of axes, such as `--output-layout mask:nhwc`";
            misunderstood("output-layout", argument, note)
        })?;
        self.outputs.push((name, Taken::Layout(layout)));
        Ok(())
    }

    /// Takes the argument of `--top`: `scores:3`, or `3` for the only output.
    pub fn top(&mut self, argument: &str) -> Result<(), Diag> {
        let (name, text) = split(argument);
        let count = text.parse().ok().filter(|&count| count > 0);
        let count = count.ok_or_else(|| {
            let note = "it takes a number of classes, such as `--top 1` or `--top scores:5`";
            misunderstood("top", argument, note)
        })?;
        self.outputs.push((name, Taken::Top(count)));
        Ok(())
    }
}

impl Layout {
    fn parse(text: &str) -> Option<Layout> {
        let text = text.trim().to_ascii_lowercase();
        let by_letters = text.starts_with(|c: char| c.is_ascii_alphabetic());
        let places: Vec<usize> = match by_letters {
            true => text
                .chars()
                .map(|c| LETTERS.find(c))
                .collect::<Option<_>>()?,
            false => {
                let axes = text.split(',').map(|axis| axis.trim().parse().ok());
                axes.collect::<Option<_>>()?
            }
        };
        let mut sorted = places.clone();
        sorted.sort_unstable();
        let axis = |place: &usize| sorted.iter().position(|p| p == place);
        let order: Vec<usize> = places.iter().map(axis).collect::<Option<_>>()?;
        let distinct = sorted.windows(2).all(|pair| pair[0] != pair[1]);
        let complete = by_letters || sorted.iter().copied().eq(0..sorted.len());
        (distinct && complete).then_some(Layout {
            text,
            order,
            by_letters,
        })
    }
}

/// The name that an argument begins with, if any, and the rest; names may hold colons, so the last one counts.
fn split(argument: &str) -> (Option<String>, &str) {
    match argument.rsplit_once([':', '=']) {
        Some((name, rest)) => (Some(name.to_owned()), rest.trim()),
        None => (None, argument.trim()),
    }
}

/// A name, if there is one, and finite numbers that are as they have to be; they may be written as fractions.
fn numbers(
    option: &str,
    argument: &str,
    fits: fn(f64) -> bool,
) -> Result<(Option<String>, Vec<f32>), Diag> {
    let (name, text) = split(argument);
    let read = |text: &str| text.trim().parse::<f64>().ok();
    let number = |text: &str| {
        let number = match text.split_once('/') {
            Some((a, b)) => read(a)? / read(b)?,
            None => read(text)?,
        };
        let fits = (number as f32).is_finite() && fits(number);
        fits.then_some(number as f32)
    };
    let list = text.trim_matches(['[', ']']);
    let numbers: Option<Vec<_>> = list.split(',').map(number).collect();
    let numbers = numbers.ok_or_else(|| {
        let note = format!(
            "it takes one number for all channels, or one for each, such as `--{option} image:1/255`"
        );
        misunderstood(option, argument, &note)
    })?;
    Ok((name, numbers))
}

fn misunderstood(option: &str, argument: &str, note: &str) -> Diag {
    let message = format!("`--{option} {argument}` is not understood");
    Diag::new("bad-binding", message).note(note)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts_are_orders_of_the_axes_of_onnx() {
        let order = |text: &str| Layout::parse(text).map(|layout| layout.order);
        assert_eq!(order("nhwc"), Some(vec![0, 2, 3, 1]));
        assert_eq!(order("NCHW"), Some(vec![0, 1, 2, 3]));
        assert_eq!(order("hwc"), Some(vec![1, 2, 0]));
        assert_eq!(order("ntc"), Some(vec![0, 2, 1]));
        assert_eq!(order("0,2,3,1"), Some(vec![0, 2, 3, 1]));
        for wrong in ["", "nhwx", "nhhc", "0,2", "1,2,3", "0,,1", "nh,wc"] {
            assert_eq!(order(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_may_be_fractions_and_name_an_input() {
        let read = |argument| numbers("input-scale", argument, |x| x > 0.0);
        assert_eq!(read("1/255").unwrap(), (None, vec![1.0 / 255.0]));
        let each = (Some("a:b".to_owned()), vec![1.0, 0.5, 2.0]);
        assert_eq!(read("a:b:1,1/2,2").unwrap(), each);
        for wrong in ["", "x", "1/0", "-1", "nan", "1,"] {
            assert_eq!(read(wrong).unwrap_err().code, "bad-binding", "{wrong}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        let mut interface = Interface::default();
        assert!(interface.input_type("image:u8").is_ok() && interface.top("3").is_ok());
        let type_ = interface.input_type("f16").unwrap_err();
        assert!(type_.notes[0].contains("u8, i8"), "{type_:?}");
        assert_eq!(interface.top("0").unwrap_err().code, "bad-binding");
        assert_eq!(
            interface.output_layout("x").unwrap_err().code,
            "bad-binding"
        );
    }
}
