//! Regions as users write them.

use crate::names::is_keyword;
use crate::runtime::Runtime;
use mlc_compiler::diag::{Diag, Diags};
use mlc_compiler::settings::{Region, Regions, parse_bytes};

/// What a region must not be called, beside modules of the runtime: its name becomes a parameter, a module and the beginning
/// of a constant, and these are types, or modules that an emitted crate has anyway.
const TAKEN: &[&str] = &[
    "core", "runtime", "rows", "weight", "bool", "f32", "f64", "i8", "i16", "i32", "i64", "str",
    "u8", "u16", "u32", "u64", "usize",
];

/// How long a name may be.
const LONGEST: usize = 24;

/// The regions `NAME=BYTES`, the fastest first, several of them between commas, and the name of the one for hot weights. If there are none, a network
/// may still borrow its only arena.
pub(crate) fn parse(
    regions: &[String],
    borrow: bool,
    hot_weights: Option<&str>,
) -> Result<Regions, Diags> {
    let mut lent: Vec<Region> = Vec::new();
    let mut problems = Vec::new();
    let regions: Vec<_> = regions.iter().flat_map(|text| text.split(',')).collect();
    for text in &regions {
        match region(text, regions.len(), &lent) {
            Ok(region) => lent.push(region),
            Err(diag) => problems.push(diag),
        }
    }
    if lent.is_empty() && borrow {
        lent.push(Region::only());
    }
    let found = |name: &str| {
        lent.iter()
            .position(|r| r.name == name && r.budget.is_some())
    };
    let number = hot_weights.map(|name| found(name).ok_or_else(|| no_region(name, &lent)));
    let number = match number.transpose() {
        Ok(number) => number,
        Err(diag) => {
            problems.push(diag);
            None
        }
    };
    match problems.is_empty() {
        true => Ok(Regions {
            lent,
            hot_weights: number,
        }),
        false => Err(Diags(problems)),
    }
}

/// One region, one of so many.
fn region(text: &str, all: usize, before: &[Region]) -> Result<Region, Diag> {
    let wrong = |what: &str| {
        Diag::new("invalid-region", format!("region `{text}`: {what}"))
            .note("a region is a name and its bytes, such as `dtcm=128k`; the fastest comes first")
    };
    let (name, bytes) = text
        .split_once('=')
        .ok_or_else(|| wrong("it has no size"))?;
    let is_lower = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(is_lower)
        && !name.contains("__");
    if !is_name || name.len() > LONGEST || is_keyword(name) {
        return Err(wrong(
            "its name has to be a short identifier of Rust in lower case, and no keyword",
        ));
    }
    let is_default = name == Region::DEFAULT;
    let is_module = Runtime::get().has_module(name) && !is_default;
    let is_taken = TAKEN.contains(&name) || is_module || name.ends_with("_buffer");
    if is_taken || (is_default && all > 1) {
        return Err(wrong("that name is taken"));
    }
    // In the names of types there are no underscores.
    let plain = |name: &str| name.replace('_', "");
    if before.iter().any(|other| plain(&other.name) == plain(name)) {
        return Err(wrong("there is another one of that name"));
    }
    let budget = parse_bytes(bytes).filter(|&bytes| bytes > 0);
    let budget =
        budget.ok_or_else(|| wrong("its size is not a number of bytes, such as 48000 or 48k"))?;
    Ok(Region {
        name: name.into(),
        budget: Some(budget),
    })
}

fn no_region(name: &str, regions: &[Region]) -> Diag {
    let names: Vec<_> = regions.iter().map(|r| &*r.name).collect();
    let known = match names[..] {
        [] => "there are no regions".into(),
        _ => format!("the regions are {}", names.join(", ")),
    };
    let message = format!("hot weights cannot go into `{name}`, which is no region with a size");
    Diag::new("invalid-region", message).note(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(texts: &[&str], hot: Option<&str>) -> Result<Regions, String> {
        let texts: Vec<_> = texts.iter().map(|text| text.to_string()).collect();
        parse(&texts, false, hot).map_err(|diags| diags.to_string())
    }

    #[test]
    fn regions_have_names_and_sizes() {
        let found = regions(&["dtcm=128k", "sram=1000"], Some("sram")).unwrap();
        let sizes: Vec<_> = found.lent.iter().map(|r| (&*r.name, r.budget)).collect();
        assert_eq!(sizes, [("dtcm", Some(128 << 10)), ("sram", Some(1000))]);
        assert_eq!(found.hot_weights, Some(1));
        assert!(regions(&[], None).unwrap().is_own());
        assert!(!parse(&[], true, None).unwrap().is_own());
    }

    #[test]
    fn all_that_is_wrong_is_said() {
        let said = regions(
            &[
                "dtcm", "Big=1k", "match=1k", "u8=1k", "a=1k", "a_=2k", "b=x",
            ],
            Some("c"),
        );
        let said = said.unwrap_err();
        for what in [
            "no size",
            "lower case",
            "taken",
            "another one",
            "not a number",
            "`c`",
        ] {
            assert!(said.contains(what), "{what}: {said}");
        }
        assert_eq!(said.matches("invalid-region").count(), 7, "{said}");
        assert!(regions(&["arena=1k"], None).is_ok());
        assert!(regions(&["arena=1k", "sram=1k"], None).is_err());
    }
}
