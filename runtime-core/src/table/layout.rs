//! Copies: elements in another order, repeated, left out, put together, looked up.

use super::prelude::*;

kernels! {
    copy::copy<any>(CopyAll; x: read T, y: write T) by elements;
    copy::copy_rows<any>(CopyRows; x: read T, y: write T);
    copy::copy_rows_update<any>(CopyRows; x: read T, y: update T);
    copy::take_rows<any>(CopyRows; x: read T, y: write T);
    copy::fill<any>(Fill; value: read T, y: write T);
    gather::gather<any>(Gather; x: read T, indices: read i64, y: write T);
    gather::gather_axis<any>(Gather; x: read T, indices: read i32, y: write T);
    gather::gather_elements<any>(GatherElements; x: read T, indices: read i64, y: write T);
    gather::gather_nd<any>(GatherNd; x: read T, indices: read i64, y: write T);
    lookup::lookup<any>(Lookup; x: read byte, table: read T, y: write T) by elements in place as lookup_update;
    lookup::lookup_update<bytes>(Lookup; y: update T, table: read T);
    one_hot::one_hot<any>(OneHot; indices: read i64, values: read T, y: write T);
    reverse_sequence::reverse_sequence<any>(ReverseSequence; x: read T, lengths: read i64, y: write T);
    scatter::scatter_elements<number>(ScatterElements; indices: read i64, updates: read T, y: update T);
    scatter::scatter_nd<number>(ScatterNd; indices: read i64, updates: read T, y: update T);
    shift::shift_rows<any>(ShiftRows; x: read T, windows: update T);
    strided::strided_copy<any>(Strided; x: read T, y: write T);
    strided::strided_store<any>(Strided; x: read T, y: update T);
    transpose::transpose<any>(Transpose; x: read T, y: write T);
    trilu::trilu<any>(Trilu; x: read T, y: write T);
}
