//! Typed places in one block of memory, proved disjoint by the compiler that builds the model.
//!
//! The memory plan of a model is a list of types: `Place<f32, 256, 64>` is 64 floats, 256 bytes
//! into the arena. [`Arena::split`] hands out shared references to some places and exclusive
//! references to others, and a `const` block proves for each call that all of them lie inside the
//! arena, are aligned, and that no exclusive place overlaps any other. A plan that is wrong does
//! not compile. Together with `simd`, this file holds all `unsafe` code of an emitted crate.

use core::marker::PhantomData;

/// Alignment in bytes of an [`Arena`] and of a [`Blob`]; every place is aligned within it.
pub const ALIGN: usize = 16;

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

/// `LEN` elements of type `T`, `OFFSET` bytes from the start of an arena or a blob.
pub struct Place<T, const OFFSET: usize, const LEN: usize>(PhantomData<T>);

/// The bytes a place covers, and the alignment it needs.
#[derive(Clone, Copy)]
pub struct Span {
    start: usize,
    end: usize,
    align: usize,
}

impl Span {
    /// The first `bytes` bytes.
    const fn first(bytes: usize) -> Self {
        Span {
            start: 0,
            end: bytes,
            align: 1,
        }
    }
}

/// A region of memory with a type: in practice a [`Place`].
pub trait Region {
    /// What a reference to the region refers to.
    type Array: 'static;
    /// Where it lies.
    const SPAN: Span;
}

impl<T: Element, const OFFSET: usize, const LEN: usize> Region for Place<T, OFFSET, LEN> {
    type Array = [T; LEN];
    const SPAN: Span = Span {
        start: OFFSET,
        end: OFFSET + LEN * size_of::<T>(),
        align: align_of::<T>(),
    };
}

/// A tuple of [`Region`]s.
pub trait Regions {
    /// A tuple of shared references.
    type Refs<'a>;
    /// A tuple of exclusive references.
    type Muts<'a>;
    /// Where the regions lie.
    const SPANS: &'static [Span];
    /// Shared references to the regions.
    ///
    /// # Safety
    /// `base` is aligned to [`ALIGN`]; every span is aligned, initialised and readable for `'a`.
    unsafe fn refs<'a>(base: *const u8) -> Self::Refs<'a>;
    /// Exclusive references to the regions.
    ///
    /// # Safety
    /// As for [`Regions::refs`]; and every span is writable and reached through nothing else for `'a`.
    unsafe fn muts<'a>(base: *mut u8) -> Self::Muts<'a>;
}

