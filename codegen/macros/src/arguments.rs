//! The arguments of the macro: the options of the command `mlc build`, written as Rust, with where each stands.
//!
//! | here | there |
//! |---|---|
//! | `io = "int8"`, `hot_weights = dtcm`, `time_axis = 1` | `--io int8`, `--hot-weights dtcm`, `--time-axis 1` |
//! | `borrow_arena` | `--borrow-arena` |
//! | `dim(batch = 1)`, `region(dtcm = 131072)` | `--dim batch=1`, `--region dtcm=131072` |
//! | `input_shape(audio = [1, 16000])`, `input_shape([1, 16000])` | `--input-shape audio:1x16000`, `--input-shape 1x16000` |
//! | `input_range(image = 0..=1)` | `--input-range image:0..1` |
//! | `input(rate = 16000, mask = "mask.npy")` | `--input rate=16000`, `--input mask=mask.npy` |
//!
//! Which options there are and what they can be is said once, in [`Options`].

use mlc_codegen::Options;
use mlc_compiler::diag::Diag;
use proc_macro2::Span;
use std::path::Path;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Lit, LitInt, LitStr, Token, bracketed, parenthesized};

/// Everything between the parentheses.
pub(crate) struct Arguments {
    path: LitStr,
    given: Vec<Argument>,
}

/// An option, or one of several values for it.
struct Argument {
    /// The option, as the command calls it.
    option: String,
    /// What it is about, where the model names that.
    name: Option<String>,
    /// The value, with the name.
    value: Option<String>,
    option_span: Span,
    span: Span,
}

/// A value, and what stands between a name and it.
struct Value {
    text: String,
    separator: char,
    span: Span,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let path = input.parse()?;
        let mut given = Vec::new();
        while !input.is_empty() {
            input.parse::<Token![,]>()?;
            if !input.is_empty() {
                given.extend(option(input)?);
            }
        }
        Ok(Arguments { path, given })
    }
}

impl Arguments {
    /// The options for a package in the folder `root`.
    pub(crate) fn options(&self, root: &Path) -> syn::Result<Options> {
        let model = root.join(self.path.value());
        let parse = |given: &[Argument]| {
            let arguments = given.iter().map(Argument::as_of_the_command);
            let mut options = Options::parse(&model, arguments)?;
            options.folder = root.into();
            options.calibration.beneath(root);
            Ok::<_, Diag>(options)
        };
        parse(&self.given).map_err(|all| {
            // The first one that is wrong by itself, else the model: something is missing.
            let mut given = self.given.iter();
            let found = given.find_map(|a| Some((a, parse(std::slice::from_ref(a)).err()?)));
            let is_alone = |problem: &Diag| problem.code != "missing-argument";
            match found.filter(|(_, problem)| is_alone(problem)) {
                Some((argument, problem)) => {
                    let span = match problem.code {
                        "unknown-argument" => argument.option_span,
                        _ => argument.span,
                    };
                    syn::Error::new(span, problem.message)
                }
                None => syn::Error::new(self.path.span(), all.message),
            }
        })
    }

    /// Makes sure that the network got the name that the code will use.
    pub(crate) fn check_name(&self, got: &str) -> syn::Result<()> {
        let given = self.given.iter().find(|a| a.option == "name");
        match given {
            Some(name) if name.value.as_deref() != Some(got) => {
                let message = format!(
                    "the type would be called `{got}`: in camel case, and unlike anything in networks"
                );
                Err(syn::Error::new(name.span, message))
            }
            _ => Ok(()),
        }
    }

    /// Where the target is named, if it is.
    pub(crate) fn target_span(&self) -> Span {
        let given = self.given.iter().find(|a| a.option == "target");
        given.map_or(self.path.span(), |a| a.span)
    }

    /// The argument that a problem is about: an option, a dimension, an input or a region that it names, else the model.
    pub(crate) fn span_of(&self, diag: &Diag) -> Span {
        let is_of_binding = ["dimension", "input", "shape", "binding", "region"]
            .iter()
            .any(|word| diag.code.contains(word));
        let is_meant = |a: &&Argument| {
            let is_limit = diag.message.contains(&format!("`--{}`", a.option));
            is_limit || is_of_binding && a.is_named_by(&diag.message)
        };
        let found = self.given.iter().find(is_meant);
        found.map_or(self.path.span(), |a| a.span)
    }
}

