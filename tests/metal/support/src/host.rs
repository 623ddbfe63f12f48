//! The firmware's surroundings on the host: plain files, and nothing measured.

use std::ffi::CStr;
use std::fs;
use std::io::{Read, Write};
use std::process::ExitCode;

use crate::{Failure, Plain};

/// Runs the program.
pub fn main(firmware: fn() -> Result<(), Failure>) -> ExitCode {
    match firmware() {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(words)) => {
            eprint!("{}", words.to_string_lossy());
            ExitCode::FAILURE
        }
    }
}

/// Prints `name` and a value in hexadecimal, on one line.
pub fn report(name: &CStr, value: u64) {
    println!("{}{value:016x}", name.to_string_lossy());
}

/// A file in the current folder.
pub struct File(fs::File);

impl File {
    /// A file to read.
    pub fn open(name: &CStr) -> Result<Self, Failure> {
        let file = fs::File::open(&*name.to_string_lossy());
        file.map(Self)
            .map_err(|_| Failure(c"cannot open the inputs\n"))
    }

    /// A file to write, empty at first.
    pub fn create(name: &CStr) -> Result<Self, Failure> {
        let file = fs::File::create(&*name.to_string_lossy());
        file.map(Self)
            .map_err(|_| Failure(c"cannot create the outputs\n"))
    }

    /// Fills `data` with the next bytes of the file; `false` at its end.
    pub fn read<T: Plain>(&self, data: &mut [T]) -> Result<bool, Failure> {
        let data = T::bytes_mut(data);
        let mut bytes = Vec::new();
        match (&self.0).take(data.len() as u64).read_to_end(&mut bytes) {
            Ok(0) => Ok(false),
            Ok(n) if n == data.len() => {
                data.copy_from_slice(&bytes);
                Ok(true)
            }
            _ => Err(Failure(c"the inputs end in the middle\n")),
        }
    }

    /// Appends the bytes of `data` to the file.
    pub fn write<T: Plain>(&self, data: &[T]) -> Result<(), Failure> {
        let written = (&self.0).write_all(T::bytes(data));
        written.map_err(|_| Failure(c"cannot write the outputs\n"))
    }
}

/// Runs `work`; only an emulator counts its instructions.
pub fn region<T>(work: impl FnOnce() -> T) -> T {
    work()
}

/// In place of the stack of a microcontroller.
pub struct Stack;

impl Stack {
    /// Does nothing.
    pub fn paint() -> Self {
        Self
    }

    /// Zero: not measured.
    pub fn used(&self) -> Result<usize, Failure> {
        Ok(0)
    }
}
