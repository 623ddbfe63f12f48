//! tract as an oracle: an evaluator of ONNX that shares nothing with ours.

use mlc_compiler::tensor::{DType, Tensor as Ours, TensorType};
use std::path::Path;
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::internal::*;

/// What tract answers for a model on inputs, which are given in the order of the graph.
pub(crate) fn answer(path: &Path, inputs: &[Ours]) -> TractResult<Vec<Ours>> {
    let onnx = tract_onnx::onnx().with_ignore_value_info(true);
    let mut proto = onnx.proto_model_for_path(path)?;
    // Unnamed nodes are called after their first outputs, which are unique: names in files need not be,
    // and tract insists on it.
    let nodes = proto.graph.iter_mut().flat_map(|graph| &mut graph.node);
    nodes.for_each(|node| node.name.clear());
    let parsed = onnx.parse(&proto, path.parent().and_then(Path::to_str))?;
    let (mut model, outlets) = (parsed.model, parsed.outlets_by_name);
    let theirs: Vec<Tensor> = inputs.iter().map(import).collect::<TractResult<_>>()?;
    ensure!(
        model.input_outlets()?.len() == theirs.len(),
        "inputs are constants"
    );
    for (ix, tensor) in theirs.iter().enumerate() {
        model.set_input_fact(
            ix,
            InferenceFact::dt_shape(tensor.datum_type(), tensor.shape()),
        )?;
    }
    // Chosen by name before typing: afterwards names and numbers are others, but the order stays.
    let graph = proto.graph.as_ref().context("no graph")?;
    let outlet = |output: &tract_onnx::pb::ValueInfoProto| {
        outlets.get(&output.name).copied().context("no such output")
    };
    let chosen: Vec<OutletId> = graph
        .output
        .iter()
        .map(outlet)
        .collect::<TractResult<_>>()?;
    model.select_output_outlets(&chosen)?;
    // Not optimised: the plainer, the more independent.
    let plan = TypedSimplePlan::new(model.into_typed()?)?;
    let outputs = plan.run(
        theirs
            .into_iter()
            .map(|tensor| tensor.into_tvalue())
            .collect(),
    )?;
    outputs
        .into_iter()
        .map(|tensor| export(tensor.into_tensor()))
        .collect()
}

/// The element types that both sides know.
const TYPES: &[(DType, DatumType)] = &[
    (DType::F32, DatumType::F32),
    (DType::F64, DatumType::F64),
    (DType::I8, DatumType::I8),
    (DType::I16, DatumType::I16),
    (DType::I32, DatumType::I32),
    (DType::I64, DatumType::I64),
    (DType::U8, DatumType::U8),
    (DType::U16, DatumType::U16),
    (DType::U32, DatumType::U32),
    (DType::U64, DatumType::U64),
    (DType::Bool, DatumType::Bool),
];

fn import(tensor: &Ours) -> TractResult<Tensor> {
    let known = TYPES.iter().find(|(ours, _)| *ours == tensor.ty.dtype);
    let (_, datum) = known.with_context(|| format!("{} is not for tract", tensor.ty))?;
    // SAFETY: the bytes are as many as the shape takes, little-endian as on this machine, and truth
    // values are 0 or 1.
    unsafe { Tensor::from_raw_dt(*datum, &tensor.ty.shape, tensor.bytes()) }
}

fn export(tensor: Tensor) -> TractResult<Ours> {
    // Arithmetic on shapes comes back as symbolic dimensions.
    let symbolic = tensor.datum_type() == TDim::datum_type();
    let tensor = if symbolic {
        tensor.cast_to::<i64>()?.into_owned()
    } else {
        tensor
    };
    let known = TYPES
        .iter()
        .find(|(_, theirs)| *theirs == tensor.datum_type());
    let (dtype, _) = known.with_context(|| format!("{:?} is not for us", tensor.datum_type()))?;
    let ty = TensorType::new(*dtype, tensor.shape());
    Ours::from_bytes(ty, tensor.as_bytes()).map_err(|diag| format_err!("{diag}"))
}
