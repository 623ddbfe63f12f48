//! Between the types of the model and those in which the crate takes and gives: samples are in the former.

use mlc_codegen::Socket;
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::ops;
use mlc_compiler::program::Port;
use mlc_compiler::quantization::Quantization;
use mlc_compiler::tensor::{DType, Tensor, TensorType};

/// An input or an output, as the model has it and as the crate does.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) name: String,
    pub(super) model: TensorType,
    /// The crate's element type.
    port: DType,
    meaning: Option<Quantization>,
}

/// All inputs and all outputs, in order.
pub(super) struct Edges {
    pub(super) inputs: Vec<Edge>,
    pub(super) outputs: Vec<Edge>,
}

impl Edges {
    pub(super) fn of(model: &Model, compiled: &Compiled) -> Result<Self, Diags> {
        let graph = ops::import(model)?;
        let program = &compiled.program;
        let edge = |(port, ty): (&Port, &TensorType)| Edge {
            name: port.name.clone(),
            model: ty.clone(),
            port: port.ty.dtype,
            meaning: port.quantization,
        };
        let inputs = graph.inputs.iter().map(|&value| graph.ty(value));
        let outputs = graph.outputs().iter().map(|(_, value)| graph.ty(*value));
        Ok(Edges {
            inputs: program.inputs.iter().zip(inputs).map(edge).collect(),
            outputs: program.outputs.iter().zip(outputs).map(edge).collect(),
        })
    }
}

impl Edge {
    /// Where samples are looked up: by the name, and of the model's type.
    pub(super) fn socket(&self) -> Socket {
        Socket {
            name: self.name.clone(),
            ty: self.model.clone(),
            function: String::new(),
            element: "",
        }
    }

    /// The same with the crate's element type.
    pub(super) fn port_socket(&self) -> Socket {
        let ty = TensorType::new(self.port, self.model.shape.clone());
        Socket {
            ty,
            ..self.socket()
        }
    }

    /// Of a tensor of the model's type one of the crate's.
    pub(super) fn to_port(&self, tensor: &Tensor) -> Result<Tensor, Diag> {
        self.converted(tensor, self.port)
    }

    /// Of a tensor of the crate's type, or of the model's, one of the model's.
    pub(super) fn to_model(&self, tensor: &Tensor) -> Result<Tensor, Diag> {
        self.converted(tensor, self.model.dtype)
    }

    fn converted(&self, tensor: &Tensor, to: DType) -> Result<Tensor, Diag> {
        if tensor.ty.dtype == to {
            return Ok(tensor.clone());
        }
        let converted = self.meaning.and_then(|meaning| match to {
            DType::F32 => dequantized(tensor, meaning),
            _ => quantized(tensor, to, meaning),
        });
        converted.ok_or_else(|| {
            let message = format!(
                "{} is not {to}, and what its integers stand for is not known",
                tensor.ty
            );
            Diag::new("wrong-sample", message).at_tensor(&self.name)
        })
    }
}

fn dequantized(tensor: &Tensor, Quantization { scale, zero }: Quantization) -> Option<Tensor> {
    let codes = tensor.to_vec::<i32>()?;
    let floats: Vec<_> = codes.iter().map(|q| (q - zero) as f32 * scale).collect();
    Some(Tensor::new(tensor.ty.shape.clone(), &floats))
}

/// As `QuantizeLinear` has it.
fn quantized(
    tensor: &Tensor,
    to: DType,
    Quantization { scale, zero }: Quantization,
) -> Option<Tensor> {
    let steps = tensor
        .values::<f32>()?
        .iter()
        .map(|x| (x / scale).round_ties_even() + zero as f32);
    let shape = tensor.ty.shape.clone();
    // Conversions of floats saturate.
    Some(match to {
        DType::I8 => Tensor::new(shape, &steps.map(|q| q as i8).collect::<Vec<_>>()),
        DType::U8 => Tensor::new(shape, &steps.map(|q| q as u8).collect::<Vec<_>>()),
        DType::I16 => Tensor::new(shape, &steps.map(|q| q as i16).collect::<Vec<_>>()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_converted_by_scale_and_zero_point() {
        let edge = Edge {
            name: "x".into(),
            model: TensorType::new(DType::F32, [5]),
            port: DType::U8,
            meaning: Quantization::new(0.5, 3),
        };
        let codes = edge
            .to_port(&Tensor::new([5], &[0.25_f32, 0.75, -1.5, 1e9, -1e9]))
            .unwrap();
        assert!(codes.identical(&Tensor::new([5], &[3_u8, 5, 0, 255, 0])));
        let floats = edge.to_model(&codes).unwrap();
        assert!(floats.identical(&Tensor::new([5], &[0.0_f32, 1.0, -1.5, 126.0, -1.5])));
        let unknown = Edge {
            meaning: None,
            ..edge
        };
        assert_eq!(unknown.to_port(&floats).unwrap_err().code, "wrong-sample");
    }
}
