//! Assignment: which region each buffer lies in, the hottest in the fastest.
//!
//! The hottest buffers, by [density of traffic](super::traffic), choose first, and each takes the fastest region in
//! which there is a placement of it and of those before it. If one is left without a region, a search assigns the
//! largest first and takes choices back. In the end buffers change places as long as less is moved to and from slow
//! memories. Everything is counted and not timed, so that equal input gives equal assignments.

use super::place::{self, Buffer};
use super::{Block, Traffic, segments_of, shapes};
use crate::diag::Diag;
use crate::program::{BufferId, Program};
use crate::settings::{Region, Regions, print_bytes};
use std::cell::{Cell, RefCell};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// How many placements are tried at most, over all.
const ATTEMPTS: usize = 4_000;
/// How many choices a search makes or takes back at most.
const CHOICES: usize = 100_000;
/// How many placements an assignment may take that only says what would fit.
const ATTEMPTS_OF_ADVICE: usize = 150;
/// How many of those that fit nowhere are named.
const NAMED: usize = 3;
/// How many orders of blocks are tried to see whether layers that run row by row fit.
const ORDERS: usize = 200;

/// Sets the arena of each block, so that for each region there is a placement within its budget.
pub(super) fn assign(
    program: &Program,
    blocks: &mut BTreeMap<BufferId, Block>,
    traffic: &Traffic,
    regions: &Regions,
) -> Result<(), Diag> {
    let regions = regions.list();
    if let [Region { budget: None, .. }] = regions[..] {
        return Ok(());
    }
    let groups = groups(program, blocks, traffic);
    let instance = Instance::new(program, blocks, &groups, &regions);
    let found = instance.solve(ATTEMPTS);
    let assignment = found.ok_or_else(|| instance.why_not())?;
    for (group, &region) in groups.iter().zip(&assignment) {
        for id in &group.blocks {
            blocks.entry(*id).and_modify(|block| block.arena = region);
        }
    }
    Ok(())
}

/// Blocks that lie in one region: one, or all tensors of a segment, since they share bytes row by row.
struct Group {
    blocks: Vec<BufferId>,
    bytes: usize,
    traffic: u64,
}

/// All groups, the hottest first.
fn groups(program: &Program, blocks: &BTreeMap<BufferId, Block>, traffic: &Traffic) -> Vec<Group> {
    // The first block of the group that each is in.
    let mut leaders: BTreeMap<BufferId, BufferId> = blocks.keys().map(|&id| (id, id)).collect();
    for segment in &program.segments {
        let of_it = segment.edges.iter().filter_map(|e| leaders.get(&e.buffer));
        let joined: Vec<_> = of_it.copied().collect();
        let Some(&first) = joined.iter().min() else {
            continue;
        };
        let members = leaders
            .values_mut()
            .filter(|leader| joined.contains(leader));
        members.for_each(|leader| *leader = first);
    }
    let mut groups: BTreeMap<BufferId, Group> = BTreeMap::new();
    for (id, leader) in leaders {
        let group = groups.entry(leader).or_insert(Group {
            blocks: Vec::new(),
            bytes: 0,
            traffic: 0,
        });
        group.blocks.push(id);
        group.bytes += blocks[&id].size;
        group.traffic += traffic.bytes(id);
    }
    let mut groups: Vec<_> = groups.into_values().collect();
    groups.sort_by_key(|g| {
        Reverse((
            g.traffic.saturating_mul(1000) / g.bytes.max(1) as u64,
            g.bytes,
        ))
    });
    groups
}

/// Groups, and the regions that they are to be in.
struct Instance<'a> {
    program: &'a Program,
    blocks: &'a BTreeMap<BufferId, Block>,
    groups: &'a [Group],
    regions: &'a [Region],
    capacities: Vec<usize>,
    /// What is known: whether these groups fit so many bytes.
    known: RefCell<HashMap<(usize, Vec<usize>), bool>>,
    attempts: Cell<usize>,
}

/// The region of each group, in the order of groups.
type Assignment = Vec<usize>;

/// The region of a group that has none yet.
const NONE: usize = usize::MAX;

