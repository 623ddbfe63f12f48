//! What differs between two sheets.

use super::sheet::{Layer, Port, Sheet};
use crate::table::{Lean, grouped, table};
use crate::terminal::{FAINT, STRONG, styled};
use serde::Serialize;
use std::collections::BTreeMap;

/// What differs between two networks.
#[derive(Debug, Serialize)]
pub(super) struct Difference {
    a: String,
    b: String,
    /// Whether nothing does that both know of.
    same: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<[String; 2]>,
    ports: Vec<Changed>,
    layers: Vec<Changed>,
    /// Figures that either has.
    totals: Vec<Total>,
}

/// Something that differs.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Changed {
    pub(super) name: String,
    #[serde(flatten)]
    pub(super) change: Change,
}

/// How.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "change")]
pub(super) enum Change {
    /// Only the first has it.
    Removed,
    /// Only the second has it.
    Added,
    /// Both have it, with other facts: what each is in both.
    Changed {
        facts: BTreeMap<&'static str, [String; 2]>,
    },
}

/// A figure of both.
#[derive(Debug, Serialize)]
struct Total {
    what: &'static str,
    a: Option<u64>,
    b: Option<u64>,
}

impl Difference {
    pub(super) fn of(a: &Sheet, b: &Sheet) -> Self {
        let ports = match (&a.ports, &b.ports) {
            (Some(a), Some(b)) => changes(&facts_of_ports(a), &facts_of_ports(b)),
            _ => Vec::new(),
        };
        let layers = changes(&a.layers, &b.layers);
        let targets = a.target.clone().zip(b.target.clone());
        let target = targets.filter(|(a, b)| a != b).map(|(a, b)| [a, b]);
        let totals = totals(a, b);
        let equal = |total: &Total| total.a.zip(total.b).is_none_or(|(a, b)| a == b);
        Difference {
            a: a.from.clone(),
            b: b.from.clone(),
            same: target.is_none()
                && ports.is_empty()
                && layers.is_empty()
                && totals.iter().all(equal),
            target,
            ports,
            layers,
            totals,
        }
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!(
            "{} and {}\n",
            styled(STRONG, &self.a),
            styled(STRONG, &self.b)
        );
        if self.same {
            text += "  do not differ in anything that both say\n";
        }
        if let Some([a, b]) = &self.target {
            text += &format!("  for {a}, and for {b}\n");
        }
        text += &section("inputs and outputs", &self.ports);
        text += &section("layers", &self.layers);
        text + "\n" + &self.figures()
    }

    fn figures(&self) -> String {
        let number = |n: Option<u64>| n.map_or("?".into(), grouped);
        let row = |total: &Total| {
            let change = total
                .a
                .zip(total.b)
                .map_or(String::new(), |(a, b)| change(a, b));
            vec![
                total.what.to_owned(),
                number(total.a),
                number(total.b),
                change,
            ]
        };
        let heading = ["", "first", "second", "change"].map(String::from);
        let rows = std::iter::once(heading.to_vec()).chain(self.totals.iter().map(row));
        let leans = [Lean::Left, Lean::Right, Lean::Right, Lean::Right];
        table(&leans, &rows.collect::<Vec<_>>())
    }
}

/// Inputs and outputs as what changes are found of.
fn facts_of_ports(ports: &[Port]) -> Vec<Layer> {
    let layer = |port: &Port| Layer {
        name: port.name.clone(),
        facts: [("type", port.ty.clone())].into(),
    };
    ports.iter().map(layer).collect()
}

/// What differs between two lists, in their order. The n-th of a name in one is the n-th in the other.
fn changes(a: &[Layer], b: &[Layer]) -> Vec<Changed> {
    let (a, b) = (numbered(a), numbered(b));
    let gone_or_changed = a.iter().filter_map(|(key, layer)| {
        let change = match b.iter().find(|(other, _)| other == key) {
            None => Change::Removed,
            Some((_, other)) => Change::Changed {
                facts: Some(different(layer, other)).filter(|facts| !facts.is_empty())?,
            },
        };
        Some(Changed {
            name: layer.name.clone(),
            change,
        })
    });
    let is_new = |key: &Key<'_>| a.iter().all(|(other, _)| other != key);
    let new = b
        .iter()
        .filter(|(key, _)| is_new(key))
        .map(|(_, layer)| Changed {
            name: layer.name.clone(),
            change: Change::Added,
        });
    gone_or_changed.chain(new).collect()
}

/// A name, and how often it was there before.
type Key<'a> = (&'a str, usize);

fn numbered(layers: &[Layer]) -> Vec<(Key<'_>, &Layer)> {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let key = |layer| {
        let Layer { name, .. }: &Layer = layer;
        let before = seen.entry(name).or_default();
        *before += 1;
        ((&**name, *before), layer)
    };
    layers.iter().map(key).collect()
}

/// Facts that both have, and that are not the same.
fn different(a: &Layer, b: &Layer) -> BTreeMap<&'static str, [String; 2]> {
    let both = a
        .facts
        .iter()
        .filter_map(|(what, a)| Some((*what, a, b.facts.get(what)?)));
    let other = both.filter(|(_, a, b)| a != b);
    other
        .map(|(what, a, b)| (what, [a.clone(), b.clone()]))
        .collect()
}

fn totals(a: &Sheet, b: &Sheet) -> Vec<Total> {
    let mut known: Vec<_> = a.totals.keys().chain(b.totals.keys()).copied().collect();
    known.sort_unstable();
    known.dedup();
    let total = |what| Total {
        what,
        a: a.totals.get(what).copied(),
        b: b.totals.get(what).copied(),
    };
    known.into_iter().map(total).collect()
}

/// How much more or less it is.
fn change(a: u64, b: u64) -> String {
    let (sign, by) = match a.cmp(&b) {
        std::cmp::Ordering::Equal => return "the same".into(),
        std::cmp::Ordering::Less => ("+", b - a),
        std::cmp::Ordering::Greater => ("−", a - b),
    };
    match a {
        0 => format!("{sign}{}", grouped(by)),
        _ => format!(
            "{sign}{} ({sign}{:.1} %)",
            grouped(by),
            100.0 * by as f64 / a as f64
        ),
    }
}

/// A line for each change, beneath a heading.
fn section(heading: &str, changes: &[Changed]) -> String {
    if changes.is_empty() {
        return String::new();
    }
    let lines: String = changes.iter().map(line).collect();
    format!("\n{}\n{lines}", styled(FAINT, heading))
}

fn line(Changed { name, change }: &Changed) -> String {
    match change {
        Change::Removed => format!("  − {name}\n"),
        Change::Added => format!("  + {name}\n"),
        Change::Changed { facts } => {
            let fact = |(what, [a, b]): (&&str, &[String; 2])| format!("      {what}: {a} → {b}\n");
            format!("  {name}\n{}", facts.iter().map(fact).collect::<String>())
        }
    }
}
