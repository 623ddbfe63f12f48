//! `cargo xtask proto`: writes the types of ONNX's protobuf schema.
//!
//! The schema is compiled by protox, which is Rust, so nobody needs protoc; the result is checked in, so
//! building the compiler needs neither. Nor do the other tasks: what is needed for this one is behind a
//! feature, and the task runs itself again with that.

use crate::sh;

/// Writes compiler/src/onnx/proto.rs anew from the onnx.proto beside it.
#[derive(clap::Args)]
pub(crate) struct Args {}

#[cfg(not(feature = "proto"))]
pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    sh::run(&mut sh::cargo([
        "run",
        "-p",
        "xtask",
        "--features",
        "proto",
        "--",
        "proto",
    ]))
}

#[cfg(feature = "proto")]
pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    generate::types(&sh::root().join("compiler/src/onnx"))
}

#[cfg(feature = "proto")]
mod generate {
    use anyhow::Context;
    use std::{fs, path::Path};

    const HEADER: &str = "\
// SPDX-License-Identifier: Apache-2.0
//! The messages of ONNX's protobuf schema, generated from `onnx.proto` by `cargo xtask proto`; what they
//! mean is said there. Do not edit.
#![allow(missing_docs, unreachable_pub, clippy::all)]

";

    /// Fields kept out of line. An attribute holds one of them at most: inline, every attribute would take
    /// the room of a tensor, a graph and a type together.
    const BOXED: [&str; 8] = [
        ".onnx.AttributeProto.t",
        ".onnx.AttributeProto.g",
        ".onnx.AttributeProto.sparse_tensor",
        ".onnx.AttributeProto.tp",
        ".onnx.ValueInfoProto.type",
        ".onnx.SparseTensorProto.values",
        ".onnx.SparseTensorProto.indices",
        ".onnx.ModelProto.graph",
    ];

    /// Writes `proto.rs` in `folder` from `onnx.proto` there.
    pub(super) fn types(folder: &Path) -> anyhow::Result<()> {
        let schema = protox::compile(["onnx.proto"], [folder]).context("compiling onnx.proto")?;
        let made = tempfile::tempdir()?;
        let mut config = prost_build::Config::new();
        // Weights stay slices of the file's bytes while it is read.
        config.bytes([".onnx.TensorProto.raw_data"]);
        config.out_dir(made.path()).disable_comments(["."]);
        for field in BOXED {
            config.boxed(field);
        }
        config.compile_fds(schema).context("generating Rust")?;
        let types = fs::read_to_string(made.path().join("onnx.rs"))?;
        fs::write(folder.join("proto.rs"), format!("{HEADER}{types}"))?;
        Ok(())
    }
}
