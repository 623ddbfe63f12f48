//! The kernel table: every kernel as data, for the compiler.
//!
//! One row states a kernel's path, its parameters and, for each operand, role and element type.
//! From a row come the constructor in [`call`] that lowering uses, the trampoline by which the
//! interpreter runs the very same function, and the path that codegen prints.

#[macro_use]
mod macros;
pub mod forms;

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
        let part = kernels::lookup::Lookup { len, ..*self };
        len.is_multiple_of(self.tables).then_some(part)
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

/// What rows are written with.
mod prelude {
    pub(super) use super::*;
    pub(super) use crate::kernels;
    pub(super) use std::sync::Arc;
}

macro_rules! families { ($($family:ident)*) => {
    $(mod $family;)*

    /// The rows, each under its kernel's name.
    pub mod row {
        $(pub use super::$family::row::*;)*
    }

    /// Constructors of calls, each named like its kernel.
    pub mod call {
        $(pub use super::$family::call::*;)*
    }

    /// Every kernel.
    pub fn kernels() -> impl Iterator<Item = &'static Kernel> {
        [$($family::ROWS),*].into_iter().flatten().copied()
    }
} }

families! {
    convolution
    elementwise
    layout
    linear_algebra
    normalisation
    packed
    pooling
    recurrent
    reduction
    resampling
}

/// The sources of this crate, by path below `src`: what emitted crates vendor.
pub const SOURCES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/sources.rs"));
