//! Keys in a module that never gives them out (PKCS #11): keys of P-256 and Ed25519, each
//! with its public key beside it, by a label that both have.
//!
//! The module is asked to sign bytes, and what it gives back is verified before it is used.

use super::Signer;
use crate::code::{Code, problem};
use crate::config;
use base64ct::{Base64UrlUnpadded, Encoding};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use longma_core::Problem;
use longma_seal::{Algorithm, PublicKey};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// A key in a module.
#[derive(Debug)]
pub(crate) struct ModuleKey {
    told: config::Pkcs11,
    pin: AuthPin,
    label: String,
    public: PublicKey,
    /// The session, opened again when the module has dropped it.
    open: Mutex<Option<Open>>,
}

#[derive(Debug)]
struct Open {
    session: Session,
    key: ObjectHandle,
}

/// The modules of this process: each wants to be told only once that it is used.
static MODULES: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

impl ModuleKey {
    /// Finds a key by its label.
    ///
    /// # Errors
    /// If the module does not answer, has no such token or key, or the key is of a kind that
    /// signs nothing here.
    pub(crate) fn open(told: &config::Pkcs11, pin: &str, label: &str) -> Result<Self, Problem> {
        let pin = AuthPin::from(pin.to_owned());
        let (open, public) = opened(told, &pin, label).ok_or_else(|| problem(Code::Signer))?;
        Ok(Self {
            told: told.clone(),
            pin,
            label: label.to_owned(),
            public,
            open: Mutex::new(Some(open)),
        })
    }
}

impl Signer for ModuleKey {
    fn public(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = |open: &Open| signed(open, self.public.algorithm(), message);
        if let Some(signature) = open.as_ref().and_then(signed) {
            return Ok(signature);
        }
        // A module that was restarted knows nothing of older sessions.
        *open = opened(&self.told, &self.pin, &self.label)
            .filter(|(_, public)| *public == self.public)
            .map(|(open, _)| open);
        let again = open.as_ref().and_then(signed);
        again.ok_or_else(|| problem(Code::Signer))
    }
}

fn signed(open: &Open, algorithm: Algorithm, message: &[u8]) -> Option<Vec<u8>> {
    let sign = |mechanism: &Mechanism<'_>, bytes: &[u8]| {
        open.session.sign(mechanism, open.key, bytes).ok()
    };
    if algorithm == Algorithm::P256 {
        return sign(&Mechanism::Ecdsa, &Sha256::digest(message));
    }
    let scheme = EddsaParams::new(EddsaSignatureScheme::Ed25519);
    sign(&Mechanism::Eddsa(scheme), message)
}

fn opened(told: &config::Pkcs11, pin: &AuthPin, label: &str) -> Option<(Open, PublicKey)> {
    let module = module(&told.module)?;
    let slots = module.get_slots_with_token().ok()?;
    let slot = slots.into_iter().find(|slot| {
        let about = module.get_token_info(*slot);
        about.is_ok_and(|it| it.label().trim() == told.token)
    })?;
    let session = module.open_ro_session(slot).ok()?;
    match session.login(UserType::User, Some(pin)) {
        // All sessions of a process are logged in together.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
        Err(_) => return None,
    }
    let find = |class| {
        let like = [Attribute::Class(class), Attribute::Label(label.into())];
        // Of two keys with one label nobody knows which is meant.
        match session.find_objects(&like).ok()?.as_slice() {
            [one] => Some(*one),
            _ => None,
        }
    };
    let (key, public) = (
        find(ObjectClass::PRIVATE_KEY)?,
        find(ObjectClass::PUBLIC_KEY)?,
    );
    let point = session
        .get_attributes(public, &[AttributeType::EcPoint])
        .ok()?;
    let public = point.into_iter().find_map(|it| match it {
        Attribute::EcPoint(point) => public_key(&point),
        _ => None,
    })?;
    Some((Open { session, key }, public))
}

fn module(path: &Path) -> Option<Pkcs11> {
    let mut modules = MODULES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(module) = modules.get(path) {
        return Some(module.clone());
    }
    let module = Pkcs11::new(path).ok()?;
    let args = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match module.initialize(args) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(_) => return None,
    }
    modules.insert(path.to_owned(), module.clone());
    Some(module)
}

/// A point as modules have it: an octet string of DER, or its bytes alone.
fn public_key(point: &[u8]) -> Option<PublicKey> {
    let bytes = match point {
        [4, length, bytes @ ..] if usize::from(*length) == bytes.len() => bytes,
        bytes => bytes,
    };
    let text = Base64UrlUnpadded::encode_string;
    let jwk = match bytes {
        [4, both @ ..] if both.len() == 64 => {
            let (x, y) = both.split_at(32);
            let (x, y) = (text(x), text(y));
            format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#)
        }
        x if x.len() == 32 => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, text(x)),
        _ => return None,
    };
    PublicKey::read(&jwk).ok()
}
