//! Emitted code as it is built for speed: with the vectors of newer x86-64 processors, optimised for speed and for size.
//!
//! Elsewhere in these tests code is built for any processor. Here the same answers are asked of the code that longer
//! vectors are used in, as far as this machine has them, and the code itself is looked at: a compiler that finds vectors
//! by itself may gather their elements one by one, which costs several times what it saves.

#![cfg(target_arch = "x86_64")]

use mlc_compiler::interp;
use mlc_tests::assembly::gathers;
use mlc_tests::{Batch, Case, Job, Rustc, networks, operators, target_dir};

/// Operators by what computes them: one case or two for each family of kernels.
const OPERATORS: &[&str] = &[
    "averagepool_2d_padded",
    "conv_1d",
    "conv_2d_depthwise",
    "conv_2d_depthwise_multiplied",
    "conv_2d_groups",
    "conv_2d_padded",
    "conv_2d_residual",
    "conv_2d_wide",
    "conv_3d",
    "conv_transpose_2d",
    "einsum_attention",
    "gelu",
    "gemm_11",
    "gru_forward",
    "layer_normalization",
    "lstm_forward",
    "matmul_batched",
    "matmul_matrix_vector",
    "matmul_weights",
    "maxpool_2d_padded",
    "mul_column",
    "quantised_conv_bias",
    "quantised_layer_norm",
    "quantised_resize_twice",
    "quantised_softmax_1",
    "reduce_mean_spatial",
    "resize_linear",
    "softmax_1",
    "transpose",
    "where",
];

fn cases() -> Vec<Case> {
    let mut cases = networks();
    let all = operators();
    for name in OPERATORS {
        let case = all
            .iter()
            .find(|case| case.name == format!("operators/{name}"));
        cases.push(case.unwrap_or_else(|| panic!("there is no {name}")).clone());
    }
    cases
}

/// Names of processors with ever longer vectors, and whether this machine has them.
fn processors() -> [(&'static str, bool); 3] {
    let v3 = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("bmi2")
        && is_x86_feature_detected!("f16c");
    let v4 = v3
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512cd")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl");
    [("x86-64-v3", v3), ("x86-64-v4", v4), ("native", true)]
}

/// The emitted code answers what the interpreter does, bit for bit, if it is built with these flags.
fn answers_as_ever(cpu: &str, opt_level: &str) {
    let name = format!("{cpu}-{opt_level}");
    let (cpu, opt_level) = (
        format!("-Ctarget-cpu={cpu}"),
        format!("-Copt-level={opt_level}"),
    );
    let rustc = Rustc::with(&name, &[&cpu, &opt_level, "-Cdebug-assertions=off"]);
    let cases = cases();
    let job = |case: &Case| Job {
        name: case.name.clone(),
        compiled: case.compile().expect("it compiles"),
    };
    let jobs: Vec<_> = cases.iter().map(job).collect();
    let batch = Batch::build_by(&rustc, &rustc.folder("machine"), &jobs).expect("it is built");
    for (i, (case, job)) in cases.iter().zip(&jobs).enumerate() {
        for set in case.sets().expect("data is recorded") {
            let expected = interp::run(&job.compiled.program, &set.inputs).expect("it runs");
            let found = batch.run(i, &set.inputs).expect("it runs");
            let same = found.iter().zip(&expected).all(|(a, b)| a.identical(b));
            assert!(
                same && found.len() == expected.len(),
                "{} on {name}",
                case.name
            );
        }
    }
}

#[test]
fn longer_vectors_change_no_bit() {
    for (cpu, _) in processors().into_iter().filter(|(_, is_here)| *is_here) {
        answers_as_ever(cpu, "3");
    }
}

#[test]
fn longer_vectors_change_no_bit_of_small_code() {
    let (cpu, _) = processors()
        .into_iter()
        .rfind(|(_, is_here)| *is_here)
        .expect("native is");
    answers_as_ever(cpu, "s");
}

#[test]
fn nothing_is_gathered_element_by_element() {
    let mut all = Vec::new();
    for case in cases() {
        let compiled = case.compile().expect("it compiles");
        let dir = target_dir().join("assembly").join(&case.name);
        let found = gathers(&dir, &compiled, "network", "x86-64-v4").expect("it is compiled");
        all.extend(
            found
                .iter()
                .map(|found| format!("{}: {found:?}", case.name)),
        );
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}
