//! Giving sizes to dimensions that a model leaves open: `--dim batch=1`, `--input-shape image:1x3x224x224`; and fixing
//! inputs, whose shapes say sizes as well.

use super::fixed::{self, Fixed};
use super::model::{Dim, Input, Model};
use super::problems::Problems;
use super::suggest::Suggestions;
use crate::diag::{Diag, Diags};
use crate::tensor::{TensorType, check_shape};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Sizes for open dimensions, as the user gives them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    dims: Vec<(String, usize)>,
    shapes: Vec<(Option<String>, Vec<usize>)>,
    inputs: Vec<String>,
    /// The folder that files are relative to.
    folder: PathBuf,
}

impl Bindings {
    /// With files relative to `folder`.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Self {
        Bindings {
            folder: folder.into(),
            ..Bindings::default()
        }
    }

    /// Fixes an input, as the argument of `--input` says: `NAME=NUMBER`, `NAME=NUMBER,NUMBER`, `NAME=FILE.npy` or
    /// `NAME=FILE.pb`.
    pub fn input(&mut self, argument: impl Into<String>) -> &mut Self {
        self.inputs.push(argument.into());
        self
    }

    /// Gives all dimensions called `name` a size.
    pub fn dim(&mut self, name: impl Into<String>, size: usize) -> &mut Self {
        self.dims.push((name.into(), size));
        self
    }

    /// Gives an input its shape; without a name, a model's only input.
    pub fn input_shape(&mut self, input: Option<&str>, shape: impl Into<Vec<usize>>) -> &mut Self {
        self.shapes.push((input.map(str::to_owned), shape.into()));
        self
    }

    /// Reads the argument of `--dim`, `name=size`.
    pub fn parse_dim(&mut self, argument: &str) -> Result<&mut Self, Diag> {
        let wrong = || {
            let message = format!("`--dim {argument}` is not understood");
            Diag::new("bad-binding", message)
                .note("it takes a name and a size, such as `--dim batch=1`")
        };
        let (name, size) = argument
            .rsplit_once('=')
            .filter(|(name, _)| !name.is_empty())
            .ok_or_else(wrong)?;
        Ok(self.dim(name, size.trim().parse().map_err(|_| wrong())?))
    }

    /// Reads the argument of `--input-shape`: `name:1x3x224x224`, or just the sizes for a model's only input.
    /// Commas separate sizes as well; a scalar has none, so `name:` is one.
    pub fn parse_input_shape(&mut self, argument: &str) -> Result<&mut Self, Diag> {
        // Names may hold colons, so the last one counts.
        let (name, sizes) = match argument.rsplit_once(':') {
            Some((name, sizes)) => (Some(name), sizes),
            None => (None, argument),
        };
        let sizes = sizes.trim().split(['x', 'X', ',', '×']).map(str::trim);
        let sizes: Vec<&str> = sizes.collect();
        let scalar = sizes == [""] && name.is_some();
        let shape = if scalar {
            Ok(Vec::new())
        } else {
            sizes.into_iter().map(str::parse).collect()
        };
        let shape: Vec<usize> = shape.map_err(|_| {
            let message = format!("`--input-shape {argument}` is not understood");
            let note =
                "it takes an input's name and its sizes, such as `--input-shape image:1x3x224x224`";
            Diag::new("bad-binding", message).note(note)
        })?;
        Ok(self.input_shape(name, shape))
    }
}

impl Model {
    /// Gives every dimension of every input a size, and those of outputs that follow, and makes inputs that are fixed
    /// constants. A model that already says all sizes needs no bindings. On error the model stays as it is.
    pub fn bind(&mut self, bindings: &Bindings) -> Result<(), Diags> {
        let mut binder = Binder::new(self);
        bindings
            .dims
            .iter()
            .for_each(|(name, size)| binder.dim(name, *size));
        bindings
            .shapes
            .iter()
            .for_each(|(name, shape)| binder.shape(name.as_deref(), shape));
        for argument in &bindings.inputs {
            binder.fix(argument, &bindings.folder);
        }
        let inputs = binder.bound_inputs();
        let constants = binder.constants(&inputs);
        let Binder {
            sizes, problems, ..
        } = binder;
        let sizes = sizes
            .into_iter()
            .map(|(name, (size, _))| (name.to_owned(), size))
            .collect();
        self.inputs = problems.finish(inputs)?;
        for dim in self
            .outputs
            .iter_mut()
            .filter_map(|output| output.dims.as_mut())
            .flatten()
        {
            *dim = substituted(dim, &sizes);
        }
        for (place, fixed, tensor) in constants.into_iter().rev() {
            self.make_constant(place, &fixed, tensor);
        }
        Ok(())
    }
}

