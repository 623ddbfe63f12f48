//! Names of what a file numbers: those of its signature, or else of its tensors, each made to be the only one.

use super::read::Document;
use std::collections::{HashMap, HashSet};

/// Names that are taken.
#[derive(Default)]
pub(super) struct Names {
    taken: HashSet<String>,
    /// How often a name was asked for.
    asked: HashMap<String, usize>,
}

impl Names {
    /// `wanted`, or a name like it that is not taken.
    pub(super) fn unique(&mut self, wanted: &str) -> String {
        let wanted = if wanted.is_empty() { "tensor" } else { wanted };
        let mut name = wanted.to_owned();
        while !self.taken.insert(name.clone()) {
            let asked = self.asked.entry(wanted.into()).or_default();
            *asked += 1;
            name = format!("{wanted}_{asked}");
        }
        name
    }
}

/// What signatures call the tensors of the network: the first name of each.
pub(super) fn ports<'a>(document: &Document<'a>) -> HashMap<usize, &'a str> {
    let of_network = document
        .signatures
        .iter()
        .filter(|signature| signature.graph == 0);
    let mut names = HashMap::new();
    for &(name, tensor) in of_network.flat_map(|signature| &signature.ports) {
        if !name.is_empty() {
            names.entry(tensor).or_insert(name);
        }
    }
    names
}
