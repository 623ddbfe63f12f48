//! Selection: calls give way to forms that the target has instructions for.
//!
//! A form is found by its kernel, says itself whether it fits, and packs constants into its own layout; this file knows
//! no operator. What follows sees a call like any other.

use crate::program::{Buffer, BufferId, Program, Storage};
use crate::target::Target;
use crate::tensor::{Tensor, TensorType};
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::Call;
use mlc_runtime_core::table::forms::{Form, Given, Part, forms};

/// Lets every call that has a form for the target give way to it.
pub(crate) fn select(program: &mut Program, target: &Target) {
    for i in 0..program.steps.len() {
        let call = &program.steps[i].call;
        let mut found = None;
        for isa in target.isas {
            let of_kernel =
                |form: &&Form| std::ptr::eq(form.kernel, call.kernel) && form.isa == *isa;
            for form in forms().filter(of_kernel) {
                match pack(program, call, form) {
                    Ok(packed) => {
                        found = Some(Ok(packed));
                        break;
                    }
                    Err(why) => _ = found.get_or_insert(Err(why)),
                }
            }
            if matches!(found, Some(Ok(_))) {
                break;
            }
        }
        match found {
            Some(Ok(packed)) => {
                let call = bound(program, i, packed);
                program.steps[i].call = call;
            }
            Some(Err(why)) => program.steps[i].unpacked = Some(why),
            None => {}
        }
    }
}

/// The call of a form that does what `call` does, or why there is none.
fn pack(program: &Program, call: &Call<BufferId>, form: &Form) -> Result<Call<Part>, String> {
    let operands = call.operands.iter();
    let types: Vec<_> = operands
        .clone()
        .map(|&id| program.buffer(id).element)
        .collect();
    let constants = operands.map(|&id| match program.buffer(id).is_empty() {
        true => Some(&[][..]),
        false => program.constant(id).map(Tensor::bytes),
    });
    let constants: Vec<_> = constants.collect();
    let params = call
        .params
        .as_ref()
        .map_or(&() as &dyn std::any::Any, |p| (**p).as_any());
    (form.pack)(&Given {
        params,
        types: &types,
        constants: &constants,
    })
}

/// A packed call over buffers.
fn bound(program: &mut Program, step: usize, packed: Call<Part>) -> Call<BufferId> {
    let given = program.steps[step].call.operands.clone();
    let layer = program.steps[step].layer.clone();
    let words = |program: &mut Program, len: usize, storage| {
        program.add(Buffer {
            name: layer.clone(),
            element: ElementType::I32,
            ty: TensorType::new(ElementType::I32.into(), [len]),
            storage,
            source: None,
        })
    };
    let mut operands = Vec::new();
    for part in packed.operands {
        operands.push(match part {
            Part::Given(operand) => given[operand],
            Part::Constant(values) => {
                let tensor = Tensor::new([values.len()], &values);
                words(program, values.len(), Storage::Constant(tensor))
            }
            Part::Scratch(len) => words(program, len, Storage::Arena),
        });
    }
    Call {
        kernel: packed.kernel,
        params: packed.params,
        closure: packed.closure,
        operands,
    }
}
