//! Disks that are full, folders that cannot be written to, and builds that meet: an error, and nothing is lost.

use super::*;

/// A crate in a folder, and what is in it.
fn old_crate(dir: &Path) -> (PathBuf, Tree) {
    let folder = dir.join("net");
    succeeds(&mut build("digits", &folder));
    fs::write(folder.join("src/mine.rs"), "mine").unwrap();
    let files = tree(&folder);
    (folder, files)
}

/// The command by a shell, for which files have a limit of so many blocks of 512 bytes.
#[cfg(unix)]
fn with_small_files(command: &Command, blocks: u32) -> Command {
    let mut shell = Command::new("sh");
    // Else the signal of the limit would end it.
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\"");
    shell.arg("-c").arg(script);
    shell.arg(command.get_program()).args(command.get_args());
    shell
}

/// No file can be larger than so much: writing stops in another of them each time.
#[cfg(unix)]
#[test]
fn what_has_no_room_is_an_error_and_leaves_the_old_crate() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, old) = old_crate(dir.path());
    let emission = build("mlp", &folder);
    for blocks in [0, 1, 2, 4, 8, 12, 16] {
        let text = refusal(&mut with_small_files(&emission, blocks));
        assert!(
            text.contains("error[io]: cannot write to") && text.contains("is there still"),
            "{blocks}: {text}"
        );
        assert_eq!(tree(&folder), old, "{blocks} blocks");
        let fresh = dir.path().join("fresh");
        refusal(&mut with_small_files(&build("mlp", &fresh), blocks));
        assert!(!fresh.exists(), "{blocks} blocks");
    }
    succeeds(&mut with_small_files(&emission, 1 << 20));
    assert!(holds(&folder) && folder.join("src/mine.rs").exists());
}

/// Where a folder is expected is a file of the user's, which stays.
#[test]
fn files_in_the_way_are_an_error_and_stay() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, old) = old_crate(dir.path());
    for name in [HOME, "src"] {
        let mut blocked = old.clone();
        blocked.retain(|path, _| !path.starts_with(name));
        blocked.insert(name.into(), b"mine".to_vec());
        plant(&blocked, &folder);
        let text = refusal(&mut build("mlp", &folder));
        assert!(
            text.contains("error[io]: cannot write to"),
            "{name}: {text}"
        );
        assert_eq!(tree(&folder), blocked, "{name}");
    }
    let file = dir.path().join("file");
    fs::write(&file, "mine").unwrap();
    for out in [file.clone(), file.join("below")] {
        refusal(build("mlp", &out).arg("--force"));
        assert_eq!(fs::read(&file).unwrap(), b"mine");
    }
}

/// One that everybody may write to all the same, such as an administrator, replaces the crate as a whole.
#[test]
fn a_folder_that_is_read_only_keeps_its_crate() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, old) = old_crate(dir.path());
    let set = |read_only: bool| {
        let mut permissions = fs::metadata(&folder).unwrap().permissions();
        #[cfg(unix)]
        std::os::unix::fs::PermissionsExt::set_mode(
            &mut permissions,
            if read_only { 0o555 } else { 0o755 },
        );
        #[cfg(not(unix))]
        permissions.set_readonly(read_only);
        fs::set_permissions(&folder, permissions).unwrap();
    };
    set(true);
    let is_writable = fs::write(folder.join("probe"), "").is_ok();
    if is_writable {
        fs::remove_file(folder.join("probe")).unwrap();
    }
    let (code, text) = said(&mut build("mlp", &folder));
    set(false);
    assert!(holds(&folder), "{text}");
    match is_writable {
        true => assert_eq!(code, Some(0), "{text}"),
        false => assert_eq!((code, tree(&folder)), (Some(2), old), "{text}"),
    }
}

#[test]
fn two_builds_at_once_leave_the_crate_of_one() {
    let dir = tempfile::tempdir().unwrap();
    let networks = ["digits", "mlp"];
    let alone = networks.map(|network| {
        let folder = dir.path().join(network);
        succeeds(&mut build(network, &folder));
        tree(&folder)
    });
    let folder = dir.path().join("net");
    for _ in 0..4 {
        let builds = networks.map(|network| {
            let mut command = build(network, &folder);
            command.stdout(std::process::Stdio::null());
            command.spawn().unwrap()
        });
        for mut build in builds {
            assert!(build.wait().unwrap().success());
        }
        assert!(alone.contains(&tree(&folder)) && holds(&folder));
    }
}
