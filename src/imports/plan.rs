//! From rows to claims, in the order in which they are claimed to have happened.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::error::{ImportError, Unread};
use super::mapping::{MappedAct, Mapping, Others, Value, slug};
use super::rows::{self, Row};
use super::times::{Bare, Times};
use crate::acts::Personal;
use crate::domain::actor::{Actor, is_id};
use crate::domain::claim::{Case, Claim, ClaimedAct, Told, is_case_id};
use crate::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use crate::domain::dossier::{Channel, DeliveryMethod};
use crate::domain::part::{CITIZEN_NUMBER, FULL_NAME, PHONE, PartKind};
use crate::domain::text::{self, hex};
use crate::domain::time::Moment;

/// Namespace of the ids of claims.
const NAMESPACE: Uuid = Uuid::from_u128(0x6d6f_7463_7561_4000_8000_0000_0000_0002);
/// Longest name and number of an applicant, in characters.
const DETAIL_MAX: usize = 200;

/// One claim as it will be sent.
pub struct Sending {
    pub id: Uuid,
    pub actor: Actor,
    pub claim: Claim,
    pub personal: Vec<Personal>,
    /// Row it was read in.
    pub row: u64,
}

/// A whole file, read.
pub struct Plan {
    /// SHA-256 (hex) of the file.
    pub file: String,
    pub bytes: u64,
    pub rows: u64,
    pub cases: u64,
    /// In the order of their claimed times.
    pub sendings: Vec<Sending>,
    pub unread: Vec<Unread>,
}

impl Plan {
    /// Reads a file by a mapping. `secret` makes pseudonyms of names.
    ///
    /// # Errors
    /// When the file cannot be read at all; a row that cannot is one of `unread`.
    pub fn read(file: &Path, mapping: &Mapping, secret: &[u8; 32]) -> Result<Self, ImportError> {
        let (hash, bytes) = hashed(file)?;
        let mut reader = Reader {
            mapping,
            times: Times::of(mapping),
            secret,
            file: hash,
            cases: HashMap::new(),
            seen: HashSet::new(),
            found: Vec::new(),
            unread: Vec::new(),
            rows: 0,
        };
        rows::read(file, mapping, |row| {
            reader.rows += 1;
            let taken = row.and_then(|row| reader.take(&row));
            if let Err(unread) = taken {
                reader.unread.push(unread);
            }
        })?;
        Ok(reader.plan(bytes))
    }
}

fn hashed(file: &Path) -> Result<(String, u64), ImportError> {
    let failed = |source| ImportError::File {
        file: file.to_owned(),
        source,
    };
    let mut opened = std::fs::File::open(file).map_err(failed)?;
    let mut hasher = Sha256::new();
    let bytes = std::io::copy(&mut opened, &mut HashWriter(&mut hasher)).map_err(failed)?;
    Ok((hex(&hasher.finalize()), bytes))
}

struct HashWriter<'a>(&'a mut Sha256);

impl std::io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is known of a case from its rows so far.
struct Known {
    due_at: Option<Moment>,
    personal: Vec<Personal>,
}

struct Reader<'a> {
    mapping: &'a Mapping,
    times: Times<'a>,
    secret: &'a [u8; 32],
    file: String,
    cases: HashMap<String, Known>,
    /// Dates of a case that stand in each of its rows are told once.
    seen: HashSet<(String, String, i64)>,
    /// With the rank of the act among those of one row.
    found: Vec<(Sending, u8)>,
    unread: Vec<Unread>,
    rows: u64,
}

/// What a row itself tells, when, and who is said to have done it.
type Own<'r> = (MappedAct, Moment, Option<&'r str>);

/// What all claims of a row have in common.
struct Around {
    case: Case,
    code: Option<DossierCode>,
    office: OfficeCode,
    procedure: ProcedureCode,
    channel: Channel,
}

