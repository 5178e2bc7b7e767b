//! Runs the command as a user does, and captures its output.
use std::fs;
use std::io::Write;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::process::{self, Command, Stdio};

/// The command's output and exit code.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// Checks the exit code; shows all output if it differs.
    #[track_caller]
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Checks that standard output contains each text.
    #[track_caller]
    pub(crate) fn tells(self, texts: &[&str]) -> Self {
        for text in texts {
            assert!(self.out.contains(text), "no {text:?} in\n{}", self.out);
        }
        self
    }

    /// Checks that standard error contains each text and that standard output is empty.
    #[track_caller]
    pub(crate) fn complains(self, texts: &[&str]) -> Self {
        assert_eq!(self.out, "");
        for text in texts {
            assert!(self.err.contains(text), "no {text:?} in\n{}", self.err);
        }
        self
    }
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command itself, in the project's folder, without the user's locale and colours.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_longma"));
    command.args(args).current_dir(project());
    for name in [
        "LC_ALL",
        "LC_MESSAGES",
        "LANG",
        "NO_COLOR",
        "CLICOLOR",
        "CLICOLOR_FORCE",
    ] {
        command.env_remove(name);
    }
    command
}

/// Runs a command with `input` on its standard input.
pub(crate) fn run(mut command: Command, input: &str) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input closes it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs `longma` with these arguments.
pub(crate) fn longma(args: &[&str]) -> Said {
    run(command(args), "")
}

/// Decides a sample with the sample list of risk areas.
pub(crate) fn decide(sample: &str, at: &str, more: &[&str]) -> Said {
    let facts = format!("rules/samples/{sample}.json");
    let table = "risk_areas=rules/reference/risk_areas.sample.csv";
    let mut args = vec![
        "decide",
        "--facts",
        &facts,
        "--at",
        at,
        "--reference",
        table,
    ];
    args.extend(more);
    longma(&args)
}

/// A folder that is removed when its test ends.
pub(crate) struct Folder(PathBuf);

impl Deref for Folder {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// An empty folder for this test. Its name contains the process id, since two runs of
/// one build would otherwise overwrite each other's files.
pub(crate) fn folder(name: &str) -> Folder {
    let name = format!("{name}-{}", process::id());
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    Folder(folder)
}

/// A folder for this test, with a copy of the rules in it.
pub(crate) fn copy_of_rules(name: &str) -> Folder {
    let folder = folder(name);
    copy(&project().join("rules"), &folder.join("rules"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// Replaces the first `from` in a file by `to`; panics if there is none.
#[track_caller]
pub(crate) fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "no {from:?} in {}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}