struct Binder<'a> {
    model: &'a Model,
    /// Sizes of symbols, and where each comes from.
    sizes: BTreeMap<&'a str, (usize, String)>,
    /// Shapes given for inputs, by place.
    shapes: BTreeMap<usize, Vec<usize>>,
    /// What inputs are fixed to, by place.
    fixed: BTreeMap<usize, Fixed>,
    problems: Problems,
    suggestions: Suggestions,
}

impl<'a> Binder<'a> {
    fn new(model: &'a Model) -> Self {
        Binder {
            model,
            sizes: BTreeMap::new(),
            shapes: BTreeMap::new(),
            fixed: BTreeMap::new(),
            problems: Problems::default(),
            suggestions: Suggestions::default(),
        }
    }

    fn dim(&mut self, name: &str, size: usize) {
        let symbols = symbols(self.model);
        match symbols.get(name) {
            Some(symbol) => self.size(
                symbol,
                size,
                format!("`--dim {}`", quoted(&format!("{name}={size}"))),
            ),
            None => {
                let mut diag = Diag::new(
                    "unknown-dimension",
                    format!("no dimension of the model is called `{name}`"),
                );
                diag.notes
                    .extend(self.suggestions.note(name, symbols.iter().copied()));
                let note = match symbols.is_empty() {
                    true => "the model has no open dimensions".into(),
                    false => listed("the model's open dimensions are", symbols.iter().copied()),
                };
                self.problems.push(diag.note(note));
            }
        }
    }

    /// Notes a symbol's size, which must agree with what is known of it.
    fn size(&mut self, symbol: &'a str, size: usize, source: String) {
        let (known, first) = self
            .sizes
            .entry(symbol)
            .or_insert_with(|| (size, source.clone()));
        if *known != size {
            let message =
                format!("dimension `{symbol}` would be {known} by {first}, but {size} by {source}");
            self.problems
                .push(Diag::new("conflicting-dimension", message));
        }
    }

    fn shape(&mut self, name: Option<&str>, shape: &[usize]) {
        if let Some(place) = self.input(name) {
            let name = &self.model.inputs[place].name;
            let given = quoted(&format!("{name}:{}", sizes(shape)));
            self.shape_of(place, shape, &format!("`--input-shape {given}`"));
        }
    }

    /// Fixes an input; the shape in a file is the input's.
    fn fix(&mut self, argument: &str, folder: &Path) {
        let given = format!("`--input {}`", quoted(argument));
        let Some((place, text)) = fixed::split(&self.model.inputs, argument) else {
            match argument
                .split_once('=')
                .filter(|(name, _)| !name.is_empty())
            {
                Some((name, _)) => drop(self.input(Some(name))),
                None => self.problems.push(
                    Diag::new("bad-binding", format!("{given} is not understood")).note(
                        "it takes an input's name and its value, such as `--input rate=16000`",
                    ),
                ),
            }
            return;
        };
        let located = |diag: Diag| {
            diag.at_tensor(&self.model.inputs[place].name)
                .note(format!("as {given} says"))
        };
        let Some(fixed) = self
            .problems
            .value(Fixed::parse(text, folder).map_err(located))
        else {
            return;
        };
        if let Fixed::Tensor(tensor, _) = &fixed {
            self.shape_of(place, &tensor.ty.shape, &given);
        }
        if self.fixed.insert(place, fixed).is_some() {
            let diag = Diag::new("conflicting-input", "the input is fixed more than once");
            self.problems
                .push(diag.at_tensor(&self.model.inputs[place].name));
        }
    }

