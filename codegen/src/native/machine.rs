//! The machine that a program is built for: this one, with all its instructions, unless another is asked for; or a
//! platform that is not this one.
//!
//! Flags of the user's own stay, behind ours, so that they decide. What rustc says of the machine with these flags goes
//! into the key of the cache: a program that another machine built may have instructions that this one lacks.

use mlc_compiler::diag::Diag;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// What separates flags in `CARGO_ENCODED_RUSTFLAGS`.
const SEPARATOR: char = '\u{1f}';

/// The flags of the compiler.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Flags {
    /// The platform, if it is another.
    triple: Option<String>,
    ours: Vec<String>,
    /// What the environment asks for, if it does: cargo then reads no flags from its configuration.
    users: Option<Vec<String>>,
}

impl Flags {
    /// These, for a platform or for this one, with what the environment says.
    pub(crate) fn new(triple: Option<&str>, ours: Vec<String>) -> Self {
        Flags::beside(triple, ours, |name| std::env::var(name).ok())
    }

    fn beside(
        triple: Option<&str>,
        ours: Vec<String>,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Self {
        let given = |name: &str| variable(name).filter(|flags| !flags.is_empty());
        let split = |flags: String, at: fn(char) -> bool| {
            let flags = flags.split(at).filter(|flag| !flag.is_empty());
            flags.map(str::to_owned).collect::<Vec<_>>()
        };
        let encoded =
            given("CARGO_ENCODED_RUSTFLAGS").map(|flags| split(flags, |c| c == SEPARATOR));
        let plain = || {
            let flags = given("RUSTFLAGS").or_else(|| given("CARGO_BUILD_RUSTFLAGS"))?;
            Some(split(flags, char::is_whitespace))
        };
        Flags {
            triple: triple.map(str::to_owned),
            ours,
            users: encoded.or_else(plain),
        }
    }

    /// The platform, if it is not this one.
    pub(crate) fn triple(&self) -> Option<&str> {
        self.triple.as_deref()
    }

    /// The argument that names the platform.
    fn platform(&self) -> impl Iterator<Item = String> {
        self.triple()
            .map(|triple| format!("--target={triple}"))
            .into_iter()
    }

    /// Has cargo pass them. Where the environment asks for none, they join what its configuration has for targets.
    pub(crate) fn pass(&self, cargo: &mut Command) {
        cargo.args(self.platform());
        match &self.users {
            Some(_) => {
                let separator = SEPARATOR.to_string();
                cargo.env("CARGO_ENCODED_RUSTFLAGS", self.all().join(&separator));
            }
            None => {
                let flags = format!("target.\"cfg(all())\".rustflags={:?}", self.ours);
                cargo.arg("--config").arg(flags);
            }
        }
    }

    fn all(&self) -> Vec<String> {
        let users = self.users.iter().flatten();
        self.ours.iter().chain(users).cloned().collect()
    }

    /// All that is to be known of the machine and of the flags: programs are alike where this is.
    pub(crate) fn describe(&self, folder: &Path) -> Result<String, Diag> {
        Ok(format!("{:?}\n{}", self.all(), self.ask("cfg", folder)?))
    }

    /// Whether rustc has what programs for the platform consist of beside their own code.
    #[cfg(feature = "image")]
    pub(crate) fn have_library(&self, folder: &Path) -> Result<bool, Diag> {
        let libraries = self.ask("target-libdir", folder)?;
        Ok(Path::new(libraries.trim()).is_dir())
    }

    /// What rustc prints with these flags.
    fn ask(&self, what: &str, folder: &Path) -> Result<String, Diag> {
        let rustc = std::env::var_os("RUSTC").unwrap_or(OsString::from("rustc"));
        let mut command = Command::new(rustc);
        command.current_dir(folder).args(["--print", what]);
        command.args(self.platform()).args(self.all());
        let failed = |what: String| {
            Diag::new(
                "no-rustc",
                format!("cannot ask rustc about the machine: {what}"),
            )
            .note("install Rust, or set RUSTC to the compiler's path")
        };
        let output = command.output().map_err(|e| failed(e.to_string()))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(failed(
                String::from_utf8_lossy(&output.stderr).trim().to_owned(),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::OsStr;

    fn flags(cpu: &str, variables: &[(&str, &str)]) -> Flags {
        Flags::beside(None, vec![format!("-Ctarget-cpu={cpu}")], |name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| value.to_string())
        })
    }

    #[test]
    fn flags_of_the_user_come_last_so_that_they_decide() {
        let own = "-Clink-arg=a b\u{1f}-Ctarget-cpu=x86-64";
        let both = [("CARGO_ENCODED_RUSTFLAGS", own), ("RUSTFLAGS", "-g")];
        let expected = [
            "-Ctarget-cpu=native",
            "-Clink-arg=a b",
            "-Ctarget-cpu=x86-64",
        ];
        assert_eq!(flags("native", &both).all(), expected);
        let expected = ["-Ctarget-cpu=native", "-g", "-O"];
        assert_eq!(flags("native", &[("RUSTFLAGS", " -g  -O")]).all(), expected);
        assert_eq!(flags("native", &[("RUSTFLAGS", "")]).users, None);
    }

    #[test]
    fn cargo_gets_them_beside_its_configuration_or_instead_of_what_the_environment_had() {
        let passed = |variables: &[(&str, &str)]| {
            let mut cargo = Command::new("cargo");
            flags("native", variables).pass(&mut cargo);
            let words: Vec<_> = cargo.get_args().map(OsStr::to_owned).collect();
            let variables: Vec<_> = cargo.get_envs().filter_map(|(_, value)| value).collect();
            (words, variables.join(OsStr::new(" ")))
        };
        let (words, variables) = passed(&[]);
        assert!(words[1].to_string_lossy().contains("target-cpu=native") && variables.is_empty());
        let (words, variables) = passed(&[("RUSTFLAGS", "-g")]);
        assert!(words.is_empty());
        assert_eq!(variables, "-Ctarget-cpu=native\u{1f}-g");
    }

    #[test]
    fn programs_for_other_processors_have_other_keys() {
        let folder = std::env::temp_dir();
        let describe = |cpu: &str| flags(cpu, &[]).describe(&folder).expect("rustc is there");
        assert_eq!(describe("native"), describe("native"));
        assert!(describe("native").contains("target_arch"));
        let names: &[&str] = match std::env::consts::ARCH {
            "x86_64" => &["x86-64", "x86-64-v3"],
            _ => &[],
        };
        for pair in names.windows(2) {
            let [a, b] = [describe(pair[0]), describe(pair[1])];
            let features = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
            assert_ne!(features(&a), features(&b), "features, not the names alone");
        }
        let own = flags("native", &[("RUSTFLAGS", "-g")]);
        assert_ne!(
            own.describe(&folder).expect("rustc is there"),
            describe("native")
        );
    }

    #[test]
    fn another_platform_is_asked_about_and_built_for() {
        let folder = std::env::temp_dir();
        let other = Flags::beside(Some("thumbv7m-none-eabi"), Vec::new(), |_| None);
        let described = other.describe(&folder).expect("rustc is there");
        assert!(described.contains("target_arch=\"arm\""), "{described}");
        let mut cargo = Command::new("cargo");
        other.pass(&mut cargo);
        let first = cargo.get_args().next().map(OsStr::to_owned);
        assert_eq!(first, Some("--target=thumbv7m-none-eabi".into()));
    }

    #[test]
    fn a_processor_that_rustc_does_not_know_is_said() {
        let unknown = flags("no-such-processor", &[("RUSTFLAGS", "--no-such-flag")]);
        let diag = unknown
            .describe(&std::env::temp_dir())
            .expect_err("it is refused");
        assert!(diag.to_string().contains("no-such-flag"), "{diag}");
    }
}
