//! The command `mlc`. Everything is in the library beside it, so that tests and examples can drive it too.

use std::process::ExitCode;

fn main() -> ExitCode {
    mlc::main(std::env::args_os())
}
