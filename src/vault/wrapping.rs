//! Wrapping keys: each data key is wrapped by one, exactly one of them takes new data keys, and the destruction of an old one
//! makes every backup unreadable that was made while it was in use.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicBool, Ordering},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use zeroize::Zeroizing;

use super::{
    Keys, Result, Vault, VaultError, draft,
    holder::Holder,
    keys::derive,
    rows::{Findable, KeyRow, Rewrapped, Store, WrappingRow},
    seal::{self, KeyPlace, Secret},
    tag,
};
use crate::domain::{part::PartKind, time::Moment};

/// Derived from the master key: marks whose vault it is. Before there were wrapping keys it wrapped data keys itself.
const OF_MASTER: &str = "m1";

/// Data keys or parts in one step.
const PAGE: u32 = 500;

/// One of them, open.
pub struct WrappingKey {
    pub id: String,
    pub secret: Secret,
}

/// Those that are here, opened as they are needed.
pub struct Wrappings {
    holder: Arc<dyn Holder>,
    of_master: Secret,
    known: RwLock<HashMap<String, Arc<WrappingKey>>>,
    /// As the vault noted them.
    fingerprints: RwLock<HashMap<String, Vec<u8>>>,
    current: RwLock<String>,
    /// Whether living data was under a destroyed key when the vault was opened: of a backup that was brought back too late.
    lacks: AtomicBool,
}

/// What the vault knows of a wrapping key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrappingState {
    /// `w1`, `w2`, …; `m1` is derived from the master key.
    pub id: String,
    /// None: with the vault.
    pub begun_at: Option<Moment>,
    /// It wraps nothing new since.
    pub retired_at: Option<Moment>,
    /// When it was destroyed; [`None`] also while that is being done.
    pub destroyed_at: Option<Moment>,
    /// Its destruction has begun and may not have ended.
    pub is_condemned: bool,
    /// Whether it is where the keys are; of a destroyed one, whether something is left of it.
    pub is_here: bool,
    /// What is the matter with what lies in its place.
    pub fault: Option<String>,
    /// Living data keys under it.
    pub data_keys: u64,
}

impl WrappingState {
    /// Derived from the master key: it lasts as long, and nobody destroys it.
    #[must_use]
    pub fn is_of_master(&self) -> bool {
        self.id == OF_MASTER
    }
}

/// What changing the wrapping key did so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rewrap {
    /// Data keys wrapped anew.
    pub keys: u64,
    /// Data keys that could not be opened, and stay as they are.
    pub unopened: u64,
    /// Parts that can be found under the new key.
    pub parts: u64,
}

/// A number's name in the vault.
fn name(number: u32) -> String {
    format!("w{number}")
}

fn number(id: &str) -> Option<u32> {
    id.strip_prefix('w')?.parse().ok()
}

/// Never one that was used.
async fn next_number(store: &Store) -> Result<u32> {
    let rows = store.wrapping_keys().await?;
    let newest = rows.iter().filter_map(|row| number(&row.id)).max();
    Ok(1 + newest.unwrap_or(0))
}

/// Nothing is left half done under these locks.
fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}

fn fingerprint(key: &Secret, id: &str) -> [u8; 32] {
    derive(key, &format!("motcua/kek-fingerprint/v1/{id}"))
}

impl Wrappings {
    /// Notes in a new vault whose it is and begins the first wrapping key; refused where vault and keys do not belong together.
    pub async fn open(store: &Store, keys: &Keys) -> Result<Self> {
        let of_master = Zeroizing::new(keys.derive("motcua/kek/v1/m1"));
        let mark = keys.derive("motcua/kek-fingerprint/v1/m1");
        if store.pin(OF_MASTER, &mark).await? != mark {
            return Err(VaultError::WrongKey);
        }
        let wrappings = Self {
            holder: keys.wrapping(),
            of_master,
            known: RwLock::default(),
            fingerprints: RwLock::default(),
            current: RwLock::default(),
            lacks: AtomicBool::new(false),
        };
        if !wrappings.refresh(store).await? {
            wrappings.begin(store, Moment(0)).await?;
        }
        let lacks = store.lacks_keys().await?;
        wrappings.lacks.store(lacks, Ordering::Relaxed);
        Ok(wrappings)
    }

