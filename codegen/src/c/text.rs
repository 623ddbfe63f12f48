//! How C writes what Rust calls otherwise: types, numbers and comments.

use crate::prose::one_line;
use mlc_compiler::tensor::TensorType;

/// The type of elements that Rust calls `element`.
pub(super) fn element(element: &str) -> String {
    match element {
        "f32" => "float".into(),
        "f64" => "double".into(),
        // `i8`, `u16`: the sign and how many bits there are.
        integer => {
            let bits = integer.trim_start_matches(['i', 'u']);
            let sign = if integer.starts_with('u') { "u" } else { "" };
            format!("{sign}int{bits}_t")
        }
    }
}

/// A number of 32 bits in floating point.
pub(super) fn float(x: f32) -> String {
    format!("{x:?}f")
}

/// A name of the model's within a comment: ASCII, and never the end of the comment.
pub(super) fn name(name: &str) -> String {
    let is_plain = |c: char| c == ' ' || c.is_ascii_graphic() && !"*\\?`".contains(c);
    let name = one_line(name).replace(|c| !is_plain(c), "_");
    format!("`{name}`")
}

/// Element type and shape within a comment.
pub(super) fn ty(ty: &TensorType) -> String {
    ty.to_string().replace('×', "x")
}

/// Lines as a comment, the first behind `start` and others behind ` *`.
pub(super) fn comment(lines: &[String]) -> String {
    match lines {
        [] => String::new(),
        [line] => format!("/* {line} */\n"),
        [first, others @ ..] => {
            let others = others
                .iter()
                .map(|line| format!(" * {line}").trim_end().to_owned() + "\n");
            format!("/* {first}\n{} */\n", others.collect::<String>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_those_of_stdint() {
        let names = ["f32", "f64", "i8", "u16", "i64"].map(element);
        assert_eq!(names, ["float", "double", "int8_t", "uint16_t", "int64_t"]);
    }

    #[test]
    fn numbers_are_floats_of_c() {
        let numbers = [1.0, 0.1, 1e-12, f32::MIN_POSITIVE].map(float);
        assert_eq!(numbers, ["1.0f", "0.1f", "1e-12f", "1.1754944e-38f"]);
    }

    #[test]
    fn no_name_ends_a_comment() {
        assert_eq!(name("a*/ int x; /*"), "`a_/ int x; /_`");
        assert_eq!(name("图\n??/"), "`_ __/`");
    }
}
