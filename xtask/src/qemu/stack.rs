//! How deep the stack can go, read from the machine code of an image.
//!
//! A function takes at most what all of its instructions together take off the stack pointer, and beside that what the
//! deepest of those takes that it calls. What it frees counts only before it jumps to another function for good. So the
//! bound holds whatever the compiler or a kernel in assembly does with the stack, as long as amounts can be read off the
//! code, no call goes through a pointer, and nothing calls itself; otherwise there is an error, and no bound.

mod riscv;
mod thumb;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail, ensure};
use object::{Architecture, Object, ObjectSection, ObjectSymbol, SectionKind, SymbolKind};

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

/// The functions of an image, by their addresses.
pub(super) struct CallGraph(BTreeMap<u64, Function>);

impl CallGraph {
    /// Reads the code of an image.
    pub(super) fn read<'a>(file: &impl Object<'a>) -> Result<Self> {
        let starts = Starts::of(file);
        let mut functions = BTreeMap::new();
        for section in file.sections().filter(|s| s.kind() == SectionKind::Text) {
            let code = Code {
                start: section.address(),
                bytes: section.data()?,
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

    /// The function that calls what is at `address`.
    pub(super) fn caller_of(&self, address: u64) -> Result<u64> {
        let calls = |f: &Function| f.callees.iter().any(|&(_, callee)| callee == address);
        let mut callers = self.0.iter().filter(|(_, function)| calls(function));
        let (&caller, _) = callers
            .next()
            .context("nothing calls the measured region")?;
        ensure!(callers.next().is_none(), "several functions are measured");
        Ok(caller)
    }

    /// The most that can be on the stack of the function at `address` and of those it calls.
    pub(super) fn depth(&self, address: u64) -> Result<u64> {
        Depths::of(self).depth(address)
    }

    /// The most that can be on the stack of those that the function at `address` calls.
    pub(super) fn depth_of_callees(&self, address: u64) -> Result<u64> {
        let function = self.0.get(&address).context("there is no such function")?;
        let mut depths = Depths::of(self);
        let callees = function.callees.iter().map(|&(_, at)| depths.depth(at));
        Ok(callees
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .max()
            .unwrap_or(0))
    }
}

fn decoder(architecture: Architecture) -> Result<Box<dyn Decoder>> {
    Ok(match architecture {
        Architecture::Arm => Box::new(thumb::Thumb::default()),
        Architecture::Riscv32 => Box::new(riscv::RiscV::new(32)),
        Architecture::Riscv64 => Box::new(riscv::RiscV::new(64)),
        other => bail!("no bound of the stack is known for {other:?}"),
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

/// The depths that have been found: none while a function is being looked at.
struct Depths<'a> {
    graph: &'a CallGraph,
    found: BTreeMap<u64, Option<u64>>,
}

impl<'a> Depths<'a> {
    fn of(graph: &'a CallGraph) -> Self {
        Self {
            graph,
            found: BTreeMap::new(),
        }
    }

    fn depth(&mut self, address: u64) -> Result<u64> {
        let function = self.graph.0.get(&address).context("a call leads nowhere")?;
        let name = &function.name;
        if let Some(found) = self.found.get(&address) {
            return found.with_context(|| format!("{name} calls itself"));
        }
        if let Some(why) = function.obstacle {
            bail!("the stack has no bound: {name} {why}");
        }
        self.found.insert(address, None);
        let mut deepest = function.frame;
        for &(below, callee) in &function.callees {
            let depth = self.depth(callee);
            deepest = deepest.max(below + depth.with_context(|| format!("called by {name}"))?);
        }
        self.found.insert(address, Some(deepest));
        Ok(deepest)
    }
}
