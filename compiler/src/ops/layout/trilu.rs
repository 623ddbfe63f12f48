//! Triangles of matrices.

use crate::diag::Diag;
use crate::ir::{Lower, Op, Permuted, ValueId};
use crate::ops::arithmetic::elementwise::{number, scalar};
use crate::ops::{Importer, OnnxOp, onnx};
use crate::tensor::{Tensor, TensorType};
use mlc_runtime_core::kernels::trilu::Trilu as Params;
use mlc_runtime_core::table::call;
use std::sync::Arc;

/// Zeros on one side of a diagonal of the matrices in the last two axes.
#[derive(Clone, Debug)]
pub struct Trilu {
    /// The diagonal: 0 the main one, above it positive. It is kept.
    pub diagonal: isize,
    /// Whether what is above it is kept, or what is below.
    pub upper: bool,
}

impl Op for Trilu {
    fn name(&self) -> &'static str {
        "Trilu"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        match inputs {
            [Some(x)] if x.rank() >= 2 => Ok(vec![(*x).clone()]),
            _ => Err(Diag::new(
                "shape-mismatch",
                "a triangle is part of matrices",
            )),
        }
    }

    fn permuted(&self, perm: &[usize], _inputs: &[Option<&TensorType>]) -> Option<Permuted> {
        let rank = perm.len();
        let op = match perm[rank.checked_sub(2)?..] {
            [row, column] if row + 2 == rank && column + 1 == rank => self.clone(),
            [column, row] if row + 2 == rank && column + 1 == rank => Trilu {
                diagonal: -self.diagonal,
                upper: !self.upper,
            },
            _ => return None,
        };
        Some(Permuted {
            op: Arc::new(op),
            inputs: vec![true],
            output: perm.to_vec(),
        })
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let (x, y) = (cx.input(0), cx.output(0));
        if let [.., rows, columns] = cx.input_type(0).shape[..] {
            let p = Params {
                rows,
                columns,
                diagonal: self.diagonal,
                upper: self.upper,
            };
            cx.call(call::trilu(p, x, y));
        }
        Ok(())
    }
}

/// `Trilu`. A diagonal that is not known makes it a choice between each element and zero.
fn trilu(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let x = cx.input(0)?;
    let upper = cx.node.int("upper", 1)? != 0;
    let k = match cx.optional(1) {
        Some(k) if cx.graph.evaluate(k)?.is_none() => return below_unknown(cx, x, k, upper),
        Some(_) => cx.number(1, "the diagonal")?.unwrap_or(0),
        None => 0i64,
    };
    // Beyond the matrix all diagonals are alike.
    let bound = cx.shape(x).iter().fold(1, |a, &dim| dim.max(a)) as i64 + 1;
    let diagonal = k.clamp(-bound, bound) as isize;
    let y = cx.add(Trilu { diagonal, upper }, &[x])?;
    cx.finish(y)
}

fn below_unknown(cx: &mut Importer<'_>, x: ValueId, k: ValueId, upper: bool) -> Result<(), Diag> {
    let [.., rows, columns] = cx.shape(x)[..] else {
        return Err(Diag::new(
            "shape-mismatch",
            "a triangle is part of matrices",
        ));
    };
    let k = cx.reshape(k, vec![])?;
    let range = |n: usize| (0..n as i64).collect::<Vec<_>>();
    let row = cx.add_constant(Tensor::new([rows, 1], &range(rows)));
    let column = cx.add_constant(Tensor::new([columns], &range(columns)));
    let values = [row, column, k, x];
    let arg = |i: usize| cx.arg(&values, i);
    let (row, column, k, element) = (arg(0)?, arg(1)?, arg(2)?, arg(3)?);
    let diagonal = scalar("sub", [column, row])?;
    let inside = if upper {
        "greater_or_equal"
    } else {
        "less_or_equal"
    };
    let zero = number(0.0, &element);
    let function = scalar("select", [scalar(inside, [diagonal, k])?, element, zero])?;
    let y = cx.map_expr(function, cx.ty(x).dtype, &values)?;
    cx.finish(y)
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("Trilu", trilu)];
