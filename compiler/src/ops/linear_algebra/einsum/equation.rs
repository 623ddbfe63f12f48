//! Equations of `Einsum`, such as `bij,bjk->bik`.

use crate::diag::Diag;
use std::fmt;

/// An index that axes run over.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Index {
    /// An axis that an ellipsis stands for: so many from the last of them.
    Ellipsis(usize),
    /// A letter.
    Letter(char),
}

impl fmt::Display for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Index::Ellipsis(_) => f.write_str("`...`"),
            Index::Letter(letter) => write!(f, "`{letter}`"),
        }
    }
}

/// A parsed equation: the index of each axis of each operand, and of the output.
#[derive(Debug, PartialEq)]
pub(super) struct Equation {
    pub(super) terms: Vec<Vec<Index>>,
    pub(super) output: Vec<Index>,
}

impl Equation {
    /// Parses an equation for operands that have so many axes.
    pub(super) fn parse(text: &str, ranks: &[usize]) -> Result<Self, Diag> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let (left, right) = match text.split_once("->") {
            Some((left, right)) => (left, Some(right)),
            None => (&*text, None),
        };
        let terms: Vec<_> = left.split(',').collect();
        if terms.len() != ranks.len() {
            let message = format!("`{text}` has {} operands, not {}", terms.len(), ranks.len());
            return Err(Diag::new("invalid-attribute", message));
        }
        let terms = terms
            .iter()
            .zip(ranks)
            .map(|(term, &rank)| operand(term, rank));
        let terms = terms.collect::<Result<Vec<_>, _>>()?;
        let output = match right {
            Some(term) => explicit(term, &terms)?,
            None => implicit(&terms),
        };
        Ok(Equation { terms, output })
    }
}

/// The indices of an operand with `rank` axes.
fn operand(term: &str, rank: usize) -> Result<Vec<Index>, Diag> {
    let letters = term.replacen("...", "", 1).chars().count();
    let misfit = || {
        let message = format!("`{term}` does not fit an operand of {rank} dimensions");
        Diag::new("shape-mismatch", message)
    };
    let hidden = rank.checked_sub(letters).ok_or_else(misfit)?;
    if hidden > 0 && !term.contains("...") {
        return Err(misfit());
    }
    indices(term, hidden)
}

/// The indices of a term whose ellipsis, if it has one, stands for `hidden` axes.
fn indices(term: &str, hidden: usize) -> Result<Vec<Index>, Diag> {
    let (before, after) = term.split_once("...").unwrap_or((term, ""));
    let ellipsis = match term.contains("...") {
        true => hidden,
        false => 0,
    };
    let letters = |text: &str| text.chars().map(letter).collect::<Result<Vec<_>, _>>();
    let mut indices = letters(before)?;
    indices.extend((0..ellipsis).rev().map(Index::Ellipsis));
    indices.extend(letters(after)?);
    Ok(indices)
}

fn letter(c: char) -> Result<Index, Diag> {
    match c.is_alphabetic() {
        true => Ok(Index::Letter(c)),
        false => Err(Diag::new(
            "invalid-attribute",
            format!("`{c}` is not an index"),
        )),
    }
}

/// The indices of the output as the equation gives them.
fn explicit(term: &str, terms: &[Vec<Index>]) -> Result<Vec<Index>, Diag> {
    let hidden = |term: &Vec<Index>| {
        let ellipsis = term.iter().filter(|i| matches!(i, Index::Ellipsis(_)));
        ellipsis.count()
    };
    let output = indices(term, terms.iter().map(hidden).max().unwrap_or(0))?;
    for (i, index) in output.iter().enumerate() {
        let problem = if output[..i].contains(index) {
            "twice in the output"
        } else if !terms.iter().flatten().any(|other| other == index) {
            "in no operand"
        } else {
            continue;
        };
        return Err(Diag::new(
            "invalid-attribute",
            format!("index {index} is {problem}"),
        ));
    }
    Ok(output)
}

/// Without an output in the equation: the axes of the ellipsis, then all letters that are there once.
fn implicit(terms: &[Vec<Index>]) -> Vec<Index> {
    let mut all: Vec<Index> = terms.iter().flatten().copied().collect();
    all.sort_unstable();
    let mut output = Vec::new();
    for same in all.chunk_by(|a, b| a == b) {
        match same[0] {
            Index::Ellipsis(n) => output.insert(0, Index::Ellipsis(n)),
            letter if same.len() == 1 => output.push(letter),
            Index::Letter(_) => {}
        }
    }
    output
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, ranks: &[usize]) -> Result<String, String> {
        let equation = Equation::parse(text, ranks).map_err(|d| d.message)?;
        let show = |indices: &Vec<Index>| {
            let one = |i: &Index| match i {
                Index::Ellipsis(n) => n.to_string(),
                Index::Letter(c) => c.to_string(),
            };
            indices.iter().map(one).collect::<String>()
        };
        let terms: Vec<_> = equation.terms.iter().map(show).collect();
        Ok(format!("{}->{}", terms.join(","), show(&equation.output)))
    }

    #[test]
    fn equations_are_parsed() {
        let ok = |text, ranks: &[usize], want: &str| {
            assert_eq!(shown(text, ranks).as_deref(), Ok(want), "{text}");
        };
        ok("bij, bjk -> bik", &[3, 3], "bij,bjk->bik");
        ok("ji", &[2], "ji->ij");
        ok("ij,jk", &[2, 2], "ij,jk->ik");
        ok("...ij,j...", &[4, 2], "10ij,j0->10i");
        ok("...ii->...i", &[3], "0ii->0i");
        ok("...i,...i->...", &[3, 1], "10i,i->10");
        ok("->", &[0], "->");
        ok(",->", &[0, 0], ",->");
    }

    #[test]
    fn misfits_are_refused() {
        let bad = |text, ranks: &[usize]| assert!(shown(text, ranks).is_err(), "{text}");
        bad("ij", &[3]);
        bad("ijk", &[2]);
        bad("i,j->ij", &[1]);
        bad("i->ii", &[1]);
        bad("i->j", &[1]);
        bad("i....->i", &[2]);
        bad("i-j", &[2]);
    }
}
