//! Signs with keys in a module: `SoftHSM`, which keeps them in files of the test's own.
//!
//! Without a harness: the module reads where its files are from the environment, which a
//! process gets from the one that starts it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]
#![allow(dead_code, reason = "other tests use more of the office")]

#[path = "../serve/files.rs"]
mod files;
#[path = "../serve/office.rs"]
mod office;

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;
use files::{Folder, configuration_text};
use longma_seal::Algorithm;
use longma_serve::Config;
use office::Office;
use std::path::Path;
use std::process::{Command, ExitCode};

const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";
const MISSING: &str = "this test needs SoftHSM, and does not pass without it: install the Debian \
     package `softhsm2`";
const SETTINGS: &str = "SOFTHSM2_CONF";

fn main() -> ExitCode {
    if std::env::var_os(SETTINGS).is_some() {
        keys_in_a_module_sign_like_those_in_files();
        return ExitCode::SUCCESS;
    }
    assert!(Path::new(MODULE).exists(), "{MISSING}");
    let folder = Folder::new();
    std::fs::create_dir(folder.0.join("tokens")).unwrap();
    let settings = format!(
        "directories.tokendir = {}\n",
        folder.0.join("tokens").display()
    );
    let settings = folder.write("softhsm2.conf", settings);
    let made = Command::new("softhsm2-util")
        .args([
            "--init-token",
            "--free",
            "--label",
            "longma",
            "--pin",
            "1234",
            "--so-pin",
            "5678",
        ])
        .env(SETTINGS, &settings)
        .output()
        .expect(MISSING);
    assert!(made.status.success(), "{made:?}");
    let own = std::env::current_exe().unwrap();
    let ended = Command::new(own).env(SETTINGS, &settings).status().unwrap();
    assert!(ended.success(), "{ended}");
    ExitCode::SUCCESS
}

fn keys_in_a_module_sign_like_those_in_files() {
    // Stays until the process ends: a module keeps no key after its session.
    let _session = keys();
    let folder = Folder::new();
    Office::new().write(&folder);
    folder.write("pin", "1234\n");
    let text = configuration_text(None, "");
    let text = text
        .replace("codes.key", "pkcs11:codes")
        .replace("facts.key", "pkcs11:facts");
    let section =
        format!("\n[pkcs11]\nmodule = \"{MODULE}\"\ntoken = \"longma\"\npin_file = \"pin\"\n");
    let read = |text: &str| Config::read(text, "serve.toml".as_ref(), &folder.0).unwrap();
    let keys = read(&(text.clone() + &section)).keys().unwrap();
    assert_eq!(keys.codes.public().algorithm(), Algorithm::P256);
    assert_eq!(keys.facts.public().algorithm(), Algorithm::Ed25519);
    for key in [&keys.codes, &keys.facts] {
        // Each signature of ECDSA is another one, and about half have the higher number.
        for message in 0..16_u8 {
            let sealed = longma_seal::seal_outside(
                &[message],
                longma_seal::Purpose::Facts,
                key.public(),
                |it| key.sign(it),
            );
            let keys = longma_seal::Keys::new([key.public().clone()]);
            let sealed = sealed.unwrap();
            let opened = longma_seal::open(&sealed, longma_seal::Purpose::Facts, &keys);
            assert_eq!(opened.unwrap().payload, [message]);
        }
    }
    for (text, code) in [
        (
            text.clone() + &section.replace("token = \"longma\"", "token = \"other\""),
            "serve-signer",
        ),
        (
            text.replace("pkcs11:codes", "pkcs11:none") + &section,
            "serve-signer",
        ),
        (
            text.clone() + &section.replace("libsofthsm2", "none"),
            "serve-signer",
        ),
        (text, "serve-config-value"),
    ] {
        assert_eq!(read(&text).keys().unwrap_err().code.as_str(), code);
    }
}

/// Makes the keys.
fn keys() -> Session {
    let module = Pkcs11::new(MODULE).unwrap();
    module
        .initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK))
        .unwrap();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    let session = module.open_rw_session(slot).unwrap();
    let pin = AuthPin::from("1234".to_owned());
    session.login(UserType::User, Some(&pin)).unwrap();
    // The names of the curves, in DER.
    let curve = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
    let edwards = *b"\x13\x0cedwards25519";
    let curves = [
        ("codes", Mechanism::EccKeyPairGen, curve.to_vec()),
        ("facts", Mechanism::EccEdwardsKeyPairGen, edwards.to_vec()),
    ];
    for (label, mechanism, params) in curves {
        let public = [
            Attribute::Token(true),
            Attribute::Label(label.into()),
            Attribute::EcParams(params),
            Attribute::Verify(true),
        ];
        let private = [
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Label(label.into()),
            Attribute::Sign(true),
        ];
        session
            .generate_key_pair(&mechanism, &public, &private)
            .unwrap();
    }
    session
}
