//! `mlc workspace` of models that do not all take the same options.

use super::*;

/// `mlc workspace` of models, each with what stands behind it.
fn workspace(models: &[(&str, &str)], args: &[&str], folder: &Path) -> Command {
    let mut command = mlc();
    command.arg("workspace");
    for (fixture, own) in models {
        command.arg(format!("{}{own}", model(fixture).display()));
    }
    command.args(args).arg("--out").arg(folder);
    command
}

const BATCH: &str = "importer/ok_symbolic_batch";
const FIXED: &str = "importer/ok_fixed_inputs";

/// The page of a network of a workspace.
fn page(models: &[(&str, &str)], args: &[&str], network: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    succeeds(&mut workspace(models, args, dir.path()));
    fs::read_to_string(dir.path().join(network).join("src/lib.rs")).unwrap()
}

fn refused(models: &[(&str, &str)], args: &[&str]) -> String {
    let dir = tempfile::tempdir().unwrap();
    let text = refusal(&mut workspace(models, args, dir.path()));
    assert!(tree(dir.path()).is_empty(), "{text}");
    text
}

#[test]
fn options_behind_a_model_are_its_own() {
    let own = [("digits_int8", ":io=int8,name=Digits"), (BATCH, ":N=2")];
    assert!(page(&own, &[], "digits").contains("image: &[i8; 64]"));
    assert!(page(&own, &[], "ok_symbolic_batch").contains("x: &[f32; 6]"));
    let common = [("digits_int8", ""), (BATCH, ":N=2")];
    assert!(page(&common, &[], "digits_int8").contains("image: &[f32; 64]"));
}

#[test]
fn what_one_model_knows_holds_for_that_one() {
    let models = [("mlp", ""), (BATCH, "")];
    assert!(page(&models, &["--dim=N=3"], "ok_symbolic_batch").contains("x: &[f32; 9]"));
    let models = [("mlp", ""), (FIXED, ":N=1")];
    let page = page(&models, &["--input=n=2"], "ok_fixed_inputs");
    assert!(
        page.contains("pub fn run") && !page.contains(" n: &"),
        "{page}"
    );
}

#[test]
fn what_stands_behind_a_model_comes_before_what_holds_for_all() {
    let models = [(BATCH, ":N=5"), (FIXED, ":name=other,input=n=2")];
    let all = ["--dim=N=2", "--input=n=1"];
    assert!(page(&models, &all, "ok_symbolic_batch").contains("x: &[f32; 15]"));
    let other = page(&models, &all, "other");
    assert!(other.contains("x: &[f32; 4]"), "{other}");
    // `n` says how often the answer is repeated.
    let once = page(&[models[0], (FIXED, ":name=other")], &all, "other");
    assert!(once != other, "both took `n` from all");
}

#[test]
fn what_no_model_knows_is_said_of_each() {
    let models = [("mlp", ""), (BATCH, ":N=1")];
    for (option, code) in [
        ("--dim=M=2", "unknown-dimension"),
        ("--input=q=1", "unknown-input"),
        ("--input-range=q:0..1", "unknown-input"),
        ("--input-shape=q:1x2", "unknown-input"),
    ] {
        let text = refused(&models, &[option]);
        assert_eq!(text.matches(&format!("error[{code}]")).count(), 2, "{text}");
        for (fixture, _) in models {
            assert!(text.contains(&*model(fixture).to_string_lossy()), "{text}");
        }
    }
}

#[test]
fn what_makes_no_sense_behind_a_model_says_which() {
    let said = |own: &str| refused(&[("mlp", ""), (BATCH, own)], &[]);
    let text = said(":N");
    assert!(
        text.contains("`N` is neither an option") && text.contains("ok_symbolic_batch/model.onnx"),
        "{text}"
    );
    assert!(said(":N=1,M=2").contains("error[unknown-dimension]"));
    assert!(said(":N=1,io=int7").contains("int7"));
    assert!(said("").contains("error[unbound-dimension]"));
    let named = refused(&[("mlp", ""), (BATCH, ":N=1")], &["--name=net"]);
    assert!(named.contains("error[ambiguous-name]"), "{named}");
}

/// A colon may be part of a path, as it is on Windows.
#[cfg(unix)]
#[test]
fn paths_may_have_colons() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("a:b.onnx:c.onnx");
    fs::copy(model(BATCH), &path).unwrap();
    let mut command = mlc();
    command.arg("workspace").arg(model("mlp"));
    command.arg(format!("{}:N=4,name=relu", path.display()));
    succeeds(command.arg("--out").arg(dir.path().join("nets")));
    let page = fs::read_to_string(dir.path().join("nets/relu/src/lib.rs")).unwrap();
    assert!(page.contains("x: &[f32; 12]"), "{page}");
}
