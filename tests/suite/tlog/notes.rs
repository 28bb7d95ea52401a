//! Before `signed_note`, a port of Go's `sumdb/note`: it verifies our checkpoints and signs ones that we accept.

use motcua::tlog::{SignedCheckpoint, SigningKey};
use signed_note::{Note, StandardSigner, StandardVerifier, Verifier, VerifierList};

use super::{LOG, SIZES, log_key, witness_key};

/// The verifier of cosignatures, which `signed_note` leaves to its users (c2sp.org/tlog-cosignature).
struct Witness {
    key: SigningKey,
}

impl Verifier for Witness {
    fn name(&self) -> &str {
        &self.key.verifier().name
    }

    fn key_id(&self) -> u32 {
        let public = self.key.verifier().key.to_bytes();
        signed_note::key_id(self.name(), &[&[0x04], public.as_slice()].concat())
    }

    fn verify(&self, body: &[u8], signature: &[u8]) -> bool {
        let Some((time, signature)) = signature.split_first_chunk() else {
            return false;
        };
        let time = u64::from_be_bytes(*time);
        let message = [format!("cosignature/v1\ntime {time}\n").as_bytes(), body].concat();
        let signature = ed25519_dalek::Signature::from_slice(signature);
        let key = &self.key.verifier().key;
        signature.is_ok_and(|signature| key.verify_strict(&message, &signature).is_ok())
    }
}

#[test]
fn signed_note_verifies_our_checkpoints_and_their_cosignatures() {
    for size in SIZES {
        let ours = LOG.checkpoint(size).to_string();
        let note = Note::from_bytes(ours.as_bytes()).expect("a note");
        let (verified, unverified) = note.verify(&verifiers()).expect("known keys");
        assert_eq!((verified.len(), unverified.len()), (2, 0), "at {size}");
        assert_eq!(note.to_bytes(), ours.as_bytes());
    }
}

#[test]
fn signed_note_refuses_our_checkpoint_with_one_turned_bit() {
    let ours = LOG.checkpoint(600).to_string().into_bytes();
    let whole = |bytes: &[u8]| {
        let note = Note::from_bytes(bytes).ok()?;
        let (verified, _) = note.verify(&verifiers()).ok()?;
        Some(verified.len())
    };
    assert_eq!(whole(&ours), Some(2));
    for bit in (0..ours.len() * 8).step_by(5) {
        let mut turned = ours.clone();
        turned[bit / 8] ^= 1 << (bit % 8);
        assert_ne!(whole(&turned), Some(2), "bit {bit}");
    }
}

#[test]
fn we_accept_what_signed_note_signs() {
    let ours = LOG.checkpoint(600);
    let key = log_key();
    let vkey = key.verifier();
    let secret = [&[0x01], [1; 32].as_slice()].concat();
    let secret = motcua::tlog::text::encode(&secret);
    let signer = format!("PRIVATE+KEY+{}+{:08x}+{secret}", vkey.name, vkey.id);
    let signer = StandardSigner::new(&signer).expect("a key");

    let mut note = Note::new(ours.note().text.as_bytes(), &[]).expect("a text");
    note.add_sigs(&[&signer]).expect("signed");
    let theirs = String::from_utf8(note.to_bytes()).expect("text");
    let opened = SignedCheckpoint::open(&theirs, vkey).expect("our own key's signature");
    assert_eq!(opened.checkpoint(), ours.checkpoint());
    assert_eq!(opened.note().signatures, ours.note().signatures[..1]);
}

fn verifiers() -> VerifierList {
    let log = StandardVerifier::new(&log_key().verifier().to_string()).expect("a vkey");
    let witness = Witness { key: witness_key() };
    VerifierList::new(vec![Box::new(log), Box::new(witness)])
}
