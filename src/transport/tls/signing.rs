//! Private keys that leave nothing of themselves on a stack. ring computes with tables on the stack that have an RSA key's
//! primes in them, and leaves them there.

use std::sync::Arc;

use rustls::crypto::KeyProvider;
use rustls::pki_types::{PrivateKeyDer, SubjectPublicKeyInfoDer};
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

use crate::wiping::with_stack_wiped;

/// How far ring reaches down while it reads a key, on a thread of the application too.
const READING: usize = 16 * 1024;
/// How far it reaches down while it signs: with RSA of 8192 bits, a table has 17 KiB.
const SIGNING: usize = 64 * 1024;

/// Makes such keys, of the kinds that another provider makes.
#[derive(Debug)]
pub(super) struct Wiping(pub(super) &'static dyn KeyProvider);

impl KeyProvider for Wiping {
    fn load_private_key(&self, key_der: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        let key = with_stack_wiped::<READING, _>(|| self.0.load_private_key(key_der))?;
        Ok(Arc::new(Key(key)))
    }
}

#[derive(Debug)]
struct Key(Arc<dyn SigningKey>);

impl SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        self.0.choose_scheme(offered).map(|signer| Box::new(WipingSigner(signer)) as _)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        self.0.public_key()
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.0.algorithm()
    }
}

#[derive(Debug)]
struct WipingSigner(Box<dyn Signer>);

impl Signer for WipingSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        with_stack_wiped::<SIGNING, _>(|| self.0.sign(message))
    }

    fn scheme(&self) -> SignatureScheme {
        self.0.scheme()
    }
}
