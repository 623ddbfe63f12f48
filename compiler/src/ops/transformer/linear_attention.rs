//! `LinearAttention`: attention by a state for each head, updated step by step.

use crate::diag::Diag;
use crate::ir::{Lower, Op};
use crate::ops::{Importer, OnnxOp, onnx, unsupported_type};
use crate::tensor::{DType, TensorType};
use mlc_runtime_core::kernels::linear_attention::LinearAttention as Params;
use mlc_runtime_core::scalar::ElementType;
use mlc_runtime_core::table::call;

/// Takes `[q, k, v, past?, decay?, beta?]` in the layouts of the kernel, and yields the results
/// `[batch, seq, q_heads · value]` and the last states `[batch, kv_heads, key, value]`.
#[derive(Clone, Debug)]
pub struct LinearAttention {
    /// Heads that read.
    pub q_heads: usize,
    /// Heads that write.
    pub kv_heads: usize,
    /// Factor of the results; without one, `1 / √key`.
    pub scale: Option<f32>,
}

const PAST: usize = 3;
const DECAY: usize = 4;
const BETA: usize = 5;

impl LinearAttention {
    /// The sizes that the inputs agree on; `None` if they do not.
    fn params(&self, inputs: &[Option<&TensorType>]) -> Option<Params> {
        let shape = |i: usize| inputs.get(i).copied().flatten().map(|ty| &ty.shape[..]);
        let &[batch, seq, elements] = shape(0)? else {
            return None;
        };
        let (q_heads, kv_heads) = (self.q_heads, self.kv_heads);
        let key = elements.checked_div(q_heads)?;
        let value = shape(2)?.last()?.checked_div(kv_heads)?;
        let steps = |elements: usize| [batch, seq, elements];
        let fits = q_heads.is_multiple_of(kv_heads)
            && elements == q_heads * key
            && shape(1)? == steps(kv_heads * key)
            && shape(2)? == steps(kv_heads * value)
            && shape(PAST).is_none_or(|s| s == [batch, kv_heads, key, value]);
        let per_head = |i: usize, sizes: [usize; 2]| match shape(i) {
            None => Some(0),
            Some(shape) => sizes.into_iter().find(|&n| shape == steps(n)),
        };
        let decay = per_head(DECAY, [kv_heads, kv_heads * key])?;
        let beta = per_head(BETA, [kv_heads, 1])?;
        fits.then(|| Params {
            batch,
            seq,
            q_heads,
            kv_heads,
            key,
            value,
            scale: self.scale.unwrap_or(1.0 / (key as f32).sqrt()),
            decay: decay / kv_heads,
            beta,
        })
    }
}

impl Op for LinearAttention {
    fn name(&self) -> &'static str {
        "LinearAttention"
    }

    fn infer(&self, inputs: &[Option<&TensorType>]) -> Result<Vec<TensorType>, Diag> {
        if let Some(ty) = inputs.iter().flatten().find(|ty| ty.dtype != DType::F32) {
            return Err(unsupported_type(ty.dtype));
        }
        let p = self.params(inputs).ok_or_else(|| {
            let types: Vec<_> = inputs.iter().flatten().map(|ty| ty.to_string()).collect();
            let (readers, writers) = (self.q_heads, self.kv_heads);
            let message = format!("{types:?} do not fit {readers} heads that share {writers}");
            Diag::new("shape-mismatch", message)
        })?;
        let y = [p.batch, p.seq, p.q_heads * p.value];
        let state = [p.batch, p.kv_heads, p.key, p.value];
        Ok(vec![
            TensorType::new(DType::F32, y),
            TensorType::new(DType::F32, state),
        ])
    }

    fn lower(&self, cx: &mut Lower<'_>) -> Result<(), Diag> {
        let types: Vec<_> = (0..=BETA)
            .map(|i| cx.has_input(i).then(|| cx.input_type(i).clone()))
            .collect();
        let types: Vec<_> = types.iter().map(Option::as_ref).collect();
        let p = self.params(&types).ok_or_else(|| {
            Diag::new(
                "invalid-graph",
                "types of inputs have changed since they were checked",
            )
        })?;
        let [q, k, v, past, decay, beta] = [0, 1, 2, PAST, DECAY, BETA].map(|i| cx.input(i));
        let delta = cx.temporary(ElementType::F32, p.value);
        let (y, state) = (cx.output(0), cx.output(1));
        let passes = p.q_heads + p.kv_heads * (1 + usize::from(p.beta > 0));
        let macs = p.batch * p.seq * passes * p.key * p.value;
        let call = call::linear_attention_f32(p, q, k, v, decay, beta, past, y, state, delta);
        cx.call_counted(call, macs as u64);
        Ok(())
    }
}

fn linear_attention(cx: &mut Importer<'_>) -> Result<(), Diag> {
    let heads = |name| {
        usize::try_from(cx.node.int(name, 0)?)
            .ok()
            .filter(|&n| n > 0)
            .ok_or_else(|| {
                Diag::new("missing-attribute", "the number of heads must be given")
                    .at_attribute(name)
            })
    };
    let op = LinearAttention {
        q_heads: heads("q_num_heads")?,
        kv_heads: heads("kv_num_heads")?,
        scale: cx
            .node
            .optional_float("scale")?
            .filter(|&scale| scale != 0.0),
    };
    let (needs_decay, needs_beta) = match cx.node.string("update_rule", "gated_delta")? {
        "linear" => (false, false),
        "gated" => (true, false),
        "delta" => (false, true),
        "gated_delta" => (true, true),
        other => {
            let message = format!("`{other}` is not an update rule");
            return Err(Diag::new("invalid-attribute", message).at_attribute("update_rule"));
        }
    };
    let inputs: Vec<_> = (0..=BETA).map(|i| cx.optional(i)).collect();
    if inputs[DECAY].is_some() != needs_decay || inputs[BETA].is_some() != needs_beta {
        let message = "decay and beta must be given where the update rule uses them, only there";
        return Err(Diag::new("missing-input", message).at_attribute("update_rule"));
    }
    let outputs = cx.add_many(op, &inputs)?;
    cx.set_output(0, outputs[0]);
    cx.set_output(1, outputs[1]);
    Ok(())
}

/// ONNX operators that this file imports.
pub const ONNX: &[OnnxOp] = &[onnx("LinearAttention", linear_attention)];
