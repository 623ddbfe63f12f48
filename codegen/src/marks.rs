//! Marks: functions that are called where steps of an emitted network begin, so that what each step takes can be measured.
//!
//! Whoever measures says what a mark does. Optimisation across steps ends at marks, so steps add up to a little more than
//! the network takes without them.

use crate::Files;
use mlc_compiler::diag::Diag;

const PAGE: &str = "src/lib.rs";

/// The name of the mark of a step, which are numbered from 1.
pub fn mark(step: usize) -> String {
    format!("layer_mark_{step}")
}

/// Puts marks into an emitted crate, behind the comments that steps begin with. `items` are those of a module that has a function
/// for each, called [`mark`].
pub fn add(files: &mut Files, steps: usize, items: &str) -> Result<(), Diag> {
    let page = files.get(PAGE).unwrap_or_default();
    let mut marked = String::new();
    let mut next = 1;
    for line in String::from_utf8_lossy(page).lines() {
        marked += &format!("{line}\n");
        if line.trim_start().starts_with(&format!("// {next}. ")) {
            marked += &format!("layer_marks::{}();\n", mark(next));
            next += 1;
        }
    }
    if next <= steps {
        let message = format!("the page of the network has {} of {steps} steps", next - 1);
        return Err(Diag::new("no-marks", message));
    }
    marked += &format!("mod layer_marks {{\n{items}}}\n");
    files.add(PAGE, marked);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_step_begins_with_its_mark() {
        let mut files = Files::default();
        files.add(PAGE, "// 1. a\nf();\n    // 2. b\ng();\n");
        add(&mut files, 2, "fn items() {}\n").unwrap();
        let page = String::from_utf8_lossy(files.get(PAGE).unwrap()).into_owned();
        assert!(
            page.contains("// 1. a\nlayer_marks::layer_mark_1();\nf();"),
            "{page}"
        );
        assert!(
            page.ends_with("mod layer_marks {\nfn items() {}\n}\n"),
            "{page}"
        );
        assert_eq!(add(&mut files, 3, "").unwrap_err().code, "no-marks");
    }
}
