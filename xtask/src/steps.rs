//! The table of steps for `cargo xtask test`.
//!
//! When several steps can start, they start in the order of this table: steps that
//! fail fast and steps that others wait for come first. [`crate::step`] defines a
//! step; [`crate::schedule`] decides when it runs.
//!
//! Native code is built once, with all its tests. A library's features depend on what
//! is built together with it, so `cargo run` for a single package would rebuild half
//! the tree. The steps run the programs in `target/debug/` instead.

use crate::changed;
use crate::project;
use crate::report::Failure;
use crate::setup::{self, Part};
use crate::step::Step;
use crate::step::held::{BROWSER, PAGES, TARGET, WASM_TARGET};
use crate::wasm;

/// What to do when native code and WebAssembly disagree.
const DIFFERENT: &str =
    "native code and WebAssembly decide differently: look for an unordered map, a float or a clock";

/// Everything but the query engine, with the parts of the command that the demo leaves out.
const EVERYTHING: &str = "--workspace --exclude longma-query --features longma-cli/pkcs11 \
     --features longma-cli/population";

/// The query engine and its command, which take many minutes to build.
const QUERY: &str = "--package longma-query --package longma-cli --features longma-cli/cluster";

/// The persons of the benchmarks, as a file.
const PERSONS: &str = "target/bench/persons.json";

/// Documents of a gate and codes to bring to it.
const GATE_SAMPLES: &str = "target/gate-samples/codes.json";

/// Where the engine of the npm packages is compiled.
const PACKAGES_TARGET: &str = "target/npm/build";

/// A crate that becomes a package for JavaScript.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Package {
    /// Prefix of its steps' names.
    name: &'static str,
    /// Its folder; the packages are made in its `pkg-web` and `pkg-node`.
    folder: &'static str,
    /// The crate's name.
    krate: &'static str,
    /// The name of its files, without extension.
    file: &'static str,
}

/// All packages.
pub(crate) const PACKAGES: [Package; 4] = [DEVICE, OFFICE, STUDIO, GATE];

/// What a phone needs. Its results are compared with native code.
pub(crate) const DEVICE: Package = Package {
    name: "device",
    folder: "wasm/device",
    krate: "longma-device",
    file: "longma_device",
};

/// Everything in [`DEVICE`], plus records from several sources and lists.
pub(crate) const OFFICE: Package = Package {
    name: "office",
    folder: "wasm/office",
    krate: "longma-office",
    file: "longma_office",
};

/// The policy desk.
pub(crate) const STUDIO: Package = Package {
    name: "studio",
    folder: "wasm/studio",
    krate: "longma-studio",
    file: "longma_studio",
};

/// What verifies codes at a gate.
pub(crate) const GATE: Package = Package {
    name: "gate",
    folder: "wasm/gate",
    krate: "longma-gate-web",
    file: "longma_gate_web",
};

/// The rules by hand in Rust. Only the benchmark builds it.
pub(crate) const BY_HAND: Package = Package {
    name: "by-hand",
    folder: "bench/wasm/by-hand",
    krate: "longma-by-hand",
    file: "longma_by_hand",
};

