//! What the steps need on the machine, and how to get it.
//!
//! Each [`Part`] first looks and then installs only what is missing or has the wrong
//! version, so setting up twice costs about a second. Tools are installed outside
//! the target folder and survive `cargo clean`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::report::{self, Failure};
use crate::wasm::Wasm;
use crate::{debian, project, run};

/// The version of wasm-pack that this project is built with.
const WASM_PACK: &str = "0.15.1";

/// The lowest usable version of Node (major, minor); the page's build tool needs it.
const NODE: (u32, u32) = (20, 19);

/// A file in `node_modules`: a copy of the lock file that it was installed from.
const PACKAGES_STAMP: &str = ".longma-installed";

/// Names of Chrome and Chromium on PATH.
const BROWSERS: [&str; 4] = [
    "google-chrome",
    "google-chrome-stable",
    "chromium",
    "chromium-browser",
];

/// Where installers put Chrome when they do not put it on PATH.
const BROWSER_FILES: [&str; 3] = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
    "C:/Program Files (x86)/Google/Chrome/Application/chrome.exe",
];

/// One thing a step may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// rustfmt and clippy.
    Components,
    /// A compiler for WebAssembly.
    Target,
    /// wasm-pack, at [`WASM_PACK`].
    WasmPack,
    /// wasm-bindgen's command-line tool, at the version in Cargo.lock: the tool and the
    /// crate must match.
    WasmBindgen,
    /// Node and npm.
    Node,
    /// The npm packages of the workspace's folder: tools for the build and the tests.
    Tools,
    /// The npm packages of the web page.
    Page,
    /// The npm packages that test ours: bundlers, compilers, checks.
    PackageTests,
    /// The npm packages that test the mini-program package, its vendor's own tool among them.
    MiniprogramTests,
    /// The npm packages of the mini-program and of its tests.
    Miniprogram,
    /// The npm packages of the extension for VS Code and of its tests.
    Vscode,
    /// The npm packages that read and write signed documents beside ours.
    SealInterop,
    /// Chrome or Chromium, its driver, and a Chinese font.
    Browser,
    /// Firefox. Where it is not to be had, its test says that it is skipped.
    Firefox,
    /// valgrind, which counts instructions. It is not to be had on every system, so nothing
    /// fails without it.
    Valgrind,
    /// What the issuing service is tested with: a database, and a module that holds keys.
    Server,
    /// Python with venv and pip. `python/test.py` installs all else that it needs.
    Python,
}

impl Part {
    /// All parts, each after the ones it needs.
    pub(crate) const ALL: [Self; 17] = [
        Self::Components,
        Self::Node,
        Self::Tools,
        Self::Page,
        Self::PackageTests,
        Self::MiniprogramTests,
        Self::Miniprogram,
        Self::Vscode,
        Self::SealInterop,
        Self::Target,
        Self::WasmPack,
        Self::WasmBindgen,
        Self::Browser,
        Self::Firefox,
        Self::Valgrind,
        Self::Server,
        Self::Python,
    ];

    fn name_and_what(self) -> (&'static str, &'static str) {
        match self {
            Self::Components => ("setup-components", "rustfmt and clippy"),
            Self::Target => ("setup-target", "the Rust target wasm32-unknown-unknown"),
            Self::WasmPack => ("setup-wasm-pack", "wasm-pack"),
            Self::WasmBindgen => (
                "setup-bindgen",
                "wasm-bindgen, at the version in Cargo.lock",
            ),
            Self::Node => ("setup-node", "Node and npm"),
            Self::Tools => ("setup-tools", "npm packages of the build and the tests"),
            Self::Page => ("setup-page", "npm packages of web-demo"),
            Self::PackageTests => ("setup-package-tests", "npm packages of packages/tests"),
            Self::MiniprogramTests => (
                "setup-miniprogram-tests",
                "npm packages of packages/longma-miniprogram/tests",
            ),
            Self::Miniprogram => ("setup-miniprogram", "npm packages of mini-program"),
            Self::Vscode => ("setup-vscode", "npm packages of editors/vscode"),
            Self::SealInterop => ("setup-seal-interop", "npm packages of seal/tests/interop"),
            Self::Browser => ("setup-browser", "Chrome or Chromium, and a Chinese font"),
            Self::Firefox => ("setup-firefox", "Firefox"),
            Self::Valgrind => ("setup-valgrind", "valgrind"),
            Self::Server => ("setup-server", "PostgreSQL and SoftHSM"),
            Self::Python => ("setup-python", "Python with venv and pip"),
        }
    }

