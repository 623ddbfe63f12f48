//! Tensors in files beside the model.

use crate::onnx::external::ExternalFiles;
use crate::onnx::proto::StringStringEntryProto;
use crate::tensor::{DType, Tensor, TensorType};
use std::fs;
use std::path::Path;

fn entries(list: &[(&str, &str)]) -> Vec<StringStringEntryProto> {
    let entry = |(key, value): &(&str, &str)| StringStringEntryProto {
        key: Some((*key).into()),
        value: Some((*value).into()),
    };
    list.iter().map(entry).collect()
}

fn read(files: &mut ExternalFiles, list: &[(&str, &str)], len: usize) -> Result<Tensor, String> {
    let ty = TensorType::new(DType::U8, [len]);
    files
        .tensor(&entries(list), ty)
        .map_err(|diag| diag.to_string())
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("model")).unwrap();
    fs::write(folder.path().join("model/w.bin"), b"abcdefgh").unwrap();
    fs::write(folder.path().join("secret"), b"secret").unwrap();
    folder
}

fn files(folder: &Path) -> ExternalFiles {
    ExternalFiles::new(Some(&folder.join("model")))
}

#[test]
fn offsets_and_lengths() {
    let folder = folder();
    let mut files = files(folder.path());
    let mut get =
        |list: &[(&str, &str)], len| read(&mut files, list, len).map(|t| t.bytes().to_vec());
    assert_eq!(get(&[("location", "w.bin")], 8).unwrap(), b"abcdefgh");
    assert_eq!(
        get(
            &[("location", "./w.bin"), ("offset", "2"), ("length", "3")],
            3
        )
        .unwrap(),
        b"cde"
    );
    assert_eq!(
        get(&[("location", "w.bin"), ("offset", "6")], 2).unwrap(),
        b"gh"
    );
    assert!(get(&[("location", "w.bin"), ("offset", "6")], 3).is_err());
    assert!(get(&[("location", "w.bin"), ("length", "4")], 3).is_err());
    assert!(get(&[("offset", "6")], 3).unwrap_err().contains("location"));
}

#[test]
fn checksums_are_compared() {
    let folder = folder();
    let checked = |checksum| {
        read(
            &mut files(folder.path()),
            &[("location", "w.bin"), ("checksum", checksum)],
            1,
        )
    };
    assert!(checked("425AF12A0743502B322E93A015BCF868E324D56A").is_ok());
    assert!(
        checked("0000000000000000000000000000000000000000")
            .unwrap_err()
            .contains("SHA-1")
    );
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let folder = folder();
    let absolute = folder.path().join("secret").display().to_string();
    for location in [
        "../secret",
        "../model/w.bin",
        "..\\secret",
        "",
        "/dev/zero",
        &absolute,
    ] {
        let said = read(&mut files(folder.path()), &[("location", location)], 6).unwrap_err();
        assert!(said.contains("external-path"), "{location}: {said}");
    }
}

#[cfg(unix)]
#[test]
fn links_may_not_lead_outside() {
    let folder = folder();
    let link = |from: &str, to: &str| {
        std::os::unix::fs::symlink(to, folder.path().join("model").join(from)).unwrap()
    };
    link("inside", "w.bin");
    link("outside", "../secret");
    link("folder", "..");
    assert!(read(&mut files(folder.path()), &[("location", "inside")], 8).is_ok());
    for location in ["outside", "folder/secret"] {
        let said = read(&mut files(folder.path()), &[("location", location)], 6).unwrap_err();
        assert!(said.contains("external-path"), "{said}");
    }
}

#[test]
fn overlaps_are_bounded_and_repeats_are_shared() {
    let folder = folder();
    let mut files = files(folder.path());
    for _ in 0..100 {
        read(&mut files, &[("location", "w.bin")], 8).unwrap();
    }
    let overlapping = |i: usize| {
        read(
            &mut files,
            &[("location", "w.bin"), ("offset", &i.to_string())],
            1,
        )
    };
    let results: Vec<_> = (0..8).cycle().take(8).map(overlapping).collect();
    assert!(results.iter().all(Result::is_ok));
    let mut long = |i: usize| read(&mut files, &[("location", "w.bin")], i);
    assert!((1..8).any(|i| long(i).is_err_and(|said| said.contains("overlap"))));
}
