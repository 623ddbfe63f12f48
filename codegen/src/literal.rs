//! Kernel parameters and scalar functions as Rust expressions.

use crate::runtime::Runtime;
use mlc_compiler::diag::Diag;
use mlc_compiler::program::Step;
use mlc_runtime_core::scalar::{ElementType, Expr, Scalar, ScalarFn};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use std::collections::{BTreeMap, BTreeSet};
use syn::visit_mut::{self, VisitMut};

/// Paths below the runtime's root that the printed expressions use.
#[derive(Default)]
pub(crate) struct Imports(pub(crate) BTreeSet<Vec<String>>);

/// The literal of a step's parameters: their `Debug` form with floats and names made valid Rust.
pub(crate) fn parameters(step: &Step, imports: &mut Imports) -> Result<Option<TokenStream>, Diag> {
    let Some(params) = &step.call.params else {
        return Ok(None);
    };
    let text = format!("{params:?}");
    let mut expr: syn::Expr = syn::parse_str(&text).map_err(|e| {
        let message = format!(
            "parameters of {} are not a literal: {e}",
            step.call.kernel.name
        );
        Diag::new("invalid-program", message).at_node(&step.layer, &step.operator)
    })?;
    Names { imports }.visit_expr_mut(&mut expr);
    Ok(Some(quote!(#expr)))
}

/// Imports the types and enum variants that a literal names, and spells non-finite floats.
struct Names<'a> {
    imports: &'a mut Imports,
}

impl VisitMut for Names<'_> {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        if let syn::Expr::Path(path) = expr {
            match path.path.get_ident().map(Ident::to_string).as_deref() {
                Some("inf") => *expr = syn::parse_quote!(f32::INFINITY),
                Some("NaN") => *expr = syn::parse_quote!(f32::NAN),
                _ => {}
            }
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(ident) = path.get_ident()
            && let Some(item) = Runtime::get().item(&ident.to_string())
        {
            self.imports.0.insert(item.to_vec());
        }
    }
}

