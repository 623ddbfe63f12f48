//! The kernel table: every kernel as data, for the compiler.
//!
//! One row states a kernel's path, its parameters and, for each operand, role and element type.
//! From a row come the constructor in [`call`] that lowering uses, the trampoline by which the
//! interpreter runs the very same function, and the path that codegen prints.

use crate::arena;
use crate::kernels;
use crate::kernels::rows::{ByRows, Span};
use crate::scalar::{ElementType, Expr, Scalar, Typed};
use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;
use std::vec::Vec;

/// What a kernel does with an operand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// It is read.
    Read,
    /// Every element is written, none is read before.
    Write,
    /// It is read and overwritten.
    Update,
    /// Its contents before and after mean nothing.
    Scratch,
}

/// One operand of a kernel.
#[derive(Clone, Copy, Debug)]
pub struct Operand {
    /// Its name in the kernel's signature.
    pub name: &'static str,
    /// What becomes of it.
    pub role: Role,
    /// The element types it may have.
    pub types: &'static [ElementType],
    /// Whether it shares its type with the other generic operands.
    pub generic: bool,
}

/// The bytes of one operand while a kernel runs.
pub enum Bytes<'a> {
    /// Of an operand that is read.
    Shared(&'a [u8]),
    /// Of any other operand.
    Exclusive(&'a mut [u8]),
}

/// How a kernel computes a part of its output from parts of its operands. Whatever it reads that is not
/// constant has rows.
pub enum Streams {
    /// Row by row from windows of rows: its parameters are [`ByRows`].
    Windows(fn(&dyn Any) -> Option<Span>),
    /// Any elements from the same elements. The function gives its parameters for one of so many equal
    /// parts; kernels without parameters have none.
    Elements(Option<ParamsOfPart>),
    /// Each row is added to the output, and row 0 starts it: its parameters have `rows`.
    Sums,
}

/// The parameters of a kernel for one of so many equal parts.
pub type ParamsOfPart = fn(&dyn Any, usize) -> Option<Arc<dyn Params>>;

/// Parameters of a kernel that works on any elements.
pub trait ByElements: Sized {
    /// The parameters for one of so many equal parts; `None` if parts are not alike.
    fn part(&self, parts: usize) -> Option<Self>;
}

impl ByElements for kernels::lookup::Lookup {
    fn part(&self, parts: usize) -> Option<Self> {
        let len = self.len.checked_div(parts)?;
        Some(kernels::lookup::Lookup { len })
    }
}

impl ByElements for kernels::copy::CopyAll {
    fn part(&self, parts: usize) -> Option<Self> {
        let len = self.len.checked_div(parts)?;
        Some(kernels::copy::CopyAll { len })
    }
}

impl<const N: usize> ByElements for kernels::map::Broadcast<N> {
    fn part(&self, parts: usize) -> Option<Self> {
        let outer = self.dims.iter().position(|&n| n > 1)?;
        let inner: usize = self.dims[outer + 1..].iter().product();
        let alike = self
            .strides
            .iter()
            .all(|s| s[outer] == 0 || s[outer] == inner);
        let mut part = *self;
        part.dims[outer] = self.dims[outer].checked_div(parts)?;
        (alike && part.dims[outer] * parts == self.dims[outer]).then_some(part)
    }
}

type Run = fn(&dyn Any, Option<&Expr>, &[ElementType], Vec<Bytes<'_>>) -> Option<()>;

/// One kernel.
pub struct Kernel {
    /// The function's name, unique in the table.
    pub name: &'static str,
    /// The file and module it is in, below [`kernels`](mod@kernels).
    pub module: &'static str,
    /// Whether it takes parameters, as its first argument and by reference.
    pub has_params: bool,
    /// Whether it takes a scalar function, before the operands.
    pub has_closure: bool,
    /// Its operands, in order.
    pub operands: &'static [Operand],
    /// The kernel that computes the same but overwrites its first operand instead of writing the
    /// last one.
    pub in_place: Option<&'static Kernel>,
    /// How it computes a part of its output, if it can.
    pub streams: Option<Streams>,
    /// Runs the kernel; `None` if the arguments do not fit the row.
    pub run: Run,
}

impl Debug for Kernel {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name)
    }
}

