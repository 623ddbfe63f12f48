//! The arguments of the macro, with where each stands.

use mlc_codegen::{Options, Stream};
use mlc_compiler::diag::Diag;
use mlc_compiler::ir::Io;
use mlc_compiler::requantize::Profile;
use proc_macro2::Span;
use std::path::Path;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitInt, LitStr, Token, bracketed, parenthesized};

/// Everything between the parentheses.
pub(crate) struct Arguments {
    path: LitStr,
    name: Option<Ident>,
    dims: Vec<Argument<usize>>,
    shapes: Vec<Argument<Vec<usize>>>,
    regions: Vec<Argument<usize>>,
    hot_weights: Option<Ident>,
    borrow_arena: bool,
    profile: Profile,
    io: Io,
    stream: Option<Stream>,
    time_axis: Option<usize>,
}

/// A value for something that the model names.
struct Argument<T> {
    name: Option<String>,
    span: Span,
    value: T,
}

/// What `profile` can be.
const PROFILES: &[(&str, Profile)] = &[("onnx", Profile::Onnx), ("tflite", Profile::TfLite)];

/// What `io` can be.
const IO: &[(&str, Io)] = &[
    ("as-is", Io::AsIs),
    ("int8", Io::Int8),
    ("float", Io::Float),
];

/// What `stream` can be.
const STREAMS: &[(&str, Stream)] = &[("input", Stream::Input), ("time", Stream::Time)];

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut arguments = Arguments {
            path: input.parse()?,
            name: None,
            dims: Vec::new(),
            shapes: Vec::new(),
            regions: Vec::new(),
            hot_weights: None,
            borrow_arena: false,
            profile: Profile::default(),
            io: Io::default(),
            stream: None,
            time_axis: None,
        };
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                arguments.option(input)?;
            }
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn option(&mut self, input: ParseStream<'_>) -> syn::Result<()> {
        let option: Ident = input.parse()?;
        if option == "name" {
            input.parse::<Token![=]>()?;
            self.name = Some(input.parse()?);
        } else if option == "dim" {
            self.dims.extend(list(input, dim)?);
        } else if option == "input_shape" {
            self.shapes.extend(list(input, shape)?);
        } else if option == "region" {
            self.regions.extend(list(input, dim)?);
        } else if option == "hot_weights" {
            input.parse::<Token![=]>()?;
            self.hot_weights = Some(input.parse()?);
        } else if option == "borrow_arena" {
            self.borrow_arena = true;
        } else if option == "profile" {
            self.profile = one_of(input, PROFILES)?;
        } else if option == "io" {
            self.io = one_of(input, IO)?;
        } else if option == "stream" {
            self.stream = Some(one_of(input, STREAMS)?);
        } else if option == "time_axis" {
            input.parse::<Token![=]>()?;
            self.time_axis = Some(size(input)?);
        } else {
            let message = format!(
                "there is no option `{option}`: there are `name`, `dim`, `input_shape`, `region`, `hot_weights`, \
                 `borrow_arena`, `profile`, `io`, `stream` and `time_axis`"
            );
            return Err(syn::Error::new(option.span(), message));
        }
        Ok(())
    }

    /// The options for a package in the folder `root`.
    pub(crate) fn options(&self, root: &Path) -> Options {
        let mut options = Options::new(root.join(self.path.value()));
        options.name = self.name.as_ref().map(Ident::to_string);
        options = options.profile(self.profile).io(self.io);
        (options.stream, options.time_axis) = (self.stream, self.time_axis);
        options.hot_weights = self.hot_weights.as_ref().map(Ident::to_string);
        options.borrow_arena = self.borrow_arena;
        for region in &self.regions {
            options = options.region(region.name.as_deref().unwrap_or_default(), region.value);
        }
        for dim in &self.dims {
            options = options.dim(dim.name.as_deref().unwrap_or_default(), dim.value);
        }
        for shape in &self.shapes {
            options = options.input_shape(shape.name.as_deref(), &shape.value);
        }
        options
    }

    /// Makes sure that the network got the name that the code will use.
    pub(crate) fn check_name(&self, got: &str) -> syn::Result<()> {
        match &self.name {
            Some(name) if name != got => {
                let message = format!(
                    "the type would be called `{got}`: in camel case, and unlike anything in networks"
                );
                Err(syn::Error::new(name.span(), message))
            }
            _ => Ok(()),
        }
    }

    /// The argument that a problem is about: a dimension or an input that it names, else the model.
    pub(crate) fn span_of(&self, diag: &Diag) -> Span {
        let is_named = |name: &Option<String>| {
            let name = name.as_deref().unwrap_or_default();
            let quoted = [
                format!("`{name}`"),
                format!("region `{name}="),
                format!("`--dim {name}="),
                format!("`--input-shape {name}:"),
            ];
            quoted.iter().any(|quoted| diag.message.contains(quoted))
        };
        let is_of_binding = ["dimension", "input", "shape", "binding", "region"]
            .iter()
            .any(|word| diag.code.contains(word));
        let dims = self.dims.iter().map(|dim| (&dim.name, dim.span));
        let shapes = self.shapes.iter().map(|shape| (&shape.name, shape.span));
        let regions = self
            .regions
            .iter()
            .map(|region| (&region.name, region.span));
        let found = dims
            .chain(shapes)
            .chain(regions)
            .find(|(name, _)| is_of_binding && is_named(name));
        found.map_or(self.path.span(), |(_, span)| span)
    }
}

