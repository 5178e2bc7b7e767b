//! The configuration: a TOML file. `docs/serve.md` describes each key.

use crate::code::{Code, messages, problem};
use crate::keys::{Keys, Secret, Signer};
use longma_core::{Args, Lang, Place, Problem};
use longma_seal::PrivateKey;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The most bytes of a file that the configuration names, other than documents.
const FILE_BYTES: u64 = 1 << 20;

/// What the service is told before it starts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where it listens.
    pub listen: SocketAddr,
    /// `sqlite:FILE`, or `postgres://…`.
    pub database: String,
    /// The folder with root, release, timestamp, packs, tables and lists.
    pub documents: PathBuf,
    /// The keys that it signs with.
    pub keys: KeyFiles,
    /// Whose tokens count.
    pub tokens: Tokens,
    /// How much it answers.
    #[serde(default)]
    pub limits: Limits,
    /// What codes it gives out.
    #[serde(default)]
    pub codes: Codes,
    /// What people state about themselves.
    #[serde(default)]
    pub declarations: Declarations,
    /// What the monitor shows.
    pub monitor: Option<Monitor>,
    /// A module that holds keys.
    pub pkcs11: Option<Pkcs11>,
}

/// The files of keys. `pkcs11:LABEL` names one in the module instead.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFiles {
    /// Signs codes.
    pub codes: String,
    /// Signs what people and officers state here.
    pub facts: String,
    /// Signs what sources get back.
    pub receipts: String,
    /// 64 hexadecimal digits: turns document numbers into what the database knows people by.
    pub subjects: PathBuf,
}

/// Whose bearer tokens count, and what stands where in them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tokens {
    /// The issuer, as `iss` names it.
    pub issuer: String,
    /// This service, as `aud` names it.
    pub audience: String,
    /// The issuer's keys, for networks from which it cannot be reached.
    pub keys_file: Option<PathBuf>,
    /// How tokens may be signed.
    #[serde(default = "algorithms")]
    pub algorithms: Vec<String>,
    /// The claim with the number of the bearer's document.
    #[serde(default = "document_number")]
    pub number_claim: String,
    /// The claim with the kind of that document; without it, it is a resident's identity card.
    pub kind_claim: Option<String>,
    /// The claim with the bearer's roles, a list of texts.
    #[serde(default = "roles")]
    pub roles_claim: String,
    /// The claim with an officer's service number.
    #[serde(default = "officer_number")]
    pub officer_claim: String,
    /// How far clocks may differ, in seconds.
    #[serde(default = "leeway")]
    pub leeway_seconds: i64,
}

/// How much the service answers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests of one bearer or source in a minute.
    pub per_bearer: u32,
    /// Requests from one address in a minute; for IPv6 from one network of 64 bits.
    pub per_address: u32,
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Seconds that a request may take.
    pub seconds: u64,
    /// Requests that are answered at once.
    pub at_once: usize,
    /// Whether a proxy before the service names the caller's address in `X-Forwarded-For`,
    /// whose last entry counts. Without such a proxy anybody could write there.
    pub behind_proxy: bool,
    /// Statements about one person.
    pub statements: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            per_bearer: 60,
            per_address: 600,
            body_bytes: longma_core::limits::FACTS_BYTES,
            seconds: 10,
            at_once: 512,
            behind_proxy: false,
            statements: 2_000,
        }
    }
}

/// What codes are given out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Codes {
    /// For how many hours a code counts if nobody asks for another number.
    pub hours: u32,
    /// For how many hours a code counts at most.
    pub most_hours: u32,
    /// Applications of one person.
    pub applications: i64,
}

impl Default for Codes {
    fn default() -> Self {
        Self {
            hours: 24,
            most_hours: 72,
            applications: 100,
        }
    }
}

/// Which sections of the facts people state about themselves.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Declarations {
    /// Declared as one's health.
    pub health: Vec<String>,
    /// Declared as one's travel.
    pub travel: Vec<String>,
}