/// All steps, each after the steps whose files it reads.
pub(crate) fn all() -> Vec<Step> {
    let mut steps = vec![
        format(),
        clippy(EVERYTHING),
        Step::new("build", format!("cargo test {EVERYTHING} --no-run"))
            .holding(&[TARGET])
            .compiles(),
    ];
    let compiled = PACKAGES.iter().map(Package::compiled);
    steps.extend(compiled);
    steps.push(packages_engine());
    steps.push(packages_gate());
    steps.push(bundle());
    steps.push(packs());
    steps.push(small_packs());
    steps.push(gate_samples());
    steps.push(packages());
    for package in &PACKAGES {
        steps.extend([
            package.bound_for_node(),
            package.for_pages(),
            package.optimised_for_node(),
        ]);
    }
    steps.extend([
        Step::new("rust-tests", format!("cargo test {EVERYTHING}"))
            .after(&["build"])
            .needs(&[Part::Server])
            .runs_rust_tests(),
        Step::new("parity-native", "target/debug/parity-inputs").after(&["build", "bundle"]),
        Step::new("wasm-types", "node wasm/scripts/types.mjs --check")
            .wants(&["wasm/scripts/types.mjs"])
            .advice("run `node wasm/scripts/types.mjs`: it writes the types from the schemas"),
        seal_interop(),
        page(),
        types(),
        Step::new("miniprogram-package-test", "npm test")
            .in_folder("packages/longma-miniprogram/tests")
            .after(&["packages", "packs", "parity-native"])
            .needs(&[Part::Tools])
            .wants(&[
                "packages/longma-miniprogram/tests/package.json",
                "packages/longma-miniprogram/miniprogram_dist/index.js",
            ]),
        Step::new("mini-program-test", "npm test")
            .in_folder("mini-program")
            .after(&["packages", "gate-samples"])
            .holding(&[BROWSER])
            .needs(&[Part::Tools])
            .wants(&[
                GATE_SAMPLES,
                "mini-program/package.json",
                "packages/longma-miniprogram/miniprogram_dist/index.js",
            ]),
        vscode(),
        Step::new("parity-node", "node tests/parity/node.mjs")
            .after(&["parity-native", "packs", "device-node"])
            .wants(&["tests/parity/node.mjs"])
            .advice(DIFFERENT),
        Step::new("page-test", "npm test")
            .in_folder("web-demo")
            .after(&["page-build", "build"])
            .needs(&[Part::Firefox])
            .holding(&[PAGES])
            .wants(&["web-demo/package.json", "web-demo/dist"]),
        Step::new("parity-browser", "node tests/parity/browser.mjs")
            .after(&["parity-native", "packs", "device-web"])
            .holding(&[BROWSER])
            .wants(&["tests/parity/browser.mjs"])
            .advice(DIFFERENT),
    ]);
    steps.push(packages_test());
    for package in &PACKAGES {
        steps.extend(package.tests());
    }
    steps.extend([
        Step::new(
            "check",
            "target/debug/longma check --deny-warnings --packs rules/packs",
        )
        .after(&["build"])
        .wants(&["rules/packs"])
        .advice("each code has a section in rules/findings.md"),
        cases("build"),
        python(),
        Step::new("persons", "target/debug/persons")
            .after(&["build"])
            .wants(&["rules/packs"])
            .makes(&[PERSONS]),
        counting(),
        Step::new("counts", "target/release/longma-counts")
            .after(&["counts-build", "packs", "persons"])
            .wants(&[PERSONS, "target/rules.longma", "bench/counts.toml"])
            .needs(&[Part::Valgrind])
            .advice("see in the output which workload changed, and what to do about it"),
    ]);
    steps
}

/// The steps that run only if `--only` names them.
pub(crate) fn apart() -> Vec<Step> {
    let clippy = format!("cargo clippy {QUERY} --all-targets -- -D warnings");
    let tests = format!("cargo test {QUERY} --test sql --test cluster --test docs");
    let command = format!("cargo test {QUERY} --test cli sql");
    vec![
        Step::new("query-clippy", clippy).holding(&[TARGET]),
        Step::new("query-tests", tests)
            .holding(&[TARGET])
            .runs_rust_tests(),
        Step::new("query-command", command)
            .holding(&[TARGET])
            .runs_rust_tests(),
    ]
}

/// The steps of `cargo xtask test --fast`: the most useful checks of a change in little
/// time.
pub(crate) fn fast() -> Vec<Step> {
    let mut steps = vec![format()];
    match changed::packages() {
        None => steps.push(clippy(EVERYTHING)),
        Some(changed) if changed.is_empty() => {}
        Some(changed) => {
            let packages: Vec<String> =
                changed.iter().map(|it| format!("--package {it}")).collect();
            steps.push(clippy(&packages.join(" ")));
        }
    }
    // The tests of `longma-cli` build the command with the same features as everything else.
    let line = format!("cargo test {EVERYTHING} --lib --test cli --no-run");
    steps.extend([
        Step::new("build-fast", line).holding(&[TARGET]).compiles(),
        Step::new("unit-tests", format!("cargo test {EVERYTHING} --lib"))
            .after(&["build-fast"])
            .runs_rust_tests(),
        cases("build-fast"),
    ]);
    steps
}

fn types() -> Step {
    Step::new(
        "wasm-tsc",
        "node node_modules/typescript/bin/tsc --noEmit --strict --target es2022 --module esnext \
         --moduleResolution bundler --lib es2022,dom,esnext.disposable \
         wasm/device/types/usage.ts wasm/device/pkg-node/longma_device.d.ts \
         wasm/office/types/usage.ts wasm/studio/types/usage.ts wasm/gate/types/usage.ts",
    )
    .after(&[
        "device-web",
        "device-node",
        "office-web",
        "studio-web",
        "gate-web",
    ])
    .wants(&[
        "wasm/device/types/usage.ts",
        "wasm/office/types/usage.ts",
        "wasm/studio/types/usage.ts",
        "wasm/gate/types/usage.ts",
    ])
}