/// Items in parentheses, separated by commas.
fn list<T>(
    input: ParseStream<'_>,
    item: fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<Vec<T>> {
    let inner;
    parenthesized!(inner in input);
    let items = Punctuated::<T, Token![,]>::parse_terminated_with(&inner, item)?;
    Ok(items.into_iter().collect())
}

/// `= "word"`, one of those that there are.
fn one_of<T: Copy>(input: ParseStream<'_>, known: &[(&str, T)]) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    let word: LitStr = input.parse()?;
    let found = known.iter().find(|(name, _)| *name == word.value());
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<_> = known.iter().map(|(name, _)| format!("{name:?}")).collect();
        syn::Error::new(word.span(), format!("it is one of {}", names.join(", ")))
    })
}

/// `name = size`.
fn dim(input: ParseStream<'_>) -> syn::Result<Argument<usize>> {
    let (name, span) = name(input)?;
    input.parse::<Token![=]>()?;
    Ok(Argument {
        name: Some(name),
        span,
        value: size(input)?,
    })
}

/// `name = [sizes]` or `[sizes]`.
fn shape(input: ParseStream<'_>) -> syn::Result<Argument<Vec<usize>>> {
    let mut named = (None, input.span());
    if !input.peek(syn::token::Bracket) {
        let (name, span) = name(input)?;
        named = (Some(name), span);
        input.parse::<Token![=]>()?;
    }
    let inner;
    bracketed!(inner in input);
    let sizes = Punctuated::<usize, Token![,]>::parse_terminated_with(&inner, size)?;
    Ok(Argument {
        name: named.0,
        span: named.1,
        value: sizes.into_iter().collect(),
    })
}

/// A name of the model: an identifier, or a string for any other.
fn name(input: ParseStream<'_>) -> syn::Result<(String, Span)> {
    if input.peek(LitStr) {
        let name: LitStr = input.parse()?;
        return Ok((name.value(), name.span()));
    }
    let name = input.call(Ident::parse_any)?;
    Ok((name.unraw().to_string(), name.span()))
}

fn size(input: ParseStream<'_>) -> syn::Result<usize> {
    let size: LitInt = input.parse()?;
    let wrong = |_| syn::Error::new(size.span(), "a size is a whole number");
    size.base10_parse().map_err(wrong)
}
