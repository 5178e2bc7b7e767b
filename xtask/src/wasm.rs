//! The compiler for WebAssembly.
//!
//! On most machines it is the user's own, with rustup's target
//! `wasm32-unknown-unknown`. If rustup cannot download it, Debian's rustc is used, with
//! a standard library built from Debian's sources. Only this module and
//! [`crate::setup`] know which one it is: a step takes a [`Wasm`] and applies its
//! environment to a command.
//!
//! Debian's compiler is found through its package instead of PATH, where rustup's
//! may come first.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::Failure;
use crate::{debian, project, run};

/// The target's name in rustc.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// Debian's packages: compiler, cargo and the standard library's sources.
const PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];

/// A package with a linker, for a machine whose rustup toolchain has none.
const LINKER_PACKAGE: &str = "lld-22";

/// A file next to a standard library built here. It records the compiler and the
/// options it was built with.
const STAMP: &str = "longma-built-for";

/// Tells cargo which libraries to build from source; `wasm-pack test` links `test`.
const BUILD_STD: &str = "-Zbuild-std=std,panic_abort,test";

/// Link-time optimisation needs the libraries' bitcode, which cargo would leave out.
const BITCODE: &str = "-Cembed-bitcode=yes";

/// The release profile for WebAssembly: small, because a page is downloaded before it
/// runs.
const PROFILE: [(&str, &str); 3] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "s"),
    ("CARGO_PROFILE_RELEASE_LTO", "true"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "1"),
];

/// A compiler that can build for [`TARGET`].
#[derive(Debug)]
pub(crate) enum Wasm {
    /// The compiler on the user's PATH.
    OnPath,
    /// Debian's compiler. `bin` is a folder of links that puts it first on PATH.
    Debian {
        rustc: PathBuf,
        cargo: PathBuf,
        linker: PathBuf,
        bin: PathBuf,
    },
}

impl Wasm {
    /// The compiler that is ready on this machine, if any. Installs nothing.
    pub(crate) fn find() -> Option<Self> {
        let own = target_libdir(&mut run::command("rustc"));
        // A library built here belongs to Debian's compiler, which needs more than PATH.
        if own.is_some_and(|folder| has_std(&folder) && !folder.join(STAMP).exists()) {
            return Some(Self::OnPath);
        }
        let debian = Debian::find()?;
        if !debian.has_std() {
            return None;
        }
        let linker = linker()?;
        let bin = debian.link_programs().ok()?;
        Some(Self::Debian {
            rustc: debian.rustc,
            cargo: debian.cargo,
            linker,
            bin,
        })
    }

    /// Makes `command`, and every cargo and rustc that it starts, build with this compiler.
    ///
    /// WebAssembly has its own target folder, so that two compilers never undo each other's
    /// work.
    pub(crate) fn configure(&self, command: &mut Command) {
        command.env("CARGO_TARGET_DIR", target_dir()).envs(PROFILE);
        if let Self::Debian {
            rustc,
            cargo,
            linker,
            bin,
        } = self
        {
            let linker_variable = "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER";
            command
                .env("RUSTC", rustc)
                .env("CARGO", cargo)
                .env(linker_variable, linker)
                .env("PATH", run::path(Some(bin)))
                // rustup's cargo, which started this program, sets it to its own libraries.
                .env_remove("LD_LIBRARY_PATH");
        }
    }

    /// Makes a compiler ready: through rustup if it can fetch the target, else from Debian.
    /// Returns which one, for display.
    ///
    /// # Errors
    /// If neither works.
    pub(crate) fn install(name: &str) -> Result<String, Failure> {
        if run::text(run::command("rustup").args(["target", "add", TARGET])).is_some()
            && Self::find().is_some()
        {
            return Ok("added by rustup".to_owned());
        }
        if !debian::is_here() {
            return Err(Failure::new(
                format!("there is no standard library for {TARGET}, and rustup cannot add it"),
                format!("run `rustup target add {TARGET}` where rustup's server can be reached"),
            ));
        }
        debian::install(name, &PACKAGES)?;
        if linker().is_none() {
            debian::install(name, &[LINKER_PACKAGE])?;
        }
        let debian = Debian::find().ok_or_else(|| broken("have no rustc or no cargo"))?;
        if !debian.has_std() {
            debian.build_std(name)?;
        }
        match Self::find() {
            Some(_) => Ok("built from Debian's sources".to_owned()),
            None => Err(broken(
                "were installed, but their compiler lacks the target",
            )),
        }
    }
}

/// Where cargo builds for WebAssembly.
fn target_dir() -> PathBuf {
    project::target().join("wasm")
}

/// A failure in Debian's packages that no program's output explains.
fn broken(what: &str) -> Failure {
    Failure::new(
        format!("Debian's packages {} {what}", PACKAGES.join(", ")),
        format!("see whether `rustup target add {TARGET}` works on this machine"),
    )
}

/// Debian's compiler, with or without a standard library for [`TARGET`].
struct Debian {
    rustc: PathBuf,
    cargo: PathBuf,
}

impl Debian {
    fn find() -> Option<Self> {
        let rustc = debian::files_of("rustc-web")
            .into_iter()
            .find(|file| file.ends_with("bin/rustc"))?;
        let cargo = rustc.with_file_name("cargo");
        cargo.is_file().then_some(Self { rustc, cargo })
    }

    /// Its rustc, without the library path that rustup's cargo sets.
    fn rustc(&self) -> Command {
        let mut command = Command::new(&self.rustc);
        command.env_remove("LD_LIBRARY_PATH");
        command
    }

