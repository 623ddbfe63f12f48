//! `mlc build` is killed while it replaces a crate: the old one is there, or the new one, or nothing that passes for one.

use super::*;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How many emissions are to be caught on their way, and how many may be tried for that.
const CAUGHT: u32 = 24;
const TRIED: u32 = 10 * CAUGHT;

/// Two crates that replace each other, in a folder that also has files of the user's.
struct Crates {
    folder: PathBuf,
    old: Tree,
    new: Tree,
}

/// What the user has among the sources, and beside them.
const MINE: [&str; 3] = ["src/mine.rs", "src/runtime/mine/deep.rs", "notes.txt"];

impl Crates {
    fn new(dir: &Path) -> Self {
        let built = |fixture: &str| {
            let folder = dir.join(fixture);
            succeeds(&mut build(fixture, &folder));
            let mut files = tree(&folder);
            files.extend(MINE.map(|path| (path.into(), b"mine".to_vec())));
            files
        };
        Crates {
            folder: dir.join("net"),
            old: built("digits"),
            new: built("mlp"),
        }
    }

    /// The emission that replaces the old crate by the new one.
    fn emission(&self) -> Command {
        build("mlp", &self.folder)
    }

    /// Waits for the first file of an emission, unless it ends before.
    fn wait(&self, child: &mut Child) {
        while !self.folder.join(HOME).exists() && child.try_wait().unwrap().is_none() {
            sleep(Duration::from_micros(20));
        }
    }

    /// How long an emission takes from its first file to its last.
    fn duration(&self) -> Duration {
        plant(&self.old, &self.folder);
        let mut child = self.emission().stdout(Stdio::null()).spawn().unwrap();
        self.wait(&mut child);
        let start = Instant::now();
        assert!(child.wait().unwrap().success());
        start.elapsed()
    }

    /// Replaces the old crate, and kills that so long after its first file; whether it was on its way.
    fn killed(&self, after: Duration) -> bool {
        plant(&self.old, &self.folder);
        let mut child = self.emission().stdout(Stdio::null()).spawn().unwrap();
        self.wait(&mut child);
        sleep(after);
        child.kill().unwrap();
        child.wait().unwrap();
        self.folder.join(HOME).exists()
    }

    /// Makes sure that what is there is one of both, or passes for none; which one.
    fn judge(&self) -> Option<bool> {
        let mut found = tree(&self.folder);
        found.retain(|path, _| !path.starts_with(HOME));
        for path in MINE.map(Path::new) {
            let text = found.get(path).map(Vec::as_slice);
            assert_eq!(text, Some(&b"mine"[..]), "{}", path.display());
        }
        let sources = |tree: &Tree| -> Tree {
            let all = tree.clone().into_iter();
            all.filter(|(path, _)| path.starts_with("src")).collect()
        };
        let own = sources(&found);
        let is_old = own == sources(&self.old);
        assert!(
            is_old || own == sources(&self.new),
            "sources are a mixture, or there is litter: {:?}",
            own.keys()
        );
        let whole = found == self.old || found == self.new;
        assert_eq!(holds(&self.folder), whole, "{:?}", found.keys());
        whole.then_some(!is_old)
    }
}

#[test]
fn a_build_that_is_killed_leaves_the_old_crate_or_the_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let crates = Crates::new(dir.path());
    let duration = crates.duration();
    let mut caught = 0;
    for k in 0..TRIED {
        if caught == CAUGHT {
            break;
        }
        // Steps that never meet the same moment twice.
        let share = f64::from(k) * 0.618_034 % 1.0;
        let was_caught = crates.killed(duration.mul_f64(share));
        crates.judge();
        if was_caught {
            caught += 1;
            succeeds(&mut crates.emission());
            assert_eq!(tree(&crates.folder), crates.new, "after kill {k}");
            assert_eq!(crates.judge(), Some(true));
        }
    }
    assert_eq!(caught, CAUGHT, "of {TRIED} kills over {duration:?}");
}
