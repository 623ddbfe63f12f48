//! What `mlc verify` and a device say to each other: frames over any link that carries bytes.
//!
//! | bytes | |
//! |---|---|
//! | 1 | [`START`]: whatever comes before it is no frame, such as text |
//! | 1 | the [`Kind`] |
//! | 2 | length of the payload, at most [`MOST`] |
//! | | the payload |
//! | 4 | CRC-32 of kind, length and payload |
//!
//! Numbers have their least byte first. The host asks, the device answers with one frame, or with several that end with `Done`.

/// The version of all this.
pub const VERSION: u8 = 1;
/// What begins a frame: no byte of text in ASCII.
pub const START: u8 = 0xa5;
/// The most bytes of a payload.
pub const MOST: usize = 256;

const HEAD: usize = 3;

/// What a frame is. Behind each is what its payload holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Who are you? Answered by the same: version `u8`, [`Unit`] `u8`, how many layers `u32`, the build in hexadecimal.
    Hello = 1,
    /// Part of an input: which `u8`, from which byte on `u32`, the bytes. Answered by `Done`.
    Input = 2,
    /// Run. Answered by `Done`: what it took `u64`.
    Run = 3,
    /// Part of an output: which `u8`, from which byte on `u32`, how many `u32`. Answered by `Bytes`.
    Output = 4,
    /// Run, and watch the layers. Answered by `Done`.
    Watch = 5,
    /// A layer of the run that was watched last: which `u32`. Answered by `Bytes`: the CRC-32 of what it wrote `u32`, what it
    /// took `u64`.
    Layer = 6,
    /// Run, and show what a layer writes: which `u32`. Answered by `Bytes`, and at last `Done`.
    Trace = 7,
    /// That is all. Answered by `Done`.
    Bye = 8,
    /// An answer in bytes.
    Bytes = 16,
    /// It is done.
    Done = 17,
    /// There is nothing like that.
    Refused = 18,
    /// The last frame came damaged.
    Damaged = 19,
}

impl Kind {
    const ALL: [Kind; 12] = [
        Kind::Hello,
        Kind::Input,
        Kind::Run,
        Kind::Output,
        Kind::Watch,
        Kind::Layer,
        Kind::Trace,
        Kind::Bye,
        Kind::Bytes,
        Kind::Done,
        Kind::Refused,
        Kind::Damaged,
    ];

    fn of(byte: u8) -> Option<Self> {
        Kind::ALL.into_iter().find(|kind| *kind as u8 == byte)
    }
}

/// What the device's clock counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "a device has one clock")]
#[repr(u8)]
pub enum Unit {
    /// Nothing: an emulator does not know how long a core takes.
    Nothing = 0,
    Cycles = 1,
    Microseconds = 2,
    Nanoseconds = 3,
}

/// What carries bytes to the other side and back.
pub trait Link {
    type Error;

    /// Waits for as many bytes.
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Self::Error>;

    fn write(&mut self, bytes: &[u8]) -> Result<(), Self::Error>;
}

/// The frame that came last.
pub struct Frame {
    bytes: [u8; MOST],
    len: usize,
}

impl Frame {
    pub const fn new() -> Self {
        Frame {
            bytes: [0; MOST],
            len: 0,
        }
    }

    /// Waits for the next frame; `None` if it came damaged.
    pub fn receive<L: Link + ?Sized>(&mut self, link: &mut L) -> Result<Option<Kind>, L::Error> {
        let mut start = [0];
        while start[0] != START {
            link.read(&mut start)?;
        }
        let mut head = [0; HEAD];
        link.read(&mut head)?;
        self.len = usize::from(u16::from_le_bytes([head[1], head[2]]));
        let Some(payload) = self.bytes.get_mut(..self.len) else {
            self.len = 0;
            return Ok(None);
        };
        link.read(payload)?;
        let mut sum = [0; 4];
        link.read(&mut sum)?;
        let is_whole = crc32(crc32(0, &head), payload) == u32::from_le_bytes(sum);
        Ok(Kind::of(head[0]).filter(|_| is_whole))
    }

    pub fn payload(&self) -> &[u8] {
        &self.bytes[..self.len.min(MOST)]
    }

    /// The bytes of the payload from `at` on.
    pub fn rest(&self, at: usize) -> &[u8] {
        self.payload().get(at..).unwrap_or(&[])
    }

    /// A byte of the payload, or zero behind its end.
    pub fn byte(&self, at: usize) -> u8 {
        self.payload().get(at).copied().unwrap_or(0)
    }

    /// A number of the payload, or zero behind its end.
    pub fn number(&self, at: usize) -> u32 {
        let bytes = self.rest(at).first_chunk();
        bytes.map_or(0, |bytes| u32::from_le_bytes(*bytes))
    }
}

/// Sends a frame whose payload are these parts, one after the other.
pub fn send<L: Link + ?Sized>(link: &mut L, kind: Kind, parts: &[&[u8]]) -> Result<(), L::Error> {
    let len: usize = parts.iter().map(|part| part.len()).sum();
    let [low, high, ..] = len.to_le_bytes();
    let head = [kind as u8, low, high];
    link.write(&[START])?;
    link.write(&head)?;
    let mut sum = crc32(0, &head);
    for part in parts {
        sum = crc32(sum, part);
        link.write(part)?;
    }
    link.write(&sum.to_le_bytes())
}

/// The CRC-32 (of Ethernet and zip) of what `before` is of, and then of `bytes`; 0 is of nothing.
pub fn crc32(before: u32, bytes: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0xedb8_8320;
    let bit = |sum: u32| (sum >> 1) ^ (POLYNOMIAL & (sum & 1).wrapping_neg());
    let byte = |sum: u32, byte: &u8| (0..8).fold(sum ^ u32::from(*byte), |sum, _| bit(sum));
    !bytes.iter().fold(!before, byte)
}
