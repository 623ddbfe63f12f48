//! What the caller promises of inputs: `--input-range image:0..1`.

use super::model::{Input, Model};
use super::suggest::Suggestions;
use crate::diag::Diag;

/// The numbers that all elements of an input are between, ends included, both finite.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The least.
    pub least: f64,
    /// The greatest.
    pub most: f64,
}

impl Model {
    /// Takes the argument of `--input-range`, `name:0..1`, or just the ends for a model's only input. They are
    /// numbers as the compiled network takes them: codes where the input is in integers.
    pub fn promise(&mut self, argument: &str) -> Result<(), Diag> {
        promise(&mut self.inputs, argument)
    }
}

fn promise(inputs: &mut [Input], argument: &str) -> Result<(), Diag> {
    // Names may hold colons, so the last one counts.
    let (name, ends) = match argument.rsplit_once(':') {
        Some((name, ends)) => (Some(name), ends),
        None => (None, argument),
    };
    let range = Range::parse(ends).ok_or_else(|| {
        let message = format!("`--input-range {argument}` is not understood");
        Diag::new("bad-binding", message)
            .note("it takes an input's name and two numbers, such as `--input-range image:-1..1`")
    })?;
    input(inputs, name)?.range = Some(range);
    Ok(())
}

impl Range {
    fn parse(ends: &str) -> Option<Range> {
        let (least, most) = ends.split_once("..")?;
        let end = |text: &str| text.trim().parse::<f32>().ok().filter(|x| x.is_finite());
        let range = Range {
            least: end(least)?.into(),
            most: end(most)?.into(),
        };
        (range.least <= range.most).then_some(range)
    }
}

/// The input of that name, or the only one.
fn input<'a>(inputs: &'a mut [Input], name: Option<&str>) -> Result<&'a mut Input, Diag> {
    let names: Vec<_> = inputs.iter().map(|input| input.name.clone()).collect();
    let Some(name) = name else {
        let message = "`--input-range` must name an input, since the model has not just one";
        return match inputs {
            [only] => Ok(only),
            _ => Err(Diag::new("bad-binding", message)
                .note(format!("the model's inputs are {}", names.join(", ")))),
        };
    };
    let found = inputs.iter_mut().find(|input| input.name == name);
    found.ok_or_else(|| {
        let message = format!("no input of the model is called `{name}`");
        let mut diag = Diag::new("unknown-input", message);
        let names = names.iter().map(String::as_str);
        diag.notes.extend(Suggestions::default().note(name, names));
        diag
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::onnx::Dim;
    use crate::tensor::DType;

    fn promised(names: &[&str], argument: &str) -> Result<Vec<Option<Range>>, Diag> {
        let input = |name: &&str| Input {
            name: (*name).into(),
            dtype: DType::F32,
            dims: vec![Dim::Known(1)],
            ranked: true,
            range: None,
        };
        let mut inputs: Vec<_> = names.iter().map(input).collect();
        promise(&mut inputs, argument)?;
        Ok(inputs.iter().map(|input| input.range).collect())
    }

    #[test]
    fn ranges_are_read() {
        let range = |least, most| Some(Range { least, most });
        assert_eq!(promised(&["x"], "-1.5..2").unwrap(), [range(-1.5, 2.0)]);
        assert_eq!(
            promised(&["a:b", "c"], "a:b:0..255").unwrap(),
            [range(0.0, 255.0), None]
        );
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for wrong in ["", "1", "2..1", "0..inf", "0..nan", "x:", "0.5"] {
            assert_eq!(
                promised(&["x"], wrong).unwrap_err().code,
                "bad-binding",
                "{wrong}"
            );
        }
        assert_eq!(
            promised(&["x", "y"], "0..1").unwrap_err().code,
            "bad-binding"
        );
        let unknown = promised(&["image"], "imag:0..1").unwrap_err();
        assert_eq!(unknown.code, "unknown-input");
        assert!(unknown.notes.iter().any(|note| note.contains("image")));
    }
}
