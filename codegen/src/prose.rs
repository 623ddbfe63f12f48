//! Comments and documentation: names of the model's and numbers, as people read them.

/// Of longer names the end is shown: there they differ.
const LONGEST: usize = 120;

/// A name on one line, in which nothing is invisible and nothing changes the order of what is around it.
pub(crate) fn one_line(name: &str) -> String {
    let shown: String = name.chars().map(shown).collect();
    match shown.char_indices().rev().nth(LONGEST - 1) {
        Some((start, _)) if start > 0 => format!("…{}", &shown[start..]),
        _ => shown,
    }
}

fn shown(c: char) -> String {
    match c {
        c if c.is_whitespace() => " ".into(),
        c if is_visible(c) => c.into(),
        c => c.escape_unicode().to_string(),
    }
}

/// Whether a character is something to see, if only as an accent on another: the standard library escapes all others.
fn is_visible(c: char) -> bool {
    let escaped = || format!("x{c}").escape_debug().any(|c| c == '{');
    c.is_ascii_graphic() || (!c.is_ascii() && !escaped())
}

/// A name as code in Markdown.
pub(crate) fn code(name: &str) -> String {
    match one_line(name).replace('`', "'") {
        blank if blank.trim().is_empty() => "`\"\"`".into(),
        name => format!("`{name}`"),
    }
}

/// A name in a cell of a table in Markdown: as code if it might be taken for anything else than text.
pub(crate) fn cell(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || " _/.:+-,;=%#".contains(c);
    let name = one_line(name);
    match name.chars().all(is_plain) && !name.contains("://") {
        true => name,
        false => code(&name).replace('|', "/"),
    }
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_invisible_is_written_out() {
        assert_eq!(one_line("a\nb\u{2028}c\td"), "a b c d");
        assert_eq!(
            one_line("\u{202e}abc\u{200b}\0"),
            r"\u{202e}abc\u{200b}\u{0}"
        );
        for visible in ["图é", "e\u{301}", "a\"b\\c'd{}", "ж*/"] {
            assert_eq!(one_line(visible), visible);
        }
    }

    #[test]
    fn of_long_names_the_end_is_shown() {
        let long = "ä".repeat(200) + "end";
        let shown = one_line(&long);
        assert_eq!(shown.chars().count(), LONGEST + 1);
        assert!(shown.starts_with("…ä") && shown.ends_with("äend"));
    }

    #[test]
    fn names_are_code_where_they_would_be_markup() {
        assert_eq!(code("a`b"), "`a'b`");
        assert_eq!(code(" "), "`\"\"`");
        assert_eq!(cell("conv2d/Relu:0"), "conv2d/Relu:0");
        assert_eq!(cell("a|b[0]<i>"), "`a/b[0]<i>`");
        assert_eq!(cell("http://a"), "`http://a`");
    }
}
