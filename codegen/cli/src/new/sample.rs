//! The sample that a project answers first, with the answer: what lies beside the model, or what is made up.

use mlc_codegen::{CNames, Interface, Socket, samples};
use mlc_compiler::diag::Diag;
use mlc_compiler::interp;
use mlc_compiler::program::Program;
use mlc_compiler::tensor::{DType, Tensor};
use serde::Serialize;
use std::path::Path;

/// An input with its sample, or an output with the answer, as templates see it.
#[derive(Serialize)]
pub(super) struct Port {
    name: String,
    /// The function that gives its place.
    function: String,
    /// The same in C.
    c_function: String,
    /// The Rust type of its elements.
    element: &'static str,
    /// The C type of its elements.
    c_element: String,
    len: usize,
    /// Its type, for people.
    ty: String,
    /// The name of the constant that holds it.
    constant: String,
    /// The elements as Rust writes them, between commas.
    values: String,
    /// The same for C.
    c_values: String,
    /// JavaScript's array of such elements, and the elements as that writes them.
    js_array: &'static str,
    js_values: String,
}

/// The sample and the answer.
pub(super) struct Sample {
    pub(super) inputs: Vec<Port>,
    pub(super) outputs: Vec<Port>,
    /// Whether it was recorded beside the model.
    pub(super) recorded: bool,
    /// How many classes have names.
    pub(super) labels: usize,
}

impl Sample {
    /// What is recorded in the folder of the model, if there is one and that is what the network takes, else what is made up,
    /// with what the program answers.
    pub(super) fn of(
        folder: Option<&Path>,
        interface: &Interface,
        in_c: &CNames,
        program: &Program,
    ) -> Result<Self, Diag> {
        let recorded = folder
            .filter(|folder| samples::has_sets(folder))
            .and_then(|folder| samples::recorded(folder, &interface.inputs, &[]).ok())
            .and_then(|mut sets| (!sets.is_empty()).then(|| sets.swap_remove(0).inputs));
        let is_recorded = recorded.is_some();
        let inputs = match recorded {
            Some(inputs) => inputs,
            None => samples::seeded(&interface.inputs, 0, 2)?,
        };
        let outputs = interp::run(program, &inputs)?;
        Ok(Sample {
            inputs: ports(&interface.inputs, &in_c.inputs, &inputs, "INPUT"),
            outputs: ports(&interface.outputs, &in_c.outputs, &outputs, "OUTPUT"),
            recorded: is_recorded,
            labels: 0,
        })
    }
}

fn ports(
    sockets: &[Socket],
    in_c: &[(String, String)],
    tensors: &[Tensor],
    what: &str,
) -> Vec<Port> {
    let all = sockets.iter().zip(in_c).zip(tensors).enumerate();
    let ports = all.map(|(i, ((socket, (c_function, c_element)), tensor))| Port {
        name: socket.name.clone(),
        function: socket.function.clone(),
        c_function: c_function.clone(),
        element: socket.element,
        c_element: c_element.clone(),
        len: tensor.ty.len(),
        ty: tensor.ty.to_string(),
        constant: format!("{what}_{i}"),
        values: values(tensor),
        c_values: c_values(tensor),
        js_array: js_array(socket.element),
        js_values: js_values(tensor),
    });
    ports.collect()
}

/// JavaScript's array of elements of a Rust type.
fn js_array(element: &str) -> &'static str {
    match element {
        "f64" => "Float64Array",
        "i8" => "Int8Array",
        "i16" => "Int16Array",
        "i32" => "Int32Array",
        "i64" => "BigInt64Array",
        "u8" => "Uint8Array",
        "u16" => "Uint16Array",
        "u32" => "Uint32Array",
        "u64" => "BigUint64Array",
        _ => "Float32Array",
    }
}

/// The elements as JavaScript writes them.
fn js_values(tensor: &Tensor) -> String {
    let numbers = [
        ("f32::NAN as _", "NaN"),
        ("f32::INFINITY as _", "Infinity"),
        ("f32::NEG_INFINITY as _", "-Infinity"),
    ];
    let text = translated(values(tensor), &numbers);
    match tensor.ty.dtype {
        DType::I64 | DType::U64 => text.replace(',', "n,") + "n",
        _ => text,
    }
}

/// Elements as Rust writes them with numbers that others write otherwise.
fn translated(values: String, numbers: &[(&str, &str)]) -> String {
    let other = |text: String, (rust, other): &(&str, &str)| text.replace(rust, other);
    numbers.iter().fold(values, other)
}

/// The elements as C writes them.
fn c_values(tensor: &Tensor) -> String {
    let floats = [
        ("f32::NAN as _", "NAN"),
        ("f32::INFINITY as _", "INFINITY"),
        ("f32::NEG_INFINITY as _", "-INFINITY"),
    ];
    translated(values(tensor), &floats)
}

/// The elements, a few in a line.
fn values(tensor: &Tensor) -> String {
    let texts: Vec<String> = match tensor.ty.dtype {
        DType::F32 => floats(tensor.values::<f32>().unwrap_or_default()),
        DType::F64 => floats(tensor.values::<f64>().unwrap_or_default()),
        DType::U64 => integers::<u64>(tensor),
        _ => integers::<i64>(tensor),
    };
    let lines: Vec<_> = texts.chunks(16).map(|line| line.join(", ")).collect();
    lines.join(",\n    ")
}

fn floats<T: std::fmt::Debug + Copy + Into<f64>>(values: &[T]) -> Vec<String> {
    let text = |x: &T| match (*x).into() {
        finite if finite.is_finite() => format!("{x:?}"),
        x if x.is_nan() => "f32::NAN as _".into(),
        x if x > 0.0 => "f32::INFINITY as _".into(),
        _ => "f32::NEG_INFINITY as _".into(),
    };
    values.iter().map(text).collect()
}

fn integers<T: mlc_runtime_core::scalar::Typed + std::fmt::Display>(
    tensor: &Tensor,
) -> Vec<String> {
    let values = tensor.to_vec::<T>().unwrap_or_default();
    values.iter().map(T::to_string).collect()
}
