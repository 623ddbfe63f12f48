//! What rustc makes of an emitted crate, read as assembly.

use mlc_codegen::emit_crate;
use mlc_compiler::Compiled;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// Instructions that collect elements from all over memory, or spread them: of each function that has any, how many.
pub type Gathers = BTreeMap<String, BTreeMap<String, usize>>;

/// Emits a network into `dir`, compiles it for a processor and counts the gathers in it.
pub fn gathers(dir: &Path, compiled: &Compiled, name: &str, cpu: &str) -> Result<Gathers, String> {
    let files = emit_crate(compiled, name).map_err(|diag| diag.to_string())?;
    files.write_to(dir).map_err(|diag| diag.to_string())?;
    Ok(gathers_in(&assembly(dir, cpu)?))
}

/// The assembly of the crate in `dir`.
fn assembly(dir: &Path, cpu: &str) -> Result<Vec<u8>, String> {
    let out = dir.join("network.s");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or("rustc".into()));
    rustc
        .args(["--edition=2024", "--crate-type=lib", "--emit=asm"])
        .args(["-Copt-level=3", "-Ccodegen-units=1"])
        .arg(format!("-Ctarget-cpu={cpu}"))
        .arg(dir.join("src/lib.rs"))
        .arg("-o")
        .arg(&out);
    let output = rustc
        .output()
        .map_err(|e| format!("cannot run rustc: {e}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    let text = std::fs::read(&out).map_err(|e| format!("{}: {e}", out.display()))?;
    // Weights are in there, too.
    let _ = std::fs::remove_file(&out);
    Ok(text)
}

fn gathers_in(assembly: &[u8]) -> Gathers {
    let mut found = Gathers::new();
    let mut function = String::new();
    for line in assembly.split(|&byte| byte == b'\n') {
        match line {
            [b'\t', rest @ ..] => {
                let word = rest.split(u8::is_ascii_whitespace).next().unwrap_or(&[]);
                if is_gather(word) {
                    let word = String::from_utf8_lossy(word).into_owned();
                    let counts = found.entry(function.clone()).or_default();
                    *counts.entry(word).or_default() += 1;
                }
            }
            [b'.' | b'#' | b' ', ..] => {}
            [label @ .., b':'] => function = String::from_utf8_lossy(label).into_owned(),
            _ => {}
        }
    }
    found
}

/// `vgatherdps`, `vpscatterqd` and their kin.
fn is_gather(instruction: &[u8]) -> bool {
    let name = instruction.strip_prefix(b"v").unwrap_or(&[]);
    let name = name.strip_prefix(b"p").unwrap_or(name);
    name.starts_with(b"gather") || name.starts_with(b"scatter")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gathers_are_found_in_their_functions() {
        let text = b"infer:\n\tvpgatherdd\t(%rax), %ymm0\n.LBB0_1:\n\tvscatterqps\t%zmm0\n\tvgatherqps\tx\n\
            other:\n\tvaddps\t%ymm0\n\t.ascii \"vgatherqps\"\n";
        let found = gathers_in(text);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found["infer"].len(), 3);
    }
}
