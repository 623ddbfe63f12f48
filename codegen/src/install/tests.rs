//! Emissions that are stopped at every operation on the disk, and begun again.

use super::*;
use crate::certificate::Certificate;
use crate::seal::{OPEN, marked, seal};
use crate::{Options, workspace_around};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A folder in memory, where there is such a thing: there are many operations.
fn temporary() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    match memory.is_dir() {
        true => tempfile::tempdir_in(memory).unwrap(),
        false => tempfile::tempdir().unwrap(),
    }
}

/// All files below a folder, by path.
type Tree = BTreeMap<String, Vec<u8>>;

fn tree(folder: &Path) -> Tree {
    let mut found = Tree::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let name = path.strip_prefix(folder).unwrap().to_string_lossy();
                    found.insert(name.replace('\\', "/"), fs::read(&path).unwrap());
                }
            }
        }
    }
    found
}

/// What of a tree is not on its way.
fn settled(mut tree: Tree) -> Tree {
    tree.retain(|path, _| !path.starts_with(HOME));
    tree
}

fn as_tree(files: &Files) -> Tree {
    files
        .iter()
        .map(|(path, contents)| (path.to_owned(), contents.to_vec()))
        .collect()
}

fn plan(name: &str) -> Certificate {
    let model = mlc_fixtures::dir(name).join("model.onnx");
    let compiled = Options::new(model).compile();
    let compiled = compiled.unwrap_or_else(|diags| panic!("{diags}"));
    Certificate::of(&compiled, name)
}

/// The few files that make up a crate, in a folder: those of two networks share one of the runtime.
fn add_crate(files: &mut Files, folder: &str, network: &str) {
    let mut add = |path: &str, contents: &[u8]| files.add(format!("{folder}{path}"), contents);
    add(
        "Cargo.toml",
        format!("{MARK}.\n[package]\nname = {network:?}\n").as_bytes(),
    );
    add("LICENSE-MIT", b"as you like");
    add("src/lib.rs", format!("{network} {OPEN}\n").as_bytes());
    add("src/weights.bin", &marked(&[network.len() as u8; 300]));
    add(
        "src/runtime/mod.rs",
        format!("{network} {OPEN}\n").as_bytes(),
    );
    add("src/runtime/arena.rs", b"all have it");
    add(&format!("src/runtime/kernels/{network}.rs"), b"one has it");
}

fn one(network: &str) -> Files {
    let mut files = Files::default();
    add_crate(&mut files, "", network);
    seal(files, vec![("", plan(network))])
}

/// A crate that says which core it is for.
fn for_a_core(mut files: Files) -> Files {
    files.add(CONFIG, format!("{MARK}.\n[build]\ntarget = \"core\"\n"));
    files
}

fn workspace(networks: [&str; 2]) -> Files {
    let mut files = Files::default();
    files.add("Cargo.toml", format!("{MARK}.\n[workspace]\n"));
    let folders = ["first", "second"];
    for (folder, network) in folders.into_iter().zip(networks) {
        add_crate(&mut files, &format!("{folder}/"), network);
    }
    add_crate(&mut files, "shared/", networks[1]);
    let plans = folders.into_iter().zip(networks.map(plan));
    seal(files, plans.collect())
}

/// Crates and workspaces that replace each other.
struct Emissions {
    crates: [Files; 2],
    workspaces: [Files; 2],
}

fn emissions() -> &'static Emissions {
    static EMISSIONS: OnceLock<Emissions> = OnceLock::new();
    EMISSIONS.get_or_init(|| Emissions {
        crates: [for_a_core(one("digits")), one("mlp")],
        workspaces: [["digits", "mlp"], ["digits", "lstm"]].map(workspace),
    })
}

/// Whether the plans in a folder say that all files are theirs.
fn plans_hold(folder: &Path, roots: &[&str]) -> bool {
    let holds = |root: &&str| {
        let folder = folder.join(root);
        let plan = Certificate::read(&folder);
        plan.is_ok_and(|plan| plan.check_files(&folder).is_ok() && plan.check().is_ok())
    };
    roots.iter().all(holds)
}

