//! The link to `mlc verify`: standard input and output.

use crate::protocol::Link;
use std::io::{self, Read, Write};

pub struct Standard;

impl Link for Standard {
    type Error = io::Error;

    fn read(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        io::stdin().read_exact(bytes)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout();
        out.write_all(bytes)?;
        out.flush()
    }
}
