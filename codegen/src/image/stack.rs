//! How deep the stack can go, read from the machine code of an image.
//!
//! A function takes at most what all of its instructions together take off the stack pointer, and beside that what the
//! deepest of those takes that it calls. What it frees counts only before it jumps to another function for good. So the
//! bound holds whatever the compiler or a kernel in assembly does with the stack, as long as amounts can be read off the
//! code, no call goes through a pointer, and nothing calls itself; otherwise there is an error, and no bound.

mod riscv;
mod thumb;

use super::elf::unreadable;
use mlc_compiler::diag::Diag;
use object::{Architecture, Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};
use rustc_demangle::demangle;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What an instruction has to do with the stack and with other functions.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Effect {
    None,
    /// It takes bytes off the stack, or gives them back.
    Takes(u64),
    Frees(u64),
    Calls(u64),
    /// It goes on elsewhere, maybe in another function, and if `always`, never at the next instruction.
    Jumps {
        to: u64,
        always: bool,
    },
    /// The next instruction does not follow: a return, or a jump by a table.
    Leaves,
    /// A call through a pointer.
    CallsUnknown,
    /// It moves the stack pointer by an amount that cannot be read off.
    MovesUnknown,
}

/// An instruction set, which knows what the instructions before have left in registers.
trait Decoder {
    /// The length and the effect of the first instruction of `code`, which is at the address `at`.
    fn decode(&mut self, at: u64, code: &[u8]) -> Option<(usize, Effect)>;
}

/// Bytes `at` as a number, as far as there are any.
fn half(code: &[u8], at: usize) -> Option<u16> {
    let bytes = code.get(at..)?.first_chunk()?;
    Some(u16::from_le_bytes(*bytes))
}

fn word(code: &[u8], at: usize) -> Option<u32> {
    let bytes = code.get(at..)?.first_chunk()?;
    Some(u32::from_le_bytes(*bytes))
}

/// The lowest `bits` of `value`, the highest of them its sign.
fn signed(value: u32, bits: u32) -> i64 {
    i64::from((value << (32 - bits)) as i32 >> (32 - bits))
}

/// An adjustment of the stack pointer.
fn adjusts(by: i64) -> Effect {
    match by {
        ..0 => Effect::Takes(by.unsigned_abs()),
        _ => Effect::Frees(by.unsigned_abs()),
    }
}

/// A function of an image.
struct Function {
    name: String,
    /// The bytes of stack that its own instructions take.
    frame: u64,
    /// Functions that begin while bytes of this one are on the stack: how many, and where they begin.
    callees: BTreeSet<(u64, u64)>,
    /// Why there is no bound.
    obstacle: Option<&'static str>,
}

/// A function on the stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Frame {
    /// Its name, without where it is from.
    pub function: String,
    /// Bytes that are its own while it calls the next.
    pub bytes: u64,
}

/// The functions of an image, by their addresses.
pub struct CallGraph(BTreeMap<u64, Function>);

impl CallGraph {
    /// Reads the code of an image.
    pub fn read<'a>(file: &impl Object<'a>) -> Result<Self, Diag> {
        let starts = Starts::of(file);
        let mut functions = BTreeMap::new();
        for section in file.sections().filter(|s| s.kind() == SectionKind::Text) {
            let code = Code {
                start: section.address(),
                bytes: section.data().map_err(unreadable)?,
            };
            for (&at, (name, size)) in starts.functions.range(code.start..code.end()) {
                let range = at..at + starts.size(at, *size, code.end());
                let mut decoder = decoder(file.architecture())?;
                let effects = starts.effects(&code, range.clone(), &mut *decoder);
                functions.insert(at, function(name, range, &effects, &starts));
            }
        }
        Ok(Self(functions))
    }

    /// The function that calls what is at `address`, the only one that does.
    pub fn caller_of(&self, address: u64) -> Result<u64, Diag> {
        let calls = |f: &Function| f.callees.iter().any(|&(_, callee)| callee == address);
        let mut callers = self.0.iter().filter(|(_, function)| calls(function));
        match (callers.next(), callers.next()) {
            (Some((&caller, _)), None) => Ok(caller),
            (None, _) => Err(unbounded("nothing calls the measured region")),
            (_, Some(_)) => Err(unbounded("several functions are measured")),
        }
    }

    /// The most that can be on the stack of the function at `address` and of those it calls.
    pub fn depth(&self, address: u64) -> Result<u64, Diag> {
        Ok(Depths::of(self).depth(address)?.bytes)
    }

    /// The most that can be on the stack of those that the function at `address` calls.
    pub fn depth_of_callees(&self, address: u64) -> Result<u64, Diag> {
        let mut depths = Depths::of(self);
        let callees = self.function(address)?.callees.iter();
        callees
            .map(|&(_, at)| depths.depth(at))
            .try_fold(0, |deepest, depth| Ok(depth?.bytes.max(deepest)))
    }

    /// The functions on the stack when it is deepest, from the one at `address`; their bytes add up to its depth.
    pub fn deepest(&self, address: u64) -> Result<Vec<Frame>, Diag> {
        let mut depths = Depths::of(self);
        let mut frames = Vec::new();
        let mut next = Some(address);
        while let Some(at) = next {
            let depth = depths.depth(at)?;
            let below = depth.through.map(|callee| depths.depth(callee));
            let below = below.transpose()?.map_or(0, |depth| depth.bytes);
            frames.push(Frame {
                function: short(&self.function(at)?.name),
                bytes: depth.bytes - below,
            });
            next = depth.through;
        }
        Ok(frames)
    }

    fn function(&self, address: u64) -> Result<&Function, Diag> {
        let function = self.0.get(&address);
        function.ok_or_else(|| unbounded("a call leads nowhere"))
    }
}