/// Installs `new` over `old`, or where nothing is, with a disk that fails at every operation in turn, and sees what is
/// there. Whatever it is, the next time makes it right. How often it failed.
fn fails_everywhere(old: Option<&Files>, new: &Files, roots: &[&str], stops: bool) -> usize {
    const MINE: [&str; 3] = ["src/mine.rs", "src/runtime/mine/deep.rs", "Cargo.lock"];
    for operation in 0.. {
        let dir = temporary();
        let folder = dir.path().join("net");
        let mut mine = Tree::new();
        if let Some(old) = old {
            install(old, &folder, false).unwrap();
            for path in MINE.map(|path| format!("{}{path}", roots[0])) {
                fs::create_dir_all(folder.join(&path).parent().unwrap()).unwrap();
                fs::write(folder.join(&path), "mine").unwrap();
                mine.insert(path, "mine".into());
            }
        }
        let with_mine =
            |files: &Files| -> Tree { mine.clone().into_iter().chain(as_tree(files)).collect() };
        let disk = Disk::failing(operation, stops);
        let done = install_on(&disk, new, &folder, false);
        assert!(done.is_ok() || disk.failed());
        if !disk.failed() {
            assert_eq!(
                tree(&folder).keys().collect::<Vec<_>>(),
                with_mine(new).keys().collect::<Vec<_>>()
            );
            return operation;
        }
        let found = if folder.exists() {
            settled(tree(&folder))
        } else {
            Tree::new()
        };
        for (path, contents) in &mine {
            assert_eq!(
                found.get(path),
                Some(contents),
                "{path} at operation {operation}"
            );
        }
        let is_old = match old {
            Some(old) => found == with_mine(old),
            None => !found.contains_key(&format!("{}src/lib.rs", roots[0])),
        };
        let is_new = found == with_mine(new);
        assert!(
            is_old || is_new || !plans_hold(&folder, roots),
            "a mixture holds at operation {operation}"
        );
        assert!(done.is_err() || is_new);
        sources_are_whole(&found, old, new, operation);
        install(new, &folder, false).unwrap();
        assert_eq!(tree(&folder), with_mine(new), "after operation {operation}");
        assert!(plans_hold(&folder, roots));
    }
    unreachable!("some time all is done")
}

/// The sources of each crate are the old or the new ones, or are not there.
fn sources_are_whole(found: &Tree, old: Option<&Files>, new: &Files, operation: usize) {
    let pages = new
        .iter()
        .map(|(path, _)| path)
        .filter_map(|path| path.strip_suffix("lib.rs"));
    for sources in pages {
        let of = |files: &Files| -> Tree {
            let below = as_tree(files).into_iter();
            below
                .filter(|(path, _)| path.starts_with(sources))
                .collect()
        };
        let mut own = found.clone();
        own.retain(|path, contents| path.starts_with(sources) && contents != b"mine");
        let is_whole = own.is_empty() || own == of(new) || old.is_some_and(|old| own == of(old));
        assert!(
            is_whole,
            "{sources} at operation {operation}: {:?}",
            own.keys()
        );
    }
}

#[test]
fn a_crate_is_replaced_as_a_whole_wherever_it_stops() {
    let [old, new] = &emissions().crates;
    for stops in [true, false] {
        assert!(fails_everywhere(Some(old), new, &[""], stops) > 50);
        assert!(fails_everywhere(None, new, &[""], stops) > 50);
    }
}

