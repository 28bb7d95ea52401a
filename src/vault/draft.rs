//! Parts between what a command brought and the rows that are stored.

use std::collections::HashMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    Deposit, Kept, Personal, Result, VaultError, random,
    rows::{NewKey, NewPart},
    seal::{self, Commitment, KeyPlace, PartPlace, Secret},
    wrapping::{WrappingKey, tag_of},
};
use crate::domain::{
    fact::stream,
    part::{Part, PartKind},
    time::Moment,
};

/// Subject and purpose: whose key it is.
pub type Owner = (Uuid, &'static str);

/// Keys by owner, each with its id.
pub type Ring = HashMap<Owner, (Uuid, Secret)>;

/// A part that has its salt and commitment but no key yet.
pub struct Draft {
    stream: Uuid,
    command: Uuid,
    subject: Uuid,
    kind: PartKind,
    file: Option<Uuid>,
    plaintext: Zeroizing<Vec<u8>>,
    c: Commitment,
    value: Value,
}

/// All parts of all deposits, in order.
pub fn drafts(deposits: &[Deposit]) -> Result<Vec<Draft>> {
    deposits
        .iter()
        .flat_map(|deposit| {
            deposit
                .parts
                .iter()
                .map(move |personal| (deposit, personal))
        })
        .map(|(deposit, personal)| Draft::new(deposit, personal))
        .collect()
}

impl Draft {
    fn new(deposit: &Deposit, personal: &Personal) -> Result<Self> {
        let texts = personal.value.as_object();
        if !texts.is_some_and(|texts| texts.values().all(Value::is_string)) {
            return Err(VaultError::Misuse("a part is an object of texts"));
        }
        let salt = random()?;
        let committed = seal::plaintext(&salt, &personal.value, None);
        let file = personal.file.as_ref();
        Ok(Self {
            stream: deposit.stream,
            command: deposit.command,
            subject: personal.subject,
            kind: personal.kind,
            c: seal::commitment(&committed),
            file: file.map(Kept::id),
            plaintext: seal::plaintext(&salt, &personal.value, file),
            value: personal.value.clone(),
        })
    }

    /// What the fact says of it.
    pub fn part(&self) -> Part {
        Part {
            c: text(&self.c),
            kind: self.kind,
            s: self.subject,
        }
    }

    /// Whose key it needs.
    pub fn owner(&self) -> Owner {
        (self.subject, self.kind.purpose().name())
    }

    pub fn seal(&self, ring: &Ring, wrapping: &WrappingKey) -> Result<NewPart> {
        let (data_key, secret) = ring
            .get(&self.owner())
            .ok_or(VaultError::Misuse("a part has no key"))?;
        let place = PartPlace {
            stream: self.stream,
            command: self.command,
            subject: self.subject,
            data_key: *data_key,
            kind: self.kind,
        };
        Ok(NewPart {
            c: self.c,
            sealed: seal::seal(secret, &random()?, &place, &self.plaintext),
            place,
            file: self.file,
            tag: tag_of(wrapping, self.kind, &self.value),
            tagged: wrapping.id.clone(),
        })
    }
}

/// A fresh key: its row, and what the ring keeps of it. Its id begins with the time, so that the newest lie together.
pub fn new_key(
    wrapping: &WrappingKey,
    (subject, purpose): Owner,
    now: Moment,
) -> Result<(NewKey, (Uuid, Secret))> {
    let chance = uuid::Builder::from_random_bytes(random()?).into_uuid();
    let id = stream::at_the_time(now, chance);
    let secret = Zeroizing::new(random()?);
    let place = KeyPlace {
        data_key: id,
        subject,
        purpose,
        wrapping_key: &wrapping.id,
    };
    let row = NewKey {
        id,
        subject,
        purpose,
        wrapping_key: wrapping.id.clone(),
        wrapped: seal::wrap(&wrapping.secret, &random()?, &place, &secret),
    };
    Ok((row, (id, secret)))
}

/// A commitment as facts write it.
pub fn text(c: &Commitment) -> String {
    STANDARD.encode(c)
}

/// A commitment read from a fact.
pub fn commitment(text: &str) -> Option<Commitment> {
    STANDARD.decode(text).ok()?.try_into().ok()
}

pub fn commitments(texts: &[String]) -> Result<Vec<Commitment>> {
    texts
        .iter()
        .map(|text| {
            commitment(text).ok_or(VaultError::Misuse("a commitment is 32 bytes in base64"))
        })
        .collect()
}
