//! The runtime's sources: where each kernel and type is found, and which files an emitted crate needs.
//!
//! Everything is read off the sources themselves, so that no list has to be kept.

use mlc_compiler::diag::Diag;
use mlc_runtime_core::table::SOURCES;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// Modules that only the compiler needs.
const HOST_ONLY: &[&str] = &["lib", "scalar", "table"];

/// One source file of the runtime.
struct Source {
    /// Path below `src`.
    path: &'static str,
    text: &'static str,
    /// Modules that it names by paths beginning with `super`.
    uses: BTreeSet<Vec<String>>,
}

/// The runtime, by module path.
pub(crate) struct Runtime {
    modules: BTreeMap<Vec<String>, Source>,
    /// Folders that are no more than the modules in them, and what they are.
    folders: BTreeMap<Vec<String>, String>,
    /// Public items of kernel files, and variants of their enums, by name.
    items: BTreeMap<String, Vec<String>>,
}

impl Runtime {
    /// The runtime that this compiler was built with.
    pub(crate) fn get() -> &'static Runtime {
        static RUNTIME: OnceLock<Runtime> = OnceLock::new();
        RUNTIME.get_or_init(Runtime::read)
    }

    fn read() -> Runtime {
        let mut runtime = Runtime {
            modules: BTreeMap::new(),
            folders: BTreeMap::new(),
            items: BTreeMap::new(),
        };
        for &(path, text) in SOURCES {
            let module = module_path(path);
            if HOST_ONLY.contains(&&*module[0]) {
                continue;
            }
            let file = syn::parse_file(text).expect("the runtime's own sources parse");
            if is_list(&file) {
                runtime.folders.insert(module, first_line(text));
                continue;
            }
            let mut uses = BTreeSet::new();
            let tokens: TokenStream = text.parse().expect("the runtime's own sources are tokens");
            paths_from_super(tokens, &module, &mut uses);
            if module.first().is_some_and(|m| m == "kernels") {
                runtime.index(&module, &file);
            }
            runtime.modules.insert(module, Source { path, text, uses });
        }
        runtime
    }

    fn index(&mut self, module: &[String], file: &syn::File) {
        let is_public = |vis: &syn::Visibility| matches!(vis, syn::Visibility::Public(_));
        let mut add = |name: &syn::Ident, parent: Option<&syn::Ident>| {
            let mut path = module.to_vec();
            path.extend(parent.map(ToString::to_string));
            path.push(name.to_string());
            let other = self.items.insert(name.to_string(), path);
            debug_assert!(
                other.is_none() || parent.is_some(),
                "two kernels' items are called {name}"
            );
        };
        for item in &file.items {
            match item {
                syn::Item::Struct(item) if is_public(&item.vis) => add(&item.ident, None),
                syn::Item::Enum(item) if is_public(&item.vis) => {
                    add(&item.ident, None);
                    item.variants
                        .iter()
                        .for_each(|v| add(&v.ident, Some(&item.ident)));
                }
                _ => {}
            }
        }
    }

    /// Whether there is a module of that name at its root.
    pub(crate) fn has_module(&self, name: &str) -> bool {
        let mut roots = self.modules.keys().filter_map(|path| path.first());
        roots.any(|root| root == name)
    }

    /// The path of a struct or enum variant that parameters name, below the runtime's root.
    pub(crate) fn item(&self, name: &str) -> Option<&[String]> {
        self.items.get(name).map(Vec::as_slice)
    }

    /// The files that the given modules need, themselves included: path below the runtime's root and
    /// contents. The modules' parents are written anew, declaring just what is there.
    pub(crate) fn vendor(
        &self,
        wanted: impl IntoIterator<Item = Vec<String>>,
    ) -> Result<Vec<(String, String)>, Diag> {
        let mut needed = BTreeSet::new();
        let mut pending = vec![vec!["arena".to_string()], vec!["mark".to_string()]];
        for path in wanted {
            pending.push(self.module_of(&path).ok_or_else(|| missing(&path))?);
        }
        while let Some(path) = pending.pop() {
            // Paths into nested modules resolve to nothing here: they stay within their file.
            let Some(module) = self.module_of(&path) else {
                continue;
            };
            if needed.insert(module.clone()) {
                pending.extend(self.modules[&module].uses.iter().cloned());
                pending.extend(self.children(&module));
            }
        }
        let mut files: Vec<_> = needed
            .iter()
            .map(|m| {
                (
                    self.modules[m].path.to_string(),
                    self.modules[m].text.to_string(),
                )
            })
            .collect();
        files.push(("mod.rs".into(), root_module(&needed)));
        for (folder, about) in &self.folders {
            let inside = needed.iter().filter(|m| m.starts_with(folder));
            let inside: BTreeSet<_> = inside.map(|m| &m[folder.len()]).collect();
            if !inside.is_empty() {
                let path = format!("{}/mod.rs", folder.join("/"));
                files.push((path, format!("{about}\n\n{}", declarations(inside))));
            }
        }
        Ok(files)
    }

    /// The longest prefix of `path` that is a file.
    fn module_of(&self, path: &[String]) -> Option<Vec<String>> {
        let mut prefixes = (1..=path.len()).rev().map(|n| &path[..n]);
        let module = prefixes.find(|p| self.modules.contains_key(*p))?;
        Some(module.to_vec())
    }

    /// Files inside a module that is a folder.
    fn children(&self, module: &[String]) -> Vec<Vec<String>> {
        let inside = |m: &&Vec<String>| m.len() > module.len() && m.starts_with(module);
        self.modules.keys().filter(inside).cloned().collect()
    }
}

