//! Options as they were written, so that they can be written again: for one model of several, or in a note of how a crate was
//! made.

use crate::Options;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Args, Command, FromArgMatches};

/// Options, and what was written for them.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// The options.
    pub options: Options,
    given: Vec<Given>,
}

impl From<Options> for Spoken {
    /// Options that nobody wrote.
    fn from(options: Options) -> Self {
        Spoken {
            options,
            given: Vec::new(),
        }
    }
}

impl Args for Spoken {
    fn augment_args(command: Command) -> Command {
        Options::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Options::augment_args_for_update(command)
    }
}

impl FromArgMatches for Spoken {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Ok(Spoken {
            options: Options::from_arg_matches(matches)?,
            given: given(matches),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Spoken::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Spoken {
    /// The arguments that say all that was written but for `others`, each as `--option=value`.
    pub fn arguments_but(&self, others: &[&str]) -> Vec<String> {
        let given = self.given.iter();
        let given = given.filter(|given| !others.contains(&&*given.option));
        given.map(Given::argument).collect()
    }
}

/// An option as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Given {
    pub(crate) option: String,
    pub(crate) value: Option<String>,
}

impl Given {
    pub(crate) fn argument(&self) -> String {
        match &self.value {
            Some(value) => format!("--{}={value}", self.option),
            None => format!("--{}", self.option),
        }
    }

    /// Whether it stands in for another one: the same option, and if there may be many, for the same thing.
    pub(crate) fn replaces(&self, other: &Given) -> bool {
        let command = known();
        let mut arguments = command.get_arguments();
        let argument = arguments.find(|argument| argument.get_long() == Some(&self.option));
        let is_list = argument.is_some_and(|a| matches!(a.get_action(), ArgAction::Append));
        let subject = |given: &Given| {
            let value = given.value.clone().unwrap_or_default();
            value
                .rsplit_once(['=', ':'])
                .map(|(subject, _)| subject.to_owned())
        };
        self.option == other.option && (!is_list || subject(self) == subject(other))
    }
}

/// The options that were written.
pub(crate) fn given(matches: &ArgMatches) -> Vec<Given> {
    let command = known();
    let arguments = command.get_arguments().filter(|argument| {
        let source = matches.value_source(argument.get_id().as_str());
        argument.get_long().is_some() && source == Some(ValueSource::CommandLine)
    });
    let given = arguments.flat_map(|argument| {
        let option = argument.get_long().unwrap_or_default().to_owned();
        let values = matches.get_raw(argument.get_id().as_str());
        let values = values.filter(|_| argument.get_action().takes_values());
        let given = |value| Given {
            option: option.clone(),
            value,
        };
        match values {
            Some(values) => values
                .map(|value| given(Some(value.to_string_lossy().into_owned())))
                .collect(),
            None => vec![given(None)],
        }
    });
    given.collect()
}

/// All options of a model.
pub(crate) fn known() -> Command {
    Options::augment_args(Command::new("options"))
}
