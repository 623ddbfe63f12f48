//! Builtins: a file for each family, and a line each in the list below.
//!
//! A file says of each operator how ONNX's operators say what it means. What is quantised is told in the numbers that it stands for, between
//! DequantizeLinear and QuantizeLinear; what only moves elements is told of the elements.

use super::call::Call;
use super::read::Called;
use super::schema::BuiltinOperator;
use crate::diag::Diag;

/// How a builtin is told in ONNX's operators.
pub(super) struct Builtin {
    code: BuiltinOperator,
    lower: fn(&mut Call<'_, '_, '_>) -> Result<(), Diag>,
}

/// A row of a family.
const fn builtin(
    code: BuiltinOperator,
    lower: fn(&mut Call<'_, '_, '_>) -> Result<(), Diag>,
) -> Builtin {
    Builtin { code, lower }
}

macro_rules! families {
    ($($family:ident)*) => {
        $(mod $family;)*

        /// Every builtin that is read, from all files.
        fn builtins() -> impl Iterator<Item = &'static Builtin> {
            [$($family::BUILTINS),*].into_iter().flatten()
        }
    };
}

families! {
    activation
    arithmetic
    blocks
    choice
    control
    convolution
    gather
    join
    normalisation
    pad
    pool
    product
    quantisation
    reduction
    resize
    shape
    slice
    unary
}

/// Writes a call.
pub(super) fn lower(called: &Called<'_>, call: &mut Call<'_, '_, '_>) -> Result<(), Diag> {
    let found = match called {
        Called::Builtin(code) => builtins().find(|builtin| builtin.code == *code),
        _ => None,
    };
    let unsupported = || {
        let message = format!("{} is not supported", called.name());
        Diag::new("unsupported-operator", message)
    };
    (found.ok_or_else(unsupported)?.lower)(call)
}

/// Builtins that are read.
pub(super) fn codes() -> impl Iterator<Item = BuiltinOperator> {
    builtins().map(|builtin| builtin.code)
}
