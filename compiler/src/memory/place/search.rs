//! The search: whether buffers fit into an arena of a given height.
//!
//! A depth-first search over *canonical* solutions, with the ideas of MiniMalloc (Moffitt, "MiniMalloc: A Lightweight Memory
//! Allocator for Hardware-Accelerated Machine Learning", ASPLOS 2024): if there is a solution, there is one in which no buffer can be
//! lowered. Unlike MiniMalloc, which chooses the next buffer by offset, a node asks what lies at the bottom of a *valley*:
//!
//! * Each buffer that is not placed yet has an offset below which no solution has it. The *floor* of a section of time is the
//!   smallest of them; a valley is a run of sections with equal floors between higher ones. A buffer that can lie on the
//!   floor of a valley lies within it, so nothing comes below it any more.
//! * **Branching.** For one section of a valley, one of the buffers that can lie on its floor does, or none: then each of
//!   them is *passed over*. Of all sections the one with the fewest possibilities is asked.
//! * **Dominance.** What was passed over must be lifted by another buffer that meets it. If none can reach below it, it could
//!   be lowered in every solution from there, and there is none to find.
//! * **Piles.** In one section, buffers pile up at least as high as when they are stacked in the order of their lowest offsets
//!   (one machine with release times). A node whose highest pile exceeds the capacity is left.
//! * **Decomposition.** Where no buffer that is still to be placed crosses a moment, both sides are independent: a
//!   failure of one says nothing about choices made for the other.
//! * **Twins.** Of equal buffers, the first lies below.

use super::bound::Sections;
use super::{Buffer, Placement};
use std::ops::Range;

/// What a search found out.
pub(super) enum Verdict {
    /// A placement that is not too high.
    Fits(Placement),
    /// There is none, and none either that is lower than this.
    NoneBelow(usize),
    /// The looks that were granted did not suffice.
    Unknown,
}

/// A buffer, as the search sees it.
struct Item {
    /// The sections of time in which it is in use.
    sections: Range<usize>,
    size: usize,
    align: usize,
    /// Its place in the order of preference.
    rank: u32,
    /// The equal buffer that lies below.
    twin: Option<u32>,
}

/// A buffer that is still to be placed.
#[derive(Clone, Copy)]
struct Member {
    item: u32,
    /// No solution from here has it lower.
    lowest: usize,
    /// An offset at which it was passed over, and nothing is yet that keeps it from there.
    passed: Option<usize>,
}

/// Buffers to be placed that no moment without any divides.
struct Node {
    /// In the order of time.
    members: Vec<Member>,
    /// What can lie on the floor of a section, the most promising last.
    choices: Vec<Choice>,
    /// What is left to do for the choice that was made.
    children: Option<Vec<Node>>,
}

/// What lies on the floor of a section.
#[derive(Clone, Copy)]
enum Choice {
    /// A buffer, at this offset.
    Place(u32, usize),
    /// Nothing at this offset, in this section.
    Nothing(usize, usize),
}

pub(super) struct Search {
    items: Vec<Item>,
    /// The items in the order of time.
    by_time: Vec<u32>,
    capacity: usize,
    /// How often it may still look at a buffer.
    looks: u64,
    /// Nodes that were looked at.
    pub(super) nodes: u64,
    /// The smallest height for which a node would not have been left.
    next_height: usize,
    offsets: Vec<usize>,
    sections: Vec<Section>,
}

/// What is known of a section of time at the node that is looked at.
#[derive(Clone, Copy)]
struct Section {
    /// The smallest offset of all members.
    floor: usize,
    /// How high members pile up.
    pile: usize,
    /// How many members can lie on the floor.
    choices: usize,
}

const UNSEEN: Section = Section {
    floor: usize::MAX,
    pile: 0,
    choices: 0,
};

impl Search {
    pub(super) fn new(buffers: &[Buffer], ranks: &[u32]) -> Self {
        let sections = Sections::of(buffers);
        let item = |(buffer, &rank): (&Buffer, &u32)| Item {
            sections: sections.range(buffer),
            size: buffer.size,
            align: buffer.align,
            rank,
            twin: None,
        };
        let mut items: Vec<_> = buffers.iter().zip(ranks).map(item).collect();
        link_twins(&mut items);
        let mut by_time: Vec<_> = (0..items.len() as u32).collect();
        by_time.sort_by_key(|&i| items[i as usize].sections.start);
        Search {
            offsets: vec![0; items.len()],
            sections: vec![UNSEEN; sections.len()],
            items,
            by_time,
            capacity: 0,
            looks: 0,
            nodes: 0,
            next_height: usize::MAX,
        }
    }

