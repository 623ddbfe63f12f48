//! A network's self-test: a recorded input among its weights, and the digest of what it answers.
//!
//! What is emitted answers as the interpreter does, bit for bit, so one number says whether weights, code and core are well.

use crate::diag::Diag;
use crate::interp::Session;
use crate::ir;
use crate::memory::Weights;
use crate::ops::layout::slice::{Part, Slice};
use crate::program::{Buffer, BufferId, Port, Program, Storage};
use crate::tensor::{DType, Tensor, TensorType};
use mlc_runtime_core::digest::{START, digest};

/// What a network tests itself with.
#[derive(Clone, Debug)]
pub struct SelfTest {
    /// The constants that hold each input; of a network that takes time slice by slice, those of all steps one after the other.
    pub inputs: Vec<BufferId>,
    /// The digest of all outputs, in order.
    pub digest: u64,
}

/// Puts an input among the weights, with what the network answers. Where that takes time slice by slice, it is an input of
/// as many slices as there are.
pub fn self_test(
    program: &mut Program,
    weights: &mut Weights,
    sample: &[Tensor],
) -> Result<SelfTest, Diag> {
    let runs = match &program.stepping {
        Some(stepping) => steps(sample, stepping.axis, stepping.hop)?,
        None => vec![sample.to_vec()],
    };
    check(program, &runs)?;
    let mut session = Session::new(program);
    let mut outputs = Vec::new();
    for inputs in &runs {
        outputs = session.run(inputs)?;
    }
    if outputs.iter().any(has_nan) {
        return Err(no_digest());
    }
    let digest = outputs
        .iter()
        .fold(START, |so_far, tensor| digest(so_far, tensor.bytes()));
    let ports = program.inputs.clone();
    let constant = |(i, port): (usize, &Port)| {
        let bytes: Vec<u8> = runs
            .iter()
            .flat_map(|run| run[i].bytes().to_vec())
            .collect();
        constant(program, weights, port, runs.len(), bytes)
    };
    let inputs = ports
        .iter()
        .enumerate()
        .map(constant)
        .collect::<Result<_, _>>()?;
    Ok(SelfTest { inputs, digest })
}

/// The inputs of all steps, cut out of a sample along time.
fn steps(sample: &[Tensor], axis: usize, hop: usize) -> Result<Vec<Vec<Tensor>>, Diag> {
    let slices = |x: &Tensor| x.ty.shape.get(axis).copied().unwrap_or(0);
    let count = sample.iter().map(slices).min().unwrap_or(0) / hop;
    let step = |step: usize| {
        let cut = |x: &Tensor| {
            let mut parts: Vec<_> = x.ty.shape.iter().map(|&dim| Part::all(dim)).collect();
            parts[axis] = Part {
                begin: step * hop,
                len: hop,
                step: 1,
            };
            Ok(ir::evaluate(&Slice(parts), &[Some(x)])?.swap_remove(0))
        };
        sample.iter().map(cut).collect()
    };
    (0..count).map(step).collect()
}

/// Makes sure that runs are what the network takes, and so many that it answers.
fn check(program: &Program, runs: &[Vec<Tensor>]) -> Result<(), Diag> {
    let needed = program
        .stepping
        .as_ref()
        .map_or(0, |stepping| stepping.warm_up)
        + 1;
    if runs.len() < needed {
        let message = format!(
            "the self-test has {} steps, but the network answers after {needed}",
            runs.len()
        );
        return Err(Diag::new("wrong-sample", message).note("record a longer sequence"));
    }
    for (port, tensor) in runs.iter().flat_map(|run| program.inputs.iter().zip(run)) {
        if tensor.ty != port.ty {
            let message = format!(
                "`{}` is {}, but the self-test has {}",
                port.name, port.ty, tensor.ty
            );
            return Err(Diag::new("wrong-sample", message).at_tensor(&port.name));
        }
    }
    Ok(())
}

fn has_nan(tensor: &Tensor) -> bool {
    let is_float = matches!(tensor.ty.dtype, DType::F32 | DType::F64);
    let values = tensor.to_vec::<f64>().filter(|_| is_float);
    values.is_some_and(|values| values.iter().any(|x| x.is_nan()))
}

/// Machines differ in the bits of NaN.
fn no_digest() -> Diag {
    Diag::new(
        "no-digest",
        "the network answers the self-test with NaN, whose bits are not the same on every machine",
    )
    .note("choose an input whose answer is made of numbers")
}

/// A constant of the network that holds inputs of some runs.
fn constant(
    program: &mut Program,
    weights: &mut Weights,
    port: &Port,
    runs: usize,
    bytes: Vec<u8>,
) -> Result<BufferId, Diag> {
    let ty = match runs {
        1 => port.ty.clone(),
        _ => TensorType::new(port.ty.dtype, [runs, port.ty.len()]),
    };
    let tensor = Tensor::from_bytes(ty.clone(), &bytes[..])?;
    let id = program.add(Buffer {
        name: port.name.clone(),
        element: program.buffer(port.buffer).element,
        ty,
        storage: Storage::Constant(tensor),
        source: None,
    });
    weights.add(program, id);
    Ok(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile;

    fn digits() -> crate::Compiled {
        let model = mlc_fixtures::dir("digits_int8").join("model.onnx");
        compile(&crate::load(&model).unwrap()).unwrap()
    }

    #[test]
    fn the_input_is_among_the_weights_and_the_digest_that_of_the_answer() {
        let mut compiled = digits();
        let before = compiled.plan.weights.bytes.len();
        let input = Tensor::new([1, 1, 8, 8], &[7.0f32; 64]);
        let test = self_test(
            &mut compiled.program,
            &mut compiled.plan.weights,
            std::slice::from_ref(&input),
        )
        .unwrap();
        let at = compiled.plan.weights.offsets[&test.inputs[0]];
        assert!(at >= before);
        assert_eq!(compiled.plan.weights.bytes[at..], *input.bytes());
        let outputs = crate::interp::run(&compiled.program, &[input]).unwrap();
        assert_eq!(test.digest, digest(START, outputs[0].bytes()));
    }

    #[test]
    fn what_cannot_be_a_test_is_said() {
        let mut compiled = digits();
        let mut said = |input: Tensor| {
            let problem = self_test(&mut compiled.program, &mut compiled.plan.weights, &[input]);
            problem.unwrap_err().code
        };
        assert_eq!(said(Tensor::new([8, 8], &[7.0f32; 64])), "wrong-sample");
        let model = mlc_fixtures::dir("mlp").join("model.onnx");
        let mut mlp = compile(&crate::load(&model).unwrap()).unwrap();
        let ty = mlp.program.inputs[0].ty.clone();
        let input = Tensor::new(ty.shape.clone(), &vec![f32::NAN; ty.len()]);
        let problem = self_test(&mut mlp.program, &mut mlp.plan.weights, &[input]);
        assert_eq!(problem.unwrap_err().code, "no-digest");
    }
}
