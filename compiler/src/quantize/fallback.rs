//! Layers that 8 bits hurt: their activations take 16 bits, or they stay in floats, until no more accuracy is lost than
//! may be.
//!
//! Layers go in the order of the noise that they make themselves, the worst first; how many have to go is found by
//! bisection, so that a network of a hundred layers is judged seven times.

use super::accuracy::{Accuracy, Judge};
use super::calibrate::Calibrated;
use super::layers::{Group, Layer, Layers};
use super::params::Precision;
use super::{Stage, walk};
use crate::diag::{Diag, Diags};
use std::collections::HashSet;

/// The network, with as few layers in 16 bits or floats as it takes to lose no more than `max_drop` percentage points,
/// and its accuracy.
pub(super) fn within(
    calibrated: Calibrated,
    judge: &Judge<'_>,
    max_drop: Option<f64>,
    stage: &Stage<'_>,
) -> Result<(Calibrated, Accuracy), Diags> {
    let accuracy = judge.accuracy(&calibrated.rewrite()?)?;
    let Some(max_drop) = max_drop.filter(|&max| accuracy.drop() > max) else {
        return Ok((calibrated, accuracy));
    };
    let search = Search {
        worst: worst_first(&calibrated)?,
        calibrated,
        judge,
        max_drop,
        stage,
    };
    for way in [Way::SixteenBits, Way::Floats] {
        if let Some(found) = search.fewest(way)? {
            return Ok(found);
        }
    }
    Err(drops(accuracy.drop(), max_drop).into())
}

fn drops(drop: f64, max_drop: f64) -> Diag {
    let message = format!("quantising loses {drop:.2} percentage points, more than {max_drop}");
    Diag::new("accuracy-drop", message)
        .note("no number of layers in 16 bits or in floats loses little enough")
        .note("allow more, or give more samples")
}

/// What may be done for a layer.
#[derive(Clone, Copy)]
enum Way {
    SixteenBits,
    Floats,
}

struct Search<'a> {
    calibrated: Calibrated,
    /// Outputs of layers, those first that make the most noise.
    worst: Vec<String>,
    judge: &'a Judge<'a>,
    max_drop: f64,
    stage: &'a Stage<'a>,
}

impl Search<'_> {
    /// The network with the fewest layers treated in this way, if there is any that is right enough. One layer at
    /// least stays in integers.
    fn fewest(&self, way: Way) -> Result<Option<(Calibrated, Accuracy)>, Diags> {
        let most = match way {
            Way::SixteenBits => self.worst.len(),
            Way::Floats => self.worst.len() - 1,
        };
        let Some(mut best) = self.with(way, most)? else {
            return Ok(None);
        };
        let (mut few, mut enough) = (0, most);
        while enough - few > 1 {
            let count = (few + enough) / 2;
            match self.with(way, count)? {
                Some(found) => (best, enough) = (found, count),
                None => few = count,
            }
        }
        Ok(Some(best))
    }

    /// The network with so many layers treated in this way, if it is right enough.
    fn with(&self, way: Way, count: usize) -> Result<Option<(Calibrated, Accuracy)>, Diags> {
        let spared: HashSet<String> = self.worst[..count].iter().cloned().collect();
        let known = &self.calibrated.known;
        let (layers, wide) = match way {
            Way::SixteenBits => {
                let layers = self.calibrated.layers.clone();
                let wide = groups_of(&layers, &spared);
                (layers, wide)
            }
            Way::Floats => (known.layers(&spared), HashSet::new()),
        };
        let precision = |group| match wide.contains(&group) {
            true => Precision::Int16,
            false => Precision::Int8,
        };
        let calibrated = known.calibrate(layers, &precision, self.stage)?;
        let model = match calibrated.rewrite() {
            // The network cannot be lifted to a version that knows 16 bits.
            Err(diags) if diags.0.iter().all(|diag| diag.code == "opset") => return Ok(None),
            model => model?,
        };
        let accuracy = self.judge.accuracy(&model)?;
        Ok((accuracy.drop() <= self.max_drop).then_some((calibrated, accuracy)))
    }
}

/// Outputs of all layers, those first that make the most noise themselves.
fn worst_first(calibrated: &Calibrated) -> Result<Vec<String>, Diags> {
    let Calibrated {
        known,
        layers,
        choices,
        ..
    } = calibrated;
    let noise = walk::own_noise(&known.net, layers, choices, &known.observed)?;
    let mut order: Vec<_> = noise
        .iter()
        .map(|noise| noise.ratio())
        .zip(&layers.layers)
        .collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    Ok(order
        .into_iter()
        .map(|(_, layer)| layer.output.clone())
        .collect())
}

/// The groups of all that these layers read and write.
fn groups_of(layers: &Layers, outputs: &HashSet<String>) -> HashSet<Group> {
    let spared = layers
        .layers
        .iter()
        .filter(|layer| outputs.contains(&layer.output));
    let ends = |layer: &Layer| {
        let ends = layer.inputs.iter().chain([&layer.output]);
        ends.filter_map(|name| layers.group(name))
            .collect::<Vec<_>>()
    };
    spared.flat_map(ends).collect()
}
