//! `cargo xtask digits`: from a trained model to answers about real images, in one command.
//!
//! The digits network is compiled to a crate, that is built for this machine, and reads handwritten digits that
//! it was not trained on.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use mlc_codegen::native::{Builder, Native};
use mlc_codegen::{Options, emit_crate, install};
use mlc_compiler::npy;
use mlc_compiler::tensor::Tensor;

use crate::sh;

/// Compiles the network that reads handwritten digits, and runs it on real images.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How many images are shown.
    #[arg(long, default_value_t = 6)]
    show: usize,
}

/// Images that stand beside each other.
const PER_ROW: usize = 6;

pub(crate) fn run(args: Args) -> Result<()> {
    let fixture = sh::root().join("fixtures/digits");
    let options = Options::new(fixture.join("model.onnx"));
    let start = Instant::now();
    let compiled = options.compile()?;
    let files = emit_crate(&compiled, &options.name())?;
    let folder = sh::target_dir().join("digits");
    install(&files, &folder, false)?;
    println!(
        "model.onnx became a no_std crate of {} files in {:.0} ms: {}",
        files.iter().count(),
        start.elapsed().as_secs_f64() * 1e3,
        folder.join("src/lib.rs").display()
    );
    println!(
        "  {} bytes of working memory, {} bytes of weights, {} multiply-accumulates for an image",
        compiled.plan.arena_bytes,
        compiled.plan.weights.bytes.len(),
        compiled.program.macs()
    );
    let native =
        Builder::in_cache(sh::target_dir().join("native")).build(&compiled, &options.name())?;
    let labels = npy::load(&fixture.join("test_labels.npy"))?;
    let labels = labels.to_vec::<i64>().context("labels are numbers")?;
    let images = images(&npy::load(&fixture.join("test_images.npy"))?, labels.len())?;
    answer(&native, &images, &labels, args.show)
}

/// Cuts an array of images into images of one each.
fn images(all: &Tensor, count: usize) -> Result<Vec<Tensor>> {
    let pixels = all.values::<f32>().context("images are floats")?;
    let shape = [&[1], all.ty.shape.get(1..).unwrap_or_default()].concat();
    let size = shape.iter().product::<usize>().max(1);
    ensure!(
        pixels.len() == size * count,
        "there is a label for each image"
    );
    Ok(pixels
        .chunks_exact(size)
        .map(|image| Tensor::new(shape.clone(), image))
        .collect())
}

fn answer(native: &Native, images: &[Tensor], labels: &[i64], shown: usize) -> Result<()> {
    let samples: Vec<_> = images.iter().map(|image| vec![image.clone()]).collect();
    let ran = native.run(&samples)?;
    let answers: Vec<usize> = ran
        .samples
        .iter()
        .filter_map(|outputs| best(outputs.first()?))
        .collect();
    ensure!(answers.len() == images.len(), "every image has an answer");
    for start in (0..shown.min(images.len())).step_by(PER_ROW) {
        let end = (start + PER_ROW).min(shown).min(images.len());
        print_images(
            &images[start..end],
            &answers[start..end],
            &labels[start..end],
        );
    }
    let right = answers
        .iter()
        .zip(labels)
        .filter(|(a, l)| **a as i64 == **l)
        .count();
    println!(
        "\n{right} of {} images that the network was not trained on are read rightly, {:.1} µs each",
        images.len(),
        ran.time.as_secs_f64() * 1e6 / images.len() as f64
    );
    Ok(())
}

/// The place of the highest score.
fn best(scores: &Tensor) -> Option<usize> {
    let scores = scores.values::<f32>()?.iter().enumerate();
    scores
        .max_by(|a, b| a.1.total_cmp(b.1))
        .map(|(digit, _)| digit)
}

/// Prints images side by side, two characters a pixel, and under each what was read.
fn print_images(images: &[Tensor], answers: &[usize], labels: &[i64]) {
    println!();
    for y in 0..8 {
        let line: Vec<String> = images.iter().map(|image| line(image, y)).collect();
        println!("  {}", line.join("   ").trim_end());
    }
    let words = answers
        .iter()
        .zip(labels)
        .map(|(answer, label)| match *answer as i64 == *label {
            true => format!("{:<16}", format!("read as {answer}")),
            false => format!("{:<16}", format!("read as {answer}: is {label}")),
        });
    println!("  {}", words.collect::<Vec<_>>().join("   ").trim_end());
}

/// A row of an image whose ink goes from 0 to 16.
fn line(image: &Tensor, y: usize) -> String {
    const SHADES: [&str; 5] = ["  ", "░░", "▒▒", "▓▓", "██"];
    let pixels = image.values::<f32>().unwrap_or_default();
    let row = pixels.iter().skip(y * 8).take(8);
    row.map(|ink| SHADES[((ink / 4.0).round().max(0.0) as usize).min(4)])
        .collect()
}
