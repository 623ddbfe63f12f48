//! `mlc verify --qemu` and `--serial`, asked of firmware that is a program of this machine: the protocol, and what is said of a
//! network that was falsified.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn model() -> PathBuf {
    mlc_fixtures::dir("digits_int8").join("model.onnx")
}

fn mlc(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mlc"));
    command.arg("--json").args(arguments).output().unwrap()
}

/// What `mlc verify` says of a device, and how it exits.
fn verify(arguments: &[&str]) -> (i32, Value) {
    let model = model();
    let always = ["verify", model.to_str().unwrap(), "--name", "digits"];
    let output = mlc(&[&always[..], arguments].concat());
    let text = match output.stdout.is_empty() {
        true => &output.stderr,
        false => &output.stdout,
    };
    let said = serde_json::from_slice(text).unwrap_or(Value::Null);
    (output.status.code().unwrap(), said)
}

/// Firmware whose weights have one bit changed at a byte, if any.
fn firmware(folder: &Path, falsified: Option<usize>) -> PathBuf {
    let (dir, model) = (folder.join("answers"), model());
    let written = mlc(&[
        "new",
        dir.to_str().unwrap(),
        "--board",
        "linux",
        "--model",
        model.to_str().unwrap(),
        "--name",
        "digits",
    ]);
    assert!(
        written.status.success(),
        "{}",
        String::from_utf8_lossy(&written.stderr)
    );
    if let Some(at) = falsified {
        let weights = dir.join("digits/src/weights.bin");
        let mut bytes = std::fs::read(&weights).unwrap();
        bytes[at] ^= 0x40;
        std::fs::write(weights, bytes).unwrap();
    }
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
    cargo
        .args(["build", "--release", "--features", "verify"])
        .current_dir(&dir);
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("device");
    let built = cargo.env("CARGO_TARGET_DIR", &target).output().unwrap();
    let said = String::from_utf8_lossy(&built.stderr);
    assert!(
        built.status.success() && !said.contains("warning"),
        "{said}"
    );
    let image = folder.join("image");
    std::fs::copy(target.join("release/answers"), &image).unwrap();
    image
}

/// One test, since firmware is built in one place.
#[test]
fn a_device_is_right_or_its_falsified_layer_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let right = firmware(&folder.path().join("right"), None);
    let at = ["--qemu", "linux", "--firmware"];
    let ask =
        |image: &Path, more: &[&str]| verify(&[&at[..], &[image.to_str().unwrap()], more].concat());
    let recorded = mlc_fixtures::dir("digits_int8");
    let (code, said) = ask(&right, &["--layers", "--data", recorded.to_str().unwrap()]);
    assert_eq!(code, 0, "{said:#}");
    assert_eq!(
        (&said["passes"], &said["samples"], &said["unit"]),
        (&true.into(), &4.into(), &"ns".into())
    );
    let layers = said["layers"].as_array().unwrap();
    assert!(
        layers
            .iter()
            .all(|layer| layer["differs"] == 0 && layer["ticks"].as_u64() > Some(0)),
        "{said:#}"
    );
    assert_eq!(layers[1]["layer"], "conv1");

    let other = ask(&right, &["--io", "int8"]);
    assert_eq!(
        (other.0, &other.1["errors"][0]["code"]),
        (2, &"other-build".into()),
        "{:#}",
        other.1
    );
    #[cfg(unix)]
    a_serial_port_carries_the_same(&right);

    let wrong = firmware(&folder.path().join("wrong"), Some(900));
    let (code, said) = ask(&wrong, &["--data", recorded.to_str().unwrap()]);
    assert_eq!((code, &said["passes"]), (1, &false.into()), "{said:#}");
    assert_eq!(
        (&said["fault"]["layer"], &said["fault"]["operator"]),
        (&"conv2".into(), &"Conv".into()),
        "{said:#}"
    );
}

/// A pseudo-terminal whose other end is the firmware.
#[cfg(unix)]
fn a_serial_port_carries_the_same(image: &Path) {
    use serialport::{SerialPort, TTYPort};
    use std::process::Stdio;
    let (mut near, far) = TTYPort::pair().unwrap();
    let port = far.name().unwrap();
    // While somebody has it open it is not closed.
    let _open = std::fs::File::open(&port).unwrap();
    drop(far);
    near.set_timeout(std::time::Duration::from_secs(20))
        .unwrap();
    let mut firmware = Command::new(image)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut to, mut from) = (
        firmware.stdin.take().unwrap(),
        firmware.stdout.take().unwrap(),
    );
    let mut back = near.try_clone_native().unwrap();
    let up = std::thread::spawn(move || _ = std::io::copy(&mut from, &mut back));
    std::thread::spawn(move || _ = std::io::copy(&mut near, &mut Unbuffered(&mut to)));
    let (code, said) = verify(&[
        "--serial",
        &port,
        "--target",
        "host",
        "--samples",
        "1",
        "--timeout",
        "20",
    ]);
    assert_eq!((code, &said["device"]), (0, &port.into()), "{said:#}");
    firmware.kill().unwrap();
    firmware.wait().unwrap();
    up.join().unwrap();
}

/// Frames are short: they go on at once.
#[cfg(unix)]
struct Unbuffered<'a>(&'a mut std::process::ChildStdin);

#[cfg(unix)]
impl std::io::Write for Unbuffered<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let count = self.0.write(bytes)?;
        self.0.flush()?;
        Ok(count)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}
