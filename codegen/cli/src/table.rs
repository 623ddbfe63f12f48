//! Text tables.

/// Which way a column's cells lean.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Lean {
    Left,
    Right,
}

/// Rows with a line for each, columns two spaces apart. The first row is the heading.
pub(crate) fn table(leans: &[Lean], rows: &[Vec<String>]) -> String {
    let cell = |row: &Vec<String>, c: usize| row.get(c).map_or(0, |text| text.chars().count());
    let width = |c| rows.iter().map(|row| cell(row, c)).max().unwrap_or(0);
    let widths: Vec<usize> = (0..leans.len()).map(width).collect();
    let mut out = String::new();
    for row in rows {
        let cells = row.iter().zip(leans).zip(&widths);
        let cells = cells.map(|((text, lean), &width)| match lean {
            Lean::Left => format!("{text:<width$}"),
            Lean::Right => format!("{text:>width$}"),
        });
        out += cells.collect::<Vec<_>>().join("  ").trim_end();
        out.push('\n');
    }
    out
}

/// Names of so many columns at most, of which those that differ still do: the end of a long one, or its begin as well.
pub(crate) fn distinct(names: &[&str], width: usize) -> Vec<String> {
    let tails: Vec<_> = names.iter().map(|name| shortened(name, 0, width)).collect();
    let both = names.iter().zip(&tails);
    let alike = |name: &str, short: &str| both.clone().any(|(n, s)| *n != name && s == short);
    let pick = |(name, tail): (&&str, &String)| {
        let shorter = |head: &usize| {
            let short = shortened(name, *head, width);
            let others = names.iter().filter(|other| other != &name);
            let is_alone = others
                .into_iter()
                .all(|other| shortened(other, *head, width) != short);
            is_alone.then_some(short)
        };
        match alike(name, tail) {
            false => tail.clone(),
            // What differs only in the middle is shown as it is.
            true => (1..width - 1)
                .find_map(|head| shorter(&head))
                .unwrap_or_else(|| name.to_string()),
        }
    };
    names.iter().zip(&tails).map(pick).collect()
}

/// So many characters of the begin of a name, and of its end as many as there is room for.
fn shortened(name: &str, head: usize, width: usize) -> String {
    let len = name.chars().count();
    if len <= width {
        return name.to_owned();
    }
    let begin = name.chars().take(head);
    let end = name.chars().skip(len - (width - 1 - head));
    begin.chain(['…']).chain(end).collect()
}

/// A number with its digits in groups of three.
pub(crate) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let groups = digits.as_bytes().rchunks(3).rev();
    let groups = groups.map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_that_differ_stay_different() {
        let names = [
            "encoder/block/conv",
            "decoder/block/conv",
            "conv",
            "a/very/long/one",
        ];
        let short = distinct(&names, 11);
        assert!(
            short.iter().all(|name| name.chars().count() <= 11),
            "{short:?}"
        );
        assert_eq!(short[2..], ["conv", "…y/long/one"]);
        assert_ne!(short[0], short[1]);
        assert_eq!(distinct(&["same/long/name"; 2], 8), ["…ng/name"; 2]);
    }

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["a".into(), "n".into()],
            vec!["é×".into(), "1,000".into()],
        ];
        assert_eq!(
            table(&[Lean::Left, Lean::Right], &rows),
            "a       n\né×  1,000\n"
        );
        assert_eq!(
            (grouped(0), grouped(1_234_567)),
            ("0".into(), "1,234,567".into())
        );
    }
}
