//! Kernels whose parameters hold those of their windows in a field run row by row as the windows do.

/// Implements [`ByRows`](super::rows::ByRows) for such parameters, given the field.
macro_rules! by_rows_of {
    ($params:ty, $field:ident $(, $($generic:tt)*)?) => {
        impl $(<$($generic)*>)? super::rows::ByRows for $params {
            fn span(&self) -> Option<super::rows::Span> {
                self.$field.span()
            }

            fn at(mut self, rows: super::rows::Rows) -> Self {
                self.$field = self.$field.at(rows);
                self
            }
        }
    };
}
pub(super) use by_rows_of;
