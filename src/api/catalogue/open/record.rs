//! One procedure as open data. Keys stand in the order of the fields here; what is not sure stands under another key than
//! what is, so that a page which shows `value` never shows as law what is none.

use jiff::civil::Date;
use serde::Serialize;

use crate::domain::catalogue::{
    self, AgencyRole, ApplicantKind, Level, Marked, OnlineLevel, Procedure,
};
use crate::domain::dossier::Channel;
use crate::domain::law::{Certainty, Limit};

/// A text in both languages.
#[derive(Serialize)]
struct Text {
    vi: String,
    en: String,
}

impl Text {
    fn new(vi: &str, en: &str) -> Self {
        Self {
            vi: vi.to_owned(),
            en: en.to_owned(),
        }
    }
}

/// Something of the record with how sure it is. Exactly one of the other two keys is there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Part<T> {
    certainty: Certainty,
    /// Verified in the text, or generally known.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<T>,
    /// Not certain, illustrative or provisional: no statement about the law.
    #[serde(skip_serializing_if = "Option::is_none")]
    unconfirmed: Option<T>,
}

impl<T> Part<T> {
    fn new(content: T, certainty: Certainty) -> Self {
        let (value, unconfirmed) = match certainty {
            Certainty::Verified | Certainty::Stated => (Some(content), None),
            Certainty::Uncertain | Certainty::Illustrative | Certainty::Provisional => {
                (None, Some(content))
            }
        };
        Self {
            certainty,
            value,
            unconfirmed,
        }
    }

    fn of<S>(marked: Option<&Marked<S>>, show: impl FnOnce(&S) -> T) -> Option<Self> {
        marked.map(|marked| Self::new(show(&marked.value), marked.certainty))
    }
}

