//! Typed places in one block of memory, proved disjoint by the compiler that builds the model.
//!
//! Where buffers lie, and in which steps, is a [`Plan`](super::plan::Plan), proved as a whole. A [`Place`] is a type: some
//! elements of a block. A [`Step`] says which places a step of the model reads and which it writes; it does not compile
//! unless the step is one of their blocks', and those that it writes are apart from all others. Given a step, an
//! [`Arena`] hands out references: shared ones to what it reads, exclusive ones to what it writes. A plan that is wrong,
//! or a step that it was not made for, does not compile. Together with `simd`, this file holds all `unsafe` code of an
//! emitted crate.

pub use super::plan::ALIGN;
use super::plan::Memory;
use core::marker::PhantomData;

/// A type whose every bit pattern is a value, so that arena bytes may be read as it.
///
/// # Safety
/// Implementors have no padding and no invalid bit patterns, and an alignment of at most [`ALIGN`].
pub unsafe trait Element: Copy + Default + PartialOrd + 'static {}

macro_rules! elements { ($($t:ty)*) => { $(
    // SAFETY: a primitive number: no padding, every bit pattern is a value.
    unsafe impl Element for $t {}
)* } }
elements! { f32 f64 i8 i16 i32 i64 u8 u16 u32 u64 }

/// `LEN` elements of type `T` in a block of the memory `M`, `FROM` bytes from the block's start.
pub struct Place<M, const BLOCK: usize, T, const LEN: usize, const FROM: usize = 0>(
    PhantomData<fn() -> (M, T)>,
);

/// The bytes that a place covers, the memory that it is planned for, and the steps that may use it.
#[derive(Clone, Copy)]
pub struct Span {
    start: usize,
    end: usize,
    memory: usize,
    first: usize,
    last: usize,
}

/// What nobody else implements: references are made of what these types say.
mod sealed {
    pub trait Sealed {}
}
use sealed::Sealed;

/// Part of a memory with a type: a [`Place`], and nothing else.
pub trait Region: Sealed {
    /// What a reference to the region refers to.
    type Array: 'static;
    /// Where it lies.
    const SPAN: Span;
}

impl<M, const BLOCK: usize, T, const LEN: usize, const FROM: usize> Sealed
    for Place<M, BLOCK, T, LEN, FROM>
{
}

impl<M: Memory, const BLOCK: usize, T: Element, const LEN: usize, const FROM: usize> Region
    for Place<M, BLOCK, T, LEN, FROM>
{
    type Array = [T; LEN];
    const SPAN: Span = {
        let block = M::PLAN.block(BLOCK);
        let start = block.at + FROM;
        let end = start + LEN * size_of::<T>();
        assert!(LEN > 0, "a place has no elements");
        assert!(
            end <= block.end(),
            "a place reaches past the end of its block"
        );
        assert!(
            start.is_multiple_of(align_of::<T>()),
            "a place is not aligned"
        );
        assert!(
            align_of::<T>() <= ALIGN,
            "a place needs more alignment than memories have"
        );
        Span {
            start,
            end,
            memory: M::PLAN.bytes(),
            first: block.first,
            last: block.last,
        }
    };
}

/// A tuple of [`Region`]s.
pub trait Regions: Sealed {
    /// A tuple of shared references.
    type Refs<'a>;
    /// A tuple of exclusive references.
    type Muts<'a>;
    /// Where the regions lie.
    const SPANS: &'static [Span];
    /// Shared references to the regions.
    ///
    /// # Safety
    /// `base` is aligned to [`ALIGN`]; every span is initialised and readable for `'a`.
    unsafe fn refs<'a>(base: *const u8) -> Self::Refs<'a>;
    /// Exclusive references to the regions.
    ///
    /// # Safety
    /// As for [`Regions::refs`]; and every span is writable and reached through nothing else for `'a`.
    unsafe fn muts<'a>(base: *mut u8) -> Self::Muts<'a>;
}

