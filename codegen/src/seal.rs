//! Files that belong together say so: a digest of all of them stands in each that matters, so that a mixture of two
//! builds does not compile, and `plan-check` finds what was changed later.
//!
//! What is emitted has [`OPEN`] where the digest goes. It is taken of files with that in its place, so that whoever
//! puts it back can compute it anew. Plans also list the files, with a digest of each.

use crate::Files;
use crate::certificate::{self, Certificate, Listed};
use mlc_compiler::diag::{Diag, Diags};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::path::{Component, Path};

/// Stands where the digest goes: as long as one in hexadecimal.
pub(crate) const OPEN: &str = "the-digest-of-all-files-of-a-build-goes-here-when-they-all-exist";

const _: () = assert!(OPEN.len() == 64);

/// What a runtime says beside its modules.
pub(crate) fn build_id() -> String {
    format!("\n/// Which build this is.\npub const BUILD_ID: &str = {OPEN:?};\n")
}

/// What a page says of its runtime, which is at the path `runtime`.
pub(crate) fn one_build(runtime: &str) -> String {
    format!("const _: () = {runtime}::mark::belongs(BUILD_ID, {runtime}::BUILD_ID);\n")
}

/// The paths that a plan of any version lists: none if it lists none.
pub(crate) fn listed(plan: &Path) -> Vec<String> {
    let text = std::fs::read(plan).unwrap_or_default();
    let plan: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
    let files = plan["files"].as_object();
    files.map_or_else(Vec::new, |files| files.keys().cloned().collect())
}

/// Weights as they stand in a file: the mark follows them.
pub(crate) fn marked(weights: &[u8]) -> Vec<u8> {
    [weights, OPEN.as_bytes()].concat()
}

/// Adds plans, each in a folder, and puts the digest where it goes.
pub(crate) fn seal(mut files: Files, plans: Vec<(&str, Certificate)>) -> Files {
    let sources = files.iter().filter(|(path, _)| is_compiled(path));
    let mut listed: Listed = sources
        .map(|(path, contents)| (path.to_owned(), Some(digest(contents))))
        .collect();
    let plan = |folder: &str| join(folder, certificate::FILE);
    listed.extend(plans.iter().map(|(folder, _)| (plan(folder), None)));
    let mut of_all = listed.clone();
    for (folder, mut certificate) in plans {
        let from_here =
            |(path, digest): (&String, &Option<String>)| (relative(folder, path), digest.clone());
        certificate.build = OPEN.into();
        certificate.files = listed.iter().map(from_here).collect();
        let text = certificate.to_json();
        of_all.insert(plan(folder), Some(digest(text.as_bytes())));
        files.add(plan(folder), text);
    }
    let build = of_list(of_all.values());
    let closed = files
        .iter()
        .map(|(path, contents)| (path.to_owned(), replaced(contents, OPEN, &build)));
    closed.collect()
}

/// As [`seal`], for a page and its weights.
pub(crate) fn seal_page(page: &str, weights: &[u8]) -> (String, Vec<u8>) {
    let build = of_list(
        [page.as_bytes(), weights]
            .map(|part| Some(digest(part)))
            .iter(),
    );
    (page.replace(OPEN, &build), replaced(weights, OPEN, &build))
}

impl Files {
    /// Which build they are, if they are a crate's.
    pub fn build_id(&self) -> Option<String> {
        let plan: serde_json::Value = serde_json::from_slice(self.get(certificate::FILE)?).ok()?;
        Some(plan["build"].as_str()?.to_owned())
    }
}