    /// Looks for a placement of at most `capacity` bytes; `looks` is what is left of them.
    pub(super) fn run(&mut self, buffers: &[Buffer], capacity: usize, looks: &mut u64) -> Verdict {
        (self.capacity, self.looks, self.next_height) = (capacity, *looks, usize::MAX);
        let member = |&item: &u32| Member {
            item,
            lowest: 0,
            passed: None,
        };
        let members = self.by_time.iter().map(member).collect();
        let found = match self.divide(members) {
            Some(parts) => self.explore(parts),
            None => Some(false),
        };
        *looks = self.looks;
        match found {
            None => Verdict::Unknown,
            Some(false) => Verdict::NoneBelow(self.next_height),
            Some(true) => Verdict::Fits(Placement::new(buffers, self.offsets.clone())),
        }
    }

    /// Whether all these nodes have a solution; nothing if the looks do not suffice to tell.
    fn explore(&mut self, parts: Vec<Node>) -> Option<bool> {
        let root = Node {
            members: Vec::new(),
            choices: Vec::new(),
            children: Some(parts),
        };
        let (mut path, mut solved) = (vec![root], true);
        while let Some(node) = path.last_mut() {
            if !solved {
                node.children = None;
                solved = true;
            }
            match &mut node.children {
                Some(children) => match children.pop() {
                    Some(child) => path.push(child),
                    None => drop(path.pop()),
                },
                None => match node.choices.pop() {
                    Some(choice) => {
                        self.pay(&node.members)?;
                        node.children = self.choose(&node.members, choice);
                        solved = node.children.is_some();
                    }
                    None => {
                        path.pop();
                        solved = false;
                    }
                },
            }
        }
        Some(solved)
    }

    /// Takes the looks that a choice among such members costs; nothing if too few are left.
    fn pay(&mut self, members: &[Member]) -> Option<()> {
        let left = self.looks.checked_sub(members.len() as u64);
        self.looks = left.unwrap_or(0);
        left.map(drop)
    }

    /// The nodes that are left after a choice. None if it cannot be right.
    fn choose(&mut self, members: &[Member], choice: Choice) -> Option<Vec<Node>> {
        let rest = match choice {
            Choice::Place(item, offset) => {
                self.offsets[item as usize] = offset;
                let others = members.iter().filter(|member| member.item != item);
                others
                    .map(|&member| self.above(member, item, offset))
                    .collect()
            }
            Choice::Nothing(section, floor) => members
                .iter()
                .map(|&member| self.passed(member, section, floor))
                .collect(),
        };
        self.divide(rest)
    }

    /// What is known of a member when an item has been placed that meets it or not.
    fn above(&self, member: Member, item: u32, offset: usize) -> Member {
        let (own, placed) = (
            &self.items[member.item as usize],
            &self.items[item as usize],
        );
        if !meet(&own.sections, &placed.sections) {
            return member;
        }
        let top = offset + placed.size;
        Member {
            lowest: member.lowest.max(top.next_multiple_of(own.align)),
            passed: member.passed.filter(|at| offset >= at + own.size),
            ..member
        }
    }

    /// What is known of a member when nothing lies on the floor of a section.
    fn passed(&self, member: Member, section: usize, floor: usize) -> Member {
        let own = &self.items[member.item as usize];
        if member.lowest > floor || !own.sections.contains(&section) {
            return member;
        }
        Member {
            lowest: (floor + 1).next_multiple_of(own.align),
            passed: member.passed.or(Some(floor)),
            ..member
        }
    }

    /// A node for each of the parts into which moments divide the members, which are in the order of time.
    fn divide(&mut self, members: Vec<Member>) -> Option<Vec<Node>> {
        let mut nodes = Vec::new();
        let mut end = 0;
        let mut part = Vec::new();
        for member in members {
            let sections = self.items[member.item as usize].sections.clone();
            if sections.start >= end && !part.is_empty() {
                nodes.push(self.open(std::mem::take(&mut part))?);
            }
            end = end.max(sections.end);
            part.push(member);
        }
        if !part.is_empty() {
            nodes.push(self.open(part)?);
        }
        Some(nodes)
    }

    /// A node for members that no moment divides, unless it has no solution.
    fn open(&mut self, mut members: Vec<Member>) -> Option<Node> {
        self.nodes += 1;
        self.lift(&mut members)?;
        let mut order = members.clone();
        order.sort_unstable_by_key(|m| m.lowest);
        let height = self.pile(&order);
        if height > self.capacity {
            self.next_height = self.next_height.min(height);
            return None;
        }
        let choices = self.choices(&members);
        Some(Node {
            members,
            choices,
            children: None,
        })
    }