    /// The constants that inputs are fixed to, with their places.
    fn constants(&mut self, inputs: &[Input]) -> Vec<(usize, Fixed, crate::tensor::Tensor)> {
        let mut constants = Vec::new();
        for (place, fixed) in std::mem::take(&mut self.fixed) {
            // What has no shape has been reported.
            let Some(shape) = inputs[place].shape() else {
                continue;
            };
            let tensor = fixed.tensor(&TensorType::new(inputs[place].dtype, shape));
            let tensor = self
                .problems
                .value(tensor.map_err(|diag| diag.at_tensor(&inputs[place].name)));
            constants.extend(tensor.map(|tensor| (place, fixed, tensor)));
        }
        constants
    }

    /// Which input is meant.
    fn input(&mut self, name: Option<&str>) -> Option<usize> {
        let model = self.model;
        let names = || model.inputs.iter().map(|input| input.name.as_str());
        let diag = match (name, &model.inputs[..]) {
            (None, [_]) => return Some(0),
            (None, _) => Diag::new(
                "bad-binding",
                "`--input-shape` must name an input, since the model has not just one",
            ),
            (Some(name), inputs) => match inputs.iter().position(|input| input.name == name) {
                Some(place) => return Some(place),
                None => {
                    let mut diag = Diag::new(
                        "unknown-input",
                        format!("no input of the model is called `{name}`"),
                    );
                    diag.notes.extend(self.suggestions.note(name, names()));
                    diag
                }
            },
        };
        self.problems
            .push(diag.note(listed("the model's inputs are", names())));
        None
    }

    fn shape_of(&mut self, place: usize, shape: &[usize], given: &str) {
        let input = &self.model.inputs[place];
        let fits = |(dim, size): (&Dim, &usize)| !matches!(dim, Dim::Known(known) if known != size);
        let ranks_fit = !input.ranked || input.dims.len() == shape.len();
        if !ranks_fit || !input.dims.iter().zip(shape).all(fits) {
            let message = format!(
                "{given} does not fit the input, which is {}",
                described(input)
            );
            self.problems
                .push(Diag::new("conflicting-shape", message).at_tensor(&input.name));
            return;
        }
        for (dim, size) in input.dims.iter().zip(shape) {
            if let Dim::Symbol(symbol) = dim {
                self.size(symbol, *size, given.to_owned());
            }
        }
        if self
            .shapes
            .insert(place, shape.to_vec())
            .is_some_and(|before| before != shape)
        {
            let message = format!("{given} contradicts another shape for the same input");
            self.problems
                .push(Diag::new("conflicting-shape", message).at_tensor(&input.name));
        }
    }

    /// The inputs with all sizes known; what is still open is a problem.
    fn bound_inputs(&mut self) -> Vec<Input> {
        let sizes = self
            .sizes
            .iter()
            .map(|(name, (size, _))| ((*name).to_owned(), *size))
            .collect();
        let inputs: Vec<Input> = self
            .model
            .inputs
            .iter()
            .enumerate()
            .map(|(i, input)| self.bound(i, input, &sizes))
            .collect();
        let shapeless = inputs
            .iter()
            .filter(|input| !input.ranked || input.dims.contains(&Dim::Unknown));
        let shapeless: Vec<&Input> = shapeless.collect();
        for input in &shapeless {
            self.problems.push(without_shape(input));
        }
        let named = inputs
            .iter()
            .filter(|input| !shapeless.iter().any(|other| other.name == input.name));
        if let Some(diag) = without_sizes(named) {
            self.problems.push(diag);
        }
        inputs
    }

    fn bound(&mut self, place: usize, input: &Input, sizes: &BTreeMap<String, usize>) -> Input {
        let dims: Vec<Dim> = match self.shapes.get(&place) {
            Some(shape) => shape.iter().map(|size| Dim::Known(*size)).collect(),
            None => input
                .dims
                .iter()
                .map(|dim| substituted(dim, sizes))
                .collect(),
        };
        let known = dims.iter().filter_map(|dim| {
            if let Dim::Known(size) = dim {
                Some(*size)
            } else {
                None
            }
        });
        let known = known.collect::<Vec<_>>();
        let checked = check_shape(&known).map_err(|diag| diag.at_tensor(&input.name));
        self.problems.value(checked);
        if known.contains(&0) {
            self.problems.push(without_elements(input, &dims));
        }
        let ranked = input.ranked || self.shapes.contains_key(&place);
        Input {
            name: input.name.clone(),
            dtype: input.dtype,
            dims,
            ranked,
            range: input.range,
        }
    }
}

