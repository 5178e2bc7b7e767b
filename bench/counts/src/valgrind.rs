//! Counting by valgrind's callgrind.

use crate::workload::{PERSONS, Workload};
use crate::{Result, root};
use std::fs;
use std::process::{Command, Stdio};

/// A valgrind that runs on this machine.
#[derive(Debug)]
pub(crate) struct Valgrind(());

/// The valgrind of this machine; `None` if there is none that runs.
pub(crate) fn find() -> Option<Valgrind> {
    let mut version = Command::new("valgrind");
    version
        .arg("--version")
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let runs = version.status().is_ok_and(|status| status.success());
    runs.then_some(Valgrind(()))
}

/// What counts belong to: processor and system.
pub(crate) fn target() -> String {
    format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

impl Valgrind {
    /// The instructions that a workload takes for one person.
    pub(crate) fn count(&self, workload: &Workload) -> Result<u64> {
        let Self(()) = self;
        let name = workload.name;
        let folder = root().join("target/counts");
        let file = folder.join(format!("{name}.callgrind"));
        fs::create_dir_all(&folder)
            .map_err(|error| format!("{} cannot be made: {error}", folder.display()))?;
        let own = std::env::current_exe().map_err(|error| format!("where am I? {error}"))?;
        let mut count = Command::new("valgrind");
        count
            .args(["--tool=callgrind", "--collect-atstart=no"])
            .arg("--toggle-collect=*longma_counts*counted*")
            .arg(format!("--callgrind-out-file={}", file.display()))
            .arg(own)
            .args(["run", name]);
        let output = count
            .output()
            .map_err(|error| format!("valgrind cannot be started: {error}"))?;
        if !output.status.success() {
            let told = String::from_utf8_lossy(&output.stderr);
            // Callgrind's own lines say nothing here.
            let told: Vec<&str> = told.lines().filter(|it| !it.starts_with("==")).collect();
            return Err(format!(
                "`{name}` failed under valgrind: {}",
                told.join("\n")
            ));
        }
        let text = fs::read_to_string(&file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
        match total(&text) {
            Some(count) if count > 0 => Ok(count / PERSONS),
            _ => Err(format!(
                "callgrind has counted nothing of `{name}`: the function `counted` of \
                 bench/counts/src/workload.rs must keep its name and not be inlined"
            )),
        }
    }
}

/// The sum in a file that callgrind has written.
fn total(text: &str) -> Option<u64> {
    let mut lines = text.lines();
    let sum = lines.find_map(|line| line.strip_prefix("totals:"))?;
    sum.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_sum_is_read_where_callgrind_writes_it() {
        let text = "events: Ir\nsummary: 12\n\nfn=(1) f\n3 12\n\ntotals: 12\n";
        assert_eq!(total(text), Some(12));
        assert_eq!(total("events: Ir\n"), None);
    }
}
