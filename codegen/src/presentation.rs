//! Inputs as they come and outputs as they are wanted, as options of whatever compiles a model.

use mlc_compiler::diag::Diag;
use mlc_compiler::settings::Interface;
use serde::Deserialize;

/// How inputs are given and outputs taken, where that is not as the model has them. With the feature `clap` these are
/// arguments of a command; each may be repeated, and names an input or output where there are several.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
#[cfg_attr(feature = "clap", derive(clap::Args))]
pub struct Presentation {
    /// Order of axes in which an input is given, such as `nhwc` where the model has `nchw`; or the model's axes by number.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[INPUT:]LAYOUT"))]
    pub input_layout: Vec<String>,
    /// Type in which an input is given, such as `u8` for a camera's bytes: the model takes `(number - mean) * scale`.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[INPUT:]TYPE"))]
    pub input_type: Vec<String>,
    /// Subtracted from the numbers of an input: one number, or one for each channel between commas.
    #[cfg_attr(
        feature = "clap",
        arg(long, value_name = "[INPUT:]NUMBERS", allow_hyphen_values = true)
    )]
    pub input_mean: Vec<String>,
    /// Multiplied with what is left then, such as `1/255`: one number, or one for each channel between commas.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[INPUT:]NUMBERS"))]
    pub input_scale: Vec<String>,
    /// Order of axes in which an output is taken, such as `nhwc` where the model has `nchw`.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[OUTPUT:]LAYOUT"))]
    pub output_layout: Vec<String>,
    /// Take only so many greatest scores of an output, the greatest first, and in another output of which classes they are.
    #[cfg_attr(feature = "clap", arg(long, value_name = "[OUTPUT:]COUNT"))]
    pub top: Vec<String>,
}

impl Presentation {
    /// The same for the compiler.
    pub(crate) fn interface(&self) -> Result<Interface, Diag> {
        type Take = fn(&mut Interface, &str) -> Result<(), Diag>;
        let requests: [(&[String], Take); 6] = [
            (&self.input_layout, Interface::input_layout),
            (&self.input_type, Interface::input_type),
            (&self.input_mean, Interface::input_mean),
            (&self.input_scale, Interface::input_scale),
            (&self.output_layout, Interface::output_layout),
            (&self.top, Interface::top),
        ];
        let mut interface = Interface::default();
        for (arguments, take) in requests {
            for argument in arguments {
                take(&mut interface, argument)?;
            }
        }
        Ok(interface)
    }
}
