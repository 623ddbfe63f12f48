//! Identifiers for things that have names meant for people.

use crate::runtime::Runtime;
use std::collections::{HashMap, HashSet};

/// Makes identifiers that are valid, readable and unique.
#[derive(Default)]
pub(crate) struct Names {
    taken: HashSet<String>,
    /// The last number that was put behind a name to make another.
    last: HashMap<String, usize>,
}

impl Names {
    /// Names that must not be given away.
    pub(crate) fn reserving(names: &[&str]) -> Self {
        Names {
            taken: names.iter().map(|n| n.to_string()).collect(),
            last: HashMap::new(),
        }
    }

    /// `name` as a type: `conv2d_1/Relu:0` becomes `Conv2d1Relu0`.
    pub(crate) fn camel(&mut self, name: &str, fallback: &str) -> String {
        self.unique(camel(name, fallback), "")
    }

    /// `name` as a function or field: `conv2d_1/Relu:0` becomes `conv2d_1_relu_0`.
    pub(crate) fn snake(&mut self, name: &str, fallback: &str) -> String {
        self.unique(snake(name, fallback), "_")
    }

    fn unique(&mut self, name: String, separator: &str) -> String {
        if self.taken.insert(name.clone()) {
            return name;
        }
        let last = self.last.entry(name.clone()).or_insert(1);
        loop {
            *last += 1;
            let candidate = format!("{name}{separator}{last}");
            if self.taken.insert(candidate.clone()) {
                return candidate;
            }
        }
    }
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
    let length = |words: &[&str]| words.iter().map(|w| w.len() + 1).sum::<usize>();
    while words.len() > 1 && length(&words) > MAX_LENGTH {
        words.remove(0);
    }
    words
        .iter()
        .map(|w| &w[..w.len().min(MAX_LENGTH)])
        .collect()
}

/// The type of the network `name`: in camel case, and nothing that the page names already.
pub(crate) fn type_name(name: &str) -> String {
    const OWN: &[&str] = &[
        "Arena", "Blob", "Step", "Outputs", "Default", "Copy", "Clone", "Debug",
    ];
    let wanted = camel(name, "network");
    match OWN.contains(&&*wanted) || Runtime::get().item(&wanted).is_some() {
        true => wanted + "Network",
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
    let out = words(name).join("_").to_ascii_lowercase();
    match out.bytes().next() {
        None => snake(fallback, "x"),
        Some(b) if b.is_ascii_digit() => format!("{}_{out}", snake(fallback, "x")),
        _ if syn::parse_str::<syn::Ident>(&out).is_err() => format!("{out}_"),
        _ => out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_identifiers() {
        assert_eq!(camel("conv2d_1/Relu:0", "x"), "Conv2d1Relu0");
        assert_eq!(snake("conv2d_1/Relu:0", "x"), "conv2d_1_relu_0");
        assert_eq!(camel("309", "tensor"), "Tensor309");
        assert_eq!(type_name("digits"), "Digits");
        assert_eq!(type_name("lstm"), "LstmNetwork");
        assert_eq!(snake("in", "x"), "in_");
        assert_eq!(snake("图", "input"), "input");
        let mut names = Names::default();
        assert_eq!(
            (names.camel("a.b", "x"), names.camel("a/b", "x")),
            ("AB".into(), "AB2".into())
        );
    }
}
