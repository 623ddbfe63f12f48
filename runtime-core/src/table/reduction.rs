//! Reductions, scans and selections along axes.

use super::prelude::*;

kernels! {
    argreduce::argmax<number>(ArgReduce; x: read T, y: write i64);
    argreduce::argmin<number>(ArgReduce; x: read T, y: write i64);
    reduce::reduce_max<number>(Reduce; x: read T, y: write T);
    reduce::reduce_mean_f32(Reduce; x: read f32, y: write f32);
    reduce::reduce_min<number>(Reduce; x: read T, y: write T);
    reduce::reduce_prod<number>(Reduce; x: read T, y: write T);
    reduce::reduce_sum<number>(Reduce; x: read T, y: write T);
    scan::cumprod<number>(Scan; x: read T, y: write T);
    scan::cumsum<number>(Scan; x: read T, y: write T);
    top_k::top_k<number>(TopK; x: read T, values: write T, indices: write i64);
}