fn missing(path: &[String]) -> Diag {
    Diag::new(
        "invalid-program",
        format!("the runtime has no module {}", path.join("::")),
    )
}

fn root_module(needed: &BTreeSet<Vec<String>>) -> String {
    let roots: BTreeSet<_> = needed.iter().map(|m| &m[0]).collect();
    let list = declarations(roots);
    format!("//! What the network is made of: byte-for-byte copies of mlc's runtime.\n\n{list}")
}

fn declarations(modules: BTreeSet<&String>) -> String {
    let declare = |m: &String| format!("pub mod {m};\n");
    modules.into_iter().map(declare).collect()
}

/// Whether a file does nothing but name modules.
fn is_list(file: &syn::File) -> bool {
    let names = |item: &syn::Item| matches!(item, syn::Item::Mod(item) if item.content.is_none());
    !file.items.is_empty() && file.items.iter().all(names)
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// `kernels/conv2d.rs` is module `kernels::conv2d`, `math/mod.rs` is `math`.
fn module_path(path: &str) -> Vec<String> {
    let path = path.trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').map(Into::into).collect()
}

/// Collects all paths that begin with `super`, resolved from the file `module`; those with more
/// `super`s than lead to the root belong to nested modules and are cut short.
fn paths_from_super(tokens: TokenStream, module: &[String], found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut i = 0;
    while i < tokens.len() {
        match &tokens[i] {
            TokenTree::Ident(ident) if ident == "super" => {
                let mut base = module.to_vec();
                base.pop();
                i = follow(&tokens, i + 1, base, found);
            }
            TokenTree::Group(group) => {
                paths_from_super(group.stream(), module, found);
                i += 1;
            }
            _ => i += 1,
        }
    }
}

/// Follows `::super`, `::name` and `::{..}` from token `i`; returns the first token after the path.
fn follow(
    tokens: &[TokenTree],
    mut i: usize,
    mut path: Vec<String>,
    found: &mut BTreeSet<Vec<String>>,
) -> usize {
    let is_colon =
        |t: Option<&TokenTree>| matches!(t, Some(TokenTree::Punct(p)) if p.as_char() == ':');
    while is_colon(tokens.get(i)) && is_colon(tokens.get(i + 1)) {
        i += 2;
        match tokens.get(i) {
            Some(TokenTree::Ident(ident)) if ident == "super" => drop(path.pop()),
            Some(TokenTree::Ident(ident)) => path.push(ident.to_string()),
            Some(TokenTree::Group(group)) => {
                for token in group.stream() {
                    if let TokenTree::Ident(ident) = token {
                        let mut inner = path.clone();
                        inner.push(ident.to_string());
                        found.insert(inner);
                    }
                }
            }
            _ => break,
        }
        i += 1;
    }
    if !path.is_empty() {
        found.insert(path);
    }
    i
}
