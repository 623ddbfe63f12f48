//! What C passes, checked before Rust sees it: all `unsafe` code of the library.
//!
//! A caller in C cannot be held to what Rust's references promise, so each pointer comes as a type of this file, which
//! has no use but to be checked. What no check can see is the caller's: that a pointer that is not null leads to memory
//! of the size that the header declares, and that nobody else uses a network during a call.

use core::mem::MaybeUninit;

/// How a call came out. The header names these numbers after its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Status {
    /// All is well, and outputs are those of what was given.
    Ok = 0,
    /// All is well, and more has to be given before there are outputs.
    More = 1,
    /// A pointer is null.
    Null = -1,
    /// A pointer is not aligned as its type is.
    Misaligned = -2,
    /// The network was never made ready, or has been moved since.
    NotReady = -3,
    /// Memory that is lent is less than the network takes.
    TooSmall = -4,
}

/// A network in memory of the caller's.
#[repr(C)]
pub struct Handle<N> {
    network: MaybeUninit<N>,
    /// Says that there is a network, and that this is where it was made: a copy of it would borrow the same memory.
    ready: usize,
}

/// What `ready` is, combined with the address.
const READY: usize = 0x6d6c_6331;

/// A pointer to a network.
#[repr(transparent)]
pub struct Network<N>(*mut Handle<N>);

/// A pointer to elements that are read.
#[repr(transparent)]
pub struct Elements<A>(*const A);

/// A pointer to memory that is lent.
#[repr(transparent)]
pub struct Lent(*mut u8);

fn check<T>(pointer: *const T) -> Result<(), Status> {
    match pointer {
        _ if pointer.is_null() => Err(Status::Null),
        _ if !pointer.is_aligned() => Err(Status::Misaligned),
        _ => Ok(()),
    }
}

fn status(result: Result<Status, Status>) -> Status {
    result.unwrap_or_else(|error| error)
}

impl<N> Network<N> {
    /// Makes a network that owns its memory: all zeros, which `reset` then takes to the start.
    pub fn init(self, reset: impl FnOnce(&mut N)) -> Status {
        let begun = check(self.0).map(|()| {
            // SAFETY: the pointer is neither null nor misaligned, and leads to a handle, as the header says. A network
            // that owns its memory consists of numbers, bytes and flags, of which zeros are values; it is cleared in
            // place, since a new one might come by way of the stack.
            let network = unsafe {
                self.0.write_bytes(0, 1);
                (*self.0).network.assume_init_mut()
            };
            reset(network);
            self.mark()
        });
        status(begun)
    }

    /// Makes a network that borrows its memory.
    pub fn init_with(self, new: impl FnOnce() -> Result<N, Status>) -> Status {
        let begun = check(self.0).and_then(|()| {
            let network = new()?;
            // SAFETY: the pointer is neither null nor misaligned, and leads to a handle, as the header says.
            unsafe { (*self.0).network.write(network) };
            Ok(self.mark())
        });
        status(begun)
    }

    fn mark(&self) -> Status {
        // SAFETY: whoever calls has just written a network there.
        unsafe { (*self.0).ready = self.0.addr() ^ READY };
        Status::Ok
    }

    /// What a call does with the network.
    pub fn with(self, call: impl FnOnce(&mut N) -> Result<Status, Status>) -> Status {
        status(self.get().and_then(call))
    }

    /// Where elements of the network are; null if there is no network.
    pub fn place<T>(self, of: impl FnOnce(&mut N) -> *mut T) -> *mut T {
        self.get().map_or(core::ptr::null_mut(), of)
    }

    fn get<'a>(self) -> Result<&'a mut N, Status> {
        check(self.0)?;
        // SAFETY: the pointer is neither null nor misaligned, and leads to a handle, as the header says. Its mark may be
        // anything.
        match unsafe { (*self.0).ready } == self.0.addr() ^ READY {
            // SAFETY: it was marked at this address, which is done where a network was written. Nobody else uses it
            // during the call, as the header says.
            true => Ok(unsafe { (*self.0).network.assume_init_mut() }),
            false => Err(Status::NotReady),
        }
    }
}

impl<A> Elements<A> {
    /// The elements.
    pub fn get<'a>(self) -> Result<&'a A, Status> {
        check(self.0)?;
        // SAFETY: the pointer is neither null nor misaligned, and leads to so many elements, as the header says, which
        // nobody changes during the call.
        Ok(unsafe { &*self.0 })
    }
}

impl Lent {
    /// The memory as an arena, if it has that many bytes. Any bytes are one.
    pub fn get<'a, A>(self, bytes: usize) -> Result<&'a mut A, Status> {
        let arena: *mut A = self.0.cast();
        check(arena)?;
        match bytes >= size_of::<A>() {
            // SAFETY: the pointer is neither null nor misaligned and leads to as many bytes as an arena has, as the caller
            // says. Until the network is made anew, the memory is the network's alone, as the header says.
            true => Ok(unsafe { &mut *arena }),
            false => Err(Status::TooSmall),
        }
    }
}