impl<'a> Instance<'a> {
    fn new(
        program: &'a Program,
        blocks: &'a BTreeMap<BufferId, Block>,
        groups: &'a [Group],
        regions: &'a [Region],
    ) -> Self {
        Instance {
            program,
            blocks,
            groups,
            regions,
            capacities: regions.iter().map(Region::capacity).collect(),
            known: RefCell::default(),
            attempts: Cell::new(0),
        }
    }

    /// An assignment, if one is found with so many attempts.
    fn solve(&self, attempts: usize) -> Option<Assignment> {
        self.attempts.set(attempts);
        let found = self.hottest_first().or_else(|| self.largest_first());
        found.map(|mut assignment| {
            while self.improve(&mut assignment) {}
            assignment
        })
    }

    /// Each group in the fastest region that it fits.
    fn hottest_first(&self) -> Option<Assignment> {
        let mut assignment = vec![NONE; self.groups.len()];
        for group in 0..self.groups.len() {
            let mut regions = 0..self.regions.len();
            assignment[group] =
                regions.find(|&r| self.fits_with(&assignment, r, &[group], None))?;
        }
        Some(assignment)
    }

    /// A search over all assignments, of the largest group first; the last choice is taken back where the next
    /// group fits no region.
    fn largest_first(&self) -> Option<Assignment> {
        let mut order: Vec<_> = (0..self.groups.len()).collect();
        order.sort_by_key(|&g| Reverse(self.groups[g].bytes));
        let mut assignment = vec![NONE; self.groups.len()];
        // The regions of the groups so far.
        let mut path: Vec<usize> = Vec::new();
        let mut next = 0;
        for _ in 0..CHOICES {
            if path.len() == order.len() {
                return Some(assignment);
            }
            let group = order[path.len()];
            let fits = |&r: &usize| self.fits_with(&assignment, r, &[group], None);
            match (next..self.regions.len()).find(fits) {
                Some(region) => {
                    assignment[group] = region;
                    path.push(region);
                    next = 0;
                }
                None => {
                    next = path.pop()? + 1;
                    assignment[order[path.len()]] = NONE;
                }
            }
            if self.attempts.get() == 0 {
                break;
            }
        }
        None
    }

    /// Moves a group to a faster region, or exchanges it with one there that moves less; whether there was any.
    fn improve(&self, assignment: &mut Assignment) -> bool {
        for group in 0..self.groups.len() {
            for faster in 0..assignment[group] {
                if self.fits_with(assignment, faster, &[group], None) {
                    assignment[group] = faster;
                    return true;
                }
                if let Some(colder) = self.exchangeable(assignment, group, faster) {
                    assignment.swap(group, colder);
                    return true;
                }
            }
        }
        false
    }

    /// The coldest group of a faster region that can change places with `group`.
    fn exchangeable(&self, assignment: &Assignment, group: usize, faster: usize) -> Option<usize> {
        let slower = assignment[group];
        let is_colder = |&other: &usize| {
            assignment[other] == faster && self.groups[other].traffic < self.groups[group].traffic
        };
        let colder = (0..self.groups.len()).rev().filter(is_colder);
        let mut fitting = colder.filter(|&other| {
            self.fits_with(assignment, faster, &[group], Some(other))
                && self.fits_with(assignment, slower, &[other], Some(group))
        });
        fitting.next()
    }

    /// Whether what lies in a region fits it with some more groups, and without one.
    fn fits_with(
        &self,
        assignment: &Assignment,
        region: usize,
        more: &[usize],
        without: Option<usize>,
    ) -> bool {
        let here =
            (0..self.groups.len()).filter(|&g| assignment[g] == region && Some(g) != without);
        let mut members: Vec<_> = here.chain(more.iter().copied()).collect();
        members.sort_unstable();
        self.fits(self.capacities[region], members)
    }

    /// Whether a placement of these groups is found in so many bytes.
    fn fits(&self, capacity: usize, members: Vec<usize>) -> bool {
        let key = (capacity, members);
        if let Some(&known) = self.known.borrow().get(&key) {
            return known;
        }
        let Some(left) = self.attempts.get().checked_sub(1) else {
            return false;
        };
        self.attempts.set(left);
        let fits = self.place(capacity, &key.1);
        self.known.borrow_mut().insert(key, fits);
        fits
    }