macro_rules! tuples { ($(($($r:ident)*))*) => { $(
    impl<$($r),*> Sealed for ($($r,)*) {}
    impl<$($r: Region),*> Regions for ($($r,)*) {
        type Refs<'a> = ($(&'a $r::Array,)*);
        type Muts<'a> = ($(&'a mut $r::Array,)*);
        const SPANS: &'static [Span] = &[$($r::SPAN),*];
        #[inline(always)]
        #[allow(clippy::unused_unit, unused_unsafe, unused_variables)]
        unsafe fn refs<'a>(base: *const u8) -> Self::Refs<'a> {
            // SAFETY: the caller vouches for every span.
            unsafe { ($(&*base.add($r::SPAN.start).cast(),)*) }
        }
        #[inline(always)]
        #[allow(clippy::unused_unit, unused_unsafe, unused_variables)]
        unsafe fn muts<'a>(base: *mut u8) -> Self::Muts<'a> {
            // SAFETY: the caller vouches for every span.
            unsafe { ($(&mut *base.add($r::SPAN.start).cast(),)*) }
        }
    }
)* } }
tuples! {
    () (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) (A B C D E F G) (A B C D E F G H)
    (A B C D E F G H I) (A B C D E F G H I J) (A B C D E F G H I J K) (A B C D E F G H I J K L)
}

/// What a step reads, and what it writes.
pub struct Step<R, W>(PhantomData<fn() -> (R, W)>);

impl<R: Regions, W: Regions> Step<R, W> {
    /// The step of that number. As a constant it does not compile unless what it reads was written before and is there
    /// still, what it writes is its own by then, and no place that it writes overlaps another one.
    ///
    /// # Panics
    /// In the same cases, where it is no constant.
    pub const fn at(step: usize) -> Self {
        let mut i = 0;
        while i < R::SPANS.len() {
            assert!(
                R::SPANS[i].first < step,
                "a place is read before it is written"
            );
            assert!(
                step <= R::SPANS[i].last,
                "a place is read that is not there any more"
            );
            i += 1;
        }
        let mut i = 0;
        while i < W::SPANS.len() {
            assert!(
                W::SPANS[i].first <= step,
                "a place is written before it is there"
            );
            assert!(
                step <= W::SPANS[i].last,
                "a place is written that is not there any more"
            );
            i += 1;
        }
        apart(R::SPANS, W::SPANS);
        Step(PhantomData)
    }
}

/// Fails unless what is written overlaps neither what is read nor each other.
const fn apart(reads: &[Span], writes: &[Span]) {
    let mut i = 0;
    while i < writes.len() {
        let mut j = 0;
        while j < reads.len() {
            assert!(
                !writes[i].overlaps(&reads[j]),
                "a written place overlaps one that is read"
            );
            j += 1;
        }
        let mut j = 0;
        while j < i {
            assert!(
                !writes[i].overlaps(&writes[j]),
                "two written places overlap"
            );
            j += 1;
        }
        i += 1;
    }
}

/// Fails unless all places were planned for a memory of `bytes` bytes, and lie above the first `below`.
const fn planned_for(spans: &[Span], bytes: usize, below: usize) {
    assert!(below <= bytes, "the arena is too small");
    let mut i = 0;
    while i < spans.len() {
        assert!(
            spans[i].memory == bytes,
            "a place is planned for another memory"
        );
        assert!(spans[i].start >= below, "a place lies among rows");
        i += 1;
    }
}

impl Span {
    const fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// The working memory of a model: `BYTES` bytes, aligned to 16 bytes, always initialised.
#[repr(C, align(16))]
pub struct Arena<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> Arena<BYTES> {
    /// An arena of zeros; in a `static` it costs no flash.
    pub const fn new() -> Self {
        Arena([0; BYTES])
    }

    /// Shared references to what a step reads, and exclusive ones to what it writes.
    ///
    /// Does not compile unless its places are planned for an arena of this size.
    #[inline(always)]
    pub fn split<R: Regions, W: Regions>(&mut self, _: Step<R, W>) -> (R::Refs<'_>, W::Muts<'_>) {
        const {
            planned_for(R::SPANS, BYTES, 0);
            planned_for(W::SPANS, BYTES, 0);
        }
        let base = self.0.as_mut_ptr();
        // SAFETY: `base` is aligned to 16 and valid for `BYTES` bytes, all initialised and borrowed exclusively. Spans
        // are aligned and lie in blocks of a plan for as many bytes, so they are in bounds; whoever made the step has
        // seen that they are disjoint.
        unsafe { (R::refs(base), W::muts(base)) }
    }

