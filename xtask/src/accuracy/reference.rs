//! onnxruntime as the reference: its quantiser with the same samples, and its run of our model. It comes from PyPI into
//! a folder of its own below Cargo's target folder.

use std::process::Command;

use anyhow::Result;
use mlc_compiler::npy;
use mlc_compiler::tensor::Tensor;

use super::tasks::{Task, stacked, unstacked};
use crate::{packages, sh};

const SCRIPT: &str = include_str!("onnxruntime.py");

/// Answers that onnxruntime gave.
pub(super) struct Found {
    /// With our model.
    pub(super) ours: Vec<Tensor>,
    /// With the one that it quantised itself.
    pub(super) onnxruntime: Vec<Tensor>,
}

/// Lets onnxruntime quantise the task's network with samples and answer others, and run our model.
pub(super) fn run(
    task: &Task,
    ours: &[u8],
    calibration: &[Vec<Tensor>],
    judged: &[Vec<Tensor>],
) -> Result<Found> {
    let folder = super::folder().join(task.name);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("ours.onnx"), ours)?;
    npy::save(&folder.join("calibration.npy"), &stacked(calibration))?;
    npy::save(&folder.join("judged.npy"), &stacked(judged))?;
    std::fs::write(folder.join("run.py"), SCRIPT)?;
    let mut python = Command::new("python3");
    python
        .arg(folder.join("run.py"))
        .arg(&task.float)
        .arg(&folder)
        .env("PYTHONPATH", packages::onnxruntime(&super::folder())?);
    sh::capture(&mut python)?;
    Ok(Found {
        ours: unstacked(&folder.join("ours_answers.npy"))?,
        onnxruntime: unstacked(&folder.join("onnxruntime_answers.npy"))?,
    })
}
