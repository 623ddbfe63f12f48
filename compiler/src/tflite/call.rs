//! A call of a builtin: its operands, its options, and what is written for it.

use super::quantised::quantize;
use super::read::{Operation, TensorInfo, malformed};
use super::schema::*;
use super::scope::{Scope, cast_to};
use crate::diag::Diag;
use crate::onnx::{Attribute, Problems};
use crate::tensor::{DType, Tensor};

/// A call that is being written.
pub(super) struct Call<'s, 'd, 'a> {
    pub(super) scope: &'s mut Scope<'d, 'a>,
    pub(super) operation: &'d Operation<'a>,
    pub(super) problems: &'s mut Problems,
    /// Nodes that were there before.
    since: usize,
}

/// An attribute that is an integer.
pub(super) fn int(name: &'static str, value: i64) -> (&'static str, Attribute) {
    (name, Attribute::Int(value))
}

/// An attribute that is a list of integers.
pub(super) fn ints(name: &'static str, values: Vec<i64>) -> (&'static str, Attribute) {
    (name, Attribute::Ints(values))
}

/// An attribute that is a number.
pub(super) fn float(name: &'static str, value: f32) -> (&'static str, Attribute) {
    (name, Attribute::Float(value))
}

/// An attribute that is a word.
pub(super) fn text(name: &'static str, value: &str) -> (&'static str, Attribute) {
    (name, Attribute::String(value.into()))
}

/// Sizes as ONNX has them.
pub(super) fn sizes(shape: &[usize]) -> Vec<i64> {
    shape.iter().map(|&size| size as i64).collect()
}

/// Attributes of an operator that has none.
pub(super) const NONE: Vec<(&str, Attribute)> = Vec::new();

/// Options of a kind.
pub(super) trait Options<'a>: Default {
    /// The options, if they are of this kind.
    fn of(options: BuiltinOptionsRef<'a>) -> Option<planus::Result<Self>>;
}

macro_rules! options {
    ($($kind:ident)*) => {
        $(impl<'a> Options<'a> for $kind {
            fn of(options: BuiltinOptionsRef<'a>) -> Option<planus::Result<Self>> {
                match options {
                    BuiltinOptionsRef::$kind(options) => Some(options.try_into()),
                    _ => None,
                }
            }
        })*
    };
}

options! {
    AddOptions
    ArgMaxOptions
    ArgMinOptions
    BatchMatMulOptions
    CallOnceOptions
    CastOptions
    ConcatenationOptions
    Conv2DOptions
    CumsumOptions
    DepthToSpaceOptions
    DepthwiseConv2DOptions
    DivOptions
    FullyConnectedOptions
    GatherOptions
    GeluOptions
    IfOptions
    L2NormOptions
    LeakyReluOptions
    LocalResponseNormalizationOptions
    MirrorPadOptions
    MulOptions
    OneHotOptions
    PackOptions
    Pool2DOptions
    ReducerOptions
    ResizeBilinearOptions
    ResizeNearestNeighborOptions
    ReverseSequenceOptions
    SoftmaxOptions
    SpaceToDepthOptions
    StridedSliceOptions
    SubOptions
    SvdfOptions
    TransposeConvOptions
    UnidirectionalSequenceLstmOptions
    UnpackOptions
    WhileOptions
}

impl<'s, 'd, 'a> Call<'s, 'd, 'a> {
    pub(super) fn new(
        scope: &'s mut Scope<'d, 'a>,
        operation: &'d Operation<'a>,
        problems: &'s mut Problems,
    ) -> Self {
        Call {
            since: scope.written(),
            scope,
            operation,
            problems,
        }
    }

