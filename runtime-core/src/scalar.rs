//! Scalar functions as data: the table from which element-wise kernels get their arithmetic.
//!
//! A row such as `add(a, b) = a + b` is stated once. The compiler evaluates it (interpretation,
//! folding) and codegen prints the very same tokens inside a closure, so that the two cannot
//! differ. Truth values are `u8`, 0 or 1, as they are in memory.

use crate::math;
use std::boxed::Box;
use std::string::String;
use std::vec::Vec;

/// The element types that kernels work on. Truth values are [`ElementType::U8`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)]
pub enum ElementType {
    F32,
    F64,
    I8,
    I16,
    I32,
    I64,
    U8,
    U16,
    U32,
    U64,
}

/// One number with its type.
#[derive(Clone, Copy, PartialEq, Debug)]
#[allow(missing_docs)]
pub enum Scalar {
    F32(f32),
    F64(f64),
    I8(i8),
    I16(i16),
    I32(i32),
    I64(i64),
    U8(u8),
    U16(u16),
    U32(u32),
    U64(u64),
}

/// A Rust type that has an [`ElementType`].
pub trait Typed: crate::arena::Element {
    /// The type's name as data.
    const TYPE: ElementType;
    /// Wraps a number.
    fn scalar(self) -> Scalar;
    /// Unwraps a number of this type; `None` if it is of another.
    fn from_scalar(scalar: Scalar) -> Option<Self>;
}

macro_rules! typed { ($($t:ident $v:ident)*) => {
    $(impl Typed for $t {
        const TYPE: ElementType = ElementType::$v;
        fn scalar(self) -> Scalar {
            Scalar::$v(self)
        }
        fn from_scalar(scalar: Scalar) -> Option<Self> {
            match scalar {
                Scalar::$v(x) => Some(x),
                _ => None,
            }
        }
    })*
    impl ElementType {
        /// Every element type.
        pub const ALL: &'static [ElementType] = &[$(ElementType::$v),*];
        /// Bytes an element takes; also its alignment.
        pub const fn size(self) -> usize {
            match self { $(ElementType::$v => size_of::<$t>()),* }
        }
        /// The type's name in Rust.
        pub const fn rust_name(self) -> &'static str {
            match self { $(ElementType::$v => stringify!($t)),* }
        }
    }
    impl Scalar {
        /// The number's type.
        pub const fn ty(self) -> ElementType {
            match self { $(Scalar::$v(_) => ElementType::$v),* }
        }
        /// Reads one number of type `ty` from little-endian `bytes`; `None` if they are too few.
        pub fn from_le_bytes(ty: ElementType, bytes: &[u8]) -> Option<Scalar> {
            Some(match ty {
                $(ElementType::$v => Scalar::$v($t::from_le_bytes(
                    bytes.get(..size_of::<$t>())?.try_into().ok()?,
                ))),*
            })
        }
        /// Appends the number to `bytes`, little-endian.
        pub fn write_le(self, bytes: &mut Vec<u8>) {
            match self { $(Scalar::$v(x) => bytes.extend_from_slice(&x.to_le_bytes())),* }
        }
        /// The number converted to `ty` as Rust's `as` converts.
        pub fn cast(self, ty: ElementType) -> Scalar {
            match ty { $(ElementType::$v => Scalar::$v(match self {
                Scalar::F32(x) => x as $t, Scalar::F64(x) => x as $t,
                Scalar::I8(x) => x as $t, Scalar::I16(x) => x as $t,
                Scalar::I32(x) => x as $t, Scalar::I64(x) => x as $t,
                Scalar::U8(x) => x as $t, Scalar::U16(x) => x as $t,
                Scalar::U32(x) => x as $t, Scalar::U64(x) => x as $t,
            })),* }
        }
    }
} }
typed! { f32 F32 f64 F64 i8 I8 i16 I16 i32 I32 i64 I64 u8 U8 u16 U16 u32 U32 u64 U64 }

/// A scalar function: what it takes, what it yields, and its body twice, as code and as text.
pub struct ScalarFn {
    /// Its name, shared by the rows for different element types.
    pub name: &'static str,
    /// Types of its arguments.
    pub args: &'static [ElementType],
    /// Type of its result.
    pub ret: ElementType,
    /// Names of its arguments in `body`.
    pub params: &'static [&'static str],
    /// The Rust expression that computes it, over `params`, with [`math`] in scope.
    pub body: &'static str,
    /// The same expression, compiled. `None` if an argument has another type.
    pub eval: fn(&[Scalar]) -> Option<Scalar>,
}

