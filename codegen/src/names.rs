//! Identifiers for things that have names meant for people.
//!
//! A name is unique in its scope, a keyword of no edition, and nothing that the page says there itself. What the page
//! says is not listed here: it is read off the very tokens that are emitted.

use crate::runtime::Runtime;
use proc_macro2::{TokenStream, TokenTree};
use std::collections::{BTreeSet, HashMap, HashSet};

/// Makes identifiers that are valid, readable and unique in a scope.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
    /// How often a name was wished for.
    wishes: HashMap<String, usize>,
}

impl Names {
    /// Names that are not among these.
    pub(crate) fn besides(taken: impl IntoIterator<Item = String>) -> Self {
        Names {
            taken: taken.into_iter().collect(),
            wishes: HashMap::new(),
        }
    }

    /// `name` as a type: `conv2d_1/Relu:0` becomes `Conv2d1Relu0`.
    pub(crate) fn camel(&mut self, name: &str, fallback: &str) -> String {
        self.unique(camel(name, fallback), "", |_| Vec::new())
    }

    /// `name` as a function or field: `conv2d_1/Relu:0` becomes `conv2d_1_relu_0`. What else it `brings` is unique, too.
    pub(crate) fn snake(
        &mut self,
        name: &str,
        fallback: &str,
        brings: impl Fn(&str) -> Vec<String>,
    ) -> String {
        self.unique(lower(name, fallback), "_", brings)
    }

    fn unique(
        &mut self,
        name: String,
        separator: &str,
        brings: impl Fn(&str) -> Vec<String>,
    ) -> String {
        let count = self.wishes.entry(name.clone()).or_default();
        loop {
            *count += 1;
            let candidate = match *count {
                1 => no_keyword(name.clone()),
                count => format!("{name}{separator}{count}"),
            };
            let brought = brings(&candidate);
            let is_free = |name: &String| !self.taken.contains(name);
            if is_free(&candidate) && brought.iter().all(is_free) {
                self.taken.extend(brought);
                self.taken.insert(candidate.clone());
                return candidate;
            }
        }
    }
}

/// Every identifier among tokens.
pub(crate) fn identifiers(tokens: TokenStream) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut pending = vec![tokens];
    while let Some(tokens) = pending.pop() {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => drop(found.insert(ident.to_string())),
                TokenTree::Group(group) => pending.push(group.stream()),
                _ => {}
            }
        }
    }
    found
}

/// The words of a name: runs of ASCII letters and digits. Exporters join names by `;` and nest them
/// by `/`: the first is kept, and of long ones the end.
fn words(name: &str) -> Vec<&str> {
    const MAX_LENGTH: usize = 32;
    let first = name.split(';').find(|n| !n.is_empty()).unwrap_or(name);
    let words = first
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty());
    let mut words: Vec<_> = words.collect();
    let mut length: usize = words.iter().map(|w| w.len() + 1).sum();
    let last = words.len().saturating_sub(1);
    let dropped = words[..last].iter().take_while(|word| {
        let is_long = length > MAX_LENGTH;
        length -= word.len() + 1;
        is_long
    });
    words.drain(..dropped.count());
    words
        .iter()
        .map(|w| &w[..w.len().min(MAX_LENGTH)])
        .collect()
}

/// The type of the network `name`: in camel case, and nothing that its page `says`, or that pages of networks with
/// other layers would.
pub(crate) fn type_name(name: &str, says: &BTreeSet<String>) -> String {
    let mut wanted = camel(name, "network");
    while says.contains(&wanted) || Runtime::get().item(&wanted).is_some() {
        wanted += "Network";
    }
    wanted
}

/// The crate of the network `name`, and its module or file.
pub(crate) fn crate_name(name: &str) -> String {
    // Those that every crate finds without depending on them, and a folder that Windows does not have.
    const ELSEWHERE: &[&str] = &["core", "alloc", "std", "proc_macro", "test"];
    const DEVICES: &[&str] = &["con", "prn", "aux", "nul"];
    let wanted = snake(name, "network");
    match ELSEWHERE.contains(&&*wanted) || DEVICES.contains(&&*wanted) {
        true => wanted + "_network",
        false => wanted,
    }
}