/// Names of open dimensions; those of outputs may be given too, though inputs do not need them.
fn symbols(model: &Model) -> BTreeSet<&str> {
    let inputs = model.inputs.iter().flat_map(|input| &input.dims);
    let outputs = model
        .outputs
        .iter()
        .filter_map(|output| output.dims.as_ref())
        .flatten();
    inputs.chain(outputs).filter_map(symbol).collect()
}

fn symbol(dim: &Dim) -> Option<&str> {
    if let Dim::Symbol(name) = dim {
        Some(name)
    } else {
        None
    }
}

fn substituted(dim: &Dim, sizes: &BTreeMap<String, usize>) -> Dim {
    match dim {
        Dim::Symbol(name) => sizes
            .get(name)
            .map_or_else(|| dim.clone(), |size| Dim::Known(*size)),
        dim => dim.clone(),
    }
}

/// The problem of an input of which nothing ever comes.
fn without_elements(input: &Input, dims: &[Dim]) -> Diag {
    let bound = Input {
        dims: dims.to_vec(),
        ..input.clone()
    };
    let message = format!(
        "input `{}` would be {}: without elements there is nothing to compute from",
        input.name,
        described(&bound)
    );
    let diag = Diag::new("empty-input", message).at_tensor(&input.name);
    match input.dims == dims {
        true => {
            diag.note("the model declares it so: an input that is not used can be removed from it")
        }
        false => diag.note("sizes are at least 1"),
    }
}

/// The problem of an input with dimensions that have not even names.
fn without_shape(input: &Input) -> Diag {
    let message = format!(
        "the shape of input `{}` is not known: the model says {}",
        input.name,
        described(input)
    );
    let open = |dim: &Dim| {
        if let Dim::Known(size) = dim {
            size.to_string()
        } else {
            "?".into()
        }
    };
    let dims: Vec<String> = input.dims.iter().map(open).collect();
    let dims = if input.ranked {
        dims.join("x")
    } else {
        "?".into()
    };
    let argument = quoted(&format!("{}:{dims}", input.name));
    Diag::new("unbound-dimension", message)
        .at_tensor(&input.name)
        .note(format!(
            "add `--input-shape {argument}` with a size for each `?`"
        ))
}

/// The problem of all named dimensions that have no size.
fn without_sizes<'a>(inputs: impl Iterator<Item = &'a Input>) -> Option<Diag> {
    let mut open: BTreeMap<&str, &str> = BTreeMap::new();
    for input in inputs {
        for name in input.dims.iter().filter_map(symbol) {
            open.entry(name).or_insert(&input.name);
        }
    }
    if open.is_empty() {
        return None;
    }
    let named = open
        .iter()
        .map(|(name, input)| format!("`{name}` (of input `{input}`)"));
    let message = format!(
        "sizes are needed for open dimensions: {}",
        named.collect::<Vec<_>>().join(", ")
    );
    let flags = open
        .keys()
        .map(|name| format!("--dim {}", quoted(&format!("{name}=N"))));
    let note = format!(
        "add `{}` with a size for each `N`",
        flags.collect::<Vec<_>>().join(" ")
    );
    Some(Diag::new("unbound-dimension", message).note(note))
}

fn described(input: &Input) -> String {
    let dim = |dim: &Dim| match dim {
        Dim::Known(size) => size.to_string(),
        Dim::Symbol(name) => name.clone(),
        Dim::Unknown => "?".into(),
    };
    let dims: Vec<String> = input.dims.iter().map(dim).collect();
    match input.ranked {
        true => format!("{}[{}]", input.dtype, dims.join("×")),
        false => format!("{} of any shape", input.dtype),
    }
}

fn sizes(shape: &[usize]) -> String {
    let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
    sizes.join("x")
}

/// The argument as a shell needs it.
fn quoted(argument: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "=:._-/,+@%?".contains(c);
    if argument.chars().all(plain) {
        argument.into()
    } else {
        format!("'{}'", argument.replace('\'', "'\\''"))
    }
}

fn listed<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> String {
    const MAX: usize = 20;
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    match names.len() {
        0 => format!("{what} none"),
        n => format!(
            "{what} {}{}",
            names[..n.min(MAX)].join(", "),
            if n > MAX { ", …" } else { "" }
        ),
    }
}
