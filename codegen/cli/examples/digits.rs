//! The command at work on the network that reads handwritten digits: inspect, build and run.

use std::ffi::OsString;
use std::process::ExitCode;

fn main() -> ExitCode {
    let fixture = mlc_fixtures::dir("digits");
    let model = fixture.join("model.onnx").into_os_string();
    let sample = fixture.join("test_data_set_0").into_os_string();
    let folder = std::env::temp_dir()
        .join("mlc-example")
        .join("digits")
        .into_os_string();
    let commands: [Vec<OsString>; 3] = [
        vec!["inspect".into(), model.clone()],
        vec!["build".into(), model.clone(), "--out".into(), folder],
        vec!["run".into(), model, "--inputs".into(), sample],
    ];
    for command in commands {
        let words: Vec<_> = command.iter().map(|word| word.to_string_lossy()).collect();
        println!("\n$ mlc {}", words.join(" "));
        let code = mlc::main(std::iter::once("mlc".into()).chain(command));
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    ExitCode::SUCCESS
}