    /// Options, or the schema's defaults where there are none.
    pub(super) fn options<T: Options<'a>>(&self) -> Result<T, Diag> {
        let Some(options) = self.operation.options.map_err(malformed)? else {
            return Ok(T::default());
        };
        let other = || {
            Diag::new(
                "malformed-file",
                "the options are those of another operator",
            )
        };
        T::of(options).ok_or_else(other)?.map_err(malformed)
    }

    /// How many inputs there are, absent ones included.
    pub(super) fn count(&self) -> usize {
        self.operation.inputs.len()
    }

    /// How many outputs there are.
    pub(super) fn outputs(&self) -> usize {
        self.operation.outputs.len()
    }

    /// Whether there is such an input.
    pub(super) fn has(&self, i: usize) -> bool {
        matches!(self.operation.inputs.get(i), Some(Some(_)))
    }

    fn place(&self, i: usize) -> Result<usize, Diag> {
        let missing = || Diag::new("missing-input", format!("input {i} is missing"));
        self.operation
            .inputs
            .get(i)
            .copied()
            .flatten()
            .ok_or_else(missing)
    }

    fn output_place(&self, i: usize) -> Result<usize, Diag> {
        let missing = || Diag::new("missing-output", format!("output {i} is missing"));
        self.operation.outputs.get(i).copied().ok_or_else(missing)
    }

    /// What the file says of an input.
    pub(super) fn input(&self, i: usize) -> Result<&'d TensorInfo<'a>, Diag> {
        self.scope.tensor(self.place(i)?)
    }

    /// What the file says of an output.
    pub(super) fn output(&self, i: usize) -> Result<&'d TensorInfo<'a>, Diag> {
        self.scope.tensor(self.output_place(i)?)
    }

    /// An input's shape.
    pub(super) fn shape(&self, i: usize) -> Result<&'d [usize], Diag> {
        Ok(&self.input(i)?.shape)
    }

    /// An input's shape, which must have so many dimensions.
    pub(super) fn dims<const N: usize>(&self, i: usize) -> Result<[usize; N], Diag> {
        let shape = self.shape(i)?;
        let message = format!("{N} dimensions are needed, not {shape:?}");
        shape
            .try_into()
            .map_err(|_| self.wrong(i, "bad-rank", message))
    }

    /// Which axis of an input a number is, which may count from the end.
    pub(super) fn axis(&self, i: usize, axis: i64) -> Result<usize, Diag> {
        let rank = self.shape(i)?.len();
        let from_start = if axis < 0 { axis + rank as i64 } else { axis };
        let found = usize::try_from(from_start).ok().filter(|axis| *axis < rank);
        found.ok_or_else(|| self.wrong(i, "bad-axis", format!("there is no axis {axis}")))
    }

    /// What is wrong with an input.
    pub(super) fn wrong(&self, i: usize, code: &'static str, message: impl Into<String>) -> Diag {
        let diag = Diag::new(code, message);
        match self.input(i) {
            Ok(tensor) => diag.at_tensor(tensor.name),
            Err(_) => diag,
        }
    }

    /// An input's elements as they are stored.
    pub(super) fn raw(&mut self, i: usize) -> Result<String, Diag> {
        self.scope.raw(self.place(i)?)
    }

    /// The numbers that an input stands for.
    pub(super) fn real(&mut self, i: usize) -> Result<String, Diag> {
        self.scope.real(self.place(i)?)
    }

    /// The numbers of all inputs.
    pub(super) fn reals(&mut self) -> Result<Vec<String>, Diag> {
        (0..self.count()).map(|i| self.real(i)).collect()
    }

    /// The numbers of an input with its axes in another order.
    pub(super) fn transposed(&mut self, i: usize, perm: &[usize]) -> Result<String, Diag> {
        if self.shape(i)?.len() != perm.len() {
            let message = format!("{} dimensions are needed", perm.len());
            return Err(self.wrong(i, "bad-rank", message));
        }
        self.scope.real_transposed(self.place(i)?, perm)
    }

    /// What a constant input holds.
    pub(super) fn constant(&mut self, i: usize) -> Result<Tensor, Diag> {
        let constant = self.scope.constants.of(self.input(i)?)?;
        constant.ok_or_else(|| self.wrong(i, "not-constant", "this has to be a constant"))
    }

    /// Integers that a constant input holds: of 32 bits, as sizes and places are.
    pub(super) fn integers(&mut self, i: usize) -> Result<Vec<i64>, Diag> {
        let constant = self.constant(i)?;
        let values = constant
            .to_vec::<i64>()
            .filter(|_| constant.ty.dtype != DType::F32);
        let values =
            values.ok_or_else(|| self.wrong(i, "unsupported-type", "integers are needed"))?;
        match values.iter().find(|value| i32::try_from(**value).is_err()) {
            Some(value) => Err(self.wrong(i, "bad-range", format!("{value} is absurdly large"))),
            None => Ok(values),
        }
    }

    /// Whether the elements of an input mean what those of an output do.
    pub(super) fn alike(&self, input: usize, output: usize) -> Result<bool, Diag> {
        let (x, y) = (self.input(input)?, self.output(output)?);
        Ok(x.dtype == y.dtype && x.quantisation == y.quantisation)
    }

    fn base(&self) -> &'d str {
        self.output(0).map_or("", |tensor| tensor.name)
    }

    /// Adds a node with one output.
    pub(super) fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<(&str, Attribute)>,
    ) -> String {
        self.scope.node(self.base(), operator, inputs, attributes)
    }

    /// Adds a node with several outputs.
    pub(super) fn nodes(
        &mut self,
        operator: &str,
        inputs: &[&str],
        attributes: Vec<(&str, Attribute)>,
        count: usize,
    ) -> Vec<String> {
        self.scope
            .nodes(self.base(), operator, inputs, attributes, count)
    }

    /// Adds a constant for what is called `what` of this operator.
    pub(super) fn add_constant(&mut self, what: &str, tensor: Tensor) -> String {
        let name = format!("{}/{what}", self.base());
        self.scope.constant(&name, tensor)
    }

    /// Adds a constant list of integers.
    pub(super) fn list(&mut self, what: &str, values: &[i64]) -> String {
        self.add_constant(what, Tensor::new([values.len()], values))
    }

    /// Adds a constant number.
    pub(super) fn number(&mut self, what: &str, value: f32) -> String {
        self.add_constant(what, Tensor::scalar(value))
    }

    /// Adds a reshaping.
    pub(super) fn reshape(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.list("shape", shape);
        // Sizes are meant as they are: 0 copies none.
        self.node("Reshape", &[x, &shape], vec![int("allowzero", 1)])
    }

    /// Adds a transposition.
    pub(super) fn transpose(&mut self, x: &str, perm: &[usize]) -> String {
        self.node("Transpose", &[x], vec![ints("perm", sizes(perm))])
    }

    /// Channels of an image first.
    pub(super) fn channels_first(&mut self, x: &str) -> String {
        self.transpose(x, &[0, 3, 1, 2])
    }

    /// Channels of an image last.
    pub(super) fn channels_last(&mut self, x: &str) -> String {
        self.transpose(x, &[0, 2, 3, 1])
    }

    /// Adds a conversion.
    pub(super) fn cast(&mut self, x: &str, dtype: DType) -> String {
        self.node("Cast", &[x], vec![cast_to(dtype)])
    }

    /// An output's elements are what is called `name`.
    pub(super) fn give_raw(&mut self, i: usize, name: &str) -> Result<(), Diag> {
        self.scope.give(self.output_place(i)?, name, self.since)
    }

    /// An output stands for the numbers that are called `name`.
    pub(super) fn give(&mut self, i: usize, name: &str) -> Result<(), Diag> {
        let name = self.stored(i, name)?;
        self.give_raw(i, &name)
    }

    /// Numbers as the first output stores them.
    pub(super) fn quantized(&mut self, name: &str) -> Result<String, Diag> {
        self.stored(0, name)
    }

    fn stored(&mut self, i: usize, name: &str) -> Result<String, Diag> {
        let tensor = self.output(i)?;
        match (&tensor.quantisation, tensor.dtype()?) {
            (_, DType::F16) => Ok(self.cast(name, DType::F16)),
            (Some(quantisation), dtype) if dtype != DType::F32 => {
                quantize(self.scope, tensor.name, name, quantisation, dtype)
            }
            _ => Ok(name.into()),
        }
    }
}
