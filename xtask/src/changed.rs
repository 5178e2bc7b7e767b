//! Asks git which packages have changed since the branch left `main`.
//!
//! Uncommitted and untracked files count too. Packages that merely depend on a
//! changed one do not: the build shows what breaks there.

use std::collections::BTreeSet;
use std::fs;

use crate::{project, run};

/// Branches that work starts from, under the names they may have in this clone.
const TRUNKS: [&str; 2] = ["main", "origin/main"];

/// Files in the workspace's folder that affect how every package is built.
const SHARED: [&str; 5] = [
    "Cargo.toml",
    "Cargo.lock",
    "clippy.toml",
    "rust-toolchain.toml",
    ".cargo/config.toml",
];

/// Names of the changed packages. `None` if git cannot say or a shared file changed,
/// so that every package counts.
pub(crate) fn packages() -> Option<BTreeSet<String>> {
    let files = files()?;
    let manifest = fs::read_to_string(project::root().join("Cargo.toml")).ok()?;
    let folders = owners(files.lines(), &members(&manifest)?)?;
    folders.into_iter().map(package_in).collect()
}

/// Changed files, one per line, relative to the workspace's folder.
fn files() -> Option<String> {
    let git = |words: &[&str]| {
        let mut git = run::command("git");
        run::text(git.args(["-c", "core.quotepath=off"]).args(words))
    };
    let mut trunks = TRUNKS.into_iter();
    let left_at = trunks.find_map(|trunk| git(&["merge-base", "HEAD", trunk]));
    let since = left_at.unwrap_or_else(|| "HEAD".to_owned());
    let changed = git(&["diff", "--name-only", "--no-renames", "--relative", &since])?;
    let new = git(&["ls-files", "--others", "--exclude-standard"])?;
    Some(format!("{changed}\n{new}"))
}

/// Folders of the workspace's members, from its manifest.
fn members(manifest: &str) -> Option<Vec<&str>> {
    let start = "\nmembers = [";
    let list = manifest.split_once(start)?.1.split_once(']')?.0;
    let words = list.split(',').map(|word| word.trim().trim_matches('"'));
    Some(words.filter(|word| !word.is_empty()).collect())
}

/// The members whose folders contain `files`. `None` if one of the files is shared by all.
fn owners<'a>(
    files: impl IntoIterator<Item = &'a str>,
    members: &[&'a str],
) -> Option<BTreeSet<&'a str>> {
    let mut owners = BTreeSet::new();
    for file in files {
        if SHARED.contains(&file) {
            return None;
        }
        let holds = |member: &&&str| {
            let inside = file.strip_prefix(**member);
            inside.is_some_and(|inside| inside.starts_with('/'))
        };
        // A member may lie inside another one's folder; the longest path is the innermost.
        owners.extend(members.iter().filter(holds).max_by_key(|it| it.len()));
    }
    Some(owners)
}

/// The name of the package in a member's folder.
fn package_in(folder: &str) -> Option<String> {
    let manifest = project::root().join(folder).join("Cargo.toml");
    let manifest = fs::read_to_string(manifest).ok()?;
    let mut lines = manifest.lines();
    let name = lines.find_map(|line| line.strip_prefix("name = \""))?;
    name.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{members, owners, package_in};

    const MEMBERS: [&str; 3] = ["core", "wasm", "wasm/device"];

    fn owning<'a>(files: &[&'a str]) -> Option<Vec<&'a str>> {
        owners(files.iter().copied(), &MEMBERS).map(|found| found.into_iter().collect())
    }

    #[test]
    fn a_file_belongs_to_the_innermost_member_that_holds_it() {
        let files = [
            "core/src/lib.rs",
            "core/Cargo.toml",
            "wasm/device/src/lib.rs",
        ];
        assert_eq!(owning(&files), Some(vec!["core", "wasm/device"]));
    }

    #[test]
    fn a_file_beside_the_members_belongs_to_none() {
        assert_eq!(owning(&["README.md", "corex/lib.rs", ""]), Some(vec![]));
    }

    #[test]
    fn a_file_of_the_workspace_belongs_to_all() {
        assert_eq!(owning(&["core/src/lib.rs", "Cargo.lock"]), None);
    }

    #[test]
    fn members_are_read_over_several_lines_and_not_from_the_default_ones() {
        let manifest =
            "[workspace]\ndefault-members = [\"a\"]\nmembers = [\n  \"b\",\n  \"c/d\",\n]\n";
        assert_eq!(members(manifest), Some(vec!["b", "c/d"]));
        assert_eq!(members("[package]\n"), None);
    }

    #[test]
    fn a_members_package_is_named_by_its_manifest() {
        assert_eq!(package_in("xtask").as_deref(), Some("xtask"));
        assert_eq!(package_in("nowhere"), None);
    }
}