#[test]
fn a_workspace_is_replaced_as_a_whole_wherever_it_stops() {
    let [old, new] = &emissions().workspaces;
    let roots = ["first/", "second/"];
    assert!(fails_everywhere(Some(old), new, &roots, true) > 100);
    assert!(fails_everywhere(None, new, &roots, true) > 100);
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let dir = temporary();
    let files = &emissions().crates[0];
    install(files, dir.path(), false).unwrap();
    let written = |path: &str| {
        fs::metadata(dir.path().join(path))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = ["src/lib.rs", "PLAN.json", "Cargo.toml"].map(written);
    install(files, dir.path(), false).unwrap();
    assert_eq!(
        before,
        ["src/lib.rs", "PLAN.json", "Cargo.toml"].map(written)
    );
}

#[test]
fn plans_find_what_was_changed() {
    let dir = temporary();
    let [old, new] = &emissions().crates;
    let said = |path: &str, contents: &[u8]| {
        install(new, dir.path(), true).unwrap();
        fs::write(dir.path().join(path), contents).unwrap();
        let plan = Certificate::read(dir.path()).unwrap();
        plan.check_files(dir.path()).unwrap_err().to_string()
    };
    for path in [
        "src/lib.rs",
        "src/weights.bin",
        "src/runtime/mod.rs",
        "src/runtime/arena.rs",
    ] {
        let own = new.get(path).unwrap();
        let changed = [own, b" ".as_slice()].concat();
        assert!(said(path, &changed).contains(path), "{path}");
    }
    for path in ["src/lib.rs", "src/weights.bin"] {
        assert!(
            said(path, old.get(path).unwrap()).contains("another build"),
            "{path}"
        );
    }
    let plan = String::from_utf8(new.get("PLAN.json").unwrap().to_vec()).unwrap();
    let network = plan.replace("\"network\": \"mlp\"", "\"network\": \"plm\"");
    assert!(said("PLAN.json", network.as_bytes()).contains("PLAN.json is not as"));
    let far = plan.replace("src/lib.rs", "/dev/zero");
    assert!(said("PLAN.json", far.as_bytes()).contains("not a path within"));
    let far = plan.replace("src/lib.rs", "../a/../../lib.rs");
    assert!(said("PLAN.json", far.as_bytes()).contains("not a path within"));
}

#[test]
fn what_others_wrote_is_safe() {
    let dir = temporary();
    fs::create_dir(dir.path().join("src")).unwrap();
    fs::write(dir.path().join("src/mine.rs"), "mine").unwrap();
    fs::write(dir.path().join("LICENSE-MIT"), "mine").unwrap();
    let [files, later] = &emissions().crates;
    let refused = install(files, dir.path(), false).unwrap_err();
    assert_eq!(refused.code, "occupied-folder");
    assert_eq!(tree(dir.path()).len(), 2);
    install(files, dir.path(), true).unwrap();
    install(later, dir.path(), false).unwrap();
    let found = tree(dir.path());
    assert!(found["src/mine.rs"] == b"mine" && found["LICENSE-MIT"] == b"mine");
    assert!(found.contains_key("src/lib.rs"));
    assert!(install(files, &dir.path().join("src/mine.rs"), false).is_err());
}

#[test]
fn what_cargo_is_told_of_the_machine_comes_and_goes_with_it() {
    let dir = temporary();
    let [for_core, for_any] = &emissions().crates;
    let config = dir.path().join(CONFIG);
    install(for_core, dir.path(), false).unwrap();
    assert!(config.exists());
    install(for_any, dir.path(), false).unwrap();
    assert!(!dir.path().join(".cargo").exists());
    // What the user wrote stays, whatever is emitted.
    fs::create_dir(dir.path().join(".cargo")).unwrap();
    fs::write(&config, "mine").unwrap();
    for files in [for_core, for_any] {
        install(files, dir.path(), false).unwrap();
        assert_eq!(fs::read(&config).unwrap(), b"mine");
    }
}

#[test]
fn two_at_once_wait_for_each_other() {
    let dir = temporary();
    let [one, other] = &emissions().crates;
    std::thread::scope(|scope| {
        for files in [one, other, one, other] {
            scope.spawn(|| install(files, dir.path(), false).unwrap());
        }
    });
    let found = tree(dir.path());
    assert!(found == as_tree(one) || found == as_tree(other));
}

#[test]
fn a_workspace_around_takes_the_crates() {
    let dir = temporary();
    let manifest = dir.path().join("Cargo.toml");
    let inside = dir.path().join("nets");
    let files = &emissions().workspaces[0];
    let has_table = |manifest_around: &str| {
        fs::write(&manifest, manifest_around).unwrap();
        install(files, &inside, false).unwrap();
        let found = inside.join("Cargo.toml").exists();
        fs::remove_dir_all(&inside).unwrap();
        found
    };
    assert!(!has_table("[workspace]\nmembers = []\n"));
    assert!(has_table("[workspace]\nexclude = [\"nets\"]\n"));
    assert!(has_table("[package]\nname = \"a\"\n"));
    // Crates without a manifest around them are known again.
    fs::write(&manifest, "[workspace]\n").unwrap();
    install(files, &inside, false).unwrap();
    install(files, &inside, false).unwrap();
    assert_eq!(
        workspace_around(&inside).unwrap(),
        dir.path().canonicalize().unwrap()
    );
}
