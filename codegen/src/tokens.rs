//! Tokens that every part of a page is made of.

use proc_macro2::{Ident, Literal, Span};

/// An identifier that is known to be one.
pub(crate) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A number without its type.
pub(crate) fn number(n: usize) -> Literal {
    Literal::usize_unsuffixed(n)
}