/// A scalar function of so many operands as a closure.
pub(crate) fn closure(f: &Expr, imports: &mut Imports) -> Result<TokenStream, Diag> {
    let mut types = BTreeMap::new();
    collect_types(f, &mut types);
    let last = types.keys().copied().max().unwrap_or(0);
    let params = (0..=last).map(|i| match types.get(&i) {
        Some(ty) => {
            let (name, ty) = (operand(i), Ident::new(ty, Span::call_site()));
            quote!(#name: #ty)
        }
        None => quote!(_),
    });
    let body = unparenthesised(scalar(f, imports)?);
    Ok(quote!(|#(#params),*| #body))
}

fn collect_types(f: &Expr, types: &mut BTreeMap<usize, &'static str>) {
    match f {
        Expr::Arg(i, ty) => drop(types.insert(*i, ty.rust_name())),
        Expr::Const(_) => {}
        Expr::Call(_, args) => args.iter().for_each(|a| collect_types(a, types)),
    }
}

/// The name of the `i`-th operand.
fn operand(i: usize) -> Ident {
    match i {
        0..4 => format_ident!("{}", ["a", "b", "c", "d"][i]),
        _ => format_ident!("x{i}"),
    }
}

fn scalar(f: &Expr, imports: &mut Imports) -> Result<syn::Expr, Diag> {
    if let Some((x, lo, hi)) = clamped(f) {
        let (x, lo, hi) = (scalar(x, imports)?, constant(lo), constant(hi));
        let (lo, hi) = (unparenthesised(lo), unparenthesised(hi));
        return Ok(syn::parse_quote!(#x.clamp(#lo, #hi)));
    }
    Ok(match f {
        Expr::Arg(i, _) => {
            let name = operand(*i);
            syn::parse_quote!(#name)
        }
        Expr::Const(x) => constant(*x),
        Expr::Call(function, args) => {
            let args = args
                .iter()
                .map(|a| scalar(a, imports))
                .collect::<Result<Vec<_>, _>>()?;
            call(function, args, imports)?
        }
    })
}

/// Which integer a function keeps between which constants, if it does just that: Rust has a word for it.
fn clamped(f: &Expr) -> Option<(&Expr, Scalar, Scalar)> {
    let bounded = |f: &Expr, name: &str| match f {
        Expr::Call(function, args) if function.name == name => match &args[..] {
            [_, Expr::Const(bound)] => integer(*bound).map(|_| *bound),
            _ => None,
        },
        _ => None,
    };
    let (first, second) = (first_argument(f)?, f);
    let (lo, hi) = match bounded(second, "min") {
        Some(hi) => (bounded(first, "max")?, hi),
        None => (bounded(second, "max")?, bounded(first, "min")?),
    };
    (integer(lo)? <= integer(hi)?).then_some((first_argument(first)?, lo, hi))
}

fn first_argument(f: &Expr) -> Option<&Expr> {
    match f {
        Expr::Call(_, args) => args.first(),
        _ => None,
    }
}

fn integer(x: Scalar) -> Option<i128> {
    match x {
        Scalar::F32(_) | Scalar::F64(_) => None,
        Scalar::U64(x) => Some(x.into()),
        x => match x.cast(ElementType::I64) {
            Scalar::I64(x) => Some(x.into()),
            _ => None,
        },
    }
}

/// A number as an expression.
pub(crate) fn constant(x: Scalar) -> syn::Expr {
    let tokens = match x {
        Scalar::F32(x) if x.is_nan() => quote!(f32::NAN),
        Scalar::F32(f32::INFINITY) => quote!(f32::INFINITY),
        Scalar::F32(f32::NEG_INFINITY) => quote!(f32::NEG_INFINITY),
        Scalar::F64(x) if x.is_nan() => quote!(f64::NAN),
        Scalar::F64(f64::INFINITY) => quote!(f64::INFINITY),
        Scalar::F64(f64::NEG_INFINITY) => quote!(f64::NEG_INFINITY),
        Scalar::F32(x) => short_float(&format!("{x:?}"), "f32"),
        Scalar::F64(x) => short_float(&format!("{x:?}"), "f64"),
        Scalar::I8(x) => quote!(#x),
        Scalar::I16(x) => quote!(#x),
        Scalar::I32(x) => quote!(#x),
        Scalar::I64(x) => quote!(#x),
        Scalar::U8(x) => quote!(#x),
        Scalar::U16(x) => quote!(#x),
        Scalar::U32(x) => quote!(#x),
        Scalar::U64(x) => quote!(#x),
    };
    let expr: syn::Expr = syn::parse_quote!(#tokens);
    match expr {
        syn::Expr::Unary(_) => syn::parse_quote!((#expr)),
        expr => expr,
    }
}

/// A float in its shortest decimal form, with its type.
fn short_float(text: &str, ty: &str) -> TokenStream {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (quote!(-), digits),
        None => (quote!(), text),
    };
    let literal: proc_macro2::Literal = format!("{digits}_{ty}")
        .parse()
        .expect("a float in decimal is a literal");
    quote!(#sign #literal)
}

/// A function's body with its parameters replaced by expressions.
fn call(
    function: &ScalarFn,
    args: Vec<syn::Expr>,
    imports: &mut Imports,
) -> Result<syn::Expr, Diag> {
    let mut body: syn::Expr = syn::parse_str(function.body).map_err(|e| {
        Diag::new(
            "invalid-program",
            format!("scalar function {}: {e}", function.name),
        )
    })?;
    let args = function.params.iter().copied().zip(args).collect();
    let mut substitute = Substitute {
        args,
        uses_math: false,
    };
    substitute.visit_expr_mut(&mut body);
    if substitute.uses_math {
        imports.0.insert(vec!["math".into()]);
    }
    Ok(match body {
        syn::Expr::Call(_) | syn::Expr::MethodCall(_) | syn::Expr::Path(_) => body,
        body => syn::parse_quote!((#body)),
    })
}

struct Substitute {
    args: BTreeMap<&'static str, syn::Expr>,
    uses_math: bool,
}

impl VisitMut for Substitute {
    fn visit_expr_mut(&mut self, expr: &mut syn::Expr) {
        if let syn::Expr::Path(path) = expr {
            self.uses_math |= path
                .path
                .segments
                .first()
                .is_some_and(|s| s.ident == "math");
            let name = path.path.get_ident().map(Ident::to_string);
            if let Some(arg) = name.and_then(|n| self.args.get(&*n)) {
                *expr = arg.clone();
            }
            return;
        }
        visit_mut::visit_expr_mut(self, expr);
        let args = match expr {
            syn::Expr::Call(call) => &mut call.args,
            syn::Expr::MethodCall(call) => &mut call.args,
            _ => return,
        };
        args.iter_mut()
            .for_each(|a| *a = unparenthesised(a.clone()));
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        visit_mut::visit_block_mut(self, block);
        if let Some(syn::Stmt::Expr(value, None)) = block.stmts.last_mut() {
            *value = unparenthesised(value.clone());
        }
    }
}

fn unparenthesised(expr: syn::Expr) -> syn::Expr {
    match expr {
        syn::Expr::Paren(inner) => *inner.expr,
        expr => expr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use mlc_runtime_core::scalar::ElementType::F32;

    #[test]
    fn scalar_functions_print_as_closures() {
        let x = || Expr::Arg(0, F32);
        let scaled = Expr::call("mul", [x(), Expr::Const(Scalar::F32(-0.5))]).unwrap();
        let sum = Expr::call("add", [scaled, Expr::Arg(1, F32)]).unwrap();
        let f = Expr::call("max", [sum, x()]).unwrap();
        let mut imports = Imports::default();
        let tokens = closure(&f, &mut imports).unwrap().to_string();
        assert_eq!(
            tokens,
            "| a : f32 , b : f32 | math :: max ((a * (- 0.5_f32)) + b , a)"
        );
        assert!(imports.0.contains(&vec!["math".to_string()]));
    }

    #[test]
    fn integers_between_two_bounds_are_clamped() {
        let text = |outer: &str, inner: &str, [a, b]: [i32; 2]| {
            let [a, b] = [a, b].map(|x| Expr::Const(Scalar::I32(x)));
            let inner = Expr::call(inner, [Expr::Arg(0, ElementType::I32), a]).unwrap();
            let f = Expr::call(outer, [inner, b]).unwrap();
            closure(&f, &mut Imports::default()).unwrap().to_string()
        };
        assert_eq!(
            text("min", "max", [-3, 5]),
            "| a : i32 | a . clamp (- 3i32 , 5i32)"
        );
        assert_eq!(
            text("max", "min", [5, -3]),
            "| a : i32 | a . clamp (- 3i32 , 5i32)"
        );
        assert_eq!(
            text("min", "max", [5, -3]),
            "| a : i32 | a . max (5i32) . min (- 3i32)"
        );
    }
}