    /// The folder whose npm packages the part is, relative to the workspace's.
    fn npm_folder(self) -> Option<&'static str> {
        match self {
            Self::Tools => Some(""),
            Self::Page => Some("web-demo"),
            Self::PackageTests => Some("packages/tests"),
            Self::MiniprogramTests => Some("packages/longma-miniprogram/tests"),
            Self::Miniprogram => Some("mini-program"),
            Self::Vscode => Some("editors/vscode"),
            Self::SealInterop => Some("seal/tests/interop"),
            _ => None,
        }
    }

    /// The npm packages of `folder`, which is relative to the workspace's.
    pub(crate) fn npm(folder: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|part| part.npm_folder() == Some(folder))
    }

    /// Makes the part ready. Returns, for display, whether it was there or installed.
    fn set_up(self, name: &str) -> Result<String, Failure> {
        match self {
            Self::Components => components(name),
            Self::Target => target(name),
            Self::WasmPack => wasm_pack(name),
            Self::WasmBindgen => wasm_bindgen(name),
            Self::Node => node(),
            Self::Tools
            | Self::Page
            | Self::PackageTests
            | Self::MiniprogramTests
            | Self::Miniprogram
            | Self::Vscode
            | Self::SealInterop => {
                let folder = self.npm_folder().unwrap_or_default();
                npm_packages(name, &project::root().join(folder))
            }
            Self::Browser => browser(name),
            Self::Firefox => Ok(firefox_here(name)),
            Self::Valgrind => Ok(valgrind(name)),
            Self::Server => server(name),
            Self::Python => python(name),
        }
    }
}

/// Sets everything up.
///
/// # Errors
/// If a part cannot be set up; stops at the first one.
pub(crate) fn all() -> Result<(), Failure> {
    these(&Part::ALL)
}

/// Sets `parts` up, in the order of [`Part::ALL`].
///
/// # Errors
/// If a part cannot be set up; stops at the first one.
pub(crate) fn these(parts: &[Part]) -> Result<(), Failure> {
    let wanted = Part::ALL.iter().filter(|part| parts.contains(part));
    for part in wanted {
        let (name, what) = part.name_and_what();
        report::line(name, what, || part.set_up(name)).1?;
    }
    Ok(())
}

fn components(name: &str) -> Result<String, Failure> {
    let there = |tool: &str| run::text(run::command("cargo").args([tool, "--version"])).is_some();
    if there("fmt") && there("clippy") {
        return Ok(found());
    }
    let mut add = run::command("rustup");
    run::logged(name, add.args(["component", "add", "rustfmt", "clippy"])).map_err(|failure| {
        failure.advise("install rustfmt and clippy for the compiler that `rustc --version` names")
    })?;
    Ok("added by rustup".to_owned())
}

fn target(name: &str) -> Result<String, Failure> {
    match Wasm::find() {
        Some(Wasm::OnPath) => Ok(found()),
        Some(Wasm::Debian { .. }) => Ok("Debian's is there".to_owned()),
        None => Wasm::install(name),
    }
}

fn wasm_pack(name: &str) -> Result<String, Failure> {
    if version_of("wasm-pack").as_deref() == Some(WASM_PACK) {
        return Ok(found());
    }
    let locked = true;
    cargo_install(name, "wasm-pack", WASM_PACK, locked)
}

