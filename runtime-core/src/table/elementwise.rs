//! The element-wise family: its closures are interpreted over [`Scalar`]s by the same loops.

use super::prelude::*;
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
                kernel: &super::row::$name,
                params: None,
                closure: Some(f),
                operands: [$($x),*].into(),
            }
        }
    };
    ($name:ident $p:ty; $($x:ident),*) => {
        pub fn $name<B>(p: $p, f: Expr, $($x: B),*) -> Call<B> {
            Call {
                kernel: &super::row::$name,
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
    #[allow(non_upper_case_globals, unreachable_pub, missing_docs)]
    pub(super) mod row {
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
    }
    /// All rows.
    pub(super) static ROWS: &[&Kernel] = &[$(&row::$name, &row::$update),*];

    /// Constructors of calls, each named like its kernel.
    #[allow(unreachable_pub, missing_docs)]
    pub(super) mod call {
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