impl core::fmt::Debug for ScalarFn {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

macro_rules! row {
    ($out:ident, $name:ident ($($a:ident : $t:ty),*) -> $r:ty = $body:expr) => {
        $out.push(ScalarFn {
            name: stringify!($name),
            args: &[$(<$t as Typed>::TYPE),*],
            ret: <$r as Typed>::TYPE,
            params: &[$(stringify!($a)),*],
            body: stringify!($body),
            eval: |args| {
                let mut args = args.iter();
                $(let $a = <$t as Typed>::from_scalar(*args.next()?)?;)*
                Some(<$r as Typed>::scalar($body))
            },
        });
    };
}

/// Rows for one element type after another, `T` standing for the type.
macro_rules! rows {
    ($out:ident; $($ty:ident)*; $rows:tt) => { $( rows!(@type $out $ty $rows); )* };
    (@type $out:ident $ty:ident { $($name:ident ($($a:ident),*) -> $r:ident = $body:expr;)* }) => {
        $( rows!(@row $out $ty $name ($($a),*) $r $body); )*
    };
    (@row $out:ident $ty:ident $name:ident ($($a:ident),*) T $body:expr) => {
        row!($out, $name($($a: $ty),*) -> $ty = $body);
    };
    (@row $out:ident $ty:ident $name:ident ($($a:ident),*) $r:ident $body:expr) => {
        row!($out, $name($($a: $ty),*) -> $r = $body);
    };
}

fn arithmetic(out: &mut Vec<ScalarFn>) {
    rows! { out; f32 f64; {
        add(a, b) -> T = a + b;
        sub(a, b) -> T = a - b;
        mul(a, b) -> T = a * b;
        div(a, b) -> T = a / b;
        rem(a, b) -> T = a % b;
        neg(a) -> T = -a;
        abs(a) -> T = a.abs();
    } }
    rows! { out; i8 i16 i32 i64; {
        neg(a) -> T = a.wrapping_neg();
        abs(a) -> T = a.wrapping_abs();
        sign(a) -> T = a.signum();
        shr(a, b) -> T = a.checked_shr((b as u64).min(64) as u32).unwrap_or(a.signum().min(0));
    } }
    rows! { out; u8 u16 u32 u64; {
        abs(a) -> T = a;
        sign(a) -> T = a.min(1);
        shr(a, b) -> T = a.checked_shr((b as u64).min(64) as u32).unwrap_or(0);
    } }
    rows! { out; i8 i16 i32 i64 u8 u16 u32 u64; {
        add(a, b) -> T = a.wrapping_add(b);
        sub(a, b) -> T = a.wrapping_sub(b);
        mul(a, b) -> T = a.wrapping_mul(b);
        div(a, b) -> T = if b == 0 { 0 } else { a.wrapping_div(b) };
        rem(a, b) -> T = if b == 0 { 0 } else { a.wrapping_rem(b) };
        floor_mod(a, b) -> T = if b == 0 { 0 } else {
            let r = a.wrapping_rem(b);
            if r != 0 && (r ^ b) >> (size_of_val(&r) * 8 - 1) != 0 { r.wrapping_add(b) } else { r }
        };
        max(a, b) -> T = a.max(b);
        min(a, b) -> T = a.min(b);
        pow(a, b) -> T = a.wrapping_pow(b as u32);
        bit_and(a, b) -> T = a & b;
        bit_or(a, b) -> T = a | b;
        bit_xor(a, b) -> T = a ^ b;
        bit_not(a) -> T = !a;
        shl(a, b) -> T = a.checked_shl((b as u64).min(64) as u32).unwrap_or(0);
    } }
}

fn comparison(out: &mut Vec<ScalarFn>) {
    rows! { out; f32 f64 i8 i16 i32 i64 u8 u16 u32 u64; {
        equal(a, b) -> u8 = (a == b) as u8;
        less(a, b) -> u8 = (a < b) as u8;
        less_or_equal(a, b) -> u8 = (a <= b) as u8;
        greater(a, b) -> u8 = (a > b) as u8;
        greater_or_equal(a, b) -> u8 = (a >= b) as u8;
    } }
    rows! { out; u8; {
        not(a) -> u8 = a ^ 1;
        and(a, b) -> u8 = a & b;
        or(a, b) -> u8 = a | b;
        xor(a, b) -> u8 = a ^ b;
    } }
    macro_rules! select { ($($t:ident)*) => { $(
        row!(out, select(c: u8, a: $t, b: $t) -> $t = if c != 0 { a } else { b });
    )* } }
    select! { f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 }
}

fn conversion(out: &mut Vec<ScalarFn>) {
    macro_rules! casts {
        ($($from:ident)*; $to:tt) => { $( casts!(@from $from $to); )* };
        (@from $from:ident { $($name:ident $to:ident)* }) => { $(
            row!(out, $name(a: $from) -> $to = a as $to);
        )* };
    }
    casts! { f32 f64 i8 i16 i32 i64 u8 u16 u32 u64; {
        to_f32 f32 to_f64 f64 to_i8 i8 to_i16 i16 to_i32 i32 to_i64 i64
        to_u8 u8 to_u16 u16 to_u32 u32 to_u64 u64
    } }
    rows! { out; i8 i16 i32 i64 u8 u16 u32 u64; { truth(a) -> u8 = (a != 0) as u8; } }
    rows! { out; f32 f64; { truth(a) -> u8 = (a != 0.0) as u8; } }
}

fn transcendental(out: &mut Vec<ScalarFn>) {
    rows! { out; f32; {
        max(a, b) -> T = math::max(a, b);
        min(a, b) -> T = math::min(a, b);
        at_least(a, b) -> T = math::at_least(a, b);
        floor_mod(a, b) -> T = math::floor_mod(a, b);
        pow(a, b) -> T = math::pow(a, b);
        sign(a) -> T = math::sign(a);
        floor(a) -> T = math::floor(a);
        ceil(a) -> T = math::ceil(a);
        trunc(a) -> T = math::trunc(a);
        round(a) -> T = math::round_even(a);
        sqrt(a) -> T = math::sqrt(a);
        exp(a) -> T = math::exp(a);
        log(a) -> T = math::log(a);
        sin(a) -> T = math::sin(a);
        cos(a) -> T = math::cos(a);
        tan(a) -> T = math::tan(a);
        asin(a) -> T = math::asin(a);
        acos(a) -> T = math::acos(a);
        atan(a) -> T = math::atan(a);
        sinh(a) -> T = math::sinh(a);
        cosh(a) -> T = math::cosh(a);
        tanh(a) -> T = math::tanh(a);
        asinh(a) -> T = math::asinh(a);
        acosh(a) -> T = math::acosh(a);
        atanh(a) -> T = math::atanh(a);
        erf(a) -> T = math::erf(a);
        sigmoid(a) -> T = math::sigmoid(a);
        log1p(a) -> T = math::log1p(a);
        expm1(a) -> T = math::expm1(a);
        is_nan(a) -> u8 = a.is_nan() as u8;
        is_infinite(a) -> u8 = a.is_infinite() as u8;
    } }
}

/// Every scalar function, for every element type it is defined on.
pub fn functions() -> &'static [ScalarFn] {
    static TABLE: std::sync::OnceLock<Vec<ScalarFn>> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| {
        let mut out = Vec::new();
        arithmetic(&mut out);
        comparison(&mut out);
        conversion(&mut out);
        transcendental(&mut out);
        out
    })
}

