//! Names of classes: from a file that the user gives, else from the model's metadata.

use mlc_compiler::Compiled;
use mlc_compiler::diag::Diag;
use mlc_compiler::ir::Remark;
use mlc_compiler::onnx::{Dim, Model};
use std::path::Path;

/// Gives a network the names of its classes, if they are known. Those of a file have to be as many as there are classes; if those of
/// the metadata are not, that is remarked.
pub(crate) fn add(compiled: &mut Compiled, file: Option<&Path>, model: &Model) -> Result<(), Diag> {
    let labels = match file {
        Some(file) => read(file)?,
        None => model.labels.clone(),
    };
    if labels.is_empty() || classes(model, compiled).contains(&labels.len()) {
        compiled.labels = labels;
        return Ok(());
    }
    let what = format!(
        "has names of {} classes, but no output has so many",
        labels.len()
    );
    match file {
        Some(file) => Err(
            Diag::new("wrong-labels", format!("{} {what}", file.display()))
                .note("a file of names has one in each line, in the order of the classes"),
        ),
        None => {
            compiled.graph.remarks.push(Remark {
                layer: "the model's metadata".into(),
                operator: "output".into(),
                text: what + ": they are left out",
            });
            Ok(())
        }
    }
}

/// How many classes outputs may be about: how long they are along an axis, in the model or as they are taken.
fn classes(model: &Model, compiled: &Compiled) -> Vec<usize> {
    let of_model = model
        .outputs
        .iter()
        .filter_map(|output| output.dims.as_ref())
        .flatten();
    let of_model = of_model.filter_map(|dim| match dim {
        Dim::Known(size) => Some(*size),
        _ => None,
    });
    let taken = compiled
        .program
        .outputs
        .iter()
        .flat_map(|port| port.ty.shape.to_vec());
    of_model.chain(taken).collect()
}

/// A name a line.
fn read(file: &Path) -> Result<Vec<String>, Diag> {
    let unreadable = |e| {
        Diag::new(
            "unreadable-file",
            format!("cannot read {}: {e}", file.display()),
        )
    };
    let text = std::fs::read_to_string(file).map_err(unreadable)?;
    let names: Vec<_> = text.lines().map(|line| line.trim().to_owned()).collect();
    match names.iter().any(|name| !name.is_empty()) {
        true => Ok(names),
        false => Err(Diag::new(
            "wrong-labels",
            format!("{} has no names", file.display()),
        )),
    }
}

#[cfg(test)]
mod tests {
    use crate::Options;
    use mlc_compiler::onnx::Model;

    fn options() -> Options {
        Options::new(mlc_fixtures::dir("digits").join("model.onnx"))
    }

    #[test]
    fn names_are_on_the_page_if_there_are_as_many_as_classes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("names.txt");
        let named = |text: &str| {
            std::fs::write(&file, text).unwrap();
            options().class_names(&file).compile()
        };
        let words = "zero\none\ntwo\nthree\nfour\nfive\nsix\nseven\neight\n\"nine\"\n";
        let compiled = named(words).unwrap_or_else(|diags| panic!("{diags}"));
        let files = options().emit(&compiled).unwrap();
        let page = String::from_utf8_lossy(files.get("src/lib.rs").unwrap()).into_owned();
        let said = "pub const LABELS: [&str; 10] = [";
        assert!(
            page.contains(said) && page.contains("\"\\\"nine\\\"\","),
            "{page}"
        );
        for text in ["a\nb\n", "\n\n", ""] {
            assert_eq!(
                named(text).unwrap_err().0[0].code,
                "wrong-labels",
                "{text:?}"
            );
        }
    }

    #[test]
    fn names_in_metadata_are_taken_or_remarked() {
        let mut model = options().load().unwrap();
        model.labels = vec!["x".into(); 10];
        let compile = |model: &Model| options().compile_model(model, &mut |_, _| ()).unwrap();
        assert_eq!(compile(&model).labels.len(), 10);
        model.labels.pop();
        let compiled = compile(&model);
        assert!(compiled.labels.is_empty());
        let remarks = compiled.graph.remarks;
        assert!(
            remarks
                .iter()
                .any(|remark| remark.text.contains("names of 9 classes"))
        );
    }
}