/// Parameters of a kernel: their `Debug` form is their Rust literal.
pub trait Params: Any + Debug + Send + Sync {
    /// The parameters, to be downcast by the kernel's trampoline.
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any + Debug + Send + Sync> Params for T {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// A kernel with its parameters and operands; `B` names buffers.
#[derive(Clone, Debug)]
pub struct Call<B> {
    /// The kernel.
    pub kernel: &'static Kernel,
    /// Its parameters, if it takes any.
    pub params: Option<Arc<dyn Params>>,
    /// Its scalar function, if it takes one.
    pub closure: Option<Expr>,
    /// Its operands, in the order of the table.
    pub operands: Vec<B>,
}

impl<B> Call<B> {
    /// Runs the kernel on `bytes`, whose elements are of types `types`.
    ///
    /// `None` if number, roles, types or alignment of the operands do not fit the kernel's row.
    pub fn run(&self, types: &[ElementType], bytes: Vec<Bytes<'_>>) -> Option<()> {
        let params = self
            .params
            .as_ref()
            .map_or(&() as &dyn Any, |p| (**p).as_any());
        (self.kernel.run)(params, self.closure.as_ref(), types, bytes)
    }
}

fn shared<'a, T: Typed>(bytes: Bytes<'a>) -> Option<&'a [T]> {
    match bytes {
        Bytes::Shared(b) => arena::elements(b),
        Bytes::Exclusive(_) => None,
    }
}

fn exclusive<'a, T: Typed>(bytes: Bytes<'a>) -> Option<&'a mut [T]> {
    match bytes {
        Bytes::Shared(_) => None,
        Bytes::Exclusive(b) => arena::elements_mut(b),
    }
}

macro_rules! role {
    (read) => {
        Role::Read
    };
    (write) => {
        Role::Write
    };
    (update) => {
        Role::Update
    };
    (scratch) => {
        Role::Scratch
    };
}

macro_rules! bytes_of {
    (read byte, $b:expr) => {
        shared::<u8>($b)?
    };
    ($role:ident byte, $b:expr) => {
        exclusive::<u8>($b)?
    };
    (read $t:ty, $b:expr) => {
        shared::<$t>($b)?
    };
    ($role:ident $t:ty, $b:expr) => {
        exclusive::<$t>($b)?
    };
}

/// Element types of an operand: `T` is any of its row's class, `byte` any of one byte.
macro_rules! types {
    (T) => {
        CLASS
    };
    (byte) => {
        &[ElementType::I8, ElementType::U8]
    };
    ($t:ident) => {
        &[<$t as Typed>::TYPE]
    };
}

macro_rules! is_generic {
    (T) => {
        true
    };
    ($t:ident) => {
        false
    };
}

/// Element types that `T` may stand for.
macro_rules! class {
    (quantized) => {
        &[ElementType::I8, ElementType::U8, ElementType::I16]
    };
    (bytes) => {
        &[ElementType::I8, ElementType::U8]
    };
    ($($any:ident)?) => {
        ElementType::ALL
    };
}

/// Runs `body` with `T` standing for the type that the generic operands have.
macro_rules! with_type {
    (any, $ty:expr, $body:block) => {
        match $ty.size() {
            1 => {
                type T = u8;
                $body
            }
            2 => {
                type T = u16;
                $body
            }
            4 => {
                type T = u32;
                $body
            }
            _ => {
                type T = u64;
                $body
            }
        }
    };
    (number, $ty:expr, $body:block) => {
        match $ty {
            ElementType::F32 => {
                type T = f32;
                $body
            }
            ElementType::F64 => {
                type T = f64;
                $body
            }
            ElementType::I8 => {
                type T = i8;
                $body
            }
            ElementType::I16 => {
                type T = i16;
                $body
            }
            ElementType::I32 => {
                type T = i32;
                $body
            }
            ElementType::I64 => {
                type T = i64;
                $body
            }
            ElementType::U8 => {
                type T = u8;
                $body
            }
            ElementType::U16 => {
                type T = u16;
                $body
            }
            ElementType::U32 => {
                type T = u32;
                $body
            }
            ElementType::U64 => {
                type T = u64;
                $body
            }
        }
    };
    (quantized, $ty:expr, $body:block) => {
        match $ty {
            ElementType::I8 => {
                type T = i8;
                $body
            }
            ElementType::U8 => {
                type T = u8;
                $body
            }
            ElementType::I16 => {
                type T = i16;
                $body
            }
            _ => return None,
        }
    };
    (bytes, $ty:expr, $body:block) => {
        match $ty {
            ElementType::I8 => {
                type T = i8;
                $body
            }
            ElementType::U8 => {
                type T = u8;
                $body
            }
            _ => return None,
        }
    };
    ($ty:expr, $body:block) => {
        $body
    };
}

