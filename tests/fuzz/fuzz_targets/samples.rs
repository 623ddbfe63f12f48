//! Whatever files of samples hold, they are samples or diagnostics.
//!
//! The first byte says which kind of file the others are.

#![no_main]

use libfuzzer_sys::fuzz_target;
use mlc_compiler::quantize::{Preprocessing, Samples};
use mlc_compiler::tensor::{DType, TensorType};
use std::path::PathBuf;
use std::sync::OnceLock;

const KINDS: [&str; 5] = ["npy", "npz", "png", "jpg", "pb"];

/// A folder of this process, in memory where there is such a place.
fn folder() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let memory = PathBuf::from("/dev/shm");
        let place = if memory.is_dir() {
            memory
        } else {
            std::env::temp_dir()
        };
        let folder = place.join(format!("mlc-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        folder
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((&kind, bytes)) = bytes.split_first() else {
        return;
    };
    let path = folder()
        .join("sample")
        .with_extension(KINDS[kind as usize % KINDS.len()]);
    std::fs::write(&path, bytes).expect("a file");
    let inputs = [("x".to_owned(), TensorType::new(DType::F32, [1, 3, 8, 8]))];
    let resized = Preprocessing {
        resize: true,
        ..Preprocessing::default()
    };
    let _ = Samples::load(&path, &inputs, &resized);
    let _ = std::fs::remove_file(&path);
});