/// A procedure in force.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    code: String,
    version: u32,
    valid_from: Option<Date>,
    valid_to: Option<Date>,
    name: Text,
    field: Text,
    /// The level that settles it.
    level: Level,
    /// Its page for people.
    url: String,
    /// Of the record as a whole.
    certainty: Certainty,
    deadline: Part<Deadline>,
    fee: Part<Fee>,
    channels: Vec<Part<ChannelTerms>>,
    components: Part<Vec<Component>>,
    cases: Vec<Part<Case>>,
    number_of_sets: Option<Part<u16>>,
    applicant_kinds: Option<Part<Vec<ApplicantKind>>>,
    conditions_vi: Option<Part<String>>,
    sequence_vi: Option<Part<Vec<String>>>,
    result_vi: String,
    results: Vec<Part<Outcome>>,
    legal_basis: Vec<Part<LegalBasis>>,
    online_level: Part<OnlineLevel>,
    agencies: Vec<Part<Agency>>,
    publication: Option<Part<Publication>>,
    /// The levels whose one-stops take it in: the offices of these levels.
    received_at: Part<Vec<Level>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deadline {
    #[serde(flatten)]
    limit: Limit,
    /// Where it was read.
    basis: String,
    note: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fee {
    /// Null when a province sets it.
    vnd: Option<u64>,
    note_vi: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ChannelTerms {
    channel: Channel,
    /// Null for the procedure's own.
    deadline: Option<Limit>,
    /// Null for the procedure's own.
    fee: Option<Part<Fee>>,
    note_vi: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Component {
    item: u32,
    name_vi: String,
    originals: Option<u16>,
    copies: Option<u16>,
    form: Option<String>,
    must_digitise: Option<Part<String>>,
    reusable_from_vi: Option<Part<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Case {
    name: Text,
    items: Vec<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    name_vi: String,
    paper: bool,
    electronic: bool,
    validity_vi: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LegalBasis {
    instrument_vi: String,
    article: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Agency {
    role: AgencyRole,
    name_vi: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Publication {
    number: String,
    date: Date,
    effective: Date,
}

/// An office that is open.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Office {
    code: String,
    name: Text,
    pub level: Level,
    address_vi: Option<String>,
    phone: Option<String>,
    certainty: Certainty,
}

impl Office {
    pub fn new(office: &crate::domain::office::Office) -> Self {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Self {
            code: office.code.clone(),
            name: Text::new(&office.name_vi, &office.name_en),
            level: office.level,
            address_vi: given(&office.address_vi),
            phone: given(&office.phone),
            certainty: office.certainty,
        }
    }
}

impl Record {
    /// The record, with the address of its page below `base`.
    pub fn new(one: &Procedure, base: &str) -> Self {
        let received = one.received_at.as_ref();
        let received = received.map_or(one.certainty, |levels| levels.certainty);
        Self {
            code: one.code.clone(),
            version: one.version,
            valid_from: one.valid_from,
            valid_to: one.valid_to,
            name: Text::new(&one.name_vi, &one.name_en),
            field: Text::new(&one.field_vi, &one.field_en),
            level: one.level,
            url: format!("{base}/p/{}", one.code),
            certainty: one.certainty,
            deadline: Part::new(deadline(one), one.limit_certainty),
            fee: fee(&one.fee),
            channels: one.channels.iter().map(channel).collect(),
            components: Part::new(components(one), one.components_certainty),
            cases: one.cases.iter().map(case).collect(),
            number_of_sets: Part::of(one.number_of_sets.as_ref(), |sets| *sets),
            applicant_kinds: Part::of(one.applicant_kinds.as_ref(), Clone::clone),
            conditions_vi: Part::of(one.conditions_vi.as_ref(), Clone::clone),
            sequence_vi: Part::of(one.sequence_vi.as_ref(), Clone::clone),
            result_vi: one.result_vi.clone(),
            results: one.results.iter().map(outcome).collect(),
            legal_basis: one.legal_basis.iter().map(basis).collect(),
            online_level: Part::new(one.online_level, one.online_certainty),
            agencies: one.agencies.iter().map(agency).collect(),
            publication: one.publication.as_ref().map(publication),
            received_at: Part::new(one.reception_levels().to_vec(), received),
        }
    }
}

fn deadline(one: &Procedure) -> Deadline {
    let (vi, en) = (one.limit_note_vi.as_deref(), one.limit_note_en.as_deref());
    let note = vi.or(en).map(|text| Text::new(text, en.unwrap_or(text)));
    Deadline {
        limit: one.limit,
        basis: one.limit_basis.clone(),
        note,
    }
}

fn fee(fee: &catalogue::Fee) -> Part<Fee> {
    let content = Fee {
        vnd: fee.vnd,
        note_vi: fee.note_vi.clone(),
    };
    Part::new(content, fee.certainty)
}

fn channel(terms: &catalogue::ChannelTerms) -> Part<ChannelTerms> {
    let content = ChannelTerms {
        channel: terms.channel,
        deadline: terms.limit,
        fee: terms.fee.as_ref().map(fee),
        note_vi: terms.note_vi.clone(),
    };
    Part::new(content, terms.certainty)
}

fn components(one: &Procedure) -> Vec<Component> {
    let component = |(item, component): (u32, &catalogue::Component)| Component {
        item,
        name_vi: component.name_vi.clone(),
        originals: component.originals,
        copies: component.copies,
        form: component.form.clone(),
        must_digitise: component
            .must_digitise
            .as_ref()
            .map(|order| Part::new(order.decision.clone(), order.certainty)),
        reusable_from_vi: component
            .reusable_from
            .as_ref()
            .map(|source| Part::new(source.source_vi.clone(), source.certainty)),
    };
    (1..).zip(&one.components).map(component).collect()
}

fn case(case: &catalogue::Case) -> Part<Case> {
    let content = Case {
        name: Text::new(&case.name_vi, &case.name_en),
        items: case.items.clone(),
    };
    Part::new(content, case.certainty)
}

fn outcome(document: &catalogue::OutcomeDocument) -> Part<Outcome> {
    let content = Outcome {
        name_vi: document.name_vi.clone(),
        paper: document.paper,
        electronic: document.electronic,
        validity_vi: document.validity_vi.clone(),
    };
    Part::new(content, document.certainty)
}

fn basis(basis: &catalogue::LegalBasis) -> Part<LegalBasis> {
    let content = LegalBasis {
        instrument_vi: basis.instrument_vi.clone(),
        article: basis.article.clone(),
    };
    Part::new(content, basis.certainty)
}

fn agency(agency: &catalogue::Agency) -> Part<Agency> {
    let content = Agency {
        role: agency.role,
        name_vi: agency.name_vi.clone(),
    };
    Part::new(content, agency.certainty)
}

fn publication(decision: &catalogue::PublicationDecision) -> Part<Publication> {
    let content = Publication {
        number: decision.number.clone(),
        date: decision.date,
        effective: decision.effective,
    };
    Part::new(content, decision.certainty)
}
