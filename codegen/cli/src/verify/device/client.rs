//! The host's side of the protocol: questions, and answers that are waited for.

use super::protocol::{Frame, Kind, Link, MOST, Unit, VERSION, send};
use mlc_compiler::diag::Diag;
use std::io;

/// A link as hosts have it.
pub(super) type Wire = dyn Link<Error = io::Error>;

/// Bytes of a frame with part of an input before its elements.
const PART: usize = 5;
/// How often a question is asked whose answer is damaged or missing.
const ATTEMPTS: usize = 3;

/// Who is asked.
pub(super) struct Client {
    link: Box<Wire>,
    frame: Frame,
}

/// What a device says of itself.
pub(super) struct Hello {
    pub(super) unit: Unit,
    pub(super) layers: usize,
    pub(super) build: String,
}

/// What a device says of a layer.
#[derive(Clone, Copy)]
pub(super) struct Layer {
    /// The CRC-32 of what it wrote.
    pub(super) digest: u32,
    pub(super) ticks: u64,
}

impl Client {
    pub(super) fn new(link: Box<Wire>) -> Self {
        Client {
            link,
            frame: Frame::new(),
        }
    }

    /// Asks who that is.
    pub(super) fn hello(&mut self) -> Result<Hello, Diag> {
        self.ask(Kind::Hello, &[], Kind::Hello)?;
        let (version, unit) = (self.frame.byte(0), self.frame.byte(1));
        let units = [Unit::Cycles, Unit::Microseconds, Unit::Nanoseconds];
        let unit = units.into_iter().find(|known| *known as u8 == unit);
        if version != VERSION {
            let message = format!(
                "the device speaks version {version} of the protocol, and this is {VERSION}"
            );
            return Err(Diag::new("other-protocol", message)
                .note("write its project anew by this `mlc new`"));
        }
        Ok(Hello {
            unit: unit.unwrap_or(Unit::Nothing),
            layers: self.frame.number(2) as usize,
            build: String::from_utf8_lossy(self.frame.rest(6)).into_owned(),
        })
    }

    /// Puts inputs in place, and runs the network: what that took.
    pub(super) fn run(&mut self, inputs: &[&[u8]]) -> Result<u64, Diag> {
        self.anew(inputs, |client| {
            client.asked(Kind::Run, &[], Kind::Done)?;
            Ok(client
                .frame
                .rest(0)
                .first_chunk()
                .map_or(0, |bytes| u64::from_le_bytes(*bytes)))
        })
    }

    /// An output of the last run.
    pub(super) fn output(&mut self, which: u8, len: usize) -> Result<Vec<u8>, Diag> {
        let mut bytes = Vec::with_capacity(len);
        while bytes.len() < len {
            let part = (len - bytes.len()).min(MOST) as u32;
            let from = (bytes.len() as u32).to_le_bytes();
            self.ask(
                Kind::Output,
                &[&[which], &from, &part.to_le_bytes()],
                Kind::Bytes,
            )?;
            if self.frame.payload().len() != part as usize {
                return Err(unexpected("another part of an output"));
            }
            bytes.extend_from_slice(self.frame.payload());
        }
        Ok(bytes)
    }

    /// Runs the network and watches its layers.
    pub(super) fn watch(&mut self, inputs: &[&[u8]], layers: usize) -> Result<Vec<Layer>, Diag> {
        self.anew(inputs, |client| client.asked(Kind::Watch, &[], Kind::Done))?;
        let layer = |layer| {
            self.ask(Kind::Layer, &[&u32::to_le_bytes(layer)], Kind::Bytes)?;
            let ticks = self.frame.rest(4).first_chunk();
            Ok(Layer {
                digest: self.frame.number(0),
                ticks: ticks.map_or(0, |bytes| u64::from_le_bytes(*bytes)),
            })
        };
        (0..layers as u32).map(layer).collect()
    }

    /// Runs the network: what a layer writes.
    pub(super) fn trace(&mut self, inputs: &[&[u8]], layer: usize) -> Result<Vec<u8>, Diag> {
        let which = (layer as u32).to_le_bytes();
        self.anew(inputs, |client| {
            let mut bytes = Vec::new();
            send(&mut *client.link, Kind::Trace, &[&which])?;
            while client.received()? == Kind::Bytes {
                bytes.extend_from_slice(client.frame.payload());
            }
            Ok(bytes)
        })
    }

    /// Ends the conversation.
    pub(super) fn bye(&mut self) -> Result<(), Diag> {
        self.ask(Kind::Bye, &[], Kind::Done)
    }

    /// Puts inputs in place and does what uses them up; all of it anew where that fails.
    fn anew<T>(
        &mut self,
        inputs: &[&[u8]],
        what: impl Fn(&mut Self) -> io::Result<T>,
    ) -> Result<T, Diag> {
        self.often(|client| {
            for (which, bytes) in inputs.iter().enumerate() {
                for (i, part) in bytes.chunks(MOST - PART).enumerate() {
                    let from = ((i * (MOST - PART)) as u32).to_le_bytes();
                    client.asked(Kind::Input, &[&[which as u8], &from, part], Kind::Done)?;
                }
            }
            what(client)
        })
    }

    /// Asks what may be asked again.
    fn ask(&mut self, kind: Kind, parts: &[&[u8]], answer: Kind) -> Result<(), Diag> {
        self.often(|client| client.asked(kind, parts, answer))
    }

    fn often<T>(&mut self, mut what: impl FnMut(&mut Self) -> io::Result<T>) -> Result<T, Diag> {
        let mut last = None;
        for _ in 0..ATTEMPTS {
            match what(self) {
                Ok(answer) => return Ok(answer),
                Err(error) => last = Some(error),
            }
        }
        Err(silent(last))
    }

    fn asked(&mut self, kind: Kind, parts: &[&[u8]], answer: Kind) -> io::Result<()> {
        send(&mut *self.link, kind, parts)?;
        match self.received()? {
            got if got == answer => Ok(()),
            got => Err(io::Error::other(format!("it answers {kind:?} by {got:?}"))),
        }
    }

    fn received(&mut self) -> io::Result<Kind> {
        let kind = self.frame.receive(&mut *self.link)?;
        kind.ok_or_else(|| io::Error::other("an answer came damaged"))
    }
}

fn silent(error: Option<io::Error>) -> Diag {
    let why = error.map_or(String::new(), |error| format!(": {error}"));
    Diag::new("no-answer", format!("the device does not answer{why}"))
        .note("its firmware has to be built with the feature `verify`, and to run")
        .note("`--timeout` gives it more time")
}

fn unexpected(what: &str) -> Diag {
    Diag::new("no-answer", format!("the device answers with {what}"))
        .note("its firmware may be of another version of mlc")
}
