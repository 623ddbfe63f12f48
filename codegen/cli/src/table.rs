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