impl Reader<'_> {
    fn take(&mut self, row: &Row) -> Result<(), Unread> {
        let mapping = self.mapping;
        let around = self.around(row)?;
        let unread = |column: &str, why| Unread {
            row: row.place,
            column: Some(column.to_owned()),
            why,
        };
        // A row is taken whole or not at all: a case without its beginning could not be mended later.
        let mut dated = Vec::new();
        for (column, act) in &mapping.dates {
            if let Some(text) = row.get(column) {
                let at = self.times.read(text, Bare::Done);
                dated.push((column, act, at.ok_or_else(|| unread(column, "NOT_A_TIME"))?));
            }
        }
        if mapping.activity.is_none() && dated.is_empty() {
            return Err(Unread {
                row: row.place,
                column: None,
                why: "NOTHING_DATED",
            });
        }
        let own = self.activity(row)?;
        let mut told = Vec::new();
        for (column, act, at) in dated {
            let seen = (around.case.id.clone(), column.clone(), at.0);
            if !self.seen.contains(&seen) {
                told.push((self.sending(row, &around, act, at, None)?, Some(seen)));
            }
        }
        if let Some((act, at, resource)) = own {
            told.push((self.sending(row, &around, &act, at, resource)?, None));
        }
        self.know(row, &around)?;
        for (sending, seen) in told {
            self.found.push(sending);
            self.seen.extend(seen);
        }
        Ok(())
    }

    /// What the row itself tells, when, and of whom; none where a mapping reads dates alone.
    fn activity<'r>(&self, row: &'r Row) -> Result<Option<Own<'r>>, Unread> {
        let Some(activity) = &self.mapping.activity else {
            return Ok(None);
        };
        let unread = |column: &str, why| Unread {
            row: row.place,
            column: Some(column.to_owned()),
            why,
        };
        let name = row
            .get(&activity.column)
            .ok_or_else(|| unread(&activity.column, "MISSING"))?;
        let at = row
            .get(&activity.time)
            .ok_or_else(|| unread(&activity.time, "MISSING"))?;
        let at = self
            .times
            .read(at, Bare::Done)
            .ok_or_else(|| unread(&activity.time, "NOT_A_TIME"))?;
        let noted = || match activity.others {
            Others::Unread => None,
            Others::Note => slug(name).map(MappedAct::Note),
        };
        let act = activity.acts.get(name).cloned().or_else(noted);
        let act = act.ok_or_else(|| unread(&activity.column, "NOT_IN_THE_MAPPING"))?;
        let resource = activity
            .resource
            .as_ref()
            .and_then(|column| row.get(column));
        Ok(Some((act, at, resource)))
    }

    fn around(&self, row: &Row) -> Result<Around, Unread> {
        let mapping = self.mapping;
        let unread = |column: &str, why| Unread {
            row: row.place,
            column: Some(column.to_owned()),
            why,
        };
        let id = row
            .get(&mapping.case)
            .ok_or_else(|| unread(&mapping.case, "MISSING"))?;
        if !is_case_id(id) {
            return Err(unread(&mapping.case, "NOT_A_CASE_NUMBER"));
        }
        let code = if mapping.numbered {
            None
        } else {
            let code: Result<DossierCode, _> = id.parse();
            Some(code.map_err(|_| unread(&mapping.case, "NOT_A_DOSSIER_CODE"))?)
        };
        let (office, column) = valued(&mapping.office, row, "office");
        let office = office.ok_or_else(|| unread(column, "MISSING"))?;
        let office = office
            .parse()
            .map_err(|_| unread(column, "NOT_AN_OFFICE_CODE"))?;
        let (procedure, column) = valued(&mapping.procedure, row, "procedure");
        let procedure = procedure.ok_or_else(|| unread(column, "MISSING"))?;
        let procedure = procedure
            .parse()
            .map_err(|_| unread(column, "NOT_A_PROCEDURE_CODE"))?;
        let channel = match &mapping.channel {
            None => Channel::Counter,
            Some(value) => {
                let (channel, column) = valued(value, row, "channel");
                match channel {
                    None | Some("counter") => Channel::Counter,
                    Some("online") => Channel::Online,
                    Some("post") => Channel::Post,
                    Some(_) => return Err(unread(column, "NOT_A_CHANNEL")),
                }
            }
        };
        Ok(Around {
            case: Case {
                system: mapping.system.clone(),
                id: id.to_owned(),
            },
            code,
            office,
            procedure,
            channel,
        })
    }

    /// The promised date and the applicant of a case, from the first row that tells them.
    fn know(&mut self, row: &Row, around: &Around) -> Result<(), Unread> {
        let due = self.mapping.due.as_deref();
        let text = due.and_then(|column| Some((column, row.get(column)?)));
        let due_at = match text {
            None => None,
            Some((column, text)) => {
                let read = self.times.read(text, Bare::Promised);
                Some(read.ok_or_else(|| Unread {
                    row: row.place,
                    column: Some(column.to_owned()),
                    why: "NOT_A_TIME",
                })?)
            }
        };
        let personal = self.personal(row)?;
        let known = self
            .cases
            .entry(around.case.id.clone())
            .or_insert_with(|| Known {
                due_at: None,
                personal: Vec::new(),
            });
        known.due_at = known.due_at.or(due_at);
        if known.personal.is_empty() {
            known.personal = personal;
        }
        Ok(())
    }

    fn personal(&self, row: &Row) -> Result<Vec<Personal>, Unread> {
        let applicant = &self.mapping.applicant;
        let detail = |column: &Option<String>| -> Result<Option<String>, Unread> {
            let Some(column) = column else {
                return Ok(None);
            };
            let text = row.get(column).map(|text| text::required(text, DETAIL_MAX));
            text.transpose().map_err(|_| Unread {
                row: row.place,
                column: Some(column.clone()),
                why: "NOT_A_TEXT",
            })
        };
        let kept = |kind, details: [(&str, Option<String>); 2]| {
            let details = details.into_iter();
            let value: serde_json::Map<String, serde_json::Value> = details
                .filter_map(|(key, text)| Some((key.to_owned(), text?.into())))
                .collect();
            (!value.is_empty()).then(|| Personal {
                kind,
                value: value.into(),
                file: None,
            })
        };
        let identity = [
            (FULL_NAME, detail(&applicant.full_name)?),
            (CITIZEN_NUMBER, detail(&applicant.citizen_number)?),
        ];
        let contact = [(PHONE, detail(&applicant.phone)?), (PHONE, None)];
        let parts = [
            kept(PartKind::Applicant, identity),
            kept(PartKind::Contact, contact),
        ];
        Ok(parts.into_iter().flatten().collect())
    }

    /// One claim, with its rank among those of one row and moment.
    fn sending(
        &self,
        row: &Row,
        around: &Around,
        act: &MappedAct,
        at: Moment,
        resource: Option<&str>,
    ) -> Result<(Sending, u8), Unread> {
        let (act, rank) = self.claimed(row, act, resource)?;
        let claim = Claim {
            case: around.case.clone(),
            act,
            at: Some(at),
            office: around.office.clone(),
            procedure: around.procedure.clone(),
            channel: around.channel,
            code: around.code.clone(),
            told: Told::default(),
        };
        let actor = self.actor(&claim, resource);
        let sending = Sending {
            id: Uuid::nil(),
            actor,
            claim,
            personal: Vec::new(),
            row: row.place,
        };
        Ok((sending, rank))
    }

    /// The act, and its place among those of one row and moment.
    fn claimed(
        &self,
        row: &Row,
        act: &MappedAct,
        resource: Option<&str>,
    ) -> Result<(ClaimedAct, u8), Unread> {
        use ClaimedAct as C;
        use MappedAct as M;
        Ok(match act {
            M::Lodge => (C::Lodge, 0),
            M::Accept => (C::Accept, 1),
            M::RefuseAcceptance => (C::RefuseAcceptance, 2),
            M::Forward => (C::Forward(self.pseudonym(resource.unwrap_or("0"))), 3),
            M::RequestSupplement => (C::RequestSupplement, 4),
            M::SubmitSupplement => (C::SubmitSupplement, 5),
            M::AcceptSupplement => (C::AcceptSupplement, 6),
            M::Note(code) => (C::Note(code.clone()), 7),
            M::RequestWithdrawal => (C::RequestWithdrawal, 8),
            M::GrantWithdrawal => (C::GrantWithdrawal, 9),
            M::StopProcessing => (C::StopProcessing, 10),
            M::DraftResult => (C::DraftResult, 11),
            M::ApproveResult => (C::ApproveResult, 12),
            M::RefuseResolution => (C::RefuseResolution, 13),
            M::SignResult => (C::SignResult, 14),
            M::IssueResult(column) => {
                let number = row.get(column).filter(|number| is_case_id(number));
                let number = number.ok_or_else(|| Unread {
                    row: row.place,
                    column: Some(column.clone()),
                    why: "NOT_A_NUMBER",
                })?;
                (C::IssueResult(number.to_owned()), 15)
            }
            M::DeliverResult => (C::DeliverResult(DeliveryMethod::Counter), 16),
        })
    }

    /// Who is said to have done it, at the case's office; nobody in particular where nobody is named.
    fn actor(&self, claim: &Claim, resource: Option<&str>) -> Actor {
        let id = resource.map_or_else(|| "told-0".to_owned(), |text| self.pseudonym(text));
        Actor::new(id, claim.office.as_str(), claim.role())
    }

    fn pseudonym(&self, text: &str) -> String {
        if self.mapping.resources_as_told && is_id(text) {
            return text.to_owned();
        }
        let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(self.secret) else {
            return "told-0".to_owned();
        };
        mac.update(self.mapping.system.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        format!("told-{}", hex(&mac.finalize().into_bytes()[..6]))
    }

    /// Everything in order, with ids that follow from what is told: system, case, act and time.
    fn plan(mut self, bytes: u64) -> Plan {
        let mut earliest: HashMap<String, Option<Moment>> = HashMap::new();
        for (Sending { claim, .. }, _) in &self.found {
            let known = earliest.entry(claim.case.id.clone()).or_insert(claim.at);
            *known = (*known).min(claim.at);
        }
        // A case begins with its beginning, also where the source tells of something before it.
        self.found.sort_by_cached_key(|(sending, rank)| {
            let claim = &sending.claim;
            let begins = matches!(claim.act, ClaimedAct::Lodge | ClaimedAct::Accept);
            let first = earliest.get(&claim.case.id).copied().flatten();
            let at = if begins { first } else { claim.at };
            (at, !begins, sending.row, *rank)
        });
        let mut told: HashMap<Uuid, u32> = HashMap::new();
        let mut begun: HashSet<String> = HashSet::new();
        let mut sendings = Vec::with_capacity(self.found.len());
        for (mut sending, _) in self.found {
            let claim = &mut sending.claim;
            if let Some(known) = self.cases.get(&claim.case.id) {
                claim.told.due_at = known.due_at;
                if begun.insert(claim.case.id.clone()) {
                    sending.personal.clone_from(&known.personal);
                }
            }
            claim.told.file.clone_from(&self.file);
            let act = serde_json::to_string(&claim.act).unwrap_or_default();
            let at = claim.at.unwrap_or_default().0;
            let name = format!("{}\0{}\0{act}\0{at}", claim.case.system, claim.case.id);
            let same = told
                .entry(Uuid::new_v5(&NAMESPACE, name.as_bytes()))
                .and_modify(|count| *count += 1)
                .or_default();
            // Told twice in one file, at one moment: two acts.
            sending.id = Uuid::new_v5(&NAMESPACE, format!("{name}\0{same}").as_bytes());
            sendings.push(sending);
        }
        Plan {
            file: self.file,
            bytes,
            rows: self.rows,
            cases: self.cases.len() as u64,
            sendings,
            unread: self.unread,
        }
    }
}

impl Sending {
    /// The date that this file promises for the case, as a claim of its own.
    pub fn promise(&self) -> Option<Self> {
        let due_at = self.claim.told.due_at?;
        let Case { system, id } = &self.claim.case;
        let name = format!("{system}\0{id}\0due\0{}", self.claim.told.file);
        Some(Self {
            id: Uuid::new_v5(&NAMESPACE, name.as_bytes()),
            actor: self.actor.clone(),
            claim: Claim {
                act: ClaimedAct::Promise(due_at),
                at: None,
                ..self.claim.clone()
            },
            personal: Vec::new(),
            row: self.row,
        })
    }
}

fn valued<'a>(value: &'a Value, row: &'a Row, name: &'a str) -> (Option<&'a str>, &'a str) {
    match value {
        Value::Fixed(text) => (Some(text), name),
        Value::Column(column) => {
            let text = row.get(&column.column);
            let known = text.and_then(|text| column.values.get(text));
            (known.map(String::as_str).or(text), &column.column)
        }
    }
}