    /// All bytes, for layers that run row by row.
    #[inline(always)]
    pub const fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// The first `BELOW` bytes, for layers that run row by row, and references to what else a step reads and writes,
    /// which lies above them.
    #[inline(always)]
    pub fn below<const BELOW: usize, R: Regions, W: Regions>(
        &mut self,
        _: Step<R, W>,
    ) -> (&mut [u8], R::Refs<'_>, W::Muts<'_>) {
        const {
            planned_for(R::SPANS, BYTES, BELOW);
            planned_for(W::SPANS, BYTES, BELOW);
        }
        let base = self.0.as_mut_ptr();
        // SAFETY: as for `split`, of bytes and of places that lie above them as proved above.
        unsafe {
            let rows = core::slice::from_raw_parts_mut(base, BELOW);
            (rows, R::refs(base), W::muts(base))
        }
    }

    /// The first `FEWER` bytes as an arena of their own, for a model that needs no more.
    ///
    /// Does not compile unless there are so many, and they are a multiple of 16 or all of them.
    #[inline(always)]
    pub const fn prefix<const FEWER: usize>(&mut self) -> &mut Arena<FEWER> {
        const {
            assert!(FEWER <= BYTES, "the arena is too small");
            assert!(
                FEWER == BYTES || FEWER.is_multiple_of(ALIGN),
                "a part of an arena has to be a multiple of its alignment"
            );
        }
        // SAFETY: `self` is aligned to 16, and its first `FEWER` bytes are initialised and borrowed exclusively. The
        // part has no padding, which an assignment might leave uninitialised, or it is all of `self`.
        unsafe { &mut *core::ptr::from_mut(self).cast() }
    }

    /// A shared reference to the only place that a step reads.
    #[inline(always)]
    pub const fn get<P: Region>(&self, _: Step<(P,), ()>) -> &P::Array {
        const { planned_for(&[P::SPAN], BYTES, 0) };
        // SAFETY: in bounds and aligned, as for `split`; all bytes are initialised.
        unsafe { &*self.0.as_ptr().add(P::SPAN.start).cast() }
    }

    /// An exclusive reference to the only place that a step writes.
    #[inline(always)]
    pub const fn get_mut<P: Region>(&mut self, _: Step<(), (P,)>) -> &mut P::Array {
        const { planned_for(&[P::SPAN], BYTES, 0) };
        // SAFETY: in bounds and aligned, as for `split`; all bytes are initialised.
        unsafe { &mut *self.0.as_mut_ptr().add(P::SPAN.start).cast() }
    }
}

impl<const BYTES: usize> Default for Arena<BYTES> {
    fn default() -> Self {
        Self::new()
    }
}

/// Sets all elements of a place, at compile time too.
pub const fn fill<T: Copy, const LEN: usize>(place: &mut [T; LEN], value: T) {
    let mut i = 0;
    while i < LEN {
        place[i] = value;
        i += 1;
    }
}

/// Constant bytes aligned to [`ALIGN`]: the weights of a model, read in place.
#[repr(C, align(16))]
pub struct Blob<const BYTES: usize>(pub [u8; BYTES]);

impl<const BYTES: usize> Blob<BYTES> {
    /// A reference to one place; does not compile unless it is planned for a blob of this size.
    #[inline(always)]
    pub const fn get<P: Region>(&self) -> &P::Array {
        const { planned_for(&[P::SPAN], BYTES, 0) };
        // SAFETY: aligned, and in a block of a plan for as many bytes, so in bounds; all bytes are initialised.
        unsafe { &*self.0.as_ptr().add(P::SPAN.start).cast() }
    }
}

/// Elements as the bytes they are made of, in the machine's order.
pub fn bytes<T: Element>(elements: &[T]) -> &[u8] {
    // SAFETY: the same memory for the same time; elements have no padding.
    unsafe { core::slice::from_raw_parts(elements.as_ptr().cast(), size_of_val(elements)) }
}

/// Elements as the bytes they are made of, to be written.
pub fn bytes_mut<T: Element>(elements: &mut [T]) -> &mut [u8] {
    // SAFETY: the same memory for the same time; elements have no padding, and any bytes are elements.
    unsafe { core::slice::from_raw_parts_mut(elements.as_mut_ptr().cast(), size_of_val(elements)) }
}

/// `bytes` as elements of type `T`; `None` if they are misaligned or not a whole number of them.
pub fn elements<T: Element>(bytes: &[u8]) -> Option<&[T]> {
    // SAFETY: every bit pattern is a value of `T`.
    let (head, middle, tail) = unsafe { bytes.align_to::<T>() };
    (head.is_empty() && tail.is_empty()).then_some(middle)
}

/// As [`elements`](fn@elements), for writing.
pub fn elements_mut<T: Element>(bytes: &mut [u8]) -> Option<&mut [T]> {
    // SAFETY: every bit pattern is a value of `T`, and of `u8`.
    let (head, middle, tail) = unsafe { bytes.align_to_mut::<T>() };
    (head.is_empty() && tail.is_empty()).then_some(middle)
}

#[cfg(test)]
mod tests {
    use super::super::plan::{Block, Plan};
    use super::*;