/// How a kernel with such parameters streams.
macro_rules! streams {
    ($params:ty, windows) => {
        Some(Streams::Windows(|params| {
            params.downcast_ref::<$params>()?.span()
        }))
    };
    ($params:ty, elements) => {
        Some(Streams::Elements(Some(|params, parts| {
            let part = params.downcast_ref::<$params>()?.part(parts)?;
            Some(Arc::new(part))
        })))
    };
    ($params:ty, sums) => {
        Some(Streams::Sums)
    };
    ($params:ty,) => {
        None
    };
}

macro_rules! kernels { ($(
    $module:ident::$name:ident $(<$class:ident>)? ($params:ident; $($op:ident: $role:ident $t:ident),* $(,)?)
        $(by $streams:ident)?;
)*) => {
    /// The rows, each under its kernel's name.
    #[allow(non_upper_case_globals, missing_docs)]
    pub mod row {
        use super::*;
        $(pub static $name: Kernel = Kernel {
            name: stringify!($name),
            module: stringify!($module),
            has_params: true,
            has_closure: false,
            operands: {
                #[allow(unused)]
                const CLASS: &[ElementType] = class!($($class)?);
                &[$(Operand {
                    name: stringify!($op),
                    role: role!($role),
                    types: types!($t),
                    generic: is_generic!($t),
                }),*]
            },
            in_place: None,
            streams: streams!(kernels::$module::$params, $($streams)?),
            run: |params, _, types, bytes| {
                let p = params.downcast_ref::<kernels::$module::$params>()?;
                let generic = $name.operands.iter().position(|o| o.generic).unwrap_or(0);
                let _ty = *types.get(generic)?;
                let mut bytes = bytes.into_iter();
                with_type!($($class,)? _ty, {
                    $(let $op = bytes_of!($role $t, bytes.next()?);)*
                    kernels::$module::$name(p, $($op),*)
                });
                Some(())
            },
        };)*
    }

    /// Constructors of calls, each named like its kernel.
    #[allow(missing_docs, clippy::too_many_arguments)]
    pub mod call {
        use super::*;
        pub use super::maps::constructors::*;
        $(pub fn $name<B>(p: kernels::$module::$params, $($op: B),*) -> Call<B> {
            Call {
                kernel: &row::$name,
                params: Some(Arc::new(p)),
                closure: None,
                operands: [$($op),*].into(),
            }
        })*
    }

    static PLAIN: &[&Kernel] = &[$(&row::$name),*];
} }

