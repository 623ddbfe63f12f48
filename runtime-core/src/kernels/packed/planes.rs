//! Depthwise convolution with three by three taps, whose constants were packed for an instruction set.
//!
//! Elements of one channel lie far apart. So a few channels at a time are spread into planes, in which neighbours along a
//! line share a word, and each output line is computed from three lines of a plane. Lines run along the longer side of the
//! image, or along its rows where there is just one of these; of each plane the last three lines are there, in turns.

pub use super::super::depthwise2d::Depthwise2d;
use super::super::rows::{ByRows, Rows, Span};
pub use super::finish::Finish;
use super::finish::Scale;

/// A depthwise convolution with packed constants: three by three taps, side by side, and one output for each channel.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PackedPlanes {
    /// The shapes. The activation is the identity, as `finish` has bounds.
    pub conv: Depthwise2d,
    /// The byte that stands for 0 in `x`, which is what padding is.
    pub zero_x: u8,
    /// What becomes of a sum.
    pub finish: Finish,
}

/// Lines of a plane that are there.
pub const LINES: usize = 3;

/// The inner loops over planes on some instruction set.
pub trait Planes {
    /// Channels that are spread together.
    const CHANNELS: usize;

    /// Spreads some pixels into line `slot` of the planes.
    fn spread(x: &[u8], pixels: &Pixels, slot: usize, planes: &mut PlanesOf<'_>);

    /// Computes a line of outputs of all channels that are spread, of which line `first` is the uppermost.
    fn compute(
        planes: &PlanesOf<'_>,
        first: usize,
        taps: &[Taps],
        finish: &Finish,
        to: &To,
        y: &mut [u8],
    );
}

/// Pixels that lie `step` bytes apart.
pub struct Pixels {
    /// The byte of `x` at which the first is.
    pub at: usize,
    /// Bytes from one to the next.
    pub step: usize,
    /// How many.
    pub count: usize,
    /// Columns of a plane before the first.
    pub before: usize,
}

/// Planes, word by word: of each pair of columns those of all lines, and then the next pair.
pub struct PlanesOf<'a> {
    /// The planes, one after the other.
    pub words: &'a mut [i32],
    /// Pairs of columns.
    pub pairs: usize,
    /// The element that stands for 0, in both halves.
    pub zero: i32,
    /// What turns bytes into signed ones.
    pub sign: u8,
}

/// The constants of a channel.
#[derive(Clone, Copy, Default)]
#[repr(C)]
pub struct Taps {
    /// Of lines 0, 1, 2, 0 and 1 of taps, the first and second, and the second and third, as halves of words; doubled
    /// where products are rounded twice, as is the bias.
    pub pairs: [[i32; 2]; 5],
    /// The folded bias.
    pub bias: i32,
    /// The multiplier.
    pub multiplier: i32,
    /// The channel's own offset, of a shift that is its own or that of all.
    pub offset: i32,
    /// Bits beyond the high word.
    pub shift: u32,
}

/// Where outputs go.
pub struct To {
    /// The byte of `y` of the first.
    pub at: usize,
    /// Bytes from one to the next.
    pub step: usize,
    /// How many.
    pub count: usize,
    /// Columns from one window to the next: one or two.
    pub stride: usize,
}

/// Words of constants that a channel takes: three bytes of each line of taps, the bias, the multiplier. A shift that is
/// the channel's own is a fourth byte of the first line.
pub const WORDS: usize = 5;

/// One axis of the image.
#[derive(Clone, Copy)]
struct Axis {
    input: usize,
    outputs: [usize; 2],
    stride: usize,
    pad: usize,
    /// Bytes of `x` from one place to the next, and of `y`.
    steps: [usize; 2],
}

impl Axis {
    /// Pairs of columns that the windows of a line touch, an even number of outputs.
    fn pairs(&self) -> usize {
        let outputs = (self.outputs[1] - self.outputs[0]).next_multiple_of(2);
        (outputs.saturating_sub(1) * self.stride + LINES).div_ceil(2) + 1
    }
}

impl PackedPlanes {
    /// Words of scratch.
    pub fn scratch<I: Planes>(&self) -> usize {
        let pairs = self.axes().map(|axis| axis.pairs());
        I::CHANNELS * LINES * pairs[0].max(pairs[1])
    }

    /// The axis of rows, and that within a row.
    fn axes(&self) -> [Axis; 2] {
        let Depthwise2d {
            in_w,
            out_w,
            channels,
            rows,
            ..
        } = self.conv;
        [
            Axis {
                input: self.conv.in_h,
                outputs: [rows.first, rows.end],
                stride: self.conv.stride[0],
                pad: self.conv.pad_top.max(0) as usize,
                steps: [in_w * channels, out_w * channels],
            },
            Axis {
                input: in_w,
                outputs: [0, out_w],
                stride: self.conv.stride[1],
                pad: self.conv.pad_left.max(0) as usize,
                steps: [channels, channels],
            },
        ]
    }

    fn is_whole(&self) -> bool {
        let Rows { first, end, input } = self.conv.rows;
        (first, end, input) == (0, self.conv.out_h, 0)
    }
}

impl ByRows for PackedPlanes {
    fn span(&self) -> Option<Span> {
        self.conv.span()
    }

    fn at(self, rows: Rows) -> Self {
        PackedPlanes {
            conv: self.conv.at(rows),
            ..self
        }
    }
}