/// `name` in camel case, starting with a letter.
pub(crate) fn camel(name: &str, fallback: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        let (first, rest) = word.split_at(1);
        out += &first.to_ascii_uppercase();
        out += &if rest.bytes().any(|b| b.is_ascii_lowercase()) {
            rest.into()
        } else {
            rest.to_ascii_lowercase()
        };
    }
    match out.bytes().next() {
        None => camel(fallback, "X"),
        Some(b) if b.is_ascii_digit() => format!("{}{out}", camel(fallback, "X")),
        _ if out == "Self" => "SelfTensor".into(),
        _ => out,
    }
}

/// `name` in snake case, starting with a letter, and no keyword.
pub(crate) fn snake(name: &str, fallback: &str) -> String {
    no_keyword(lower(name, fallback))
}

fn lower(name: &str, fallback: &str) -> String {
    let out = words(name).join("_").to_ascii_lowercase();
    match out.bytes().next() {
        None => lower(fallback, "x"),
        Some(b) if b.is_ascii_digit() => format!("{}_{out}", lower(fallback, "x")),
        _ => out,
    }
}

/// A name with `_` behind it if it is a keyword.
fn no_keyword(name: String) -> String {
    match is_keyword(&name) {
        true => name + "_",
        false => name,
    }
}

/// Whether a word is a keyword of any edition. `syn` takes the newest one for a name.
pub(crate) fn is_keyword(word: &str) -> bool {
    syn::parse_str::<syn::Ident>(word).is_err() || word == "gen"
}

#[cfg(test)]
mod tests {
    use super::*;
    use quote::quote;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(camel("conv2d_1/Relu:0", "x"), "Conv2d1Relu0");
        assert_eq!(snake("conv2d_1/Relu:0", "x"), "conv2d_1_relu_0");
        assert_eq!(camel("309", "tensor"), "Tensor309");
        assert_eq!(snake("in", "x"), "in_");
        assert_eq!(snake("Gen", "x"), "gen_");
        assert_eq!(snake("图", "input"), "input");
        assert_eq!(crate_name("std"), "std_network");
        let long = format!("block/{}/{}", "a".repeat(40), "b".repeat(30));
        assert_eq!(snake(&long, "x"), "b".repeat(30));
        assert_eq!(snake(&"c".repeat(99), "x"), "c".repeat(32));
    }

    #[test]
    fn names_are_unique_with_what_they_bring() {
        let mut names = Names::besides(["run".into()]);
        assert_eq!(names.camel("a.b", "x"), "AB");
        assert_eq!(names.camel("a/b", "x"), "AB2");
        let alone = |_: &str| Vec::new();
        let with_place = |name: &str| vec![format!("{name}_mut")];
        assert_eq!(names.snake("run", "x", alone), "run_2");
        assert_eq!(names.snake("y_mut", "x", alone), "y_mut");
        assert_eq!(names.snake("y", "x", with_place), "y_2");
        assert_eq!(names.snake("y_2_mut", "x", alone), "y_2_mut_2");
        assert_eq!(names.snake("in", "x", alone), "in_");
        assert_eq!(names.snake("in", "x", alone), "in_2");
    }

    #[test]
    fn types_are_called_like_nothing_on_the_page_and_no_layer() {
        let says = identifiers(quote! { impl Default for X { fn f() -> Option<[u8; 2]>; } });
        let named = |name: &str| type_name(name, &says);
        assert_eq!(named("digits"), "Digits");
        assert_eq!(named("lstm"), "LstmNetwork");
        assert_eq!(named("option"), "OptionNetwork");
        assert_eq!(named("outputs"), "Outputs");
    }
}
