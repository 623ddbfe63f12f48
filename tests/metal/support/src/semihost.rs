//! The debugger's services to a bare-metal program (Arm semihosting, which RISC-V shares): files of
//! the host, text, and the exit status.

use core::arch::asm;
use core::ffi::CStr;

use crate::{Failure, Plain};

/// The calls used here, by their numbers in the Arm semihosting specification.
#[derive(Clone, Copy)]
#[repr(usize)]
enum Call {
    Open = 0x01,
    Write0 = 0x04,
    Write = 0x05,
    Read = 0x06,
    ExitExtended = 0x20,
}

/// Asks the host for a service.
///
/// # Safety
/// `argument` is what the specification of `call` says it is.
#[inline(never)]
unsafe fn call(call: Call, argument: *const usize) -> usize {
    let result;
    // SAFETY: the trap is the host's, which keeps all registers but the first; it reads and writes the
    // memory that the caller vouches for.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("bkpt #0xab", inout("r0") call as usize => result, in("r1") argument);
        // The three instructions are one token: uncompressed, and in one page.
        #[cfg(any(target_arch = "riscv32", target_arch = "riscv64"))]
        asm!(
            ".option push", ".option norvc", ".balign 16",
            "slli x0, x0, 0x1f", "ebreak", "srai x0, x0, 7",
            ".option pop",
            inout("a0") call as usize => result, in("a1") argument,
        );
    }
    result
}

/// Ends the program; the emulator's own exit status is `status`.
pub fn exit(status: usize) -> ! {
    const APPLICATION_EXIT: usize = 0x20026;
    let block = [APPLICATION_EXIT, status];
    loop {
        // SAFETY: a block of a reason and a status.
        unsafe { call(Call::ExitExtended, block.as_ptr()) };
    }
}

/// Prints text.
pub fn print(text: &CStr) {
    // SAFETY: text that ends in a NUL.
    unsafe { call(Call::Write0, text.as_ptr().cast()) };
}

/// Prints `name` and a value in hexadecimal, on one line.
pub fn report(name: &CStr, value: u64) {
    print(name);
    let mut line = *b"0000000000000000\n\0";
    for (i, place) in line.iter_mut().take(16).enumerate() {
        let digit = (value >> (60 - 4 * i)) as u8 & 15;
        *place = if digit < 10 {
            b'0' + digit
        } else {
            b'a' + digit - 10
        };
    }
    // SAFETY: the text ends in a NUL.
    unsafe { call(Call::Write0, line.as_ptr().cast()) };
}

/// A file of the host, in the folder the emulator was started in.
pub struct File(usize);

impl File {
    /// A file to read.
    pub fn open(name: &CStr) -> Result<Self, Failure> {
        Self::with_mode(name, 1)
    }

    /// A file to write, empty at first.
    pub fn create(name: &CStr) -> Result<Self, Failure> {
        Self::with_mode(name, 5)
    }

    /// `mode`: 1 is C's "rb", 5 is "wb".
    fn with_mode(name: &CStr, mode: usize) -> Result<Self, Failure> {
        let block = [name.as_ptr() as usize, mode, name.count_bytes()];
        // SAFETY: a block of a name, a mode and the name's length.
        match unsafe { call(Call::Open, block.as_ptr()) } {
            usize::MAX => Err(Failure(c"cannot open a file of the host\n")),
            handle => Ok(Self(handle)),
        }
    }

    /// Fills `data` with the next bytes of the file; `false` at its end.
    pub fn read<T: Plain>(&self, data: &mut [T]) -> Result<bool, Failure> {
        let data = T::bytes_mut(data);
        let block = [self.0, data.as_mut_ptr() as usize, data.len()];
        // SAFETY: a block of a handle, a place and its length.
        match unsafe { call(Call::Read, block.as_ptr()) } {
            0 => Ok(true),
            missing if missing == data.len() => Ok(false),
            _ => Err(Failure(c"the inputs end in the middle\n")),
        }
    }

    /// Appends the bytes of `data` to the file.
    pub fn write<T: Plain>(&self, data: &[T]) -> Result<(), Failure> {
        let data = T::bytes(data);
        let block = [self.0, data.as_ptr() as usize, data.len()];
        // SAFETY: a block of a handle, bytes and their length.
        match unsafe { call(Call::Write, block.as_ptr()) } {
            0 => Ok(()),
            _ => Err(Failure(c"cannot write the outputs\n")),
        }
    }
}