    enum Here {}

    impl Memory for Here {
        const PLAN: Plan = Plan::proved::<4>(
            64,
            &[
                Block::at(0, 16).during(0, 2),
                Block::at(16, 16).during(0, 1),
                Block::at(32, 16).during(1, 3),
                Block::at(48, 8).always(),
            ],
            &[],
        );
    }

    type A = Place<Here, 0, f32, 4>;
    type B = Place<Here, 1, i64, 2>;
    type C = Place<Here, 2, f32, 4>;
    type EndOfC = Place<Here, 2, f32, 1, 12>;
    type Kept = Place<Here, 3, i32, 2>;

    #[test]
    fn places_read_back_what_was_written() {
        let mut arena = Arena::<64>::new();
        let (_, (a, b)) = arena.split(const { Step::<(), (A, B)>::at(0) });
        a.copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
        b.copy_from_slice(&[-1, 7]);
        let ((a, b), (c,)) = arena.split(const { Step::<(A, B), (C,)>::at(1) });
        for (c, a) in c.iter_mut().zip(a) {
            *c = a + b[1] as f32;
        }
        assert_eq!(
            arena.get(const { Step::<(C,), ()>::at(3) }),
            &[8.0, 9.0, 10.0, 11.0]
        );
        assert_eq!(arena.get(const { Step::<(EndOfC,), ()>::at(2) }), &[11.0]);
    }

    #[test]
    fn steps_use_what_is_there() {
        let fails = |make: fn()| std::panic::catch_unwind(make).is_err();
        assert!(!fails(|| _ = Step::<(A,), (C,)>::at(2)));
        assert!(fails(|| _ = Step::<(A,), ()>::at(3)), "not there any more");
        assert!(fails(|| _ = Step::<(), (A,)>::at(3)), "not there any more");
        assert!(fails(|| _ = Step::<(C,), ()>::at(1)), "not written yet");
        assert!(fails(|| _ = Step::<(), (C,)>::at(0)), "not there yet");
        assert!(fails(|| _ = Step::<(C,), (EndOfC,)>::at(2)), "overlap");
        assert!(fails(|| _ = Step::<(), (EndOfC, C)>::at(2)), "overlap");
    }

    #[test]
    fn a_prefix_is_the_same_bytes() {
        let mut arena = Arena::<96>::new();
        let prefix: &mut Arena<64> = arena.prefix();
        *prefix.get_mut(const { Step::<(), (Kept,)>::at(0) }) = [7, 8];
        assert_eq!(prefix.bytes_mut().len(), 64);
        assert_eq!(arena.bytes_mut()[48..56], [7, 0, 0, 0, 8, 0, 0, 0]);
    }

    #[test]
    fn weights_lie_above_rows() {
        let mut arena = Arena::<64>::new();
        *arena.get_mut(const { Step::<(), (Kept,)>::at(0) }) = [3, 4];
        let (rows, (weights,), ()) = arena.below::<30, _, _>(const { Step::<(Kept,), ()>::at(1) });
        rows.fill(0xff);
        assert_eq!((rows.len(), weights), (30, &[3, 4]));
    }

    extern crate std;
}
