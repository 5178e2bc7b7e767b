//! `cargo xtask demo`: builds the page and serves it on this machine.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Command;

use crate::report::Failure;
use crate::steps;
use crate::{project, run};

/// Ports to try, in this order.
const PORTS: std::ops::Range<u16> = 4173..4273;

/// Whether to serve what was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Serve {
    Yes,
    No,
}

/// Builds the page, packs included, and serves it until interrupted.
///
/// # Errors
/// If something cannot be set up, built or served.
pub(crate) fn demo(serve: Serve) -> Result<(), Failure> {
    let mut needed = steps::for_front_ends().to_vec();
    needed.extend([
        steps::packs(),
        steps::gate_samples_alone(),
        steps::STUDIO.for_pages(),
        steps::GATE.for_pages(),
        steps::page(),
    ]);
    steps::build(&needed)?;
    match serve {
        Serve::Yes => serve_page(),
        Serve::No => Ok(()),
    }
}

fn serve_page() -> Result<(), Failure> {
    let port = free_port()?;
    println!("\nThe page is at the address below; Ctrl-C ends it.");
    // Start the server without npm, so that ending this process ends the server too.
    let mut server = run::command("node");
    server
        .args(["node_modules/vite/bin/vite.js", "preview"])
        .args(["--host", "127.0.0.1", "--strictPort", "--port"])
        .arg(port.to_string())
        .current_dir(project::root().join("web-demo"));
    become_server(server)
}

/// A port that is free now. If another program takes it first, the server says so.
fn free_port() -> Result<u16, Failure> {
    PORTS
        .into_iter()
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .ok_or_else(|| {
            Failure::new(
                format!(
                    "no port from {} to {} is free on 127.0.0.1",
                    PORTS.start,
                    PORTS.end - 1
                ),
                "end one of the servers that hold them",
            )
        })
}

#[cfg(unix)]
fn become_server(mut server: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt as _;
    let error = server.exec();
    Err(Failure::new(
        format!("`{}` cannot be started: {error}", run::words(&server)),
        "run `cargo xtask setup`",
    ))
}

#[cfg(not(unix))]
fn become_server(mut server: Command) -> Result<(), Failure> {
    run::shown(&mut server)
}