fn unbounded(why: impl Into<String>) -> Diag {
    Diag::new("no-stack-bound", why)
}

/// The name of a function without its module, the types it is for, and its digest.
fn short(symbol: &str) -> String {
    let name = format!("{:#}", demangle(symbol)).replace("->", "");
    let mut depth = 0;
    let outside = |c: &char| {
        depth += i32::from(*c == '<');
        let is_outside = depth == 0;
        depth -= i32::from(*c == '>');
        is_outside
    };
    let plain: String = name.chars().filter(outside).collect();
    let parts = plain.split("::").filter(|part| !part.is_empty());
    parts.last().map_or(name, str::to_owned)
}

fn decoder(architecture: Architecture) -> Result<Box<dyn Decoder>, Diag> {
    Ok(match architecture {
        Architecture::Arm => Box::new(thumb::Thumb::default()),
        Architecture::Riscv32 => Box::new(riscv::RiscV::new(32)),
        Architecture::Riscv64 => Box::new(riscv::RiscV::new(64)),
        other => {
            return Err(unbounded(format!(
                "no bound of the stack is known for {other:?}"
            )));
        }
    })
}

/// A section of code.
struct Code<'a> {
    start: u64,
    bytes: &'a [u8],
}

impl Code<'_> {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

/// What begins where, as the symbols of an image say.
#[derive(Default)]
struct Starts {
    /// The names of functions and their sizes, as far as these are known.
    functions: BTreeMap<u64, (String, u64)>,
    /// Whether it is data that begins here, or instructions.
    data: BTreeMap<u64, bool>,
}

impl Starts {
    fn of<'a>(file: &impl Object<'a>) -> Self {
        let mut starts = Self::default();
        for symbol in file
            .symbols()
            .filter(|symbol| symbol.section_index().is_some())
        {
            let Ok(name) = symbol.name() else { continue };
            match (name.as_bytes(), symbol.kind()) {
                ([b'$', b'd', ..], _) => _ = starts.data.insert(symbol.address(), true),
                ([b'$', ..], _) => _ = starts.data.insert(symbol.address(), false),
                // Thumb marks its functions in the lowest bit.
                (_, SymbolKind::Text) if symbol.is_definition() => {
                    let known = (name.to_owned(), symbol.size());
                    starts.functions.insert(symbol.address() & !1, known);
                }
                _ => {}
            }
        }
        starts
    }

    /// The function that `address` is in.
    fn function(&self, address: u64) -> Option<u64> {
        let (&at, _) = self.functions.range(..=address).next_back()?;
        Some(at)
    }

    /// The size of the function at `address`: what is said of it, or as far as to the next or the end of code.
    fn size(&self, address: u64, said: u64, end: u64) -> u64 {
        let next = || self.functions.range(address + 1..end).next();
        match said {
            0 => next().map_or(end, |(&next, _)| next) - address,
            said => said,
        }
    }

    fn is_data(&self, address: u64) -> bool {
        let before = self.data.range(..=address).next_back();
        before.is_some_and(|(_, &data)| data)
    }

    /// The effects of the instructions in `range`.
    fn effects(
        &self,
        code: &Code<'_>,
        range: std::ops::Range<u64>,
        decoder: &mut dyn Decoder,
    ) -> Vec<Effect> {
        let mut at = range.start;
        let mut effects = Vec::new();
        while at < range.end {
            if self.is_data(at) {
                let next = self.data.range(at + 1..range.end).next();
                at = next.map_or(range.end, |(&next, _)| next);
                continue;
            }
            let rest = &code.bytes[(at - code.start) as usize..];
            let Some((length, effect)) = decoder.decode(at, rest) else {
                break;
            };
            effects.push(effect);
            at += length as u64;
        }
        effects
    }
}

