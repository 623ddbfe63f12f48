//! How a row is written, and what becomes of it.

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

/// The row of the kernel that overwrites its first operand, if there is one.
macro_rules! in_place {
    () => {
        None
    };
    ($update:ident) => {
        Some(&$update)
    };
}

macro_rules! kernels { ($(
    $module:ident::$name:ident $(<$class:ident>)? ($params:ident; $($op:ident: $role:ident $t:ident),* $(,)?)
        $(by $streams:ident)? $(in place as $update:ident)?;
)*) => {
    /// The rows, each under its kernel's name.
    #[allow(non_upper_case_globals, unreachable_pub, missing_docs)]
    pub(super) mod row {
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
            in_place: in_place!($($update)?),
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
    #[allow(unreachable_pub, missing_docs, clippy::too_many_arguments)]
    pub(super) mod call {
        use super::*;
        $(pub fn $name<B>(p: kernels::$module::$params, $($op: B),*) -> Call<B> {
            Call {
                kernel: &row::$name,
                params: Some(Arc::new(p)),
                closure: None,
                operands: [$($op),*].into(),
            }
        })*
    }

    /// All rows.
    pub(super) static ROWS: &[&Kernel] = &[$(&row::$name),*];
} }