impl Certificate {
    /// Makes sure that the files around the plan, which is in `folder`, are those that it was written with.
    pub fn check_files(&self, folder: &Path) -> Result<(), Diags> {
        if self.files.is_empty() {
            let diag = Diag::new(
                "unsealed-plan",
                "the plan does not say which files it is of",
            );
            return Err(diag
                .note("an earlier mlc wrote it: build the crate again")
                .into());
        }
        let found = self.files.keys().map(|path| self.digest_of(folder, path));
        let found = found.collect::<Result<Vec<_>, _>>()?;
        let listed = self.files.iter().zip(&found);
        let changed = listed
            .filter(|((_, listed), found)| listed.as_ref().is_some_and(|listed| listed != *found));
        let mut problems: Vec<_> = changed
            .map(|((path, _), _)| another(folder, path))
            .collect();
        let found: Vec<_> = found.into_iter().map(Some).collect();
        if problems.is_empty() && of_list(found.iter()) != self.build {
            problems.push(another(folder, certificate::FILE));
        }
        match problems.is_empty() {
            true => Ok(()),
            false => Err(Diags(problems)),
        }
    }

    /// The digest of a file as it was before it was sealed.
    fn digest_of(&self, folder: &Path, path: &str) -> Result<String, Diag> {
        let file = folder.join(path);
        let unreadable = |why: String| {
            let message = format!("cannot read {}: {why}", file.display());
            Diag::new("unreadable-file", message).note("the plan lists it as part of the crate")
        };
        // A plan may be anybody's: it does not lead far away, or to a device.
        let mut steps = Path::new(path).components().enumerate();
        let is_near = |(i, step): (usize, Component<'_>)| {
            matches!(step, Component::Normal(_)) || i == 0 && step == Component::ParentDir
        };
        if !steps.all(is_near) {
            return Err(unreadable("it is not a path within the crate".into()));
        }
        if file.exists() && !file.is_file() {
            return Err(unreadable("it is not a file".into()));
        }
        let contents = std::fs::read(&file).map_err(|e| unreadable(e.to_string()))?;
        Ok(digest(&replaced(&contents, &self.build, OPEN)))
    }
}

fn another(folder: &Path, path: &str) -> Diag {
    let file = folder.join(path);
    Diag::new(
        "mixed-build",
        format!("{} is not as the plan was written with it", file.display()),
    )
    .note("it was changed, or is of another build: build the crate again")
}

/// Whether a file is a part of what is compiled, by Rust or by C.
fn is_compiled(path: &str) -> bool {
    is_source(path) || path.starts_with("c/include/")
}

/// Whether a file is among the sources of a crate. Manifests are not: they are their owners'.
pub(crate) fn is_source(path: &str) -> bool {
    path.starts_with("src/") || path.contains("/src/")
}

fn join(folder: &str, file: &str) -> String {
    match folder {
        "" => file.into(),
        folder => format!("{folder}/{file}"),
    }
}

/// How a path leads from `folder`, which is empty or a single step.
fn relative(folder: &str, path: &str) -> String {
    let inside = path
        .strip_prefix(folder)
        .and_then(|rest| rest.strip_prefix('/'));
    match (folder, inside) {
        ("", _) => path.into(),
        (_, Some(inside)) => inside.into(),
        (_, None) => format!("../{path}"),
    }
}

/// A file with its mark exchanged: behind weights, or anywhere in text.
fn replaced(contents: &[u8], from: &str, to: &str) -> Vec<u8> {
    if let Some(weights) = contents.strip_suffix(from.as_bytes()) {
        return [weights, to.as_bytes()].concat();
    }
    match std::str::from_utf8(contents) {
        Ok(text) if !from.is_empty() => text.replace(from, to).into(),
        _ => contents.into(),
    }
}

/// The digest of some bytes, in hexadecimal.
pub(crate) fn digest(contents: &[u8]) -> String {
    hexadecimal(&Sha256::digest(contents))
}

pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The digest of all, whatever their order: from each folder, paths are others.
fn of_list<'a>(digests: impl Iterator<Item = &'a Option<String>>) -> String {
    let mut lines: Vec<_> = digests.flatten().map(String::as_str).collect();
    lines.sort_unstable();
    digest(lines.join("\n").as_bytes())
}
