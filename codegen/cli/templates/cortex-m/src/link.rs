//! The link to `mlc verify`: the console of an emulator or a debugger, by semihosting. For a serial port, read and write its
//! bytes here.

use crate::protocol::Link;
use cortex_m_semihosting::hio::{self, HostStream};
use cortex_m_semihosting::{nr, syscall};

/// The name of the console.
const CONSOLE: &[u8] = b":tt\0";

pub struct Console {
    input: usize,
    output: HostStream,
}

impl Console {
    /// `None` if there is none.
    pub fn open() -> Option<Self> {
        let output = hio::hstdout().ok()?;
        // SAFETY: the name ends with a zero, and its length is without that.
        let input = unsafe { syscall!(OPEN, CONSOLE.as_ptr(), nr::open::R, CONSOLE.len() - 1) };
        (input != usize::MAX).then_some(Console { input, output })
    }
}

impl Link for Console {
    type Error = ();

    fn read(&mut self, bytes: &mut [u8]) -> Result<(), ()> {
        let mut done = 0;
        while done < bytes.len() {
            let rest = &mut bytes[done..];
            // SAFETY: as many bytes as are said to be there are written.
            let missing = unsafe { syscall!(READ, self.input, rest.as_mut_ptr(), rest.len()) };
            match rest.len().checked_sub(missing) {
                None | Some(0) => return Err(()),
                Some(read) => done += read,
            }
        }
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ()> {
        self.output.write_all(bytes)
    }
}
