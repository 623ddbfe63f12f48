//! For each group of tensors the range that harms least: each estimator's proposal is tried on the layers that read
//! the group, and what these compute is compared with what they compute in floats.

use super::fragment::Fragment;
use super::layers::{Group, Layer, Layers};
use super::net::Net;
use super::observe::{Histogram, Observed};
use super::parallel;
use super::params::{Params, Precision};
use super::ranges::Estimator;
use super::signal::Noise;
use crate::diag::{Diag, Diags};
use std::collections::{BTreeMap, HashMap};

/// How a group is quantised, and who proposed it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) params: Params,
    pub(super) estimator: Estimator,
}

/// How every group is quantised.
pub(super) type Choices = BTreeMap<Group, Choice>;

/// Chooses parameters for all groups, whose precision is as `precision` says; `progress` hears of each.
pub(super) fn choose(
    net: &Net,
    layers: &Layers,
    observed: &Observed,
    precision: &dyn Fn(Group) -> Precision,
    progress: &dyn Fn(usize),
) -> Result<Choices, Diags> {
    let mut fragments = HashMap::new();
    for layer in &layers.layers {
        let output = std::slice::from_ref(&layer.output);
        let fragment = Fragment::new(net, &layer.nodes, &BTreeMap::new(), output)?;
        fragments.insert(layer.output.clone(), fragment);
    }
    let mut choices = Choices::new();
    for group in layers.ids() {
        let histogram = observed.together(&layers.groups[group.0]);
        let trial = Trial {
            layers,
            observed,
            fragments: &fragments,
            group,
        };
        choices.insert(group, trial.best(proposals(&histogram, precision(group)))?);
        progress(group.0 + 1);
    }
    Ok(choices)
}

/// For all groups the whole range of what was seen.
pub(super) fn whole_ranges(
    layers: &Layers,
    observed: &Observed,
    precision: &dyn Fn(Group) -> Precision,
) -> Choices {
    let choice = |group: Group| {
        let histogram = observed.together(&layers.groups[group.0]);
        let estimator = Estimator::MinMax;
        let range = estimator.range(&histogram, precision(group));
        Choice {
            params: Params::of_range(range, precision(group)),
            estimator,
        }
    };
    layers.ids().map(|group| (group, choice(group))).collect()
}

/// What the estimators propose, each range once. In 16 bits nothing needs to be cut off.
fn proposals(histogram: &Histogram, precision: Precision) -> Vec<Choice> {
    let estimators = match precision {
        Precision::Int8 => &Estimator::ALL[..],
        Precision::Int16 => &[Estimator::MinMax],
    };
    let mut proposals: Vec<Choice> = Vec::new();
    for &estimator in estimators {
        let params = Params::of_range(estimator.range(histogram, precision), precision);
        if proposals.iter().all(|other| other.params != params) {
            proposals.push(Choice { params, estimator });
        }
    }
    proposals
}

/// A group that proposals are tried for.
struct Trial<'a> {
    layers: &'a Layers,
    observed: &'a Observed,
    fragments: &'a HashMap<String, Fragment>,
    group: Group,
}

impl Trial<'_> {
    fn best(&self, proposals: Vec<Choice>) -> Result<Choice, Diag> {
        let first = proposals[0];
        let mut judged = Vec::new();
        for proposal in proposals {
            judged.push((self.error(&proposal.params)?, proposal));
        }
        let best = judged.into_iter().min_by(|a, b| a.0.total_cmp(&b.0));
        Ok(best.map_or(first, |(_, proposal)| proposal))
    }

    /// The error that the parameters cause, as a part of what is computed, summed over all readers; if there are none,
    /// that of the tensors themselves.
    fn error(&self, params: &Params) -> Result<f64, Diag> {
        let mut readers = self.layers.readers(self.group).peekable();
        if readers.peek().is_none() {
            return Ok(self.own_error(params));
        }
        readers.map(|layer| self.error_at(layer, params)).sum()
    }

    fn error_at(&self, layer: &Layer, params: &Params) -> Result<f64, Diag> {
        let Some(fragment) = self.fragments.get(&layer.output) else {
            return Ok(0.0);
        };
        let expected = self
            .observed
            .kept
            .get(&layer.output)
            .map_or(&[][..], Vec::as_slice);
        let round = |name: &str, tensor: &_| match self.layers.group(name) == Some(self.group) {
            true => params.round_tensor(tensor),
            false => tensor.clone(),
        };
        let found = parallel::map(expected.len(), |i| {
            fragment.run_on(&self.observed.kept, i, round)
        })?;
        let mut noise = Noise::default();
        found
            .concat()
            .iter()
            .zip(expected)
            .for_each(|(found, expected)| noise.add(found, expected));
        Ok(noise.ratio())
    }

    fn own_error(&self, params: &Params) -> f64 {
        let tensors = &self.layers.groups[self.group.0];
        let kept = tensors
            .iter()
            .filter_map(|name| self.observed.kept.get(name));
        let mut noise = Noise::default();
        kept.flatten()
            .for_each(|tensor| noise.add(&params.round_tensor(tensor), tensor));
        noise.ratio()
    }
}
