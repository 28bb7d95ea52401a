//! What an office has to do, most urgent first, and the same act on many rows.

use askama::Template;

use super::owed::{Owed, owed};
use super::told::{Line, Worklist};
use super::{Choice, Data, Ground, dressed, fields, left, moment, reasons};
use crate::api::search::sees_names;
use crate::api::words::command;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::{DeliveryMethod, DossierCommand as C, Phase};
use crate::web::dates::{self, When};
use crate::web::frame::{Door, Frame};
use crate::web::lang::Lang;
use crate::web::tracking::Tone;

/// Dossiers on one page.
pub const PAGE: u32 = 50;

#[derive(Template)]
#[template(path = "desk_list.html")]
pub struct ListPage {
    frame: Frame,
    data: Data,
    office: String,
    rows: Vec<Row>,
    /// Only what waits for the reader.
    mine: bool,
    phase: Option<String>,
    phases: Vec<Choice>,
    /// For those who belong to no office.
    named: Option<String>,
    more: Option<String>,
    acts: Vec<Choice>,
    reasons: Vec<Choice>,
    methods: Vec<Choice>,
    people: Vec<String>,
    takes_in: bool,
    /// May look for people.
    finds_people: bool,
    /// What the office owes beside its dossiers.
    owed: Vec<Owed>,
    updated: When,
}

struct Row {
    code: Option<String>,
    version: u32,
    procedure: String,
    status: String,
    due: Option<When>,
    tone: Tone,
    left: String,
    handler: Option<String>,
}

/// What was asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub mine: bool,
    /// Name of a phase.
    pub phase: Option<String>,
    /// The office named by somebody who belongs to none.
    pub office: Option<String>,
}

impl Asked {
    /// The page's own address, to be continued.
    #[must_use]
    pub fn place(&self) -> String {
        let mut parts = Vec::new();
        if self.mine {
            parts.push("who=mine".to_owned());
        }
        parts.extend(self.phase.iter().map(|phase| format!("phase={phase}")));
        parts.extend(self.office.iter().map(|office| format!("office={office}")));
        if parts.is_empty() {
            return "/desk".to_owned();
        }
        format!("/desk?{}", parts.join("&"))
    }

    /// What of the worklist is asked for, as the API takes it.
    #[must_use]
    pub fn filter(&self, who: &Actor) -> serde_json::Value {
        let mut statuses: Vec<String> = self.phase.iter().map(|name| name.to_uppercase()).collect();
        let mut handler = None;
        if self.mine && who.role == Role::Handler {
            handler = Some(who.id.clone());
        } else if self.mine && statuses.is_empty() {
            let phases = waiting_for(who.role).iter();
            statuses = phases.map(|phase| phase.name().to_uppercase()).collect();
        }
        serde_json::json!({
            "statuses": statuses,
            "handler": handler,
            "office": self.office,
        })
    }
}

/// The states in which a dossier waits for somebody of this role; all for whoever has no stage of their own.
#[must_use]
pub fn waiting_for(role: Role) -> &'static [Phase] {
    match role {
        Role::Receiver | Role::CentreManager => &[
            Phase::Submitted,
            Phase::Redirected,
            Phase::Accepted,
            Phase::Supplemented,
            Phase::Completed,
        ],
        Role::Handler => &[Phase::InProcessing, Phase::Supplemented],
        Role::DivisionHead => &[Phase::ResultDrafted],
        Role::Signer => &[
            Phase::ResultDrafted,
            Phase::ResultApproved,
            Phase::WithdrawalRequested,
        ],
        Role::Clerk => &[Phase::Completed],
        Role::Cashier => &[Phase::AwaitingPayment],
        Role::Applicant
        | Role::PaymentGateway
        | Role::PostalAgent
        | Role::ProcedureController
        | Role::VerticalAgency
        | Role::Auditor
        | Role::Admin
        | Role::System => &[],
    }
}

/// Acts on many rows that this role can give in one state or another: (as the script reads it, words).
fn acts(role: Role, lang: Lang) -> Vec<Choice> {
    let to = String::new;
    let all = [
        ("plain:ACCEPT", C::Accept),
        ("plain:ACCEPT_SUPPLEMENT", C::AcceptSupplement),
        ("forward", C::Forward { to: to() }),
        ("assignHandler", C::AssignHandler { to: to() }),
        ("plain:DRAFT_RESULT", C::DraftResult),
        ("plain:APPROVE_RESULT", C::ApproveResult),
        ("plain:SIGN_RESULT", C::SignResult { signature: None }),
        (
            "deliverResult",
            C::DeliverResult {
                method: DeliveryMethod::Counter,
            },
        ),
        ("plain:RETURN_ORIGINALS", C::ReturnOriginals),
        ("plain:STOP_PROCESSING", C::StopProcessing),
        ("plain:GRANT_WITHDRAWAL", C::GrantWithdrawal),
    ];
    let own = all.iter().filter(|(_, one)| one.roles().contains(&role));
    own.filter_map(|(value, one)| {
        let (_, label) = command::mutation(one)?;
        Some(((*value).to_owned(), lang.pick(label).to_owned()))
    })
    .collect()
}

/// Whose list it is, and what of it is shown.
pub struct Shown<'a> {
    pub who: &'a Actor,
    pub office: String,
    pub asked: &'a Asked,
    /// People of the office, to be proposed.
    pub people: Vec<String>,
}

impl ListPage {
    #[must_use]
    pub fn new(frame: Frame, shown: Shown<'_>, list: &Worklist, ground: &Ground<'_>) -> Self {
        let lang = frame.lang;
        let title = lang.of("Bàn làm việc", "Desk");
        let end = list.page_info.end_cursor.as_ref();
        let more = end.filter(|_| list.page_info.has_next_page).map(|end| {
            let place = shown.asked.place();
            let joint = if place.contains('?') { '&' } else { '?' };
            frame.to(&format!("{place}{joint}after={end}"))
        });
        let open = Phase::ALL.into_iter().filter(|phase| {
            !phase.is_closed() && *phase != Phase::Absent && *phase != Phase::Draft
        });
        let phases = open.map(|phase| {
            let label = lang.pick(phase.label()).to_owned();
            (phase.name().to_owned(), label)
        });
        Self {
            data: Data::new(shown.who, ground.now),
            office: shown.office,
            rows: list
                .nodes
                .iter()
                .map(|line| Row::new(line, ground, lang))
                .collect(),
            mine: shown.asked.mine,
            phase: shown.asked.phase.clone(),
            phases: phases.collect(),
            named: shown.asked.office.clone(),
            more,
            acts: acts(shown.who.role, lang),
            reasons: reasons(lang),
            methods: fields::deliveries(lang),
            people: shown.people,
            takes_in: shown.who.role == Role::Receiver,
            finds_people: sees_names(shown.who.role),
            owed: owed(ground.office, ground.reference, ground.now, lang),
            updated: dates::short(ground.now, lang),
            frame: dressed(frame.titled(title, Some(Door::Desk)).wide()).script("desk/list.js"),
        }
    }
}

impl Row {
    fn new(line: &Line, ground: &Ground<'_>, lang: Lang) -> Self {
        let due = line.due_at.as_deref().and_then(moment);
        let (tone, left) = left(due, line.ended_at.is_some(), line.paused, ground, lang);
        let procedure = line.procedure.as_ref();
        Self {
            code: line.code.clone(),
            version: line.version,
            procedure: procedure.map_or_else(String::new, |one| one.name.said(lang)),
            status: line.status_label.said(lang),
            due: due.map(|due| dates::short(due, lang)),
            tone,
            left,
            handler: line.handler.clone(),
        }
    }
}