    fn place(&self, capacity: usize, members: &[usize]) -> bool {
        let ids = members.iter().flat_map(|&g| &self.groups[g].blocks);
        let mut blocks: BTreeMap<_, _> = ids.map(|&id| (id, self.blocks[&id])).collect();
        let segments = segments_of(self.program, &blocks);
        if segments.is_empty() {
            let buffers: Vec<Buffer> = blocks.values().map(Block::as_buffer).collect();
            return place::within(&buffers, capacity).is_some();
        }
        shapes::bound(&segments, &blocks) <= capacity
            && shapes::place(&segments, &mut blocks, ORDERS).0 <= capacity
    }

    /// Why there is no assignment, and what would help.
    fn why_not(&self) -> Diag {
        let budgets = self.regions.iter().map(|r| {
            let budget = r.budget.map_or("no limit".into(), print_bytes);
            format!("{}={budget}", r.name)
        });
        let budgets = budgets.collect::<Vec<_>>().join(",");
        let diag = Diag::new(
            super::OUT_OF_RAM,
            format!("the network does not fit `{budgets}`"),
        );
        self.attempts.set(ATTEMPTS);
        let all = (0..self.groups.len()).collect();
        let diag = match self.least(0, |bytes| self.fits(bytes, Vec::clone(&all))) {
            Some(bytes) => diag.note(format!("in one memory it takes {bytes} bytes")),
            None => diag,
        };
        let diag = self.too_large().into_iter().fold(diag, Diag::note);
        let advice = (0..self.regions.len()).filter_map(|region| self.advice(region));
        match advice.collect::<Vec<_>>().join(", or ") {
            advice if advice.is_empty() => diag,
            advice => diag.note(format!("{advice} would do")),
        }
    }

    /// Groups that fit no region even alone, the largest first, if there are not too many.
    fn too_large(&self) -> Vec<String> {
        let fits_none = |g: &usize| !self.capacities.iter().any(|&c| self.fits(c, vec![*g]));
        let mut too_large: Vec<_> = (0..self.groups.len()).filter(fits_none).collect();
        too_large.sort_by_key(|&g| Reverse(self.groups[g].bytes));
        let named = too_large.iter().take(NAMED);
        named.map(|&g| self.too_large_alone(g)).collect()
    }

    fn too_large_alone(&self, group: usize) -> String {
        let Group { blocks, bytes, .. } = &self.groups[group];
        let least = self.least(0, |bytes| self.fits(bytes, vec![group]));
        let name = &self.program.buffer(blocks[0]).name;
        let name = name.split(';').next().unwrap_or(name);
        let what = match blocks.len() - 1 {
            0 => format!("`{name}` takes"),
            more => format!("`{name}` and {more} more tensors of layers that run row by row take"),
        };
        format!(
            "{what} {} bytes, more than any region has",
            least.unwrap_or(*bytes)
        )
    }

    /// The least budget of one region, in place of its own, with which there is an assignment.
    fn advice(&self, region: usize) -> Option<String> {
        let budget = self.regions[region].budget?;
        let least = self.least(budget, |bytes| {
            let mut other = Instance::new(self.program, self.blocks, self.groups, self.regions);
            other.capacities[region] = bytes;
            other.solve(ATTEMPTS_OF_ADVICE).is_some()
        });
        least.map(|bytes| format!("`{}={}`", self.regions[region].name, print_bytes(bytes)))
    }

    /// The least number of bytes above `from` that is enough, rounded up to what people would write.
    fn least(&self, from: usize, enough: impl Fn(usize) -> bool) -> Option<usize> {
        let sizes = self.blocks.values().map(|b| b.size + b.align);
        let all: usize = sizes.sum();
        let unit = if from < FINE { 16 } else { 1 << 10 };
        let (mut low, mut high) = (from / unit, all.div_ceil(unit));
        if !enough(high * unit) {
            return None;
        }
        while low + 1 < high {
            let middle = low + (high - low) / 2;
            match enough(middle * unit) {
                true => high = middle,
                false => low = middle,
            }
        }
        Some(high * unit)
    }
}

/// Budgets below this are advised in small steps.
const FINE: usize = 16 << 10;

#[cfg(test)]
mod tests;
