//! Packages from Debian and its derivatives, for machines that can get a tool
//! nowhere else.
//!
//! Never removes or replaces an installed package.

use std::path::PathBuf;
use std::process::Command;

use crate::report::Failure;
use crate::run;

/// Whether this machine uses apt.
pub(crate) fn is_here() -> bool {
    run::find("apt-get").is_some() && run::find("dpkg").is_some()
}

/// Files of an installed package; empty if it is not installed.
pub(crate) fn files_of(package: &str) -> Vec<PathBuf> {
    let listed = run::text(run::command("dpkg").args(["-L", package])).unwrap_or_default();
    listed
        .lines()
        .map(PathBuf::from)
        .filter(|file| file.is_file())
        .collect()
}

/// Installs `packages`. Fetches fresh package lists only if the first attempt fails.
///
/// # Errors
/// If apt fails or this user may not install packages.
pub(crate) fn install(name: &str, packages: &[&str]) -> Result<(), Failure> {
    let advice = format!(
        "install these packages by hand: apt-get install {}",
        packages.join(" ")
    );
    let install = || {
        let mut apt = as_root("apt-get")?;
        // Fail rather than remove something the user has installed.
        apt.args(["install", "--yes", "--no-remove", "--no-install-recommends"])
            .args(packages);
        run::logged(name, &mut apt)
    };
    let update = || run::logged(name, as_root("apt-get")?.arg("update"));
    install()
        .or_else(|_| update().and_then(|()| install()))
        .map_err(|failure| failure.advise(advice))
}

/// A command that runs `program` as root, through sudo if need be.
///
/// # Errors
/// If this user is not root and there is no sudo.
pub(crate) fn as_root(program: &str) -> Result<Command, Failure> {
    if run::text(run::command("id").arg("-u")).as_deref() == Some("0") {
        let mut command = run::command(program);
        command.env("DEBIAN_FRONTEND", "noninteractive");
        return Ok(command);
    }
    if run::find("sudo").is_none() {
        return Err(Failure::new(
            format!("`{program}` needs the administrator's rights, and there is no sudo"),
            "run `cargo xtask setup` once as root",
        ));
    }
    let mut command = run::command("sudo");
    command.args(["DEBIAN_FRONTEND=noninteractive", program]);
    Ok(command)
}
