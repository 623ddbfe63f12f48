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
    use prost_types::{DescriptorProto, FileDescriptorProto};
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
        let layout = layout(&schema.file[0]);
        config.compile_fds(schema).context("generating Rust")?;
        let types = fs::read_to_string(made.path().join("onnx.rs"))?;
        fs::write(folder.join("proto.rs"), format!("{HEADER}{types}{layout}"))?;
        Ok(())
    }

    /// A table of which fields of which messages are messages in turn, and what those take in memory: with it
    /// the importer weighs a file before it decodes it.
    fn layout(file: &FileDescriptorProto) -> String {
        let mut messages = Vec::new();
        file.message_type
            .iter()
            .for_each(|message| collect(message, ".onnx", "", &mut messages));
        let place = |name: &str| messages.iter().position(|(other, ..)| other == name);
        let mut table = String::from(
            "/// Size in memory of each message, and its fields that are messages: number, and place in this list.\n",
        );
        table += &format!(
            "pub(super) const LAYOUT: [(usize, &[(u64, usize)]); {}] = [\n",
            messages.len()
        );
        for (_, path, message) in &messages {
            let inner = message
                .field
                .iter()
                .filter_map(|field| Some((field.number(), place(field.type_name())?)));
            table += &format!(
                "    (::core::mem::size_of::<{path}>(), &{:?}),\n",
                inner.collect::<Vec<_>>()
            );
        }
        let model = place(".onnx.ModelProto").unwrap_or_default();
        table
            + &format!(
                "];\n/// Place of `ModelProto` in [`LAYOUT`].\npub(super) const MODEL: usize = {model};\n"
            )
    }

    /// Lists a message and those declared in it, with their names in the schema and in Rust.
    fn collect<'a>(
        message: &'a DescriptorProto,
        package: &str,
        module: &str,
        messages: &mut Vec<(String, String, &'a DescriptorProto)>,
    ) {
        let name = format!("{package}.{}", message.name());
        messages.push((name.clone(), format!("{module}{}", message.name()), message));
        let module = format!("{module}{}::", snake_case(message.name()));
        message
            .nested_type
            .iter()
            .for_each(|inner| collect(inner, &name, &module, messages));
    }

    fn snake_case(name: &str) -> String {
        let mut snake = String::new();
        for c in name.chars() {
            if c.is_uppercase() && !snake.is_empty() {
                snake.push('_');
            }
            snake.extend(c.to_lowercase());
        }
        snake
    }
}