    /// Learns which one is current; false when none is.
    pub async fn refresh(&self, store: &Store) -> Result<bool> {
        let rows = store.wrapping_keys().await?;
        let noted = rows.iter().filter(|row| row.id != OF_MASTER);
        let noted = noted.map(|row| (row.id.clone(), row.fingerprint.clone()));
        *write(&self.fingerprints) = noted.collect();
        let current = rows.into_iter().find(|row| row.retired_at.is_none());
        let Some(row) = current else { return Ok(false) };
        if self.is_another(&row.id) {
            return Err(VaultError::WrongWrappingKey { key: row.id });
        }
        *write(&self.current) = row.id;
        Ok(true)
    }

    /// Begins the next one, and retires the one before.
    async fn begin(&self, store: &Store, now: Moment) -> Result<()> {
        let next = next_number(store).await?;
        let key = self.holder.make(next)?;
        let id = name(next);
        store
            .begin_wrapping(&id, &fingerprint(&key, &id), now.0)
            .await?;
        self.refresh(store).await?;
        Ok(())
    }

    /// Whether something living is under a key that was destroyed.
    pub fn lacks(&self) -> bool {
        self.lacks.load(Ordering::Relaxed)
    }

    /// Whether something else lies in the place of this key.
    fn is_another(&self, id: &str) -> bool {
        let held = number(id).and_then(|number| self.holder.get(number).ok().flatten());
        held.is_some_and(|held| !self.is_noted(id, &held))
    }

    fn is_noted(&self, id: &str, key: &Secret) -> bool {
        let noted = read(&self.fingerprints);
        let noted = noted.get(id);
        noted.is_none_or(|noted| fingerprint(key, id)[..] == *noted)
    }

    /// The one of this name, if it is here. What lies in its place and is another is none: half destroyed, or mistaken.
    pub fn get(&self, id: &str) -> Option<Arc<WrappingKey>> {
        if let Some(key) = read(&self.known).get(id) {
            return Some(key.clone());
        }
        let secret = match number(id) {
            None if id == OF_MASTER => self.of_master.clone(),
            None => return None,
            Some(number) => match self.holder.get(number) {
                Ok(found) => found?,
                Err(error) => {
                    tracing::error!(%error, key = id, "a wrapping key cannot be used");
                    return None;
                }
            },
        };
        if id != OF_MASTER && !self.is_noted(id, &secret) {
            return None;
        }
        let key = Arc::new(WrappingKey {
            id: id.to_owned(),
            secret,
        });
        write(&self.known).insert(id.to_owned(), key.clone());
        Some(key)
    }

    /// The one that takes new data keys.
    pub fn current(&self) -> Result<Arc<WrappingKey>> {
        let id = read(&self.current).clone();
        self.get(&id).ok_or(VaultError::KeyMissing { key: id })
    }

    /// A data key, opened.
    pub fn unwrap(&self, row: &KeyRow, wrapped: &[u8]) -> Option<Secret> {
        let wrapping = self.get(&row.wrapping_key)?;
        seal::unwrap(&wrapping.secret, &place(row, &row.wrapping_key), wrapped)
    }

    /// Why what lies in the place of a key is not it.
    fn fault(&self, id: &str) -> Option<String> {
        match self.holder.get(number(id)?) {
            Err(error) => Some(error.to_string()),
            Ok(Some(held)) if !self.is_noted(id, &held) => {
                Some("another key lies in its place".to_owned())
            }
            Ok(_) => None,
        }
    }

    /// Forgotten here, and gone from wherever they are held.
    fn destroy(&self, id: &str) -> Result<()> {
        write(&self.known).remove(id);
        number(id).map_or(Ok(()), |number| self.holder.destroy(number))
    }
}

