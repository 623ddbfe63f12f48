//! The options as text: what the macro says, or what stands beside one of several models.
//!
//! Which options there are follows from the fields of [`Options`], [`Presentation`] and [`Calibration`], and what they can be from the
//! types of these.

use crate::Options;
use crate::presentation::Presentation;
use crate::quantize::Calibration;
use crate::said::{Problem, Said, fields, read};
use mlc_compiler::diag::Diag;
use std::collections::BTreeMap;
use std::path::Path;

impl Options {
    /// The options that are said by arguments such as `--io=int8`, for a model.
    pub fn parse(model: &Path, arguments: impl Iterator<Item = String>) -> Result<Self, Diag> {
        let mut said: BTreeMap<String, Said> = BTreeMap::new();
        for argument in arguments {
            let (option, value) = match argument.split_once('=') {
                Some((option, value)) => (option, Some(value.to_owned())),
                None => (&*argument, None),
            };
            let option = option.trim_start_matches('-');
            if !known().any(|known| known == option) {
                return Err(unknown(option));
            }
            said.entry(option.to_owned()).or_default().add(value);
        }
        // One by one, so that a problem says which it is about.
        for (option, values) in &said {
            let alone = BTreeMap::from([(option.clone(), values.clone())]);
            read::<Options>(&alone)
                .map(drop)
                .and_then(|()| read::<Calibration>(&alone).map(drop))
                .and_then(|()| read::<Presentation>(&alone).map(drop))
                .map_err(|Problem(what)| {
                    Diag::new("bad-argument", format!("{}: {what}", quoted(option)))
                })?;
        }
        let all = || {
            Ok(Options {
                calibration: read(&said)?,
                presentation: read(&said)?,
                ..read(&said)?
            })
        };
        let options = all().map_err(|Problem(what)| Diag::new("bad-argument", what))?;
        Ok(Options {
            model: model.into(),
            ..options
        })
    }
}

/// The names of all options, as a command line has them.
fn known() -> impl Iterator<Item = &'static str> {
    let fields = [
        fields::<Options>(),
        fields::<Presentation>(),
        fields::<Calibration>(),
    ];
    fields.into_iter().flatten().copied()
}

fn unknown(option: &str) -> Diag {
    let known: Vec<_> = known().map(quoted).collect();
    let message = format!(
        "there is no option {}: there are {}",
        quoted(option),
        known.join(", ")
    );
    Diag::new("unknown-argument", message)
}

/// An option as Rust would name it.
fn quoted(option: &str) -> String {
    format!("`{}`", option.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantize::Layout;
    use mlc_compiler::settings::{Io, Ram};

    fn parse(arguments: &[&str]) -> Result<Options, Diag> {
        let arguments = arguments.iter().map(|a| (*a).to_owned());
        Options::parse(Path::new("-net.onnx"), arguments)
    }

    #[test]
    fn options_are_those_of_the_command_line() {
        let options = parse(&[
            "--io=int8",
            "--dim=batch=1",
            "--input-range=-1..1",
            "--input=offset=-1",
        ])
        .unwrap();
        assert_eq!(options.model, Path::new("-net.onnx"));
        assert_eq!(options.io, Io::Int8);
        assert_eq!(options.dim, ["batch=1"]);
        assert_eq!(options.input_range, ["-1..1"]);
        assert_eq!(options.input, ["offset=-1"]);
    }

    #[test]
    fn there_may_be_several_numbers_and_flags() {
        let options = parse(&[
            "--mean=0.5,-1",
            "--mean=2",
            "--resize",
            "--layout=nhwc",
            "--labels=y.npy",
            "--max-accuracy-drop=0.5",
            "--time-axis=1",
            "--ram=48k",
            "--target=cortex-m4",
        ])
        .unwrap();
        let Calibration {
            mean,
            scale,
            resize,
            layout,
            labels,
            max_accuracy_drop,
            ..
        } = options.calibration;
        assert_eq!((&mean[..], &scale[..]), (&[0.5, -1.0, 2.0][..], &[][..]));
        assert_eq!((resize, layout), (true, Some(Layout::Nhwc)));
        assert_eq!(labels.as_deref(), Some(Path::new("y.npy")));
        assert_eq!((max_accuracy_drop, options.time_axis), (Some(0.5), Some(1)));
        assert_eq!(options.ram, Ram::AtMost(48 << 10));
        assert_eq!(options.target.name, "cortex-m4");
    }

    /// A command line and the other doors know the same options.
    #[test]
    #[cfg(feature = "clap")]
    fn what_is_read_is_what_a_command_takes() {
        let command = <Options as clap::Args>::augment_args(clap::Command::new("options"));
        let taken = command.get_arguments().filter_map(clap::Arg::get_long);
        assert_eq!(known().collect::<Vec<_>>(), taken.collect::<Vec<_>>());
    }

    #[test]
    fn what_is_wrong_is_said_in_a_line() {
        let said = |arguments: &[&str]| {
            let problem = parse(arguments).unwrap_err();
            assert!(!problem.message.contains('\n'));
            format!("{}: {}", problem.code, problem.message)
        };
        let unknown = said(&["--colour=red"]);
        let expected = "unknown-argument: there is no option `colour`: there are `name`, `dim`";
        assert!(unknown.starts_with(expected), "{unknown}");
        let wrong = [
            (
                &["--io=int4"][..],
                "`io`: `int4` is none of `as-is`, `int8`, `float`",
            ),
            (&["--io"], "`io`: a value is missing"),
            (
                &["--resize=yes"],
                "`resize`: it takes no value, and is given `yes`",
            ),
            (
                &["--time-axis=x"],
                "`time_axis`: `x`: invalid digit found in string",
            ),
            (
                &["--time-axis=1", "--time-axis=2"],
                "`time_axis`: it is said more than once",
            ),
            (
                &["--ram=much"],
                "`ram`: give bytes, such as 48000 or 48k (48 × 1024), or `least`",
            ),
        ];
        for (arguments, expected) in wrong {
            assert_eq!(said(arguments), format!("bad-argument: {expected}"));
        }
        assert!(said(&["--target=cortex-m9"]).contains("no target is called `cortex-m9`"));
    }
}
