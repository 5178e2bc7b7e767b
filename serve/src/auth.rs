//! Who asks: bearer tokens of one issuer (`OpenID` Connect), verified with its keys.
//!
//! Only signatures of the configured algorithms count, all of which have public keys: a token
//! without a signature, or one signed with the public key as if that were a secret, is
//! refused before any key is looked for.

mod issuer;

use crate::code::{Code, messages, problem};
use crate::config::{self, unusable};
use crate::keys::Secret;
use base64ct::{Base64UrlUnpadded, Encoding};
use issuer::Issuer;
pub(crate) use issuer::is_address;
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use longma_core::{Args, Instant, Problem};
use longma_identity::Document;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use std::sync::{Arc, PoisonError, RwLock};

/// The most bytes of a token.
const TOKEN_BYTES: usize = 16 * 1024;
/// How many seconds lie between two times of asking the issuer for its keys.
const ASK_AGAIN: i64 = 60;
/// From how many seconds on known keys are asked for again.
const OLD: i64 = 3_600;

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// What the log knows the bearer by.
    pub id: String,
    /// The kind and the number of the bearer's document, if the issuer verified them.
    pub document: Option<(String, String)>,
    /// What the bearer may do besides asking about himself.
    pub roles: Vec<String>,
    /// An officer's service number.
    pub officer: Option<String>,
}

impl Bearer {
    /// Refuses whoever has not this role.
    ///
    /// # Errors
    /// If the token names no such role.
    pub fn needs(&self, role: &str) -> Result<(), Problem> {
        if self.roles.iter().any(|it| it == role) {
            return Ok(());
        }
        Err(problem(Code::Role).with("role", role))
    }

    /// The bearer's own document.
    ///
    /// # Errors
    /// If the token names none.
    pub fn document(&self) -> Result<Document<'_>, Problem> {
        let (kind, number) = self
            .document
            .as_ref()
            .ok_or_else(|| problem(Code::Unnamed))?;
        Ok(Document { kind, number })
    }
}

/// What verifies tokens.
#[derive(Debug)]
pub struct Tokens {
    told: config::Tokens,
    algorithms: Vec<Algorithm>,
    /// `None` where the keys stand in a file.
    issuer: Option<Issuer>,
    known: RwLock<Arc<Known>>,
    /// Held while the issuer is asked, so that one asks for all.
    asking: tokio::sync::Mutex<()>,
}

/// The issuer's keys, and when it was asked for them.
#[derive(Debug, Default)]
struct Known {
    keys: Vec<Key>,
    asked: Option<i64>,
}

#[derive(Debug)]
struct Key {
    id: Option<String>,
    /// The one algorithm that it is for, if its issuer says so.
    algorithm: Option<Algorithm>,
    verifies: DecodingKey,
}

/// The part of a token's header that counts.
#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Json>,
}

impl Tokens {
    /// What verifies the tokens of the configured issuer.
    ///
    /// # Errors
    /// If the file of keys cannot be read, or the issuer's address is none.
    pub fn new(told: &config::Tokens) -> Result<Self, Problem> {
        let algorithms = algorithms(&told.algorithms);
        let algorithms =
            algorithms.ok_or_else(|| unusable("tokens.algorithms", "expect-algorithms"))?;
        let (issuer, known) = match &told.keys_file {
            Some(path) => {
                let set = serde_json::from_str(&config::read(path)?);
                let set: JwkSet = set.map_err(|_| unusable("tokens.keys_file", "expect-keys"))?;
                let keys = usable(&set);
                (None, Known { keys, asked: None })
            }
            None => (Some(Issuer::new(&told.issuer)?), Known::default()),
        };
        Ok(Self {
            told: told.clone(),
            algorithms,
            issuer,
            known: RwLock::new(Arc::new(known)),
            asking: tokio::sync::Mutex::new(()),
        })
    }

    /// Says who bears a token.
    ///
    /// # Errors
    /// If the token does not count now.
    pub async fn bearer(
        &self,
        token: &str,
        secret: &Secret,
        now: Instant,
    ) -> Result<Bearer, Problem> {
        let (algorithm, header) = self.header(token)?;
        let known = self.keys(&header, algorithm, now).await?;
        let key = known
            .find(&header, algorithm)
            .ok_or_else(|| refused("token-key"))?;
        let mut rules = Validation::new(algorithm);
        rules.set_audience(&[&self.told.audience]);
        rules.set_issuer(&[&self.told.issuer]);
        rules.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
        // By the clock that everything else here goes by.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        let read = jsonwebtoken::decode::<Map<String, Json>>(token, &key.verifies, &rules);
        let claims = read.map_err(|error| refused(why(error.kind())))?.claims;
        self.counts(&claims, now)?;
        self.named(&claims, secret)
    }