macro_rules! tuples { ($(($($r:ident)*))*) => { $(
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

const fn inside(spans: &[Span], bytes: usize) {
    let mut i = 0;
    while i < spans.len() {
        assert!(
            spans[i].start.is_multiple_of(spans[i].align),
            "a place is not aligned"
        );
        assert!(
            spans[i].align <= ALIGN,
            "a place needs more alignment than the arena has"
        );
        assert!(
            spans[i].end <= bytes,
            "a place reaches past the end of the arena"
        );
        i += 1;
    }
}

const fn apart(a: &Span, b: &Span) -> bool {
    a.end <= b.start || b.end <= a.start
}

/// Fails to compile unless all spans are in bounds and aligned, and no written one meets another.
const fn prove(reads: &[Span], writes: &[Span], bytes: usize) {
    inside(reads, bytes);
    inside(writes, bytes);
    let mut i = 0;
    while i < writes.len() {
        let mut j = 0;
        while j < reads.len() {
            assert!(
                apart(&writes[i], &reads[j]),
                "a written place overlaps one that is read"
            );
            j += 1;
        }
        let mut j = 0;
        while j < i {
            assert!(apart(&writes[i], &writes[j]), "two written places overlap");
            j += 1;
        }
        i += 1;
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

    /// Shared references to the places `R` and exclusive ones to the places `W`.
    ///
    /// Does not compile unless the places are in bounds, aligned, and those of `W` disjoint from
    /// each other and from those of `R`.
    #[inline(always)]
    pub fn split<R: Regions, W: Regions>(&mut self) -> (R::Refs<'_>, W::Muts<'_>) {
        const { prove(R::SPANS, W::SPANS, BYTES) };
        let base = self.0.as_mut_ptr();
        // SAFETY: `base` is aligned to 16 and valid for `BYTES` bytes, all initialised and borrowed
        // exclusively; the spans are in bounds, aligned and disjoint as proved above.
        unsafe { (R::refs(base), W::muts(base)) }
    }

    /// All bytes, for layers that run row by row.
    #[inline(always)]
    pub const fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// The first `BELOW` bytes, for layers that run row by row, and shared references to places above them.
    #[inline(always)]
    pub fn below<const BELOW: usize, R: Regions>(&mut self) -> (&mut [u8], R::Refs<'_>) {
        const { prove(R::SPANS, &[Span::first(BELOW)], BYTES) };
        let base = self.0.as_mut_ptr();
        // SAFETY: as for `split`, of bytes and of places that do not overlap as proved above.
        unsafe { (core::slice::from_raw_parts_mut(base, BELOW), R::refs(base)) }
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

    /// A shared reference to one place.
    #[inline(always)]
    pub const fn get<P: Region>(&self) -> &P::Array {
        const { prove(&[P::SPAN], &[], BYTES) };
        // SAFETY: in bounds and aligned as proved above; all bytes are initialised.
        unsafe { &*self.0.as_ptr().add(P::SPAN.start).cast() }
    }

    /// An exclusive reference to one place.
    #[inline(always)]
    pub const fn get_mut<P: Region>(&mut self) -> &mut P::Array {
        const { prove(&[], &[P::SPAN], BYTES) };
        // SAFETY: in bounds and aligned as proved above; all bytes are initialised.
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
    /// A reference to one place; does not compile unless it is in bounds and aligned.
    #[inline(always)]
    pub const fn get<P: Region>(&self) -> &P::Array {
        const { prove(&[P::SPAN], &[], BYTES) };
        // SAFETY: in bounds and aligned as proved above; all bytes are initialised.
        unsafe { &*self.0.as_ptr().add(P::SPAN.start).cast() }
    }
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
    use super::*;

    #[test]
    fn places_read_back_what_was_written() {
        let mut arena = Arena::<64>::new();
        let (_, (a, b)) = arena.split::<(), (Place<f32, 0, 4>, Place<i64, 16, 2>)>();
        a.copy_from_slice(&[1.0, 2.0, 3.0, 4.0]);
        b.copy_from_slice(&[-1, 7]);
        let ((a, b), (c,)) =
            arena.split::<(Place<f32, 0, 4>, Place<i64, 16, 2>), (Place<f32, 32, 4>,)>();
        for (c, a) in c.iter_mut().zip(a) {
            *c = a + b[1] as f32;
        }
        assert_eq!(arena.get::<Place<f32, 32, 4>>(), &[8.0, 9.0, 10.0, 11.0]);
    }

    #[test]
    fn overlap_and_bounds_are_noticed() {
        let span = |start, end| Span {
            start,
            end,
            align: 4,
        };
        assert!(apart(&span(0, 8), &span(8, 12)));
        assert!(!apart(&span(0, 9), &span(8, 12)));
        assert!(std::panic::catch_unwind(|| prove(&[span(0, 8)], &[span(4, 12)], 16)).is_err());
        assert!(std::panic::catch_unwind(|| prove(&[], &[span(0, 8), span(4, 12)], 16)).is_err());
        assert!(std::panic::catch_unwind(|| prove(&[span(8, 20)], &[], 16)).is_err());
        assert!(std::panic::catch_unwind(|| prove(&[span(2, 8)], &[], 16)).is_err());
    }

    #[test]
    fn a_prefix_is_the_same_bytes() {
        let mut arena = Arena::<64>::new();
        let prefix: &mut Arena<32> = arena.prefix();
        *prefix.get_mut::<Place<i32, 16, 1>>() = [7];
        assert_eq!(prefix.bytes_mut().len(), 32);
        assert_eq!(arena.get::<Place<i32, 16, 1>>(), &[7]);
    }

    #[test]
    fn weights_lie_above_rows() {
        let mut arena = Arena::<64>::new();
        *arena.get_mut::<Place<i32, 32, 2>>() = [3, 4];
        let (rows, (weights,)) = arena.below::<30, (Place<i32, 32, 2>,)>();
        rows.fill(0xff);
        assert_eq!((rows.len(), weights), (30, &[3, 4]));
    }

    extern crate std;
}
