//! placeholder
#![allow(missing_docs)]
pub fn sign(x: f32) -> f32 {
    x
}
pub fn floor(x: f32) -> f32 {
    x
}
pub fn ceil(x: f32) -> f32 {
    x
}
pub fn trunc(x: f32) -> f32 {
    x
}
pub fn round_even(x: f32) -> f32 {
    x
}
pub fn sqrt(x: f32) -> f32 {
    x
}
pub fn exp(x: f32) -> f32 {
    x
}
pub fn log(x: f32) -> f32 {
    x
}
pub fn sin(x: f32) -> f32 {
    x
}
pub fn cos(x: f32) -> f32 {
    x
}
pub fn tan(x: f32) -> f32 {
    x
}
pub fn asin(x: f32) -> f32 {
    x
}
pub fn acos(x: f32) -> f32 {
    x
}
pub fn atan(x: f32) -> f32 {
    x
}
pub fn sinh(x: f32) -> f32 {
    x
}
pub fn cosh(x: f32) -> f32 {
    x
}
pub fn tanh(x: f32) -> f32 {
    x
}
pub fn asinh(x: f32) -> f32 {
    x
}
pub fn acosh(x: f32) -> f32 {
    x
}
pub fn atanh(x: f32) -> f32 {
    x
}
pub fn erf(x: f32) -> f32 {
    x
}
pub fn sigmoid(x: f32) -> f32 {
    x
}
pub fn log1p(x: f32) -> f32 {
    x
}
pub fn expm1(x: f32) -> f32 {
    x
}
pub fn max(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}
pub fn min(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}
pub fn pow(a: f32, b: f32) -> f32 {
    a * b
}
pub fn floor_mod(a: f32, b: f32) -> f32 {
    a % b
}
