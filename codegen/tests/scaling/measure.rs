//! What a piece of work takes: the processor's time for this thread, and its most bytes at once.

use rustix::time::{ClockId, clock_gettime};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    static BYTES: Cell<isize> = const { Cell::new(0) };
    static MOST: Cell<isize> = const { Cell::new(0) };
}

/// The system's allocator, which counts.
struct Counting;

fn count(bytes: isize) {
    let now = BYTES.get() + bytes;
    BYTES.set(now);
    MOST.set(MOST.get().max(now));
}

// SAFETY: all work is the system allocator's; counting allocates nothing.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What was spent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spent {
    pub(super) seconds: f64,
    pub(super) bytes: usize,
}

/// What `work` spends.
pub(super) fn spent(work: impl FnOnce()) -> Spent {
    let (before, start) = (BYTES.get(), seconds());
    MOST.set(before);
    work();
    Spent {
        seconds: seconds() - start,
        bytes: (MOST.get() - before) as usize,
    }
}

fn seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9
}

impl Spent {
    /// How many times as much time and memory as `other`, of which `least` is taken to be spent.
    pub(super) fn over(&self, other: &Spent, least: &Spent) -> [f64; 2] {
        let bytes = self.bytes as f64 / other.bytes.max(least.bytes) as f64;
        [self.seconds / other.seconds.max(least.seconds), bytes]
    }
}