fn place<'a>(row: &'a KeyRow, wrapping_key: &'a str) -> KeyPlace<'a> {
    KeyPlace {
        data_key: row.id,
        subject: row.subject,
        purpose: &row.purpose,
        wrapping_key,
    }
}

impl Vault {
    /// What there is, oldest first.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn wrapping_keys(&self) -> Result<Vec<WrappingState>> {
        let rows = self.shared.store.wrapping_keys().await?;
        let wraps = self.shared.store.wraps().await?;
        let wraps = |id: &str| {
            let found = wraps.iter().find(|(wrapping, _)| wrapping == id);
            found.map_or(0, |(_, keys)| keys.unsigned_abs())
        };
        let told = |row: WrappingRow| WrappingState {
            is_here: self.shared.wrappings.get(&row.id).is_some(),
            fault: self.shared.wrappings.fault(&row.id),
            begun_at: (row.begun_at > 0).then_some(Moment(row.begun_at)),
            retired_at: row.retired_at.map(Moment),
            destroyed_at: row.destroyed_at.map(Moment),
            is_condemned: row.condemned_at.is_some(),
            data_keys: wraps(&row.id),
            id: row.id,
        };
        Ok(rows.into_iter().map(told).collect())
    }

    /// The number that the next wrapping key will have, and that key, made where keys are made: to be handed to other nodes
    /// before it is used.
    ///
    /// # Errors
    /// As [`Holder::make`].
    pub async fn prepare_wrapping_key(&self) -> Result<u32> {
        let next = next_number(&self.shared.store).await?;
        self.shared.wrappings.holder.make(next)?;
        Ok(next)
    }

    /// Whether the key that would be begun next lies ready.
    ///
    /// # Errors
    /// As [`Holder::get`]; when the vault does not answer.
    pub async fn next_wrapping_key_is_here(&self) -> Result<(String, bool)> {
        let next = next_number(&self.shared.store).await?;
        let held = self.shared.wrappings.holder.get(next)?;
        Ok((name(next), held.is_some()))
    }

    /// From now on the next wrapping key takes new data keys. Gives its name.
    ///
    /// # Errors
    /// As [`Holder::make`]; when the vault does not answer.
    pub async fn begin_wrapping_key(&self, now: Moment) -> Result<String> {
        let Self { shared, .. } = self;
        shared.wrappings.begin(&shared.store, now).await?;
        Ok(shared.wrappings.current()?.id.clone())
    }

    /// Wraps every living data key anew that an older key wraps, and makes findable under the current one what was under an
    /// older. May be cut off and called again; reading and writing go on meanwhile. `told` hears of every step.
    ///
    /// # Errors
    /// When the vault does not answer, or the current key is not here.
    pub async fn rewrap(&self, mut told: impl FnMut(Rewrap)) -> Result<Rewrap> {
        let mut done = Rewrap::default();
        let current = self.shared.wrappings.current()?;
        let mut after = None;
        loop {
            let page = self
                .shared
                .store
                .wrapped_before(&current.id, after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            let rows = self.wrapped_anew(&page, &current)?;
            done.keys += self.shared.store.rewrap(&current.id, &rows).await?;
            done.unopened += (page.len() - rows.len()) as u64;
            told(done);
        }
        let mut after = None;
        loop {
            let page = self
                .shared
                .store
                .tagged_before(&current.id, after, PAGE)
                .await?;
            let Some(last) = page.last() else { break };
            after = Some(last.c);
            let wanted: Vec<_> = page.iter().filter_map(Findable::located).collect();
            let opened = self.open(&wanted).await?;
            let tags: Vec<_> = wanted
                .iter()
                .zip(&opened)
                .filter_map(|((_, _, part), opened)| {
                    let super::Opened::Present(value) = opened else {
                        return None;
                    };
                    Some((
                        draft::commitment(&part.c)?,
                        tag_of(&current, part.kind, value),
                    ))
                })
                .collect();
            self.shared.store.retag(&current.id, &tags).await?;
            done.parts += tags.len() as u64;
            told(done);
        }
        self.shared.store.clear_leftovers().await?;
        Ok(done)
    }

    fn wrapped_anew(&self, page: &[KeyRow], current: &WrappingKey) -> Result<Vec<Rewrapped>> {
        let mut rows = Vec::with_capacity(page.len());
        for row in page {
            let opened = row
                .wrapped
                .as_ref()
                .and_then(|wrapped| Some((self.shared.wrappings.unwrap(row, wrapped)?, wrapped)));
            if let Some((secret, old)) = opened {
                let place = place(row, &current.id);
                let new = seal::wrap(&current.secret, &super::random()?, &place, &secret);
                rows.push(Rewrapped {
                    id: row.id,
                    old: old.clone(),
                    new,
                });
            }
        }
        Ok(rows)
    }

    /// Marks a retired wrapping key as one to be destroyed: the oldest first, retired before `before`, with nothing under it.
    ///
    /// # Errors
    /// [`VaultError::KeyNeeded`] with the reason; when the vault does not answer.
    pub async fn condemn_wrapping_key(
        &self,
        id: &str,
        before: Moment,
        now: Moment,
    ) -> Result<WrappingState> {
        let needed = |why| VaultError::KeyNeeded {
            key: id.to_owned(),
            why,
        };
        if id == OF_MASTER {
            return Err(needed(
                "it is derived from the master key, and lasts as long",
            ));
        }
        let states = self.wrapping_keys().await?;
        let place = states.iter().position(|state| state.id == id);
        let place = place.ok_or_else(|| needed("there is none of this name"))?;
        let state = &states[place];
        if state.destroyed_at.is_some() {
            return Err(needed("it is destroyed already"));
        }
        if states[..place]
            .iter()
            .any(|older| older.destroyed_at.is_none())
        {
            return Err(needed("an older one is not destroyed yet"));
        }
        match state.retired_at {
            None => return Err(needed("it is in use: change to the next one first")),
            Some(retired) if retired > before => {
                return Err(needed("backups that are kept may be as old as it"));
            }
            Some(_) => {}
        }
        if state.data_keys > 0 {
            return Err(needed(
                "living data is under it: change to the current one first",
            ));
        }
        self.shared.store.condemn(id, now.0).await?;
        Ok(state.clone())
    }

    /// Destroys a wrapping key that was condemned; a second call finishes the first.
    ///
    /// # Errors
    /// As [`Holder::destroy`].
    pub fn destroy_wrapping_key(&self, id: &str) -> Result<()> {
        self.shared.wrappings.destroy(id)
    }

    /// It is on record that a wrapping key was destroyed.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn wrapping_key_destroyed(&self, id: &str, now: Moment) -> Result<()> {
        self.shared.store.destroyed(id, now.0).await
    }

    /// Those of these wrapping keys that are not destroyed here, whatever is on record: noted as living, or held.
    ///
    /// # Errors
    /// When the vault does not answer.
    pub async fn undestroyed(&self, ids: &[String]) -> Result<Vec<String>> {
        let rows = self.shared.store.wrapping_keys().await?;
        let left = rows.into_iter().filter(|row| {
            ids.contains(&row.id) && (row.destroyed_at.is_none() || self.has_wrapping_key(&row.id))
        });
        Ok(left.map(|row| row.id).collect())
    }

    /// Whether a wrapping key is where the keys are.
    #[must_use]
    pub fn has_wrapping_key(&self, id: &str) -> bool {
        self.shared.wrappings.get(id).is_some()
    }
}

/// What a part is found by, under this key.
pub fn tag_of(key: &WrappingKey, kind: PartKind, value: &serde_json::Value) -> Option<tag::Tag> {
    let (field, text) = tag::of(kind, value)?;
    tag::tag(&key.secret, field, text)
}
