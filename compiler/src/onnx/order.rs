//! Sorting nodes so that each comes after those whose outputs it reads.

use super::model::{Node, Subgraph};
use crate::diag::Diag;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

/// Puts `nodes` into an order in which they can run, the given one as far as possible. On error they keep it.
pub(super) fn sort(nodes: &mut Vec<Node>) -> Result<(), Diag> {
    let reads = dependencies(nodes);
    if reads
        .iter()
        .enumerate()
        .all(|(i, reads)| reads.iter().all(|&read| read < i))
    {
        return Ok(());
    }
    let order = order(&reads);
    if order.len() < nodes.len() {
        return Err(cycle(nodes, &reads, &order));
    }
    let mut taken: Vec<Option<Node>> = nodes.drain(..).map(Some).collect();
    nodes.extend(order.into_iter().filter_map(|i| taken[i].take()));
    Ok(())
}

/// For each node, the nodes whose outputs it or a graph within it reads.
fn dependencies(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut producers = HashMap::new();
    for (i, node) in nodes.iter().enumerate() {
        for output in node.outputs.iter().filter(|name| !name.is_empty()) {
            producers.entry(output.as_str()).or_insert(i);
        }
    }
    let producers_of = |node: &Node| {
        let mut read: Vec<usize> = reads(node)
            .into_iter()
            .filter_map(|name| producers.get(name).copied())
            .collect();
        read.sort_unstable();
        read.dedup();
        read
    };
    nodes.iter().map(producers_of).collect()
}

/// Names that the node reads: its inputs, and what graphs within it read from outside themselves.
pub(super) fn reads(node: &Node) -> Vec<&str> {
    let inputs = node
        .inputs
        .iter()
        .map(String::as_str)
        .filter(|name| !name.is_empty());
    inputs.chain(node.subgraphs().flat_map(captures)).collect()
}

/// Names that a graph reads from the graphs around it.
pub(super) fn captures(graph: &Subgraph) -> Vec<&str> {
    let defined: HashSet<&str> = graph.definitions().collect();
    let read = graph.nodes.iter().flat_map(reads);
    let outputs = graph.outputs.iter().map(String::as_str);
    read.chain(outputs)
        .filter(|name| !defined.contains(name))
        .collect()
}

/// Kahn's algorithm, the earliest node that can run first; nodes on or behind a cycle are left out.
fn order(reads: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = reads.iter().map(Vec::len).collect();
    let mut readers = vec![Vec::new(); reads.len()];
    for (i, reads) in reads.iter().enumerate() {
        reads.iter().for_each(|&read| readers[read].push(i));
    }
    let mut ready: BinaryHeap<Reverse<usize>> = (0..reads.len())
        .filter(|&i| waiting[i] == 0)
        .map(Reverse)
        .collect();
    let mut order = Vec::with_capacity(reads.len());
    while let Some(Reverse(i)) = ready.pop() {
        order.push(i);
        for &reader in &readers[i] {
            waiting[reader] -= 1;
            if waiting[reader] == 0 {
                ready.push(Reverse(reader));
            }
        }
    }
    order
}

/// Names the nodes of one cycle: from any node that cannot run, what it waits for leads into one.
fn cycle(nodes: &[Node], reads: &[Vec<usize>], order: &[usize]) -> Diag {
    let mut stuck = vec![true; nodes.len()];
    order.iter().for_each(|&i| stuck[i] = false);
    let blocker = |i: usize| {
        reads[i]
            .iter()
            .copied()
            .find(|&read| stuck[read])
            .unwrap_or(i)
    };
    let start = (0..nodes.len()).find(|&i| stuck[i]).unwrap_or(0);
    let on_cycle = (0..nodes.len()).fold(start, |i, _| blocker(i));
    let mut path = vec![on_cycle];
    while blocker(path[path.len() - 1]) != on_cycle {
        path.push(blocker(path[path.len() - 1]));
    }
    let names: Vec<_> = path
        .iter()
        .rev()
        .take(8)
        .map(|&i| format!("`{}`", nodes[i].name))
        .collect();
    let more = if path.len() > names.len() {
        " → …"
    } else {
        ""
    };
    let message = match path.len() {
        1 => "the node reads its own output",
        _ => "nodes read each other's outputs in a circle, so none of them can run first",
    };
    nodes[on_cycle].diag("cycle", message).note(format!(
        "the circle is {}{more} → {}",
        names.join(" → "),
        names[0]
    ))
}
