//! A serial port as a link.

use super::client::Wire;
use super::protocol::Link;
use mlc_compiler::diag::Diag;
use serialport::SerialPort;
use std::io::{self, Read, Write};
use std::time::Duration;

struct Port(Box<dyn SerialPort>);

/// Opens a port, with the settings that nearly all have: 8 bits, no parity, one stop bit.
pub(super) fn open(port: &str, baud: u32, timeout: Duration) -> Result<Box<Wire>, Diag> {
    let opened = serialport::new(port, baud).timeout(timeout).open();
    match opened {
        Ok(opened) => Ok(Box::new(Port(opened))),
        Err(error) => Err(Diag::new("no-device", format!("cannot open {port}: {error}"))
            .note("is the device plugged in, and is no other program using it? on Linux users of serial ports are in the group `dialout`")),
    }
}

impl Link for Port {
    type Error = io::Error;

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        self.0.read_exact(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all(bytes)
    }
}
