//! Packages of Debian and its relatives, for machines where a tool can come
//! from nowhere else.
//!
//! Nothing here removes or replaces a package that is installed.

use std::path::PathBuf;
use std::process::Command;

use crate::report::Failure;
use crate::run;

/// Whether this is a machine whose packages come by apt.
pub(crate) fn is_here() -> bool {
    run::find("apt-get").is_some() && run::find("dpkg").is_some()
}

/// The files of an installed package; none if it is not installed.
pub(crate) fn files_of(package: &str) -> Vec<PathBuf> {
    let listed = run::text(run::command("dpkg").args(["-L", package])).unwrap_or_default();
    listed
        .lines()
        .map(PathBuf::from)
        .filter(|file| file.is_file())
        .collect()
}

/// Installs `packages`. The lists of packages are fetched only if it does not work with those at hand.
///
/// # Errors
/// If apt fails, or if this user may not install.
pub(crate) fn install(name: &str, packages: &[&str]) -> Result<(), Failure> {
    let advice = format!(
        "install these packages by hand: apt-get install {}",
        packages.join(" ")
    );
    let install = || {
        let mut apt = as_root("apt-get")?;
        // Removing what the user has installed is not ours to decide, so then it fails.
        apt.args(["install", "--yes", "--no-remove", "--no-install-recommends"])
            .args(packages);
        run::logged(name, &mut apt)
    };
    let update = || run::logged(name, as_root("apt-get")?.arg("update"));
    install()
        .or_else(|_| update().and_then(|()| install()))
        .map_err(|failure| failure.advise(advice))
}

/// A command for `program` with the administrator's rights, through sudo if need be.
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