fn wasm_bindgen(name: &str) -> Result<String, Failure> {
    let version = project::locked_version("wasm-bindgen").ok_or_else(|| {
        Failure::new(
            "Cargo.lock names no wasm-bindgen",
            "let the crates in wasm/ depend on wasm-bindgen, then run the same command again",
        )
    })?;
    if version_of("wasm-bindgen").as_deref() == Some(version.as_str()) {
        return Ok(found());
    }
    // Its own lock file names crates that some registry mirrors no longer serve.
    let locked = false;
    cargo_install(name, "wasm-bindgen-cli", &version, locked)
}

/// The version of `program`: the second word of `program --version`.
fn version_of(program: &str) -> Option<String> {
    let told = run::text(run::command(program).arg("--version"))?;
    told.split_whitespace().nth(1).map(str::to_owned)
}

fn cargo_install(
    name: &str,
    package: &str,
    version: &str,
    locked: bool,
) -> Result<String, Failure> {
    let mut install = run::command("cargo");
    install.args(["install", package, "--version", version, "--force"]);
    if locked {
        install.arg("--locked");
    }
    run::logged(name, &mut install).map_err(|failure| {
        failure.advise(format!(
            "see in the output whether crates.io could be reached; \
             `cargo install {package} --version {version}` must work on this machine"
        ))
    })?;
    Ok(format!("installed {version}"))
}

fn node() -> Result<String, Failure> {
    let told = run::text(run::command("node").arg("--version")).unwrap_or_default();
    let npm = run::text(run::command("npm").arg("--version"));
    let (major, minor) = NODE;
    let problem = match node_version(&told) {
        Some(version) if version >= NODE && npm.is_some() => return Ok(found()),
        Some(version) if version >= NODE => "npm is not on PATH".to_owned(),
        Some(_) => format!("Node is of version {told}, and {major}.{minor} or later is needed"),
        None => "Node is not on PATH".to_owned(),
    };
    Err(Failure::new(
        problem,
        format!("install Node {major}.{minor} or later with npm, then run the same command again"),
    ))
}

