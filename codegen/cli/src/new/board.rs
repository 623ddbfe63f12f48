//! The boards that projects can be for: what `template.toml` of each template lists.

use include_dir::{Dir, include_dir};
use mlc_codegen::Options;
use mlc_compiler::diag::Diag;
use mlc_compiler::target::TargetRef;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Every template, a folder each.
static TEMPLATES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/templates");

/// A folder of it.
pub(crate) type Template = &'static Dir<'static>;

/// The folder of files that several templates have.
const SHARED: &str = "shared";
/// The file of a template that is about it.
const ABOUT: &str = "template.toml";

/// A board, with all that templates say of it.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Board {
    pub(crate) name: String,
    /// What it is, for people.
    pub(super) about: String,
    /// The target that networks are compiled for.
    pub(crate) target: String,
    /// The part, as a debug probe calls it.
    pub(super) chip: Option<String>,
    /// Where each memory begins and how long it is, as linkers read it.
    #[serde(default)]
    pub(super) memory: BTreeMap<String, [String; 2]>,
    /// The command that emulates it.
    pub(crate) emulator: Option<String>,
    /// Whether the network is a library for C.
    #[serde(default)]
    pub(crate) c_api: bool,
    /// Whether a second boot loader comes first in its flash.
    #[serde(default)]
    pub(super) boot2: bool,
}

impl Board {
    /// The options of a network on this board: what is asked for, for the board's core where no other is named, and with layers
    /// that `mlc verify` can watch.
    pub(crate) fn options(&self, asked: &Options) -> Result<Options, Diag> {
        let mut options = asked.clone();
        if options.target == TargetRef::default() {
            options.target = self.target.parse()?;
        }
        options.c_api |= self.c_api;
        options.profile_layers |= !self.c_api;
        Ok(options)
    }
}

/// What is said of a template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct About {
    board: Vec<Board>,
    /// Files that it has in common with others.
    #[serde(default)]
    shared: Vec<String>,
}

impl About {
    /// What the template in a folder says of itself, if that is one.
    fn of(dir: Template) -> Option<Self> {
        let about = dir.get_file(dir.path().join(ABOUT))?;
        toml::from_str(about.contents_utf8()?).ok()
    }
}

/// Every board with the folder of its template, in the order of templates.
pub(super) fn boards() -> Vec<(Board, Template)> {
    let of = |dir: Template| {
        let boards = About::of(dir)?.board;
        Some(boards.into_iter().map(move |board| (board, dir)))
    };
    TEMPLATES.dirs().filter_map(of).flatten().collect()
}

/// The board of that name.
pub(crate) fn board(name: &str) -> Result<(Board, Template), Diag> {
    let mut boards = boards();
    let found = boards.iter().position(|(board, _)| board.name == name);
    let names = || {
        let names = boards.iter().map(|(board, _)| &*board.name);
        names.collect::<Vec<_>>().join(", ")
    };
    let unknown = || {
        Diag::new("unknown-board", format!("no board is called `{name}`"))
            .note(format!("boards are {}", names()))
            .note("`--board linux` is a program for this machine; `mlc build` writes the network's crate alone")
    };
    let place = found.ok_or_else(unknown)?;
    Ok(boards.swap_remove(place))
}

/// The files of a template but for what it says of itself, by their paths in a project.
pub(super) fn files(template: Template) -> Vec<(String, &'static [u8])> {
    let mut files = Vec::new();
    collect(template, &mut files);
    let shared = About::of(template).map_or(Vec::new(), |about| about.shared);
    let shared = shared.into_iter().filter_map(|path| {
        let file = TEMPLATES.get_file(format!("{SHARED}/{path}"))?;
        Some((path, file.contents()))
    });
    let root = format!("{}/", template.path().display());
    let of_project = |(path, contents): (String, _)| {
        let path = path.strip_prefix(&root)?.to_owned();
        (path != ABOUT).then_some((path, contents))
    };
    let own = files.into_iter().filter_map(of_project);
    own.chain(shared).collect()
}

fn collect(dir: &'static Dir<'static>, files: &mut Vec<(String, &'static [u8])>) {
    let path = |path: &std::path::Path| path.to_string_lossy().replace('\\', "/");
    files.extend(dir.files().map(|file| (path(file.path()), file.contents())));
    dir.dirs().for_each(|dir| collect(dir, files));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documentation_lists_every_board() {
        let page = include_str!("../../../../docs/start.md");
        let row = |(board, _): &(Board, _)| {
            let Board {
                name,
                target,
                about,
                ..
            } = board;
            format!("| `{name}` | `{target}` | {about} |\n")
        };
        let rows: String = boards().iter().map(row).collect();
        assert!(page.contains(&rows), "docs/start.md should have\n{rows}");
    }

    #[test]
    fn every_template_says_which_boards_it_is_for() {
        let boards = boards();
        let templates = TEMPLATES
            .dirs()
            .filter(|dir| !dir.path().ends_with(SHARED))
            .count();
        let mut of: Vec<_> = boards.iter().map(|(_, dir)| dir.path()).collect();
        of.dedup();
        assert_eq!(of.len(), templates, "a template.toml is not understood");
        for (board, dir) in &boards {
            let files: Vec<_> = files(dir).into_iter().map(|(path, _)| path).collect();
            let about = About::of(dir).expect("it says what it is");
            assert!(
                about.shared.iter().all(|path| files.contains(path)),
                "{about:?}"
            );
            assert!(board.target.parse::<TargetRef>().is_ok(), "{board:?}");
        }
    }
}
