//! `cargo xtask flatbuffers`: writes the types of TensorFlow Lite's FlatBuffer schema.
//!
//! The schema is compiled by planus, which is Rust, so nobody needs flatc; the result is checked in. Of what planus writes,
//! only what this project needs is kept: reading without copies, and writing from plain structs. As with `cargo xtask proto`,
//! what the task needs is behind a feature, and it runs itself again with that.

use crate::sh;

/// Writes compiler/src/tflite/schema.rs anew from the schema.fbs beside it.
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
        "flatbuffers",
    ]))
}

#[cfg(feature = "proto")]
pub(crate) fn run(_: Args) -> anyhow::Result<()> {
    generate::types(&sh::root().join("compiler/src/tflite"))
}

#[cfg(feature = "proto")]
mod generate {
    use anyhow::{Context, anyhow};
    use std::{fs, path::Path};
    use syn::visit_mut::{VisitMut, visit_item_mut};
    use syn::{Attribute, Ident, ImplItem, Item, ItemEnum, Meta, Type};

    const HEADER: &str = "\
//! Types of TensorFlow Lite's FlatBuffer schema, generated from `schema.fbs` by `cargo xtask flatbuffers`. Do not edit.
#![allow(missing_docs, unreachable_pub, clippy::all, clippy::undocumented_unsafe_blocks)]

";

    /// Writes `schema.rs` in `folder` from `schema.fbs` there.
    pub(super) fn types(folder: &Path) -> anyhow::Result<()> {
        let schema = planus_translation::translate_files(&[folder.join("schema.fbs")])
            .context("compiling schema.fbs")?;
        let text = planus_codegen::generate_rust(&schema, false)
            .map_err(|error| anyhow!("generating Rust: {error}"))?;
        let mut file = syn::parse_file(&text)?;
        let names = file.items.iter().find_map(names);
        file.items = flat(file.items);
        file.items.extend(names);
        Needed.visit_file_mut(&mut file);
        let code = prettyplease::unparse(&file);
        fs::write(folder.join("schema.rs"), format!("{HEADER}{code}"))?;
        Ok(())
    }

    /// What stands in modules, without them and what they import of each other.
    fn flat(items: Vec<Item>) -> Vec<Item> {
        let inner = |item: Item| match item {
            Item::Mod(module) => flat(module.content.map(|(_, items)| items).unwrap_or_default()),
            Item::Use(_) => Vec::new(),
            other => vec![other],
        };
        items
            .into_iter()
            .flat_map(inner)
            .filter(is_needed)
            .collect()
    }

    /// Whether something is more than a builder, a comparison or a way to print.
    fn is_needed(item: &Item) -> bool {
        match item {
            Item::Struct(item) => !is_builder(&item.ident),
            Item::Impl(item) => {
                let of = name(&item.self_ty);
                let of_trait = item.trait_.as_ref();
                let of_trait = of_trait.and_then(|(_, path, _)| path.segments.last());
                let of_trait = of_trait.map_or(String::new(), |last| last.ident.to_string());
                let is_root = of.as_ref().is_some_and(|of| of == "ModelRef");
                let prints = of
                    .as_ref()
                    .is_some_and(|of| of.to_string().ends_with("Ref"));
                let options = of
                    .as_ref()
                    .is_some_and(|of| of.to_string().contains("Options"));
                !of.as_ref().is_some_and(is_builder)
                    && (of_trait != "ReadAsRoot" || is_root)
                    && !(of_trait == "Debug" && prints)
                    // There are no lists of options.
                    && !(of_trait.starts_with("Vector") && options)
            }
            _ => true,
        }
    }

    fn is_builder(name: &Ident) -> bool {
        name.to_string().ends_with("Builder")
    }

    fn name(ty: &Type) -> Option<Ident> {
        match ty {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
            _ => None,
        }
    }

    /// A function that says what the schema calls operators, for messages.
    fn names(item: &Item) -> Option<Item> {
        match item {
            Item::Mod(module) => module.content.as_ref()?.1.iter().find_map(names),
            Item::Enum(item) if item.ident == "BuiltinOperator" => Some(names_of(item)),
            _ => None,
        }
    }

    fn names_of(item: &ItemEnum) -> Item {
        let arms = item.variants.iter().map(|variant| {
            let ident = &variant.ident;
            let name = variant.attrs.iter().find_map(quoted);
            let name = name.unwrap_or_else(|| ident.to_string());
            quote::quote!(BuiltinOperator::#ident => #name)
        });
        syn::parse_quote! {
            impl BuiltinOperator {
                /// What the schema calls it.
                pub fn name(self) -> &'static str {
                    match self { #(#arms),* }
                }
            }
        }
    }

    /// What a comment has between its first backticks.
    fn quoted(attribute: &Attribute) -> Option<String> {
        let Meta::NameValue(comment) = &attribute.meta else {
            return None;
        };
        let text = quote::ToTokens::to_token_stream(&comment.value).to_string();
        text.split('`').nth(1).map(String::from)
    }

    /// Takes away comments, derived traits that need other crates, and what makes builders.
    struct Needed;

    impl VisitMut for Needed {
        fn visit_attributes_mut(&mut self, attributes: &mut Vec<Attribute>) {
            attributes.retain(|attribute| !attribute.path().is_ident("doc"));
            for attribute in attributes
                .iter_mut()
                .filter(|a| a.path().is_ident("derive"))
            {
                let mut kept: Vec<syn::Path> = Vec::new();
                let _ = attribute.parse_nested_meta(|meta| {
                    kept.push(meta.path);
                    Ok(())
                });
                kept.retain(|path| path.segments.iter().all(|part| part.ident != "serde"));
                *attribute = syn::parse_quote!(#[derive(#(#kept),*)]);
            }
        }

        fn visit_item_mut(&mut self, item: &mut Item) {
            // What reads has no way to print.
            if let Item::Enum(item) = item
                && item.ident.to_string().ends_with("Ref")
            {
                item.attrs = vec![syn::parse_quote!(#[derive(Copy, Clone)])];
            }
            if let Item::Impl(item) = item {
                let makes_builder = |item: &ImplItem| match item {
                    ImplItem::Fn(method) => {
                        let name = method.sig.ident.to_string();
                        let returned = quote::ToTokens::to_token_stream(&method.sig.output);
                        name == "builder" || returned.to_string().contains("Builder")
                    }
                    _ => false,
                };
                item.items.retain(|item| !makes_builder(item));
            }
            visit_item_mut(self, item);
        }
    }
}
