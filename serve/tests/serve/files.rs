//! Folders and files of a service.
use longma_serve::Config;
use serde_json::Value as Json;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder that is taken away with its test.
#[derive(Debug)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("longma-serve-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The project's folder.
pub(crate) fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A sample document of facts.
pub(crate) fn sample(name: &str) -> Json {
    let path = project().join("rules/samples").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn configuration(folder: &Folder, database: Option<&str>, more: &str) -> Config {
    let text = configuration_text(database, more);
    Config::read(&text, "serve.toml".as_ref(), &folder.0).unwrap()
}

pub(crate) fn configuration_text(database: Option<&str>, more: &str) -> String {
    let database = database.unwrap_or("sqlite:longma.db");
    format!(
        r#"
listen = "127.0.0.1:0"
database = "{database}"
documents = "documents"
{more}
[keys]
codes = "codes.key"
facts = "facts.key"
receipts = "receipts.key"
subjects = "subjects.secret"
[tokens]
issuer = "https://id.example"
audience = "longma"
keys_file = "jwks.json"
"#
    )
}