    /// Raises the lowest offsets of members to what others leave open. None if one was passed over for good.
    fn lift(&self, members: &mut [Member]) -> Option<()> {
        for i in 0..members.len() {
            if let Some(at) = members[i].passed {
                members[i].lowest = members[i].lowest.max(self.lifted(members, i, at)?);
            }
            if let Some(twin) = self.items[members[i].item as usize].twin
                && let Some(below) = members.iter().find(|m| m.item == twin)
            {
                members[i].lowest = members[i].lowest.max(self.over(*below, members[i]));
            }
        }
        Some(())
    }

    /// The lowest offset of a member that was passed over and has to be lifted by another.
    fn lifted(&self, members: &[Member], passed: usize, at: usize) -> Option<usize> {
        let member = members[passed];
        let own = &self.items[member.item as usize];
        let reaches_below = |other: &&Member| {
            other.item != member.item
                && other.lowest < at + own.size
                && meet(&own.sections, &self.items[other.item as usize].sections)
        };
        let lifters = members.iter().filter(reaches_below);
        lifters.map(|&other| self.over(other, member)).min()
    }

    /// The lowest offset of a member that lies above another.
    fn over(&self, below: Member, above: Member) -> usize {
        let top = below.lowest + self.items[below.item as usize].size;
        top.next_multiple_of(self.items[above.item as usize].align)
    }

    /// Notes floors and piles of all sections of members that are sorted by their lowest offsets. The highest pile.
    fn pile(&mut self, members: &[Member]) -> usize {
        let mut height = 0;
        for member in members {
            self.sections[self.items[member.item as usize].sections.clone()].fill(UNSEEN);
        }
        for member in members {
            let item = &self.items[member.item as usize];
            for section in &mut self.sections[item.sections.clone()] {
                section.floor = section.floor.min(member.lowest);
                section.choices += usize::from(section.floor == member.lowest);
                section.pile = member.lowest.max(section.pile) + item.size;
                height = height.max(section.pile);
            }
        }
        height
    }

    /// What can lie on the floor of that section of a valley for which there are the fewest choices.
    fn choices(&self, members: &[Member]) -> Vec<Choice> {
        let Some(section) = self.narrowest(members) else {
            return Vec::new();
        };
        let floor = self.sections[section].floor;
        let item = |m: &Member| &self.items[m.item as usize];
        let mut fitting: Vec<_> = members
            .iter()
            .filter(|m| m.lowest == floor && item(m).sections.contains(&section))
            .collect();
        fitting.sort_unstable_by_key(|m| std::cmp::Reverse(item(m).rank));
        let placed = fitting.into_iter().map(|m| Choice::Place(m.item, floor));
        [Choice::Nothing(section, floor)]
            .into_iter()
            .chain(placed)
            .collect()
    }

    /// The section of a valley with the fewest choices; of several, the one with the highest pile.
    fn narrowest(&self, members: &[Member]) -> Option<usize> {
        let start = self.items[members.first()?.item as usize].sections.start;
        let end = members
            .iter()
            .map(|m| self.items[m.item as usize].sections.end)
            .max()?;
        let mut best = None;
        let mut run = start;
        while run < end {
            let floor = self.sections[run].floor;
            let len = self.sections[run..end]
                .iter()
                .take_while(|s| s.floor == floor)
                .count();
            let is_higher = |at: Option<usize>| at.is_none_or(|at| self.sections[at].floor > floor);
            let (before, after) = (
                run.checked_sub(1).filter(|&at| at >= start),
                Some(run + len).filter(|&at| at < end),
            );
            if is_higher(before) && is_higher(after) {
                let cost = |at: usize| {
                    let section = &self.sections[at];
                    let nothing = usize::from(section.pile < self.capacity);
                    (section.choices + nothing, usize::MAX - section.pile, at)
                };
                best = (run..run + len).map(cost).chain(best).min();
            }
            run += len;
        }
        best.map(|(_, _, at)| at)
    }
}

fn meet(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

/// Links each item with the equal one that comes before it in the order of preference.
fn link_twins(items: &mut [Item]) {
    let mut order: Vec<_> = (0..items.len()).collect();
    let likeness = |i: usize| {
        (
            items[i].sections.start,
            items[i].sections.end,
            items[i].size,
            items[i].align,
        )
    };
    order.sort_by_key(|&i| (likeness(i), items[i].rank));
    let pairs: Vec<_> = order
        .windows(2)
        .filter(|pair| likeness(pair[0]) == likeness(pair[1]))
        .map(|pair| (pair[0] as u32, pair[1]))
        .collect();
    for (first, second) in pairs {
        items[second].twin = Some(first);
    }
}
