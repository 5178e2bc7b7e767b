//! A `PostgreSQL` of the tests' own: started once, in a folder of its own, on a socket that
//! nobody else has. A shell that waits for the tests' process to end takes it down.
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

const MISSING: &str = "these tests need PostgreSQL's own programs, and do not pass without them: \
     install the Debian packages `postgresql` and `util-linux` (`apt-get install postgresql`)";
/// Who runs it where the tests are run by root, whom it refuses: `nobody`.
const NOBODY: u32 = 65_534;

struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    /// Holds the end of a pipe that closes with this process.
    _guard: Child,
}

/// The address of an empty database.
pub(crate) fn database() -> String {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    static MADE: AtomicUsize = AtomicUsize::new(0);
    let cluster = CLUSTER.get_or_init(Cluster::start);
    let name = format!("test{}", MADE.fetch_add(1, Ordering::Relaxed));
    cluster.run(
        "createdb",
        [
            "-h".as_ref(),
            cluster.folder.as_os_str(),
            "-U".as_ref(),
            "longma".as_ref(),
            name.as_ref(),
        ],
    );
    let folder = cluster.folder.to_str().unwrap().replace('/', "%2F");
    format!("postgres://longma@{folder}/{name}")
}

impl Cluster {
    fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("longma-pg-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        if is_root() {
            std::os::unix::fs::chown(&folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let programs = programs();
        let data = folder.join("data");
        let guard = r#"read -r _; "$0" -D "$1" -m immediate stop > /dev/null 2>&1; rm -rf "$2""#;
        let guard = command("sh".as_ref())
            .args(["-c", guard])
            .args([programs.join("pg_ctl"), data.clone(), folder.clone()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect(MISSING);
        let cluster = Self {
            folder,
            programs,
            _guard: guard,
        };
        cluster.run(
            "initdb",
            [
                "-D".as_ref(),
                data.as_os_str(),
                "-U".as_ref(),
                "longma".as_ref(),
                "--auth=trust".as_ref(),
                "--encoding=UTF8".as_ref(),
                "--locale=C".as_ref(),
                "--no-sync".as_ref(),
            ],
        );
        // What it keeps is thrown away with it, so nothing has to last.
        let options = format!(
            "-k {} -c listen_addresses='' -c fsync=off -c max_connections=400",
            cluster.folder.display()
        );
        let log = cluster.folder.join("log");
        cluster.run(
            "pg_ctl",
            [
                "-D".as_ref(),
                data.as_os_str(),
                "-o".as_ref(),
                options.as_ref(),
                "-l".as_ref(),
                log.as_os_str(),
                "-w".as_ref(),
                "start".as_ref(),
            ],
        );
        cluster
    }

    fn run<'a>(&self, program: &str, args: impl IntoIterator<Item = &'a OsStr>) {
        let mut command = command(self.programs.join(program).as_os_str());
        // What it starts keeps its standard output open.
        command
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let ended = command.current_dir(&self.folder).status().expect(MISSING);
        assert!(ended.success(), "{program} ended with {ended}");
    }
}

/// A command that root runs as `nobody`.
fn command(program: &OsStr) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    let nobody = NOBODY.to_string();
    command.args(["--reuid", &nobody, "--regid", &nobody, "--clear-groups"]);
    command.arg(program);
    command
}

fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // Whose process this is.
    fs::metadata("/proc/self").is_ok_and(|it| it.uid() == 0)
}

/// The folder of the newest version.
fn programs() -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten();
    let versions = versions.filter_map(|it| {
        let name = it.ok()?.file_name();
        let version: u32 = name.to_str()?.parse().ok()?;
        Some((
            version,
            Path::new("/usr/lib/postgresql").join(name).join("bin"),
        ))
    });
    let found = versions.filter(|(_, at)| at.join("initdb").exists()).max();
    let in_path = std::env::var_os("PATH").and_then(|path| {
        let mut folders = std::env::split_paths(&path);
        folders.find(|at| at.join("initdb").exists())
    });
    found.map(|(_, at)| at).or(in_path).expect(MISSING)
}
