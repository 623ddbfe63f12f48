//! Families of operators, a file each and a line each in the list below.

mod branches;
mod casts;
mod control;
mod dense;
mod indices;
mod integers;
mod islands;
mod layers;
mod masks;
mod moves;
mod pointwise;
mod ranks;
mod recurrent;
mod reductions;
mod resize;
mod shapes;

pub(super) use branches::slide_over_one_image;

use super::builder::Builder;

/// Adds an operator, or nothing where no value fits it.
pub(super) type Add = fn(&mut Builder) -> Option<()>;

/// Operators that belong together.
pub(super) struct Family {
    pub(super) name: &'static str,
    pub(super) operators: &'static [Add],
}

const fn family(name: &'static str, operators: &'static [Add]) -> Family {
    Family { name, operators }
}

/// All families; what is listed twice is drawn twice as often.
pub(super) const FAMILIES: &[Family] = &[
    family("branches", branches::OPERATORS),
    family("casts", casts::OPERATORS),
    family("control", control::OPERATORS),
    family("dense", dense::OPERATORS),
    family("indices", indices::OPERATORS),
    family("integers", integers::OPERATORS),
    family("islands", islands::OPERATORS),
    family("layers", layers::OPERATORS),
    family("layers", layers::OPERATORS),
    family("masks", masks::OPERATORS),
    family("moves", moves::OPERATORS),
    family("pointwise", pointwise::OPERATORS),
    family("pointwise", pointwise::OPERATORS),
    family("ranks", ranks::OPERATORS),
    family("recurrent", recurrent::OPERATORS),
    family("reductions", reductions::OPERATORS),
    family("resize", resize::OPERATORS),
    family("shapes", shapes::OPERATORS),
];