fn vscode() -> Step {
    Step::new("vscode-test", "npm test")
        .in_folder("editors/vscode")
        .after(&["build"])
        .wants(&["editors/vscode/package.json", "rules/packs"])
}

/// Signed documents of both sides, verified by a library of others. The other half of it is
/// among the Rust tests.
fn seal_interop() -> Step {
    Step::new("seal-interop", "npm test")
        .in_folder("seal/tests/interop")
        .wants(&[
            "seal/tests/interop/package.json",
            "seal/tests/interop/ours.txt",
            "seal/tests/interop/theirs.txt",
        ])
}

/// The wheel, built and tested as its users have it.
fn python() -> Step {
    Step::new("python-test", "python3 python/test.py")
        .holding(&[TARGET])
        .needs(&[Part::Python])
        .wants(&["python/tests", "docs/python.md"])
}

fn format() -> Step {
    Step::new("format", "cargo fmt --all --check").advice("run `cargo fmt --all`")
}

fn clippy(packages: &str) -> Step {
    let line = format!("cargo clippy {packages} --all-targets -- -D warnings");
    Step::new("clippy", line).holding(&[TARGET])
}

/// The packs' own cases, run by the command that the step `built` has built.
fn cases(built: &str) -> Step {
    let line = "target/debug/longma test --coverage --packs rules/packs";
    Step::new("cases", line).after(&[built]).wants(&["rules/packs"]).advice(
        "a rule and one of its cases disagree, or no case exercises it: see what the source's words support",
    )
}

/// The command alone, for callers that do not test.
pub(crate) fn command() -> Step {
    Step::new("command", "cargo build --package longma-cli")
        .holding(&[TARGET])
        .compiles()
}

/// The packs as one file for WebAssembly to load. Needs the command.
pub(crate) fn bundle() -> Step {
    Step::new(
        "bundle",
        "target/debug/longma bundle --packs rules/packs --out target/bundle.json",
    )
    .after(&["build"])
    .wants(&["rules/packs"])
    .makes(&["target/bundle.json"])
    .advice("correct the packs as the output says")
}

/// The persons of the native benchmark.
pub(crate) fn persons() -> Step {
    Step::new("persons", "cargo run --package longma-bench --bin persons")
        .holding(&[TARGET])
        .wants(&["rules/packs"])
        .makes(&[PERSONS])
        .advice("correct what the output names, then run the same command again")
}

/// The program that counts instructions, in the form that is released.
pub(crate) fn counting() -> Step {
    Step::new(
        "counts-build",
        "cargo build --release --package longma-counts",
    )
    .holding(&[TARGET])
    .compiles()
}

/// The packs compiled, for engines to load. Needs the command.
pub(crate) fn packs() -> Step {
    Step::new(
        "packs",
        "target/debug/longma bundle --packs rules/packs --out target/rules.longma",
    )
    .after(&["build"])
    .wants(&["rules/packs"])
    .makes(&["target/rules.longma"])
    .advice("correct the packs as the output says")
}

/// The packs around the health code, compiled as a phone loads them, without the places of
/// rules in scripts. Packs about other subjects would go over the mini-program's budget.
pub(crate) fn small_packs() -> Step {
    Step::new(
        "small-packs",
        "target/debug/longma bundle --packs rules/packs --no-lines --subject person --subject venue \
         --subject area --subject clinic --out target/rules-small.longma",
    )
    .after(&["build"])
    .wants(&["rules/packs"])
    .makes(&["target/rules-small.longma"])
    .advice("correct the packs as the output says")
}

/// A gate and its codes, for the page's test mode. Needs everything that is built for tests.
fn gate_samples() -> Step {
    Step::new("gate-samples", "target/debug/gate-samples")
        .after(&["build"])
        .wants(&["rules/packs"])
        .makes(&[GATE_SAMPLES])
}

/// A gate and its codes, for callers that do not test.
pub(crate) fn gate_samples_alone() -> Step {
    let line = "cargo run --package longma-tests --bin gate-samples";
    Step::new("gate-samples", line)
        .holding(&[TARGET])
        .wants(&["rules/packs"])
        .makes(&[GATE_SAMPLES])
}

