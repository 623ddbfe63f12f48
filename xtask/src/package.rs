//! `cargo xtask package`: each package as a registry gets it. It says what it is, carries its licences, and builds from what
//! is in its archive and in those of the others; its documentation is that of all features, as docs.rs shows it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use crate::sh;

/// Packs every package that is published, and builds each from its archive.
#[derive(clap::Args)]
pub(crate) struct Args {}

#[derive(Deserialize)]
struct Workspace {
    packages: Vec<Package>,
}

/// A package, as cargo describes it.
#[derive(Deserialize)]
struct Package {
    name: String,
    manifest_path: PathBuf,
    description: Option<String>,
    license: Option<String>,
    repository: Option<String>,
    readme: Option<PathBuf>,
    keywords: Vec<String>,
    categories: Vec<String>,
    /// The registries that it may go to: none of them, if it is there for the workspace alone.
    publish: Option<Vec<String>>,
    metadata: Value,
}

pub(crate) fn run(_: Args) -> Result<()> {
    let mut cargo = sh::cargo(["metadata", "--no-deps", "--format-version=1"]);
    let workspace: Workspace = serde_json::from_str(&sh::capture(&mut cargo)?)?;
    let packages = workspace.packages.iter();
    let published: Vec<_> = packages
        .filter(|package| package.publish.is_none())
        .collect();
    for package in &published {
        package
            .check()
            .with_context(|| format!("package {}", package.name))?;
    }
    let names = published.iter().flat_map(|package| ["-p", &package.name]);
    // What is not committed yet is packed, too.
    let mut cargo = sh::cargo(["package", "--quiet", "--allow-dirty"]);
    sh::run(cargo.args(names.clone()))?;
    let mut cargo = sh::cargo(["doc", "--quiet", "--no-deps", "--all-features"]);
    sh::run(cargo.args(names))?;
    println!("{} packages build from their archives", published.len());
    Ok(())
}

impl Package {
    /// Makes sure that people find it, know what it is, and may use it.
    fn check(&self) -> Result<()> {
        let folder = self.manifest_path.parent().unwrap_or(Path::new("."));
        ensure!(self.description.is_some(), "it has no description");
        ensure!(
            self.license.is_some() && self.repository.is_some(),
            "it has no licence, or no repository"
        );
        ensure!(
            !self.keywords.is_empty() && !self.categories.is_empty(),
            "it has no keywords, or no categories"
        );
        let readme = self.readme.as_ref().map(|readme| folder.join(readme));
        let files = ["LICENSE-APACHE", "LICENSE-MIT"].map(|file| folder.join(file));
        for file in files
            .into_iter()
            .chain([readme.context("it has no README")?])
        {
            ensure!(file.is_file(), "{} is missing", file.display());
        }
        ensure!(
            self.metadata["docs"]["rs"]["all-features"] == true,
            "docs.rs is not told to document all features"
        );
        Ok(())
    }
}
