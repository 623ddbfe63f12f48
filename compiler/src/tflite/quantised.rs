//! Between integers and the numbers that they stand for.

use super::call::int;
use super::read::Quantisation;
use super::scope::Scope;
use crate::diag::Diag;
use crate::tensor::{DType, Tensor};

/// Adds what makes numbers of integers.
pub(super) fn dequantize(
    scope: &mut Scope<'_, '_>,
    base: &str,
    raw: &str,
    quantisation: &Quantisation,
    dtype: DType,
) -> String {
    let [scale, zero] = parameters(scope, base, quantisation, dtype);
    let axis = vec![int("axis", quantisation.axis as i64)];
    scope.node(base, "DequantizeLinear", &[raw, &scale, &zero], axis)
}

/// Adds what makes integers of numbers.
pub(super) fn quantize(
    scope: &mut Scope<'_, '_>,
    base: &str,
    real: &str,
    quantisation: &Quantisation,
    dtype: DType,
) -> Result<String, Diag> {
    if !matches!(dtype, DType::I8 | DType::U8 | DType::I16 | DType::U16) {
        let message = format!("numbers are not quantised to {dtype}");
        return Err(Diag::new("unsupported-type", message).at_tensor(base));
    }
    let [scale, zero] = parameters(scope, base, quantisation, dtype);
    let axis = vec![int("axis", quantisation.axis as i64)];
    Ok(scope.node(base, "QuantizeLinear", &[real, &scale, &zero], axis))
}

/// Constants for scale and zero point: numbers where there is one of them.
fn parameters(
    scope: &mut Scope<'_, '_>,
    base: &str,
    quantisation: &Quantisation,
    dtype: DType,
) -> [String; 2] {
    let shape = match quantisation.scales.len() {
        1 => vec![],
        count => vec![count],
    };
    let scale = Tensor::new(shape.clone(), &quantisation.scales);
    let zero = integers(shape, &quantisation.zeros, dtype);
    [("scale", scale), ("zero", zero)]
        .map(|(what, tensor)| scope.constant(&format!("{base}/{what}"), tensor))
}

/// Integers as elements of a type.
pub(super) fn integers(shape: Vec<usize>, values: &[i32], dtype: DType) -> Tensor {
    match dtype {
        DType::I8 => Tensor::new(shape, &values.iter().map(|&x| x as i8).collect::<Vec<_>>()),
        DType::U8 => Tensor::new(shape, &values.iter().map(|&x| x as u8).collect::<Vec<_>>()),
        DType::I16 => Tensor::new(shape, &values.iter().map(|&x| x as i16).collect::<Vec<_>>()),
        DType::U16 => Tensor::new(shape, &values.iter().map(|&x| x as u16).collect::<Vec<_>>()),
        DType::I64 => Tensor::new(
            shape,
            &values.iter().map(|&x| x.into()).collect::<Vec<i64>>(),
        ),
        _ => Tensor::new(shape, values),
    }
}