/// `y = finish(Σ x · w + bias)`, channel by channel.
#[inline(never)]
pub fn depthwise2d<I: Planes>(
    p: &PackedPlanes,
    x: &[u8],
    packed: &[i32],
    scratch: &mut [i32],
    y: &mut [u8],
) {
    let [rows, columns] = p.axes();
    // Whole images may be turned; a single row may not.
    let turned = p.is_whole()
        && p.conv.out_h > p.conv.out_w
        && matches!(rows.stride, 1 | 2)
        && rows.pad < LINES;
    let (lines, along) = if turned {
        (columns, rows)
    } else {
        (rows, columns)
    };
    let pairs = along.pairs();
    let sign = if p.finish.unsigned { 0x80 } else { 0 };
    let zero = i32::from((p.zero_x ^ sign) as i8);
    let Some(words) = scratch.get_mut(..I::CHANNELS * LINES * pairs) else {
        return;
    };
    let mut group = Group::<I> {
        p,
        lines,
        along,
        turned,
        planes: PlanesOf {
            words,
            pairs,
            zero: zero & 0xffff | zero << 16,
            sign,
        },
        isa: core::marker::PhantomData,
    };
    let channels = p.conv.channels;
    let Some(last) = channels.checked_sub(I::CHANNELS) else {
        return;
    };
    let image = p.conv.in_h * p.conv.in_w * channels;
    let result = p.conv.out_h * p.conv.out_w * channels;
    for item in 0..p.conv.batch {
        let mut next = 0;
        while next < channels {
            // The last ones may have been computed before.
            let first = next.min(last);
            let x = x.get(item * image + first..).unwrap_or(&[]);
            let y = y.get_mut(item * result + first..).unwrap_or_default();
            group.compute(x, packed.get(first * WORDS..).unwrap_or(&[]), y);
            next += I::CHANNELS;
        }
    }
}

/// A few channels of an image.
struct Group<'a, I> {
    p: &'a PackedPlanes,
    /// The axis from one line to the next.
    lines: Axis,
    /// The axis along a line.
    along: Axis,
    /// Whether lines are columns of the image.
    turned: bool,
    planes: PlanesOf<'a>,
    isa: core::marker::PhantomData<I>,
}

impl<I: Planes> Group<'_, I> {
    fn compute(&mut self, x: &[u8], packed: &[i32], y: &mut [u8]) {
        let (lines, along) = (self.lines, self.along);
        let mut taps = [Taps::default(); 4];
        for (taps, packed) in taps.iter_mut().zip(packed.as_chunks().0) {
            *taps = Taps::new(packed, self.turned, &self.p.finish);
        }
        self.planes.words.fill(self.planes.zero);
        let input = if self.turned {
            0
        } else {
            self.p.conv.rows.input
        };
        let mut loaded = lines.outputs[0] * lines.stride;
        let mut pixels = Pixels {
            at: 0,
            step: along.steps[0],
            count: along
                .input
                .min((2 * self.planes.pairs).saturating_sub(along.pad)),
            before: along.pad,
        };
        let mut to = To {
            at: 0,
            step: along.steps[1],
            count: along.outputs[1] - along.outputs[0],
            stride: along.stride,
        };
        for output in lines.outputs[0]..lines.outputs[1] {
            // Lines are counted from the first of padding.
            let first = output * lines.stride;
            loaded = loaded.max(first);
            while loaded < first + LINES {
                let line = loaded.wrapping_sub(lines.pad);
                if line < lines.input {
                    pixels.at = line.wrapping_sub(input).wrapping_mul(lines.steps[0]);
                    I::spread(x, &pixels, loaded % LINES, &mut self.planes);
                } else {
                    self.planes.clear(loaded % LINES);
                }
                loaded += 1;
            }
            I::compute(&self.planes, first % LINES, &taps, &self.p.finish, &to, y);
            to.at += lines.steps[1];
        }
    }
}

impl Taps {
    /// The constants of a channel, as they are packed; turned if lines are columns.
    #[inline(never)]
    fn new(packed: &[i32; WORDS], turned: bool, finish: &Finish) -> Taps {
        let [lines @ .., bias, multiplier] = packed;
        let double = u32::from(finish.twice());
        let own = if finish.twice() {
            packed[0] as u32 >> 24
        } else {
            0
        };
        let tap = |line: usize, tap: usize| {
            let (line, tap) = if turned { (tap, line) } else { (line, tap) };
            let word = lines.get(line).copied().unwrap_or(0);
            i32::from((word >> (8 * tap)) as i8) << double
        };
        let pair = |line, first| tap(line, first) & 0xffff | tap(line, first + 1) << 16;
        Taps {
            pairs: [0, 1, 2, 0, 1].map(|line| [pair(line, 0), pair(line, 1)]),
            bias: bias << double,
            multiplier: *multiplier,
            offset: finish.offset.wrapping_shl(own),
            shift: finish.shift + own + double,
        }
    }

    /// What a sum is multiplied by.
    #[cfg_attr(
        target_arch = "arm",
        allow(dead_code, reason = "only the twin goes by it")
    )]
    pub fn scale(&self) -> Scale {
        Scale {
            multiplier: self.multiplier,
            shift: self.shift.wrapping_sub(1) as u8,
        }
    }
}

impl PlanesOf<'_> {
    /// Lets a line of all planes be padding.
    #[inline(never)]
    fn clear(&mut self, slot: usize) {
        let zero = self.zero;
        let words = self.words.iter_mut().skip(slot).step_by(LINES);
        words.for_each(|word| *word = zero);
    }
}