impl Default for Declarations {
    fn default() -> Self {
        let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        Self {
            health: owned(&["symptoms"]),
            travel: owned(&["stays", "entries", "arrivals"]),
        }
    }
}

/// What the monitor shows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Monitor {
    /// A file of lines that grows. Whoever reaches the service reads it: counts, and nothing
    /// about persons.
    pub feed: PathBuf,
    /// Screens that follow it at once.
    #[serde(default = "screens")]
    pub screens: usize,
}

/// A module that holds keys and gives none of them out.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pkcs11 {
    /// The module's library.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// A file with the user's PIN.
    pub pin_file: PathBuf,
}

fn algorithms() -> Vec<String> {
    ["ES256", "EdDSA", "PS256", "RS256"]
        .map(str::to_owned)
        .into()
}

fn document_number() -> String {
    "document_number".to_owned()
}

fn roles() -> String {
    "roles".to_owned()
}

fn officer_number() -> String {
    "officer_number".to_owned()
}

fn screens() -> usize {
    32
}

fn leeway() -> i64 {
    30
}

impl Config {
    /// Reads a configuration. Paths in it are relative to `folder`, that of its file.
    ///
    /// ```
    /// use longma_serve::Config;
    /// let config = Config::read(r#"
    ///     listen = "127.0.0.1:8080"
    ///     database = "sqlite:longma.db"
    ///     documents = "documents"
    ///     [keys]
    ///     codes = "codes.key"
    ///     facts = "facts.key"
    ///     receipts = "receipts.key"
    ///     subjects = "subjects.secret"
    ///     [tokens]
    ///     issuer = "https://id.example"
    ///     audience = "longma"
    /// "#, "serve.toml".as_ref(), "/etc/longma".as_ref())?;
    /// assert_eq!(config.documents, std::path::Path::new("/etc/longma/documents"));
    /// assert_eq!(config.database, "sqlite:/etc/longma/longma.db");
    /// # Ok::<(), longma_core::Problem>(())
    /// ```
    ///
    /// # Errors
    /// If a key is unknown, missing, or has a value that cannot be used.
    pub fn read(text: &str, file: &Path, folder: &Path) -> Result<Self, Problem> {
        let mut config: Self = toml::from_str(text).map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let before = text.get(..start).unwrap_or_default();
            let line = 1 + before.matches('\n').count();
            let place = Place::file(&file.to_string_lossy(), line, 0);
            // Between backticks stands the key.
            let key = error.message().split('`').nth(1);
            let key = key.map_or_else(String::new, |key| format!(" (`{key}`)"));
            let told = Problem::new(Code::Config, place).with("line", line);
            told.with("name", key)
        })?;
        config.sound()?;
        for path in [&mut config.documents, &mut config.keys.subjects] {
            *path = folder.join(&*path);
        }
        if let Some(path) = &mut config.tokens.keys_file {
            *path = folder.join(&*path);
        }
        if let Some(monitor) = &mut config.monitor {
            monitor.feed = folder.join(&monitor.feed);
        }
        if let Some(module) = &mut config.pkcs11 {
            module.module = folder.join(&module.module);
            module.pin_file = folder.join(&module.pin_file);
        }
        let keys = &mut config.keys;
        for key in [&mut keys.codes, &mut keys.facts, &mut keys.receipts] {
            if !key.starts_with(PKCS11) {
                *key = folder.join(&*key).to_string_lossy().into_owned();
            }
        }
        if let Some(path) = config.database.strip_prefix(SQLITE) {
            let path = folder.join(path);
            config.database = format!("{SQLITE}{}", path.to_string_lossy());
        }
        Ok(config)
    }

    fn sound(&self) -> Result<(), Problem> {
        let is_database = [SQLITE, "postgres://", "postgresql://"]
            .iter()
            .any(|it| self.database.starts_with(it));
        let issuer = &self.tokens.issuer;
        let is_issuer = crate::auth::is_address(issuer) || self.tokens.keys_file.is_some();
        let limits = &self.limits;
        let numbers = [
            ("limits.per_bearer", u64::from(limits.per_bearer)),
            ("limits.per_address", u64::from(limits.per_address)),
            ("limits.body_bytes", limits.body_bytes as u64),
            ("limits.seconds", limits.seconds),
            ("limits.at_once", limits.at_once as u64),
            ("codes.hours", u64::from(self.codes.hours)),
            ("codes.most_hours", u64::from(self.codes.most_hours)),
        ];
        let zero = numbers.into_iter().find(|(_, number)| *number == 0);
        let wrong = [
            ("database", "expect-database", !is_database),
            ("tokens.issuer", "expect-issuer", !is_issuer),
            (
                "tokens.algorithms",
                "expect-algorithms",
                crate::auth::algorithms(&self.tokens.algorithms).is_none(),
            ),
            (
                zero.map_or("", |(key, _)| key),
                "expect-number",
                zero.is_some(),
            ),
        ];
        let mut wrong = wrong.into_iter().filter(|(_, _, is_wrong)| *is_wrong);
        match wrong.next() {
            Some((key, expected, _)) => Err(unusable(key, expected)),
            None => Ok(()),
        }
    }

    /// The keys that the configuration names.
    ///
    /// # Errors
    /// If a file cannot be read, or holds something else.
    pub fn keys(&self) -> Result<Keys, Problem> {
        let subjects = Secret::read(&read(&self.keys.subjects)?);
        Ok(Keys {
            codes: self.signer("keys.codes", &self.keys.codes)?,
            facts: self.signer("keys.facts", &self.keys.facts)?,
            receipts: self.signer("keys.receipts", &self.keys.receipts)?,
            subjects: subjects.ok_or_else(|| unusable("keys.subjects", "expect-secret"))?,
        })
    }

    fn signer(&self, key: &str, of: &str) -> Result<Arc<dyn Signer>, Problem> {
        if let Some(label) = of.strip_prefix(PKCS11) {
            return self.in_module(key, label);
        }
        let text = read(Path::new(of))?;
        let wrong = |_| unusable(key, "expect-key");
        Ok(Arc::new(PrivateKey::read(text.trim()).map_err(wrong)?))
    }

    #[cfg(feature = "pkcs11")]
    fn in_module(&self, key: &str, label: &str) -> Result<Arc<dyn Signer>, Problem> {
        let module = self.pkcs11.as_ref();
        let module = module.ok_or_else(|| unusable(key, "expect-pkcs11"))?;
        let pin = read(&module.pin_file)?;
        let opened = crate::keys::pkcs11::ModuleKey::open(module, pin.trim(), label)?;
        Ok(Arc::new(opened))
    }

    #[cfg(not(feature = "pkcs11"))]
    #[allow(clippy::unused_self, reason = "with the feature it is used")]
    fn in_module(&self, key: &str, _: &str) -> Result<Arc<dyn Signer>, Problem> {
        Err(unusable(key, "expect-pkcs11"))
    }
}

/// What stands before the label of a key in a module.
const PKCS11: &str = "pkcs11:";
/// What stands before the file of an embedded database.
pub(crate) const SQLITE: &str = "sqlite:";

/// Reads a small file.
pub(crate) fn read(path: &Path) -> Result<String, Problem> {
    let wrong = || problem(Code::File).with("file", path.display());
    let length = std::fs::metadata(path).map_err(|_| wrong())?.len();
    if length > FILE_BYTES {
        return Err(wrong());
    }
    std::fs::read_to_string(path).map_err(|_| wrong())
}

pub(crate) fn unusable(key: &str, expected: &str) -> Problem {
    let expected = messages().say(expected, &Args::NONE);
    debug_assert!(!expected.get(Lang::En).starts_with("expect-"));
    problem(Code::ConfigValue)
        .with("key", key)
        .with("expected", expected)
}