    /// The compiler's full version. A standard library works with exactly one.
    fn version(&self) -> String {
        run::text(self.rustc().arg("-vV")).unwrap_or_default()
    }

    /// Whether there is a standard library that was built here with the current options.
    /// Any other may lack the bitcode that link-time optimisation needs.
    fn has_std(&self) -> bool {
        let Some(folder) = target_libdir(&mut self.rustc()) else {
            return false;
        };
        let stamp = fs::read_to_string(folder.join(STAMP));
        has_std(&folder) && stamp.is_ok_and(|stamp| stamp == self.stamp())
    }

    /// The compiler that a standard library is built for, and the options.
    fn stamp(&self) -> String {
        format!("{}\n{BUILD_STD}\n{BITCODE}\n", self.version())
    }

    /// Builds the standard library and puts it into the compiler's own folder.
    fn build_std(&self, name: &str) -> Result<(), Failure> {
        let work = project::target().join("tools/wasm-std");
        let unwritable = |error: io::Error| {
            Failure::new(
                format!("{} cannot be written: {error}", project::shown(&work)),
                "make that folder writable, then run the same command again",
            )
        };
        self.write_empty_crate(&work).map_err(unwritable)?;
        self.compile_std(name, &work)?;
        let built = built_libraries(&work).map_err(unwritable)?;
        self.put_std(name, &built)
    }

    /// Writes an empty crate: building it with `-Zbuild-std` builds the standard library.
    fn write_empty_crate(&self, work: &Path) -> io::Result<()> {
        let manifest = "\
[package]
name = \"empty\"
version = \"0.0.0\"
edition = \"2024\"

[workspace]
";
        // Otherwise an older compiler's files would be copied too.
        if work.is_dir() {
            fs::remove_dir_all(work)?;
        }
        fs::create_dir_all(work.join("src"))?;
        fs::write(work.join("Cargo.toml"), manifest)?;
        fs::write(work.join("src/lib.rs"), "")?;
        fs::write(work.join(STAMP), self.stamp())
    }

    fn compile_std(&self, name: &str, work: &Path) -> Result<(), Failure> {
        let mut build = Command::new(&self.cargo);
        build
            .args(["build", "--release", BUILD_STD])
            .args(["--target", TARGET])
            .current_dir(work)
            // -Zbuild-std is unstable. It is used only here, to build what rustup would fetch.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", BITCODE)
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env("RUSTC", &self.rustc)
            .env("CARGO_TARGET_DIR", work.join("target"))
            .env_remove("CARGO")
            .env_remove("LD_LIBRARY_PATH");
        run::logged(name, &mut build).map_err(|failure| {
            failure.advise("see in the output whether crates.io could be reached, then run the same command again")
        })
    }

    fn put_std(&self, name: &str, built: &[PathBuf]) -> Result<(), Failure> {
        let folder = target_libdir(&mut self.rustc())
            .ok_or_else(|| broken("have a rustc that does not know the target"))?;
        // Code compiled against another standard library does not fit this one.
        let _ = fs::remove_dir_all(target_dir());
        // One compiler must not find two standard libraries.
        run::logged(name, debian::as_root("rm")?.arg("-rf").arg(&folder))?;
        let mut install = debian::as_root("install")?;
        install.args(["-D", "-m", "644", "-t"]);
        run::logged(name, install.arg(&folder).args(built))
    }

    /// A folder with links to this compiler's programs and to nothing else.
    fn link_programs(&self) -> io::Result<PathBuf> {
        let bin = project::target().join("tools/wasm-toolchain/bin");
        fs::create_dir_all(&bin)?;
        for program in ["rustc", "rustdoc", "cargo"] {
            let (from, to) = (self.rustc.with_file_name(program), bin.join(program));
            if fs::read_link(&to).ok().as_ref() != Some(&from) {
                if to.is_symlink() {
                    fs::remove_file(&to)?;
                }
                link(&from, &to)?;
            }
        }
        Ok(bin)
    }
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(from, to)
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to).map(|_| ())
}

/// The libraries built in `work`, and the stamp, but not the empty crate's library.
fn built_libraries(work: &Path) -> io::Result<Vec<PathBuf>> {
    let folder = work.join("target").join(TARGET).join("release/deps");
    let mut files = vec![work.join(STAMP)];
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_library(&name) && !name.starts_with("libempty-") {
            files.push(entry.path());
        }
    }
    Ok(files)
}

/// Where `rustc` looks for the standard library of [`TARGET`], whether or not it exists.
fn target_libdir(rustc: &mut Command) -> Option<PathBuf> {
    let asked = rustc.args(["--print", "target-libdir", "--target", TARGET]);
    run::text(asked).map(PathBuf::from)
}

fn has_std(folder: &Path) -> bool {
    fs::read_dir(folder).is_ok_and(|entries| {
        entries.flatten().any(|entry| {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            name.starts_with("libstd-") && is_library(&name)
        })
    })
}

fn is_library(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "rlib")
}

/// A linker for WebAssembly; Debian's rustc has none of its own.
fn linker() -> Option<PathBuf> {
    of_the_toolchain_on_path().or_else(|| {
        debian::files_of(LINKER_PACKAGE)
            .into_iter()
            .find(|file| file.ends_with("bin/wasm-ld"))
    })
}

/// `rust-lld`, which comes with rustup's toolchains.
fn of_the_toolchain_on_path() -> Option<PathBuf> {
    let sysroot = run::text(run::command("rustc").args(["--print", "sysroot"]))?;
    let version = run::text(run::command("rustc").arg("-vV"))?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))?;
    let linker = Path::new(&sysroot).join(format!("lib/rustlib/{host}/bin/rust-lld"));
    linker.is_file().then_some(linker)
}