    fn header(&self, token: &str) -> Result<(Algorithm, Header), Problem> {
        let form = || refused("token-form");
        if token.len() > TOKEN_BYTES {
            return Err(form());
        }
        let header = token.split('.').next().unwrap_or_default();
        let header = Base64UrlUnpadded::decode_vec(header).map_err(|_| form())?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| form())?;
        if header.crit.is_some() {
            return Err(form());
        }
        let named = header.alg.parse::<Algorithm>().ok();
        let allowed = named.filter(|it| self.algorithms.contains(it));
        Ok((allowed.ok_or_else(|| refused("token-algorithm"))?, header))
    }

    /// The known keys, asked for again where the token's is not among them.
    async fn keys(
        &self,
        header: &Header,
        algorithm: Algorithm,
        now: Instant,
    ) -> Result<Arc<Known>, Problem> {
        let known = self.known();
        let has = |known: &Known| known.find(header, algorithm).is_some();
        let Some(issuer) = &self.issuer else {
            return Ok(known);
        };
        if has(&known) && known.age(now) < OLD {
            return Ok(known);
        }
        let _asking = self.asking.lock().await;
        // Whoever waited may find it now.
        let known = self.known();
        if known.age(now) < if has(&known) { OLD } else { ASK_AGAIN } {
            return Ok(known);
        }
        let asked = Some(now.unix());
        let (keys, answered) = match issuer.keys().await {
            Some(set) => (usable(&set), true),
            None => (known.keys.iter().map(Key::again).collect(), false),
        };
        let missing = keys.is_empty() && !answered;
        let known = Arc::new(Known { keys, asked });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&known);
        if missing {
            return Err(problem(Code::Issuer));
        }
        Ok(known)
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn counts(&self, claims: &Map<String, Json>, now: Instant) -> Result<(), Problem> {
        // Times may have fractions (RFC 7519, section 2).
        #[allow(
            clippy::cast_possible_truncation,
            reason = "saturates, which is right here"
        )]
        let time = |name: &str| Some(claims.get(name)?.as_f64()?.floor() as i64);
        let (now, leeway) = (now.unix(), self.told.leeway_seconds);
        let ends = time("exp").ok_or_else(|| refused("token-form"))?;
        if now >= ends.saturating_add(leeway) {
            return Err(refused("token-expired"));
        }
        let begins = claims.get("nbf").map(|_| time("nbf").unwrap_or(i64::MAX));
        if begins.is_some_and(|begins| begins > now.saturating_add(leeway)) {
            return Err(refused("token-early"));
        }
        Ok(())
    }

    fn named(&self, claims: &Map<String, Json>, secret: &Secret) -> Result<Bearer, Problem> {
        let text = |name: &str| claims.get(name).and_then(Json::as_str).map(str::to_owned);
        let subject = text("sub").filter(|it| !it.is_empty());
        let subject = subject.ok_or_else(|| refused("token-subject"))?;
        let kind = match &self.told.kind_claim {
            Some(claim) => text(claim),
            None => Some("resident_id".to_owned()),
        };
        let number = text(&self.told.number_claim).filter(|it| !it.trim().is_empty());
        let roles = match claims.get(&self.told.roles_claim) {
            Some(Json::Array(items)) => items
                .iter()
                .filter_map(|it| it.as_str().map(str::to_owned))
                .collect(),
            Some(Json::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        Ok(Bearer {
            id: secret.bearer(&self.told.issuer, &subject),
            document: kind.zip(number),
            roles,
            officer: text(&self.told.officer_claim),
        })
    }
}

impl Known {
    fn age(&self, now: Instant) -> i64 {
        let since = |asked| now.unix().saturating_sub(asked);
        self.asked.map_or(i64::MAX, since)
    }

    fn find(&self, header: &Header, algorithm: Algorithm) -> Option<&Key> {
        let fits = |key: &&Key| {
            key.algorithm.is_none_or(|it| it == algorithm)
                && key.verifies.family().algorithms().contains(&algorithm)
        };
        match &header.kid {
            Some(_) => self
                .keys
                .iter()
                .filter(fits)
                .find(|key| key.id == header.kid),
            // A token that names no key is signed by the only one.
            None if self.keys.len() == 1 => self.keys.first().filter(fits),
            None => None,
        }
    }
}

impl Key {
    fn again(&self) -> Self {
        Self {
            id: self.id.clone(),
            algorithm: self.algorithm,
            verifies: self.verifies.clone(),
        }
    }
}

/// The keys of a set that verify signatures. A secret has no place in a published set.
fn usable(set: &JwkSet) -> Vec<Key> {
    let keys = set.keys.iter().filter_map(|jwk| {
        let secret = matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_));
        let signs = !matches!(jwk.common.public_key_use, Some(PublicKeyUse::Encryption));
        if secret || !signs {
            return None;
        }
        let algorithm = match &jwk.common.key_algorithm {
            Some(named) => Some(named.to_string().parse().ok()?),
            None => None,
        };
        Some(Key {
            id: jwk.common.key_id.clone(),
            algorithm,
            verifies: DecodingKey::from_jwk(jwk).ok()?,
        })
    });
    keys.collect()
}

/// The algorithms of these names; `None` if one is unknown, needs a shared secret, or there
/// are none.
pub(crate) fn algorithms(names: &[String]) -> Option<Vec<Algorithm>> {
    use Algorithm::{HS256, HS384, HS512};
    let read = names.iter().map(|name| {
        let read = name.parse::<Algorithm>().ok();
        read.filter(|it| ![HS256, HS384, HS512].contains(it))
    });
    let read: Vec<Algorithm> = read.collect::<Option<_>>()?;
    (!read.is_empty()).then_some(read)
}

/// A token that does not count.
pub(crate) fn refused(why: &str) -> Problem {
    problem(Code::Token).with("why", messages().say(why, &Args::NONE))
}

fn why(kind: &jsonwebtoken::errors::ErrorKind) -> &'static str {
    use jsonwebtoken::errors::ErrorKind;
    match kind {
        ErrorKind::InvalidSignature => "token-signature",
        ErrorKind::InvalidIssuer => "token-issuer",
        ErrorKind::InvalidAudience => "token-audience",
        ErrorKind::InvalidAlgorithm | ErrorKind::UnsupportedAlgorithm => "token-algorithm",
        _ => "token-form",
    }
}
