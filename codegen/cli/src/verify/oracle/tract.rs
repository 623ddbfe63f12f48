//! tract as an oracle: another implementation of ONNX, which can tell any value within a network by its name.
//!
//! Values are chosen in the model as it was parsed; the order of outputs is kept from there on, so that
//! results are told apart by place. tract aborts with a panic on some exotic models, which is caught and reported.

use super::Oracle;
use mlc_compiler::diag::Diag;
use mlc_compiler::tensor::{DType, Tensor, TensorType};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use tract_onnx::prelude::{
    DatumType, Framework, InferenceFact, InferenceModelExt, IntoTensor, TValue, TVec, TractResult,
    TypedSimplePlan,
};
use tract_onnx::tract_hir::internal::{
    Datum, OutletId, TDim, Tensor as TractTensor, ensure, format_err,
};

const TYPES: [(DType, DatumType); 12] = [
    (DType::F32, DatumType::F32),
    (DType::F64, DatumType::F64),
    (DType::F16, DatumType::F16),
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

/// A model that tract is ready to run.
pub(super) struct Tract {
    plan: Arc<TypedSimplePlan>,
    /// For each input that tract takes, its place among the network's.
    inputs: Vec<usize>,
    /// Names of the values that a run gives, in order.
    names: Vec<String>,
}

impl Tract {
    /// Reads a model whose inputs have the types of `inputs`. A run gives the values of the ONNX names `wanted`,
    /// as far as tract knows them.
    pub(super) fn load(
        model: &Path,
        inputs: &[(String, TensorType)],
        wanted: &[String],
    ) -> Result<Self, Diag> {
        guarded("load", || load(model, inputs, wanted))
    }
}

impl Oracle for Tract {
    fn name(&self) -> String {
        "tract".into()
    }

    fn run(&self, inputs: &[Tensor]) -> Result<HashMap<String, Tensor>, Diag> {
        guarded("run", || {
            let given = self.inputs.iter().filter_map(|&i| inputs.get(i));
            let given: TVec<TValue> = given.map(to_tract).collect::<TractResult<_>>()?;
            let values = self.plan.run(given)?;
            let named = self.names.iter().zip(values);
            named
                .map(|(name, value)| Ok((name.clone(), from_tract(value)?)))
                .collect()
        })
    }
}

/// Lets tract do something; what goes wrong is said to be its failure.
fn guarded<T>(what: &str, act: impl FnOnce() -> TractResult<T>) -> Result<T, Diag> {
    let failed = |why: String| {
        Diag::new("oracle-failed", format!("tract cannot {what} the model")).note(why)
    };
    // What it says as it panics is no word of ours.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let result = catch_unwind(AssertUnwindSafe(act));
    std::panic::set_hook(hook);
    match result {
        Ok(result) => result.map_err(|error| failed(format!("{error:#}"))),
        Err(_) => Err(failed("it panicked".into())),
    }
}

fn load(path: &Path, sockets: &[(String, TensorType)], wanted: &[String]) -> TractResult<Tract> {
    let onnx = tract_onnx::onnx().with_ignore_value_info(true);
    let mut proto = onnx.proto_model_for_path(path)?;
    // Without a name, nodes are called after their outputs; names in files are not always unique, as tract needs.
    proto
        .graph
        .iter_mut()
        .flat_map(|g| &mut g.node)
        .for_each(|n| n.name.clear());
    let parsed = onnx.parse(&proto, path.parent().and_then(Path::to_str))?;
    ensure!(
        parsed.unresolved_inputs.is_empty(),
        "unresolved inputs: {:?}",
        parsed.unresolved_inputs
    );
    let mut model = parsed.model;
    let mut inputs = Vec::new();
    for (i, outlet) in model.input_outlets()?.to_vec().into_iter().enumerate() {
        let name = model.node(outlet.node).name.clone();
        let place = sockets.iter().position(|(own, _)| *own == name);
        let place = place.ok_or_else(|| format_err!("it wants an input `{name}`"))?;
        let ty = &sockets[place].1;
        model.set_input_fact(i, InferenceFact::dt_shape(datum_type(ty)?, &ty.shape))?;
        inputs.push(place);
    }
    let known = wanted
        .iter()
        .filter(|name| parsed.outlets_by_name.contains_key(name.as_str()));
    let names: Vec<String> = known.cloned().collect();
    let outlets: Vec<OutletId> = names
        .iter()
        .map(|name| parsed.outlets_by_name[name])
        .collect();
    model.select_output_outlets(&outlets)?;
    let plan = TypedSimplePlan::new(model.into_typed()?.into_optimized()?)?;
    Ok(Tract {
        plan,
        inputs,
        names,
    })
}

fn datum_type(ty: &TensorType) -> TractResult<DatumType> {
    let found = TYPES.iter().find(|(dtype, _)| *dtype == ty.dtype);
    found
        .map(|(_, datum)| *datum)
        .ok_or_else(|| format_err!("it has no type {}", ty.dtype))
}

fn to_tract(tensor: &Tensor) -> TractResult<TValue> {
    let ty = datum_type(&tensor.ty)?;
    // SAFETY: any bytes are values of a numeric type, and truth values are 0 or 1 in every tensor of ours; the
    // constructor checks that there are as many bytes as type and shape take.
    let tensor = unsafe { TractTensor::from_raw_dt(ty, &tensor.ty.shape, tensor.bytes())? };
    Ok(tensor.into())
}

fn from_tract(value: TValue) -> TractResult<Tensor> {
    let mut tensor = value.into_tensor();
    // Arithmetic on shapes comes as symbolic dimensions.
    if tensor.datum_type() == TDim::datum_type() {
        tensor = tensor.cast_to::<i64>()?.into_owned();
    }
    let found = TYPES
        .iter()
        .find(|(_, datum)| *datum == tensor.datum_type());
    let (dtype, _) =
        found.ok_or_else(|| format_err!("it answers with {:?}", tensor.datum_type()))?;
    let ty = TensorType::new(*dtype, tensor.shape());
    Tensor::from_bytes(ty, tensor.as_bytes()).map_err(|diag| format_err!("{diag}"))
}
