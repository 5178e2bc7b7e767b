//! Finds other programs, runs them with their output in a log, and reads the text
//! they print.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::project;
use crate::report::Failure;

/// The folders searched for programs: `first`, this project's npm tools, cargo's
/// install folder, then the user's own PATH.
///
/// The npm tools come early because a distribution's wasm-opt may be too old.
pub(crate) fn path(first: Option<&Path>) -> OsString {
    let user = env::var_os("PATH").unwrap_or_default();
    let ours = [
        first.map(Path::to_path_buf),
        Some(project::root().join("node_modules/.bin")),
        cargo_bin(),
    ];
    env::join_paths(ours.into_iter().flatten().chain(env::split_paths(&user))).unwrap_or(user)
}

/// Where `cargo install` puts programs. They survive `cargo clean`.
fn cargo_bin() -> Option<PathBuf> {
    let install_root = env::var_os("CARGO_INSTALL_ROOT").map(PathBuf::from);
    let root = install_root.or_else(project::cargo_home);
    root.map(|root| root.join("bin"))
}

/// Finds the file of `program` in the folders of [`path`].
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) {
        &[".exe", ".cmd"]
    } else {
        &[""]
    };
    env::split_paths(&path(None))
        .flat_map(|folder| {
            endings
                .iter()
                .map(move |ending| folder.join(format!("{program}{ending}")))
        })
        .find(|file| file.is_file())
}

/// A command for `program`, with [`path`] as its PATH, in the workspace's folder.
pub(crate) fn command(program: &str) -> Command {
    let file = find(program).unwrap_or_else(|| PathBuf::from(program));
    let mut command = Command::new(file);
    command.env("PATH", path(None)).current_dir(project::root());
    command
}

/// A command for `program`, one of this workspace's that cargo has built in the folder
/// `profile`, `debug` or `release`. Looks next to this executable's own folder, because the
/// user may have moved the target folder.
pub(crate) fn built(profile: &str, program: &str) -> Command {
    let own = env::current_exe().unwrap_or_else(|_| project::target().join("debug/xtask"));
    let target = own.parent().and_then(Path::parent);
    let target = target.map_or_else(project::target, Path::to_path_buf);
    let name = format!("{program}{}", env::consts::EXE_SUFFIX);
    let mut command = Command::new(target.join(profile).join(name));
    command.env("PATH", path(None)).current_dir(project::root());
    command
}

/// What `command` prints to standard output, trimmed. `None` if it fails or does not exist.
pub(crate) fn text(command: &mut Command) -> Option<String> {
    let output = command.stderr(Stdio::null()).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    output.status.success().then(|| text.trim().to_owned())
}

/// Runs `command` with its output in the log of `name`.
///
/// # Errors
/// If it cannot be started or exits with a status other than 0.
pub(crate) fn logged(name: &str, command: &mut Command) -> Result<(), Failure> {
    let log = project::log(name);
    let files = open(&log).and_then(|file| Ok((file.try_clone()?, file)));
    let (out, err) = files.map_err(|error| {
        Failure::new(
            format!("the log {} cannot be written: {error}", log.display()),
            "make that folder writable, then run the same command again",
        )
    })?;
    run(command.stdin(Stdio::null()).stdout(out).stderr(err))
        .map_err(|failure| failure.with_log(log))
}

/// Runs `command` with its output on the user's terminal.
///
/// # Errors
/// If it cannot be started or exits with a status other than 0.
pub(crate) fn shown(command: &mut Command) -> Result<(), Failure> {
    run(command)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let again = "read what it printed, then run the same command again";
    let status = command.status().map_err(|error| {
        Failure::new(
            format!("`{}` cannot be started: {error}", words(command)),
            "install that program, then run the same command again",
        )
    })?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(
        format!("`{}` ended with {status}", words(command)),
        again,
    ))
}

fn open(log: &Path) -> std::io::Result<File> {
    if let Some(folder) = log.parent() {
        fs::create_dir_all(folder)?;
    }
    File::create(log)
}

/// The command as a user would type it.
pub(crate) fn words(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(program.as_os_str());
    let mut words = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        words.push(' ');
        words += &argument.to_string_lossy();
    }
    words
}