/// Major and minor version: 20 and 11 from `v20.11.1`.
fn node_version(told: &str) -> Option<(u32, u32)> {
    let mut numbers = told.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// Installs the packages of the lock file in `folder`, unless they are up to date.
///
/// # Errors
/// If the lock file cannot be read or npm fails.
pub(crate) fn npm_packages(name: &str, folder: &Path) -> Result<String, Failure> {
    let lock = folder.join("package-lock.json");
    let wanted = fs::read(&lock).map_err(|error| {
        Failure::new(
            format!("{} cannot be read: {error}", project::shown(&lock)),
            "fetch the file from the repository; `npm install` beside package.json writes a new one",
        )
    })?;
    let stamp = folder.join("node_modules").join(PACKAGES_STAMP);
    if fs::read(&stamp).is_ok_and(|filled| filled == wanted) {
        return Ok(found());
    }
    let mut install = run::command("npm");
    install.args(["ci", "--no-audit", "--no-fund"]);
    run::logged(name, install.current_dir(folder)).map_err(|failure| {
        failure.advise("see in the output whether npm's registry could be reached, then run the same command again")
    })?;
    // If the stamp cannot be written, the next run installs again: slow but correct.
    let _ = fs::write(&stamp, wanted);
    Ok("installed".to_owned())
}

fn browser(name: &str) -> Result<String, Failure> {
    let mut missing = Vec::new();
    if chrome().is_none() {
        missing.extend(["chromium", "chromium-driver"]);
    } else if chromedriver().is_none() && !debian::files_of("chromium").is_empty() {
        // A driver fits one version only. For any other Chrome, wasm-pack fetches it.
        missing.push("chromium-driver");
    }
    if !shows_chinese() {
        missing.extend(["fontconfig", "fonts-noto-cjk"]);
    }
    if missing.is_empty() {
        return Ok(found());
    }
    if !debian::is_here() {
        return Err(Failure::new(
            "there is no Chrome or Chromium on PATH, or no font that shows Chinese",
            "install Chrome and a Chinese font; the variable CHROME may name Chrome's file",
        ));
    }
    debian::install(name, &missing)?;
    Ok(format!("installed {}", missing.join(", ")))
}

/// Installs Firefox where apt can; elsewhere the test that wants it says that it is skipped.
fn firefox_here(name: &str) -> String {
    if firefox().is_some() {
        return found();
    }
    if debian::is_here() && debian::install(name, &["firefox-esr"]).is_ok() {
        return "installed".to_owned();
    }
    "not to be had here; nothing is tried in it".to_owned()
}

/// Installs valgrind where apt can; elsewhere the program that wants it says that it
/// skips what it wants it for.
fn valgrind(name: &str) -> String {
    if run::find("valgrind").is_some() {
        return found();
    }
    if debian::is_here() && debian::install(name, &["valgrind"]).is_ok() {
        return "installed".to_owned();
    }
    "not to be had here; instructions are not counted".to_owned()
}

fn server(name: &str) -> Result<String, Failure> {
    let mut missing = Vec::new();
    if run::find("initdb").is_none() && !Path::new("/usr/lib/postgresql").is_dir() {
        missing.push("postgresql");
    }
    if !Path::new("/usr/lib/softhsm/libsofthsm2.so").is_file() {
        missing.push("softhsm2");
    }
    if missing.is_empty() {
        return Ok(found());
    }
    if !debian::is_here() {
        return Err(Failure::new(
            format!("this is not on the machine: {}", missing.join(", ")),
            "install PostgreSQL with its programs, and SoftHSM; the issuing service is tested with both",
        ));
    }
    debian::install(name, &missing)?;
    Ok(format!("installed {}", missing.join(", ")))
}

fn python(name: &str) -> Result<String, Failure> {
    let check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";
    let works = || run::text(run::command("python3").args(["-c", check])).is_some();
    if works() {
        return Ok(found());
    }
    if debian::is_here() {
        debian::install(name, &["python3", "python3-venv"])?;
    }
    if works() {
        return Ok("installed".to_owned());
    }
    Err(Failure::new(
        "there is no Python 3.10 or later with venv and pip on PATH",
        "install it as `python3`, then run the same command again",
    ))
}

/// The browser for tests: the file named by the variable CHROME, else an installed one.
pub(crate) fn chrome() -> Option<PathBuf> {
    let named = env::var_os("CHROME").map(PathBuf::from);
    named
        .filter(|file| file.is_file())
        .or_else(|| BROWSERS.into_iter().find_map(run::find))
        .or_else(|| {
            BROWSER_FILES
                .into_iter()
                .map(PathBuf::from)
                .find(|file| file.is_file())
        })
}

/// The second browser for tests: the file named by the variable FIREFOX, else an installed one.
pub(crate) fn firefox() -> Option<PathBuf> {
    let named = env::var_os("FIREFOX").map(PathBuf::from);
    named
        .filter(|file| file.is_file())
        .or_else(|| ["firefox", "firefox-esr"].into_iter().find_map(run::find))
}

/// The browser's driver: the file named by the variable CHROMEDRIVER, else an
/// installed one.
pub(crate) fn chromedriver() -> Option<PathBuf> {
    let named = env::var_os("CHROMEDRIVER").map(PathBuf::from);
    named
        .filter(|file| file.is_file())
        .or_else(|| run::find("chromedriver"))
}

/// Whether Chinese text can be displayed. Only Linux may come without such a font.
fn shows_chinese() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    let fonts = run::text(run::command("fc-list").args([":lang=zh", "family"]));
    fonts.is_some_and(|list| !list.is_empty())
}

fn found() -> String {
    "there".to_owned()
}

#[cfg(test)]
mod tests {
    use super::{Part, node_version};

    #[test]
    fn a_folder_has_npm_packages_of_its_own_or_none() {
        assert_eq!(Part::npm("web-demo"), Some(Part::Page));
        assert_eq!(Part::npm("packages/tests"), Some(Part::PackageTests));
        assert_eq!(Part::npm(""), Some(Part::Tools));
        assert_eq!(Part::npm("core"), None);
    }

    #[test]
    fn nodes_version_is_read_to_its_minor_number() {
        assert_eq!(node_version("v20.11.1"), Some((20, 11)));
        assert_eq!(node_version("20"), None);
    }
}
