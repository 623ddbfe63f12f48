//! Names of classes, as exporters leave them in the metadata of a model.
//!
//! There is no standard: a list (`["cat", "dog"]`), names by number (`{0: 'cat', 1: 'dog'}`, as Python or JSON), or text with a name a
//! line or between commas. What is none of these is no list of names.

use super::proto::StringStringEntryProto;
use std::collections::BTreeMap;

/// What exporters call them.
const KEYS: &[&str] = &["names", "labels", "classes", "class_names", "id2label"];

/// The names of classes that metadata has, in order; none if it has none.
pub(super) fn of(metadata: &[StringStringEntryProto]) -> Vec<String> {
    let known = |key: &&str| metadata.iter().find(|entry| entry.key() == *key);
    let entry = KEYS.iter().find_map(known);
    entry
        .and_then(|entry| names(entry.value()))
        .unwrap_or_default()
}

fn names(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    let within = |ends: [char; 2]| text.strip_prefix(ends[0])?.strip_suffix(ends[1]);
    if let Some(list) = within(['[', ']']) {
        return items(list)?
            .into_iter()
            .map(|item| item.is_quoted.then_some(item.text))
            .collect();
    }
    if let Some(entries) = within(['{', '}']) {
        return by_number(items(entries)?);
    }
    let separator = if text.contains('\n') { '\n' } else { ',' };
    let names = text.split(separator).map(|name| name.trim().to_owned());
    let names: Vec<_> = names.filter(|name| !name.is_empty()).collect();
    (names.len() > 1).then_some(names)
}

/// Names by number, if these are all from 0 on.
fn by_number(items: Vec<Item>) -> Option<Vec<String>> {
    let mut numbered = BTreeMap::new();
    for pair in items.chunks(2) {
        let [number, name] = pair else { return None };
        let is_entry = number.before != ':' && name.before == ':' && name.is_quoted;
        let number = number.text.parse::<usize>().ok().filter(|_| is_entry)?;
        numbered.insert(number, name.text.clone());
    }
    let is_whole = numbered.keys().copied().eq(0..numbered.len());
    is_whole.then(|| numbered.into_values().collect())
}

/// Text between separators.
struct Item {
    text: String,
    is_quoted: bool,
    /// The separator before it; a comma before the first.
    before: char,
}

/// The items of text in which commas and colons separate, unless they are quoted.
fn items(text: &str) -> Option<Vec<Item>> {
    let mut chars = text.chars().peekable();
    let (mut items, mut before) = (Vec::new(), ',');
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        let Some(first) = chars.next() else {
            return Some(items);
        };
        let is_quoted = ['"', '\''].contains(&first);
        let mut text = if is_quoted {
            String::new()
        } else {
            first.to_string()
        };
        if is_quoted {
            loop {
                match chars.next()? {
                    '\\' => text.push(chars.next()?),
                    c if c == first => break,
                    c => text.push(c),
                }
            }
        } else {
            while let Some(c) = chars.next_if(|c| ![',', ':'].contains(c)) {
                text.push(c);
            }
        }
        let text = if is_quoted {
            text
        } else {
            text.trim().to_owned()
        };
        items.push(Item {
            text,
            is_quoted,
            before,
        });
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        match chars.next() {
            None => return Some(items),
            Some(separator @ (',' | ':')) => before = separator,
            Some(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(key: &str, value: &str) -> Vec<String> {
        of(&[StringStringEntryProto {
            key: Some(key.into()),
            value: Some(value.into()),
        }])
    }

    #[test]
    fn names_are_read_as_exporters_write_them() {
        let cats = ["cat", "dog, wild", "it's"];
        for text in [
            r#"["cat", "dog, wild", "it's"]"#,
            r#"{0: 'cat', 1: 'dog, wild', 2: "it's"}"#,
            r#"{"2": "it's", "0": "cat", "1": "dog, wild"}"#,
            "cat\ndog, wild\nit's\n",
        ] {
            assert_eq!(found("names", text), cats, "{text}");
        }
        assert_eq!(found("labels", "a, b"), ["a", "b"]);
    }

    #[test]
    fn what_is_no_list_of_names_is_none() {
        for text in [
            "",
            "[1, 2]",
            "{1: 'a'}",
            "{'a': 'b'}",
            "['a",
            "{0: 'a' 1}",
            "[\"a\\",
            "version 3",
            "{0, 'a'}",
        ] {
            assert!(found("names", text).is_empty(), "{text}");
        }
        assert!(found("author", "a, b").is_empty());
    }
}
