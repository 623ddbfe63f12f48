//! Formulas over `f32`: scalar expressions written as arithmetic.

use mlc_runtime_core::scalar::{ElementType, Expr, Scalar};
use std::ops::{Add, Div, Mul, Neg, Sub};

/// A scalar expression of type `f32`.
#[derive(Clone, Debug)]
pub struct Formula(pub Expr);

/// The element of the `i`-th operand.
pub fn arg(i: usize) -> Formula {
    Formula(Expr::Arg(i, ElementType::F32))
}

/// A constant.
pub fn number(value: f32) -> Formula {
    Formula(Expr::Const(Scalar::F32(value)))
}

impl Formula {
    /// The scalar function of that name, which has to be defined on `f32`.
    pub fn call<const N: usize>(function: &str, args: [Formula; N]) -> Formula {
        let args = args.map(|f| f.0);
        Formula(Expr::call(function, args).unwrap_or_else(|| panic!("{function} on f32")))
    }

    /// The greater of two numbers.
    pub fn max(self, other: Formula) -> Formula {
        Formula::call("max", [self, other])
    }

    /// The lesser of two numbers.
    pub fn min(self, other: Formula) -> Formula {
        Formula::call("min", [self, other])
    }

    /// The scalar function of one argument of that name.
    pub fn apply(self, function: &str) -> Formula {
        Formula::call(function, [self])
    }

    /// `then` where this comparison holds of the formula and `other`, else `otherwise`.
    pub fn choose(
        self,
        comparison: &str,
        other: Formula,
        then: Formula,
        otherwise: Formula,
    ) -> Formula {
        let condition = Formula::call(comparison, [self, other]);
        Formula::call("select", [condition, then, otherwise])
    }
}

macro_rules! arithmetic { ($($trait:ident $method:ident)*) => { $(
    impl $trait for Formula {
        type Output = Formula;
        fn $method(self, other: Formula) -> Formula {
            Formula::call(stringify!($method), [self, other])
        }
    }
)* } }
arithmetic! { Add add Sub sub Mul mul Div div }

impl Neg for Formula {
    type Output = Formula;
    fn neg(self) -> Formula {
        self.apply("neg")
    }
}
