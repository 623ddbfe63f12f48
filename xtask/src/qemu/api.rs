//! The names by which an emitted crate is used, read from its own public signatures.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use syn::{ImplItem, ImplItemFn, Item, ItemImpl, ReturnType, Type, Visibility};

/// The model type of an emitted crate and the methods that give its places.
#[derive(Debug)]
pub(super) struct Api {
    /// The struct.
    pub(super) model: String,
    /// Per input, the method that gives its place to write.
    pub(super) inputs: Vec<String>,
    /// Per output, the method that gives its place to read.
    pub(super) outputs: Vec<String>,
}

impl Api {
    /// Reads `src/lib.rs` of the crate in `dir`.
    pub(super) fn of_crate(dir: &Path) -> Result<Self> {
        let path = dir.join("src/lib.rs");
        let read = || Self::of_source(&fs::read_to_string(&path)?);
        read().with_context(|| format!("in {}", path.display()))
    }

    fn of_source(source: &str) -> Result<Self> {
        let items = syn::parse_file(source)?.items;
        let block = items
            .iter()
            .find_map(inherent)
            .context("no model type with methods")?;
        let Type::Path(model) = &*block.self_ty else {
            anyhow::bail!("the model type has no name");
        };
        let api = Self {
            model: model.path.require_ident()?.to_string(),
            inputs: places(block, true),
            outputs: places(block, false),
        };
        ensure!(
            !api.inputs.is_empty(),
            "no method gives the place of an input"
        );
        ensure!(
            !api.outputs.is_empty(),
            "no method gives the place of an output"
        );
        Ok(api)
    }
}

/// The block of methods of the model type: the first that is of no trait.
fn inherent(item: &Item) -> Option<&ItemImpl> {
    match item {
        Item::Impl(block) if block.trait_.is_none() => Some(block),
        _ => None,
    }
}

/// The public methods that take nothing but the model and give a reference to an array: exclusive ones
/// or shared ones.
fn places(block: &ItemImpl, exclusive: bool) -> Vec<String> {
    let methods = block.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => Some(method),
        _ => None,
    });
    methods
        .filter(|method| gives_place(method, exclusive))
        .map(|method| method.sig.ident.to_string())
        .collect()
}

fn gives_place(method: &ImplItemFn, exclusive: bool) -> bool {
    let ReturnType::Type(_, ty) = &method.sig.output else {
        return false;
    };
    let Type::Reference(reference) = &**ty else {
        return false;
    };
    let takes_self = method
        .sig
        .receiver()
        .is_some_and(|receiver| receiver.mutability.is_some() == exclusive);
    matches!(method.vis, Visibility::Public(_))
        && takes_self
        && method.sig.inputs.len() == 1
        && reference.mutability.is_some() == exclusive
        && matches!(*reference.elem, Type::Array(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_signatures() {
        let source = "
            pub struct Two { arena: Arena }
            impl Two {
                pub const fn new() -> Self {}
                pub fn run(&mut self, a: &[f32; 2], b: &[i64; 1]) -> &[f32; 3] {}
                pub fn a_mut(&mut self) -> &mut [f32; 2] {}
                pub fn b_mut(
                    &mut self,
                ) -> &mut [i64; 1] {}
                pub fn infer(&mut self) {}
                pub fn y(&self) -> &[f32; 3] {}
                fn hidden(&self) -> &[f32; 3] {}
            }
            impl Default for Two {}";
        let api = Api::of_source(source).unwrap();
        assert_eq!(api.model, "Two");
        assert_eq!(api.inputs, ["a_mut", "b_mut"]);
        assert_eq!(api.outputs, ["y"]);
    }
}
