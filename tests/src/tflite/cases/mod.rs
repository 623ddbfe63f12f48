//! Cases by families of builtins.

use super::layer::{Layer, Operand, Random};
use mlc_compiler::tflite::schema::{BuiltinOperator, BuiltinOptions};

/// Cases that are being listed.
#[derive(Default)]
struct Cases(Vec<Layer>);

impl Cases {
    /// Adds a case; what is special about it stands behind the builtin in its name.
    fn add(
        &mut self,
        code: BuiltinOperator,
        special: &str,
        options: Option<BuiltinOptions>,
        inputs: Vec<Operand>,
        outputs: Vec<Operand>,
    ) {
        self.0.push(Layer {
            name: format!("{}_{special}", code.name().to_lowercase()),
            code,
            options,
            inputs,
            outputs,
        });
    }
}

/// Options of a kind.
fn some<T>(kind: fn(Box<T>) -> BuiltinOptions, options: T) -> Option<BuiltinOptions> {
    Some(kind(Box::new(options)))
}

macro_rules! families {
    ($($family:ident)*) => {
        $(mod $family;)*

        /// All cases.
        pub fn layers() -> Vec<Layer> {
            let mut cases = Cases::default();
            $($family::add(&mut cases);)*
            cases.0
        }
    };
}

families! {
    activation
    arithmetic
    choice
    convolution
    gather
    moves
    pool
    product
    quantisation
    reduction
    shape
    unary
}

/// Numbers for constants.
fn random(name: &str) -> Random {
    Random::of(name)
}