kernels! {
    argreduce::argmax<number>(ArgReduce; x: read T, y: write i64);
    argreduce::argmin<number>(ArgReduce; x: read T, y: write i64);
    conv2d::conv2d_f32(Conv2d; x: read f32, w: read f32, bias: read f32, y: write f32) by windows;
    conv2d::conv2d_add_f32(Conv2d; x: read f32, w: read f32, bias: read f32, y: update f32) by windows;
    conv2d_int::conv2d_sums<quantized>(Conv2d; x: read T, w: read i8, zero: read T, y: write i32);
    conv2d_int::conv2d_w8<quantized>(ConvInt2d; x: read T, w: read i8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv2d_int::conv2d_w16<quantized>(ConvInt2d; x: read T, w: read i16, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv2d_int::conv2d_w4<quantized>(ConvInt2d; x: read T, w: read u8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    conv3d::conv3d_f32(Conv3d; x: read f32, w: read f32, bias: read f32, y: write f32);
    conv3d::conv3d_add_f32(Conv3d; x: read f32, w: read f32, bias: read f32, y: update f32);
    conv_transpose::conv_transpose2d_f32(ConvTranspose2d; x: read f32, w: read f32, bias: read f32, y: write f32);
    conv_transpose::conv_transpose3d_f32(ConvTranspose3d; x: read f32, w: read f32, bias: read f32, y: write f32);
    copy::copy<any>(CopyAll; x: read T, y: write T) by elements;
    copy::copy_rows<any>(CopyRows; x: read T, y: write T);
    copy::copy_rows_update<any>(CopyRows; x: read T, y: update T);
    copy::take_rows<any>(CopyRows; x: read T, y: write T);
    copy::fill<any>(Fill; value: read T, y: write T);
    depthwise2d::depthwise2d_f32(Depthwise2d; x: read f32, w: read f32, bias: read f32, y: write f32) by windows;
    depthwise2d::depthwise2d_add_f32(Depthwise2d; x: read f32, w: read f32, bias: read f32, y: update f32) by windows;
    depthwise2d_int::depthwise2d_w8<quantized>(DepthwiseInt2d; x: read T, w: read i8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    depthwise2d_int::depthwise2d_w16<quantized>(DepthwiseInt2d; x: read T, w: read i16, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    depthwise2d_int::depthwise2d_w4<quantized>(DepthwiseInt2d; x: read T, w: read u8, bias: read i32,
        multipliers: read i32, shifts: read i8, y: write T) by windows;
    det::det_f32(Det; x: read f32, y: write f32, rows: scratch f32);
    gather::gather<any>(Gather; x: read T, indices: read i64, y: write T);
    gather::gather_axis<any>(Gather; x: read T, indices: read i32, y: write T);
    gather::gather_elements<any>(GatherElements; x: read T, indices: read i64, y: write T);
    gather::gather_nd<any>(GatherNd; x: read T, indices: read i64, y: write T);
    grid_sample::grid_sample_f32(GridSample; x: read f32, grid: read f32, y: write f32);
    gru::gru_f32(Gru; x: read f32, w: read f32, r: read f32, bias: read f32, lengths: read i64,
        initial_h: read f32, y: write f32, y_h: write f32, gates: scratch f32);
    linear_attention::linear_attention_f32(LinearAttention; q: read f32, k: read f32, v: read f32,
        decay: read f32, beta: read f32, past: read f32, y: write f32, state: write f32,
        delta: scratch f32);
    lookup::lookup<any>(Lookup; x: read byte, table: read T, y: write T) by elements;
    lrn::lrn_f32(Lrn; x: read f32, y: write f32);
    lstm::lstm_f32(Lstm; x: read f32, w: read f32, r: read f32, bias: read f32, peepholes: read f32,
        lengths: read i64, initial_h: read f32, initial_c: read f32, y: write f32, y_h: write f32,
        y_c: write f32, gates: scratch f32);
    matmul::matmul_f32(MatMul; x: read f32, w: read f32, bias: read f32, y: write f32);
    matmul::matmul_add_f32(MatMul; x: read f32, w: read f32, bias: read f32, y: update f32);
    matmul_int::matmul_int<quantized>(MatMulInt; a: read T, b: read T, multipliers: read i32,
        shifts: read i8, y: write T);
    matmul_weights::matmul_w8(MatMulWeights; x: read f32, w: read i8, scales: read f32,
        bias: read f32, y: write f32);
    matmul_weights::matmul_w4(MatMulWeights; x: read f32, w: read u8, scales: read f32,
        bias: read f32, y: write f32);
    norm::group_norm_f32(GroupNorm; x: read f32, scale: read f32, bias: read f32, y: write f32);
    norm::layer_norm_f32(LayerNorm; x: read f32, scale: read f32, bias: read f32, y: write f32);
    norm::layer_norm_statistics_f32(LayerNorm; x: read f32, mean: write f32, inverse_deviations: write f32);
    norm::rms_norm_f32(LayerNorm; x: read f32, scale: read f32, y: write f32);
    norm_int::layer_norm_int<quantized>(LayerNormInt; x: read T, multipliers: read i32, bias: read i32, y: write byte);
    one_hot::one_hot<any>(OneHot; indices: read i64, values: read T, y: write T);
    pool::average_pool2d_f32(AveragePool2d; x: read f32, y: write f32) by windows;
    pool::average_pool3d_f32(AveragePool3d; x: read f32, y: write f32);
    pool::lp_pool2d_f32(LpPool2d; x: read f32, y: write f32) by windows;
    pool::lp_pool3d_f32(LpPool3d; x: read f32, y: write f32);
    pool::max_pool2d<number>(Pool2d; x: read T, y: write T) by windows;
    pool::max_pool3d<number>(Pool3d; x: read T, y: write T);
    pool::max_pool_indices2d<number>(MaxPoolIndices2d; x: read T, y: write T, indices: write i64);
    pool::max_pool_indices3d<number>(MaxPoolIndices3d; x: read T, y: write T, indices: write i64);
    pool_int::average_pool2d_int<quantized>(AveragePoolInt2d; x: read T, multipliers: read i32,
        shifts: read i8, y: write T) by windows;
    pool_int::average_pool2d_tflite<quantized>(AveragePoolTfLite2d; x: read T, y: write T) by windows;
    reduce::reduce_max<number>(Reduce; x: read T, y: write T);
    reduce::reduce_mean_f32(Reduce; x: read f32, y: write f32);
    reduce::reduce_min<number>(Reduce; x: read T, y: write T);
    reduce::reduce_prod<number>(Reduce; x: read T, y: write T);
    reduce::reduce_sum<number>(Reduce; x: read T, y: write T);
    resize::resize_axis_f32(ResizeAxis; x: read f32, indices: read i32, weights: read f32, y: write f32);
    resize::resize_axis_i32(ResizeAxis; x: read i32, indices: read i32, weights: read i32, y: write i32);
    reverse_sequence::reverse_sequence<any>(ReverseSequence; x: read T, lengths: read i64, y: write T);
    rnn::rnn_f32(Rnn; x: read f32, w: read f32, r: read f32, bias: read f32, lengths: read i64,
        initial_h: read f32, y: write f32, y_h: write f32, next: scratch f32);
    scan::cumprod<number>(Scan; x: read T, y: write T);
    scan::cumsum<number>(Scan; x: read T, y: write T);
    scatter::scatter_elements<number>(ScatterElements; indices: read i64, updates: read T, y: update T);
    scatter::scatter_nd<number>(ScatterNd; indices: read i64, updates: read T, y: update T);
    shift::shift_rows<any>(ShiftRows; x: read T, windows: update T);
    softmax::hardmax_f32(Softmax; x: read f32, y: write f32);
    softmax::log_softmax_f32(Softmax; x: read f32, y: write f32);
    softmax::softmax_f32(Softmax; x: read f32, y: write f32);
    softmax_int::softmax_int<bytes>(SoftmaxInt; x: read T, exponentials: read u32, y: write byte);
    softmax_int::softmax_tflite<bytes>(SoftmaxTfLite; x: read T, exponentials: read u32, y: write byte);
    strided::strided_copy<any>(Strided; x: read T, y: write T);
    strided::strided_store<any>(Strided; x: read T, y: update T);
    sums::channel_sums<quantized>(ChannelSums; x: read T, sums: write i32) by sums;
    sums::channel_sums_f32(ChannelSums; x: read f32, sums: write f32) by sums;
    sums::requantize_sums<quantized>(RequantizeSums; sums: read i32, multipliers: read i32,
        shifts: read i8, y: write T);
    sums::mean_sums_tflite<quantized>(MeanTfLite; sums: read i32, y: write T);
    top_k::top_k<number>(TopK; x: read T, values: write T, indices: write i64);
    transpose::transpose<any>(Transpose; x: read T, y: write T);
    trilu::trilu<any>(Trilu; x: read T, y: write T);
}

/// The sources of this crate, by path below `src`: what emitted crates vendor.
pub const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));

/// Every kernel.
pub fn kernels() -> impl Iterator<Item = &'static Kernel> {
    PLAIN.iter().chain(maps::rows::ALL).copied()
}

/// The element-wise family: its closures are interpreted over [`Scalar`]s by the same loops.
#[allow(unreachable_pub, missing_docs)]
mod maps {
    use super::*;
    use crate::kernels::map::{self, Broadcast};

    fn load(ty: ElementType, bytes: &[u8]) -> Option<Vec<Scalar>> {
        bytes
            .chunks_exact(ty.size())
            .map(|b| Scalar::from_le_bytes(ty, b))
            .collect()
    }

    fn store(values: &[Scalar], bytes: &mut [u8]) {
        let mut out = Vec::with_capacity(bytes.len());
        values.iter().for_each(|v| v.write_le(&mut out));
        bytes.copy_from_slice(&out);
    }

    macro_rules! values {
        (read $ty:expr, $bytes:expr) => {
            match $bytes {
                Bytes::Shared(b) => load($ty, b)?,
                Bytes::Exclusive(_) => return None,
            }
        };
    }

    macro_rules! operands { ($($name:ident: $role:ident),*) => {
        &[$(Operand {
            name: stringify!($name),
            role: role!($role),
            types: ElementType::ALL,
            generic: false,
        }),*]
    } }

    macro_rules! flag {
        () => {
            false
        };
        ($t:ty) => {
            true
        };
    }

    /// Without broadcasting, any element is computed from the same elements.
    macro_rules! elementwise {
        () => {
            Some(Streams::Elements(None))
        };
        ($p:ty) => {
            streams!($p, elements)
        };
    }

    macro_rules! constructor {
        ($name:ident; $($x:ident),*) => {
            pub fn $name<B>(f: Expr, $($x: B),*) -> Call<B> {
                Call {
                    kernel: &super::rows::$name,
                    params: None,
                    closure: Some(f),
                    operands: [$($x),*].into(),
                }
            }
        };
        ($name:ident $p:ty; $($x:ident),*) => {
            pub fn $name<B>(p: $p, f: Expr, $($x: B),*) -> Call<B> {
                Call {
                    kernel: &super::rows::$name,
                    params: Some(Arc::new(p)),
                    closure: Some(f),
                    operands: [$($x),*].into(),
                }
            }
        };
    }

    macro_rules! maps { ($(
        $name:ident $update:ident $(($p:ty))?; $($x:ident)*; $($u:ident)*;
    )*) => {
        #[allow(non_upper_case_globals)]
        pub(super) mod rows {
            use super::*;
            $(
                pub static $name: Kernel = Kernel {
                    name: stringify!($name),
                    module: "map",
                    has_params: flag!($($p)?),
                    has_closure: true,
                    operands: operands!($($x: read,)* y: write),
                    in_place: Some(&$update),
                    streams: elementwise!($($p)?),
                    run: |_params, f, types, bytes| {
                        let f = f?;
                        let (mut bytes, mut types) = (bytes.into_iter(), types.iter());
                        $(let $x = values!(read *types.next()?, bytes.next()?);)*
                        let Bytes::Exclusive(out) = bytes.next()? else { return None };
                        let zero = Scalar::U8(0);
                        let mut y = std::vec![zero; out.len() / types.next()?.size()];
                        map::$name(
                            $(_params.downcast_ref::<$p>()?,)?
                            |$($x),*| f.eval(&[$($x),*]).unwrap_or(zero),
                            $(&$x,)* &mut y,
                        );
                        store(&y, out);
                        Some(())
                    },
                };
                pub static $update: Kernel = Kernel {
                    name: stringify!($update),
                    module: "map",
                    has_params: flag!($($p)?),
                    has_closure: true,
                    operands: operands!(y: update $(, $u: read)*),
                    in_place: None,
                    streams: None,
                    run: |_params, f, types, bytes| {
                        let f = f?;
                        let (mut bytes, mut types) = (bytes.into_iter(), types.iter());
                        let Bytes::Exclusive(out) = bytes.next()? else { return None };
                        let mut y = load(*types.next()?, out)?;
                        $(let $u = values!(read *types.next()?, bytes.next()?);)*
                        let zero = Scalar::U8(0);
                        map::$update(
                            $(_params.downcast_ref::<$p>()?,)?
                            |y, $($u),*| f.eval(&[y, $($u),*]).unwrap_or(zero),
                            &mut y, $(&$u),*
                        );
                        store(&y, out);
                        Some(())
                    },
                };
            )*
            pub static ALL: &[&Kernel] = &[$(&$name, &$update),*];
        }
        /// Constructors of calls, each named like its kernel.
        pub mod constructors {
            use super::*;
            $(
                constructor!($name $($p)?; $($x,)* y);
                constructor!($update $($p)?; y $(, $u)*);
            )*
        }
    } }

    maps! {
        map1 map1_update; x0; ;
        map2 map2_update; x0 x1; x1;
        map3 map3_update; x0 x1 x2; x1 x2;
        map4 map4_update; x0 x1 x2 x3; x1 x2 x3;
        map2_broadcast map2_broadcast_update (Broadcast<2>); x0 x1; x1;
        map3_broadcast map3_broadcast_update (Broadcast<3>); x0 x1 x2; x1 x2;
        map4_broadcast map4_broadcast_update (Broadcast<4>); x0 x1 x2 x3; x1 x2 x3;
    }
}