/// The function of that name for arguments of those types.
pub fn find(name: &str, args: &[ElementType]) -> Option<&'static ScalarFn> {
    functions()
        .iter()
        .find(|f| f.name == name && f.args == args)
}

/// A scalar expression: what an element-wise kernel computes for one element.
#[derive(Clone, Debug)]
pub enum Expr {
    /// The element of the `n`-th operand.
    Arg(usize, ElementType),
    /// A constant.
    Const(Scalar),
    /// A scalar function of expressions.
    Call(&'static ScalarFn, Box<[Expr]>),
}

impl Expr {
    /// A call of the scalar function of that name; `None` if it has no row for those types.
    pub fn call(name: &str, args: impl Into<Box<[Expr]>>) -> Option<Expr> {
        let args = args.into();
        let types: Vec<_> = args.iter().map(Expr::ty).collect();
        Some(Expr::Call(find(name, &types)?, args))
    }

    /// Type of the result.
    pub fn ty(&self) -> ElementType {
        match self {
            Expr::Arg(_, ty) => *ty,
            Expr::Const(x) => x.ty(),
            Expr::Call(f, _) => f.ret,
        }
    }

    /// Evaluates the expression on one element of each operand; `None` if their types do not fit.
    pub fn eval(&self, args: &[Scalar]) -> Option<Scalar> {
        match self {
            Expr::Arg(i, _) => args.get(*i).copied(),
            Expr::Const(x) => Some(*x),
            Expr::Call(f, exprs) => match &**exprs {
                [a] => (f.eval)(&[a.eval(args)?]),
                [a, b] => (f.eval)(&[a.eval(args)?, b.eval(args)?]),
                more => {
                    let values: Option<Vec<_>> = more.iter().map(|e| e.eval(args)).collect();
                    (f.eval)(&values?)
                }
            },
        }
    }

