//! Emitted crates in the workspace of a user: members that are listed, and such as another member depends on.

use super::*;

/// A workspace with an application, which uses two networks.
fn users_workspace(root: &Path) {
    let application = root.join("app/src");
    fs::create_dir_all(&application).unwrap();
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"app\", \"nets/listed\"]\n";
    fs::write(root.join("Cargo.toml"), workspace).unwrap();
    let manifest = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[dependencies]\n\
                    mlp = { path = \"../nets/listed\" }\nok_symbolic_batch = { path = \"../nets/unlisted\" }\n";
    fs::write(root.join("app/Cargo.toml"), manifest).unwrap();
    let main = "fn main() {\n    let relu = ok_symbolic_batch::OkSymbolicBatch::new().run(&[-1.0, 0.0, 2.0]).to_owned();\n\
                \x20   assert_eq!(relu, [0.0, 0.0, 2.0]);\n    \
                println!(\"{:?}\", mlp::Mlp::new().run(&[0.5; 30]));\n}\n";
    fs::write(application.join("main.rs"), main).unwrap();
    succeeds(&mut build("mlp", &root.join("nets/listed")));
    let unlisted = root.join("nets/unlisted");
    succeeds(build("importer/ok_symbolic_batch", &unlisted).arg("--dim=N=1"));
}

#[test]
fn crates_build_beneath_a_workspace_of_the_users() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    users_workspace(root);
    for folder in ["", "nets/listed", "nets/unlisted", "app"] {
        let (code, text) = cargo_build(&root.join(folder), &[]);
        assert_eq!(code, Some(0), "in `{folder}`: {text}");
    }
    // One lock file, and one of nobody else's.
    assert!(root.join("Cargo.lock").exists() && !root.join("nets/listed/Cargo.lock").exists());
    for net in ["nets/listed", "nets/unlisted"] {
        assert!(holds(&root.join(net)), "{net}");
    }
}

/// A crate that nobody lists or depends on is none of a workspace's. Cargo says so, and what to do helps.
#[test]
fn a_crate_beside_the_members_builds_once_it_is_listed_or_excluded() {
    for (key, list) in [("members", "\"net\""), ("exclude", "\"net\"")] {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path();
        let write = |list: &str| {
            let text = format!("[workspace]\nresolver = \"3\"\n{key} = [{list}]\n");
            fs::write(root.join("Cargo.toml"), text).unwrap();
        };
        write("");
        let net = root.join("net");
        succeeds(&mut build("mlp", &net));
        let (code, text) = cargo_build(&net, &[]);
        assert!(
            code != Some(0) && text.contains("believes it's in a workspace"),
            "{text}"
        );
        write(list);
        let (code, text) = cargo_build(&net, &[]);
        assert_eq!(code, Some(0), "{key}: {text}");
    }
}

#[test]
fn a_crate_alone_and_a_workspace_of_networks_build() {
    let dir = tempfile::tempdir().unwrap();
    let (alone, nets) = (dir.path().join("alone"), dir.path().join("nets"));
    succeeds(&mut build("mlp", &alone));
    let mut workspace = mlc();
    workspace
        .arg("workspace")
        .args(["mlp", "digits"].map(model));
    succeeds(workspace.arg("--out").arg(&nets));
    for (folder, args) in [(alone, &[][..]), (nets, &["--workspace"])] {
        let (code, text) = cargo_build(&folder, args);
        assert_eq!(code, Some(0), "{}: {text}", folder.display());
    }
}