/// The engine for the npm packages: without what old phones do not take, and without the
/// paths of the machine that builds it.
pub(crate) fn packages_engine() -> Step {
    for_phones("packages-engine", "longma-device --no-default-features")
}

/// The gate's engine for mini-programs. Apart, so that the phone's is not built with its
/// features.
pub(crate) fn packages_gate() -> Step {
    for_phones("packages-gate", "longma-gate-web")
}

fn for_phones(name: &str, package: &str) -> Step {
    let mut flags = vec![
        r#""-Ctarget-feature=-reference-types,-multivalue""#.to_owned(),
        // A phone hashes the codes of a few venues.
        r#"'--cfg=sha2_backend_soft="compact"'"#.to_owned(),
    ];
    // A step's words contain no spaces.
    let sources = project::cargo_home().map(|home| home.join("registry/src"));
    let sources = sources.map(|it| it.display().to_string());
    flags.extend(
        sources
            .filter(|it| !it.contains([' ', '"', '\\']))
            .map(|it| format!(r#""--remap-path-prefix={it}=""#)),
    );
    let line = format!(
        "cargo build --release --lib --target {target} --package {package} \
         --target-dir {PACKAGES_TARGET} --config target.{target}.rustflags=[{flags}]",
        target = wasm::TARGET,
        flags = flags.join(",")
    );
    Step::new(name, line).holding(&[WASM_TARGET]).compiles()
}

/// The npm packages, ready for `npm pack`.
pub(crate) fn packages() -> Step {
    let engine = |file: &str| {
        let target = wasm::TARGET;
        format!("{PACKAGES_TARGET}/{target}/release/{file}.wasm")
    };
    let [phone, gate] = [DEVICE.file, GATE.file].map(engine);
    Step::new(
        "packages",
        format!("node packages/build.mjs {phone} {gate}"),
    )
    .after(&["packages-engine", "packages-gate", "small-packs"])
    .wants(&[
        "packages/build.mjs",
        &phone,
        &gate,
        "target/rules-small.longma",
    ])
    .needs(&[Part::WasmBindgen])
    .makes(&[
        "packages/longma/dist/web.js",
        "packages/longma-miniprogram/miniprogram_dist/index.js",
        "packages/longma-miniprogram/gate_dist/engine.js",
    ])
}

/// What the npm packages are made by, for callers that do not test.
pub(crate) fn for_front_ends() -> [Step; 5] {
    [
        command(),
        small_packs(),
        packages_engine(),
        packages_gate(),
        packages(),
    ]
}

/// The npm package as its users have it: built into apps, type-checked, its documentation run.
fn packages_test() -> Step {
    Step::new("packages-test", "npm test")
        .in_folder("packages/tests")
        .after(&["packages", "packs", "parity-native"])
        .holding(&[BROWSER])
        .wants(&["packages/tests/package.json", "packages/longma/dist"])
}

/// The web page, type-checked.
pub(crate) fn page() -> Step {
    Step::new("page-build", "npm run build")
        .in_folder("web-demo")
        .after(&[
            "packs",
            "packages",
            "studio-web",
            "gate-web",
            "gate-samples",
        ])
        .wants(&[
            "web-demo/package.json",
            GATE_SAMPLES,
            "target/rules.longma",
            "packages/longma/dist",
            "wasm/studio/pkg-web/longma_studio.js",
            "wasm/gate/pkg-web/longma_gate_web.js",
        ])
        .makes(&[
            "web-demo/dist/index.html",
            "web-demo/dist/gate.html",
            "web-demo/dist/gate-pass.html",
        ])
}

impl Package {
    fn step(&self, what: &str, line: impl Into<String>) -> Step {
        Step::new(format!("{}-{what}", self.name), line).holding(&[WASM_TARGET])
    }

    fn makes(&self, step: Step, folder: &str) -> Step {
        let base = format!("{}/{folder}/{}", self.folder, self.file);
        step.makes(&[&format!("{base}.js"), &format!("{base}_bg.wasm")])
    }

    /// The code that its packages for pages and for Node are made from.
    fn compiled(&self) -> Step {
        let line = format!(
            "cargo build --release --lib --target {} --package {}",
            wasm::TARGET,
            self.krate
        );
        self.step("build", line).compiles()
    }

    fn packed(&self, what: &str, target: &str, folder: &str) -> Step {
        let line = format!("wasm-pack build --release --target {target} --out-dir {folder}");
        let step = self.step(what, line).in_folder(self.folder);
        self.makes(step, folder)
    }

    /// The package for pages, as it is shipped.
    pub(crate) fn for_pages(&self) -> Step {
        self.packed("web", "web", "pkg-web")
            .after(&[&format!("{}-build", self.name)])
    }

    /// The package for Node, as it is shipped.
    pub(crate) fn for_node(&self) -> Step {
        self.packed("node", "nodejs", "pkg-node")
    }

    /// The package for Node, before optimisation.
    fn bound_for_node(&self) -> Step {
        let line = format!(
            "wasm-bindgen --target nodejs --out-dir {}/pkg-node target/wasm/{}/release/{}.wasm",
            self.folder,
            wasm::TARGET,
            self.file
        );
        let step = self.step("node-bound", line);
        self.makes(step, "pkg-node")
            .after(&[&format!("{}-build", self.name)])
    }

    /// The package for Node, as it is shipped. wasm-bindgen writes the same code for pages
    /// and for Node, so wasm-opt, which takes most of a minute, runs only once.
    fn optimised_for_node(&self) -> Step {
        let code = |folder: &str| format!("{}/{folder}/{}_bg.wasm", self.folder, self.file);
        let line = format!("cp {} {}", code("pkg-web"), code("pkg-node"));
        let [web, bound] = ["web", "node-bound"].map(|what| format!("{}-{what}", self.name));
        self.step("node", line).after(&[&web, &bound])
    }

    /// Its own tests, in Node and in a browser.
    fn tests(&self) -> [Step; 2] {
        let tests = format!("{}/tests", self.folder);
        let settings = format!("{}/webdriver.json", self.folder);
        let test = |what: &str, line: &str| {
            let step = self.step(what, line).in_folder(self.folder);
            step.wants(&[&tests]).runs_rust_tests()
        };
        [
            test("test-node", "wasm-pack test --release --node"),
            test(
                "test-browser",
                "wasm-pack test --release --headless --chrome",
            )
            .wants(&[&settings])
            .holding(&[BROWSER]),
        ]
    }
}

/// Sets up what `steps` need.
///
/// # Errors
/// If a part cannot be set up; stops at the first one.
pub(crate) fn set_up<'a>(steps: impl IntoIterator<Item = &'a Step>) -> Result<(), Failure> {
    let parts: Vec<Part> = steps.into_iter().flat_map(Step::parts).collect();
    setup::these(&parts)
}

/// Sets up what `steps` need, then runs them one after another.
///
/// # Errors
/// If something cannot be set up or built; stops at the first one.
pub(crate) fn build(steps: &[Step]) -> Result<(), Failure> {
    set_up(steps)?;
    steps.iter().try_for_each(Step::run)
}

/// Prints each step's name and command line.
pub(crate) fn list() {
    for step in all().into_iter().chain(apart()) {
        println!("{:<18} {}", step.name, step.words());
    }
}

#[cfg(test)]
mod tests {
    use super::{all, apart, fast};
    use crate::setup::Part;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_steps_have_the_same_name() {
        for steps in [[all(), apart()].concat(), fast()] {
            let names: BTreeSet<&str> = steps.iter().map(|step| step.name.as_str()).collect();
            assert_eq!(names.len(), steps.len());
        }
    }

    #[test]
    fn each_step_comes_after_steps_that_stand_above_it() {
        for steps in [all(), apart(), fast()] {
            let mut above = BTreeSet::new();
            for step in &steps {
                for before in &step.after {
                    assert!(above.contains(before), "{}: no {before} above", step.name);
                }
                above.insert(&step.name);
            }
        }
    }

    #[test]
    fn a_step_that_npm_runs_has_the_packages_of_its_folder() {
        for step in all().iter().filter(|step| step.words().starts_with("npm ")) {
            let parts = step.parts();
            let own = Part::npm(step.folder()).filter(|own| *own != Part::Tools);
            assert!(own.is_some_and(|own| parts.contains(&own)), "{}", step.name);
        }
    }

    #[test]
    fn the_fast_steps_need_no_browser_and_no_package() {
        let parts = fast().into_iter().flat_map(|step| step.parts());
        let others = parts.filter(|part| *part != Part::Components);
        assert_eq!(others.count(), 0);
    }
}