    /// The expression with each operand replaced.
    pub fn substitute(&self, arg: &mut impl FnMut(usize, ElementType) -> Expr) -> Expr {
        match self {
            Expr::Arg(i, ty) => arg(*i, *ty),
            Expr::Const(x) => Expr::Const(*x),
            Expr::Call(f, exprs) => {
                Expr::Call(f, exprs.iter().map(|e| e.substitute(arg)).collect())
            }
        }
    }

    /// The expression with what is constant computed, and without integers less or more zero.
    pub fn folded(self) -> Expr {
        let Expr::Call(f, exprs) = self else {
            return self;
        };
        let exprs: Box<[Expr]> = exprs.into_iter().map(Expr::folded).collect();
        let constant = |e: &Expr| match e {
            Expr::Const(x) => Some(*x),
            _ => None,
        };
        let constants: Option<Vec<Scalar>> = exprs.iter().map(constant).collect();
        if let Some(value) = constants.and_then(|values| (f.eval)(&values)) {
            return Expr::Const(value);
        }
        let is_zero = |e: &Expr| {
            let zero = Scalar::U8(0).cast(e.ty());
            !matches!(e.ty(), ElementType::F32 | ElementType::F64) && constant(e) == Some(zero)
        };
        match (f.name, &*exprs) {
            ("add" | "sub", [x, zero]) if is_zero(zero) => x.clone(),
            _ => Expr::Call(f, exprs),
        }
    }

    /// Function calls in the expression: its cost, roughly.
    pub fn calls(&self) -> usize {
        match self {
            Expr::Call(_, exprs) => 1 + exprs.iter().map(Expr::calls).sum::<usize>(),
            _ => 0,
        }
    }
}

impl core::fmt::Display for Expr {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Expr::Arg(i, _) => write!(f, "x{i}"),
            Expr::Const(x) => {
                let text: String = std::format!("{x:?}");
                let open = text.find('(').map_or(0, |i| i + 1);
                f.write_str(text[open..].trim_end_matches(')'))
            }
            Expr::Call(function, exprs) => {
                write!(f, "{}(", function.name)?;
                for (i, e) in exprs.iter().enumerate() {
                    write!(f, "{}{e}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str(")")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_unique_and_evaluate() {
        let table = functions();
        for (i, f) in table.iter().enumerate() {
            assert!(
                !table[..i]
                    .iter()
                    .any(|g| g.name == f.name && g.args == f.args),
                "{} is stated twice",
                f.name
            );
            let ones: Vec<_> = f.args.iter().map(|&t| Scalar::I32(1).cast(t)).collect();
            assert_eq!((f.eval)(&ones).map(Scalar::ty), Some(f.ret), "{}", f.name);
        }
    }

    #[test]
    fn expressions_evaluate_and_print() {
        let x = Expr::Arg(0, ElementType::F32);
        let y = Expr::call("mul", [x.clone(), Expr::Const(Scalar::F32(2.0))]).unwrap();
        let z = Expr::call("add", [y, x]).unwrap();
        assert_eq!(z.eval(&[Scalar::F32(3.0)]), Some(Scalar::F32(9.0)));
        assert_eq!(std::format!("{z}"), "add(mul(x0, 2.0), x0)");
        assert_eq!(z.calls(), 2);
    }
}