impl Argument {
    fn as_of_the_command(&self) -> String {
        match &self.value {
            Some(value) => format!("--{}={value}", self.option),
            None => format!("--{}", self.option),
        }
    }

    /// Whether a message quotes it, or what it is about.
    fn is_named_by(&self, message: &str) -> bool {
        let Some(name) = &self.name else {
            return false;
        };
        let quoted = [
            format!("`{name}`"),
            format!("{} `{name}=", self.option),
            format!("`--{} {name}", self.option),
        ];
        quoted.iter().any(|quoted| message.contains(quoted))
    }
}

/// `option`, `option = value` or `option(values, ..)`.
fn option(input: ParseStream<'_>) -> syn::Result<Vec<Argument>> {
    let ident: Ident = input.parse()?;
    let option = ident.unraw().to_string().replace('_', "-");
    let argument = |name, value, span| Argument {
        option: option.clone(),
        option_span: ident.span(),
        name,
        value,
        span,
    };
    if input.peek(Token![=]) {
        input.parse::<Token![=]>()?;
        let value = value(input)?;
        return Ok(vec![argument(None, Some(value.text), value.span)]);
    }
    if !input.peek(syn::token::Paren) {
        return Ok(vec![argument(None, None, ident.span())]);
    }
    let inner;
    parenthesized!(inner in input);
    let items = Punctuated::<_, Token![,]>::parse_terminated_with(&inner, item)?;
    let items = items.into_iter().map(|(named, value)| match named {
        Some((name, span)) => {
            let text = format!("{name}{}{}", value.separator, value.text);
            argument(Some(name), Some(text), span)
        }
        None => argument(None, Some(value.text), value.span),
    });
    Ok(items.collect())
}

/// `name = value` or `value`.
fn item(input: ParseStream<'_>) -> syn::Result<(Option<(String, Span)>, Value)> {
    let is_named = (input.peek(LitStr) || input.peek(Ident::peek_any)) && input.peek2(Token![=]);
    let named = match is_named {
        true => {
            let name = name(input)?;
            input.parse::<Token![=]>()?;
            Some(name)
        }
        false => None,
    };
    Ok((named, value(input)?))
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

/// A word, a number, `[sizes]`, or `least..=most`.
fn value(input: ParseStream<'_>) -> syn::Result<Value> {
    let span = input.span();
    if input.peek(syn::token::Bracket) {
        let inner;
        bracketed!(inner in input);
        let sizes = Punctuated::<LitInt, Token![,]>::parse_terminated(&inner)?;
        let sizes: Vec<_> = sizes.iter().map(LitInt::base10_digits).collect();
        return Ok(Value {
            text: sizes.join("x"),
            separator: ':',
            span,
        });
    }
    if input.peek(LitStr) || input.peek(Ident::peek_any) {
        let (text, span) = name(input)?;
        let separator = '=';
        return Ok(Value {
            text,
            separator,
            span,
        });
    }
    let mut text = number(input)?;
    let mut separator = '=';
    if input.peek(Token![..=]) {
        input.parse::<Token![..=]>()?;
        text = format!("{text}..{}", number(input)?);
        separator = ':';
    }
    Ok(Value {
        text,
        separator,
        span,
    })
}

/// A number, perhaps with a sign.
fn number(input: ParseStream<'_>) -> syn::Result<String> {
    let minus = input.parse::<Option<Token![-]>>()?.map_or("", |_| "-");
    let literal: Lit = input.parse()?;
    match &literal {
        Lit::Int(n) => Ok(format!("{minus}{}", n.base10_digits())),
        Lit::Float(x) => Ok(format!("{minus}{}", x.base10_digits())),
        other => Err(syn::Error::new(
            other.span(),
            "a word, a number, `[sizes]` or `least..=most` is expected",
        )),
    }
}
