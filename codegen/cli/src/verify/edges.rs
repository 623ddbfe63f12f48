//! Between the types of the model and those in which the crate takes and gives: samples are in the former.

use mlc_codegen::{Options, Presentation, Socket};
use mlc_compiler::Compiled;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::onnx::Model;
use mlc_compiler::ops;
use mlc_compiler::program::Port;
use mlc_compiler::quantization::Quantization;
use mlc_compiler::settings::{InputAs, Io, OutputAs};
use mlc_compiler::tensor::{DType, Tensor, TensorType};

/// An input or an output, as the model has it and as the crate does.
#[derive(Clone, Debug)]
pub(super) struct Edge {
    pub(super) name: String,
    pub(super) model: TensorType,
    /// The crate's type.
    port: TensorType,
    meaning: Option<Quantization>,
    /// How an input is given, where that is not as the model has it.
    given: Option<Given>,
}

/// How an input is given.
#[derive(Clone, Debug)]
struct Given {
    form: InputAs,
    /// What the model's own integers stand for.
    of_model: Option<Quantization>,
}

/// All inputs and all outputs, in order.
pub(super) struct Edges {
    pub(super) inputs: Vec<Edge>,
    /// Those of the model.
    pub(super) outputs: Vec<Edge>,
    /// Those of the crate: of what `outputs` have, what is taken.
    pub(super) taken: Vec<Edge>,
    /// How outputs of the model are taken.
    forms: Vec<OutputAs>,
}

impl Edges {
    pub(super) fn of(options: &Options, model: &Model, compiled: &Compiled) -> Result<Self, Diags> {
        let graph = ops::import(model)?;
        let program = &compiled.program;
        let inputs = graph.inputs.iter().map(|&v| graph.value(v).name.clone());
        let outputs = graph.outputs().iter().map(|(name, _)| name.clone());
        let (inputs, outputs): (Vec<_>, Vec<_>) = (inputs.collect(), outputs.collect());
        let (given, forms) = options.interface()?.of(&inputs, &outputs)?;
        let edge = |(port, ty): (&Port, &TensorType)| Edge {
            name: port.name.clone(),
            model: ty.clone(),
            port: port.ty.clone(),
            meaning: port.quantization,
            given: None,
        };
        let types = graph.inputs.iter().map(|&value| graph.ty(value));
        let meanings = meanings(options, model)?;
        let given = given.into_iter().zip(meanings).map(|(form, of_model)| {
            let given = Given { form, of_model };
            Some(given).filter(|given| given.form != InputAs::default())
        });
        let inputs = program.inputs.iter().zip(types).zip(given);
        let types = graph.outputs().iter().map(|(_, value)| graph.ty(*value));
        let outputs: Vec<_> = program.outputs.iter().zip(types).map(edge).collect();
        // In the model's elements, as far as an output is the model's.
        let of_port = |(i, port): (usize, &Port)| {
            let dtype = outputs
                .get(i)
                .map_or(port.ty.dtype, |own: &Edge| own.model.dtype);
            edge((port, &TensorType::new(dtype, port.ty.shape.clone())))
        };
        let inputs = inputs
            .map(|(input, given)| Edge {
                given,
                ..edge(input)
            })
            .collect();
        let taken = program.outputs.iter().enumerate().map(of_port).collect();
        Ok(Edges {
            inputs,
            outputs,
            taken,
            forms,
        })
    }

    /// What is taken of outputs of the model, in the order of the crate's.
    pub(super) fn taken(&self, outputs: Vec<Option<Tensor>>) -> Result<Vec<Option<Tensor>>, Diag> {
        let (mut taken, mut classes) = (Vec::new(), Vec::new());
        for (output, form) in outputs.into_iter().zip(&self.forms) {
            let (output, beside) = match output.map(|output| form.taken(&output)).transpose()? {
                Some((output, beside)) => (Some(output), beside),
                None => (None, None),
            };
            taken.push(output);
            if form.has_classes() {
                classes.push(beside);
            }
        }
        taken.extend(classes);
        Ok(taken)
    }
}

/// What integers stand for that the model takes.
fn meanings(options: &Options, model: &Model) -> Result<Vec<Option<Quantization>>, Diags> {
    let as_it_is = Options {
        presentation: Presentation::default(),
        stream: None,
        time_axis: None,
        io: Io::AsIs,
        ..options.clone()
    };
    let compiled = as_it_is.compile_model(model, &mut |_, _| ())?;
    let inputs = compiled.program.inputs.iter();
    Ok(inputs.map(|port| port.quantization).collect())
}

impl Given {
    /// What the model's integers stand for, where elements are given that are not these.
    fn other(&self, of_model: DType) -> Option<Quantization> {
        self.of_model
            .filter(|_| !self.form.has_own_elements(of_model))
    }

    /// Of a tensor of the crate's type one of the model's.
    fn to_model(&self, tensor: &Tensor, model: &TensorType) -> Result<Tensor, Diag> {
        let Some(meaning) = self.other(model.dtype) else {
            return self.form.numbers(tensor, model);
        };
        let floats = TensorType::new(DType::F32, model.shape.clone());
        let numbers = self.form.numbers(tensor, &floats)?;
        let unknown = || ops::unsupported_type(model.dtype);
        quantized(&numbers, model.dtype, meaning).ok_or_else(unknown)
    }

    /// Of a tensor of the model's type one of the crate's.
    fn to_port(&self, tensor: &Tensor, port: DType) -> Result<Tensor, Diag> {
        let meaning = self.other(tensor.ty.dtype);
        let numbers = meaning.and_then(|meaning| dequantized(tensor, meaning));
        self.form.given(numbers.as_ref().unwrap_or(tensor), port)
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

    /// The same with the crate's type.
    pub(super) fn port_socket(&self) -> Socket {
        Socket {
            ty: self.port.clone(),
            ..self.socket()
        }
    }

    /// Whether what the crate takes is not what the model does, but for quantisation.
    pub(super) fn is_given_otherwise(&self) -> bool {
        self.given.is_some()
    }

    /// Of a tensor of the model's type one of the crate's.
    pub(super) fn to_port(&self, tensor: &Tensor) -> Result<Tensor, Diag> {
        match &self.given {
            Some(given) => given.to_port(tensor, self.port.dtype),
            None => self.converted(tensor, self.port.dtype),
        }
    }

    /// Of a tensor of the crate's type, or of the model's, one of the model's.
    pub(super) fn to_model(&self, tensor: &Tensor) -> Result<Tensor, Diag> {
        match &self.given {
            Some(given) if tensor.ty == self.port => given.to_model(tensor, &self.model),
            Some(_) if tensor.ty == self.model => Ok(tensor.clone()),
            _ => self.converted(tensor, self.model.dtype),
        }
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
            port: TensorType::new(DType::U8, [5]),
            meaning: Quantization::new(0.5, 3),
            given: None,
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