/// A function, by the effects of its instructions.
fn function(
    name: &str,
    range: std::ops::Range<u64>,
    effects: &[Effect],
    starts: &Starts,
) -> Function {
    let takes = effects.iter().map(|effect| match effect {
        Effect::Takes(bytes) => *bytes,
        _ => 0,
    });
    let frame: u64 = takes.sum();
    let mut function = Function {
        name: name.to_owned(),
        frame,
        callees: BTreeSet::new(),
        obstacle: None,
    };
    // What is on the stack at most; behind a jump, nothing is known to be freed.
    let mut left = frame;
    for &effect in effects {
        match effect {
            Effect::None | Effect::Takes(_) => {}
            Effect::Frees(bytes) => left = left.saturating_sub(bytes),
            // Where jumps do not reach far, compilers call within a function.
            Effect::Calls(to) if range.contains(&to) && to != range.start => left = frame,
            Effect::Calls(to) => {
                function
                    .callees
                    .extend(starts.function(to).map(|at| (frame, at)));
            }
            Effect::Jumps { to, always } => {
                if !range.contains(&to) {
                    function
                        .callees
                        .extend(starts.function(to).map(|at| (left, at)));
                }
                if always {
                    left = frame;
                }
            }
            Effect::Leaves => left = frame,
            Effect::CallsUnknown => function.obstacle = Some("calls through a pointer"),
            Effect::MovesUnknown => function.obstacle = Some("moves the stack in an unknown way"),
        }
    }
    function
}

/// How deep the stack is at most, and through which callee.
#[derive(Clone, Copy)]
struct Depth {
    bytes: u64,
    through: Option<u64>,
}

/// The depths that have been found: none while a function is being looked at.
struct Depths<'a> {
    graph: &'a CallGraph,
    found: BTreeMap<u64, Option<Depth>>,
}

impl<'a> Depths<'a> {
    fn of(graph: &'a CallGraph) -> Self {
        Self {
            graph,
            found: BTreeMap::new(),
        }
    }

    fn depth(&mut self, address: u64) -> Result<Depth, Diag> {
        let function = self.graph.function(address)?;
        let name = short(&function.name);
        if let Some(found) = self.found.get(&address) {
            return found.ok_or_else(|| unbounded(format!("{name} calls itself")));
        }
        if let Some(why) = function.obstacle {
            return Err(unbounded(format!("the stack has no bound: {name} {why}")));
        }
        self.found.insert(address, None);
        let mut deepest = Depth {
            bytes: function.frame,
            through: None,
        };
        for &(left, callee) in &function.callees {
            let depth = self.depth(callee);
            let depth = depth.map_err(|diag| diag.note(format!("called by {name}")))?;
            if left + depth.bytes > deepest.bytes {
                deepest = Depth {
                    bytes: left + depth.bytes,
                    through: Some(callee),
                };
            }
        }
        self.found.insert(address, Some(deepest));
        Ok(deepest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Functions by address, frame and callees.
    type Functions<'a> = [(u64, u64, &'a [(u64, u64)])];

    fn graph(functions: &Functions<'_>) -> CallGraph {
        let function = |&(at, frame, callees): &(u64, u64, &[_])| {
            let function = Function {
                name: format!("f{at}"),
                frame,
                callees: callees.iter().copied().collect(),
                obstacle: None,
            };
            (at, function)
        };
        CallGraph(functions.iter().map(function).collect())
    }

    #[test]
    fn the_deepest_way_adds_up() {
        // The first frees most of its own before it jumps to the deepest.
        let graph = graph(&[
            (0, 100, &[(100, 1), (20, 2)]),
            (1, 8, &[]),
            (2, 200, &[(200, 1)]),
        ]);
        assert_eq!(graph.depth(0).unwrap(), 228);
        let frames = graph.deepest(0).unwrap();
        let frames: Vec<_> = frames.iter().map(|f| (&*f.function, f.bytes)).collect();
        assert_eq!(frames, [("f0", 20), ("f2", 200), ("f1", 8)]);
        assert_eq!(graph.depth_of_callees(0).unwrap(), 208);
    }

    #[test]
    fn what_calls_itself_has_no_bound() {
        let graph = graph(&[(0, 8, &[(8, 1)]), (1, 8, &[(8, 0)])]);
        let said = graph.depth(0).unwrap_err();
        assert_eq!((said.code, said.notes.len()), ("no-stack-bound", 2));
    }

    #[test]
    fn names_are_those_of_the_source() {
        let mangled = "_ZN5model7runtime7kernels3dsp10conv2d_dsp17h0123456789abcdefE";
        assert_eq!(short(mangled), "conv2d_dsp");
        assert_eq!(short("memcpy"), "memcpy");
        assert_eq!(short("a::Tiles<4, b::C>::columns::<f32>"), "columns");
        assert_eq!(short("<a::Tiles as b::Columns>::widen"), "widen");
    }
}
