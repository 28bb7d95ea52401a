//! Two districts with dossiers in every live state, and what a decision makes of them.

use std::collections::HashMap;

use jiff::civil::Date;
use motcua::domain::catalogue::Level;
use motcua::domain::dossier::FeedbackKind;
use motcua::domain::dossier::{
    DeliveryMethod, Dossier, DossierCommand as C, ObligationKind, RedirectKind,
};
use motcua::domain::reference::ReferenceEvent;
use motcua::domain::time::Moment;
use motcua::journal::Journal;
use serde_json::json;
use uuid::Uuid;

use crate::office;
use crate::story::{PROCEDURES, Story};

pub const DISTRICTS: [&str; 2] = ["H63.40", "H63.41"];
pub const COMMUNES: [&str; 3] = ["H63.71", "H63.72", "H63.73"];
/// Where what is redirected was lodged; it goes on.
const COMMUNE: &str = "H63.40.01";
const STATES: usize = 16;

/// What was before the decision.
pub struct Town {
    pub dossiers: HashMap<Uuid, Dossier>,
    pub first_day: Date,
    pub last_day: Date,
}

/// The plan, and the offices that it needs.
pub fn files() -> [(&'static str, String); 2] {
    let plan = json!({
        "decision": "1685/NQ-UBTVQH15", "decided_on": "2026-03-01", "effective_from": "2026-03-02", "closes": DISTRICTS,
        "routes": [
            {"from": DISTRICTS[0], "procedures": [PROCEDURES[0]], "to": COMMUNES[0]},
            {"from": DISTRICTS[0], "to": COMMUNES[1]},
            {"from": DISTRICTS[1], "procedures": [PROCEDURES[1]], "to": COMMUNES[1]},
            {"from": DISTRICTS[1], "to": COMMUNES[2]},
        ],
        "legal_basis": "Law 72/2025/QH15", "certainty": "illustrative",
    });
    let communes = COMMUNES.map(|code| {
        let mut office = office::office(code);
        office.level = Level::Commune;
        office.predecessors = DISTRICTS.map(str::to_owned).to_vec();
        office
    });
    let communes = serde_json::to_string_pretty(&communes).expect("JSON");
    [("plan.json", plan.to_string()), ("communes.json", communes)]
}

impl Town {
    pub async fn live(journal: Journal, size: usize) -> Self {
        let mut story = Story::begin_live(journal).await;
        let first_day = story.now.date();
        let mut second = office::office(DISTRICTS[1]);
        second.level = Level::District;
        story.shelve(ReferenceEvent::OfficeOpened(second));
        for place in 0..size {
            story.wait(6 * 60 * Moment::SECOND);
            lived(&mut story, place);
            if place % 1_000 == 0 {
                story.write().await;
            }
        }
        story.write().await;
        Self {
            first_day,
            // A day that every clock of this machine has reached by the end of the test.
            last_day: jiff::civil::date(2036, 12, 31),
            dossiers: std::mem::take(&mut story.dossiers),
        }
    }

    /// From where to where the decision moves it.
    pub fn route(dossier: &Dossier) -> Option<(String, String)> {
        let from = dossier.office.as_ref().map(ToString::to_string)?;
        let procedure = dossier.procedure.as_ref().map(ToString::to_string)?;
        let district = DISTRICTS.iter().position(|code| *code == from)?;
        let to = match (district, procedure == PROCEDURES[district]) {
            (0, true) => COMMUNES[0],
            (0, false) | (1, true) => COMMUNES[1],
            _ => COMMUNES[2],
        };
        dossier.is_unfinished().then(|| (from, to.to_owned()))
    }

    pub fn unfinished(&self) -> usize {
        self.dossiers
            .values()
            .filter(|one| Self::route(one).is_some())
            .count()
    }

    /// Of these, with a clock that runs or stands.
    pub fn running(&self) -> u64 {
        let running = |one: &&Dossier| {
            let turn = one.turn().filter(|turn| turn.ending.is_none());
            turn.is_some() && Self::route(one).is_some()
        };
        self.dossiers.values().filter(running).count() as u64
    }
}

/// One dossier on its way to the state of its turn.
fn lived(story: &mut Story, place: usize) {
    let state = place % STATES;
    let district = DISTRICTS[(place / STATES) % 2];
    let procedure = PROCEDURES[(place / STATES / 2) % PROCEDURES.len()];
    let forward = C::Forward {
        to: "handler-7".to_owned(),
    };
    let ask = C::RequestSupplement {
        items: vec![1],
        approved_by: None,
    };
    let owe = C::IssueFinancialObligation {
        kind: ObligationKind::Obligation,
        amount_vnd: 20_000,
        due_on: None,
    };
    let sorry = C::IssueApology {
        new_due_on: story.now.plus(30 * Moment::DAY).date(),
        responsible: None,
    };
    let deliver = C::DeliverResult {
        method: DeliveryMethod::Counter,
    };
    let complain = C::SubmitFeedback {
        kind: FeedbackKind::Report,
        capability: Some("00".repeat(32)),
    };
    let sign = C::SignResult { signature: None };
    let way: Vec<C> = match state {
        1 => vec![C::Redirect {
            to: district.parse().expect("a code"),
            kind: RedirectKind::WrongOffice,
        }],
        2 => vec![ask],
        0 | 3 => vec![],
        4 => vec![forward],
        5 => vec![forward, ask],
        6 => vec![forward, ask, C::SubmitSupplement],
        7 => vec![forward, owe],
        8 => vec![forward, C::DraftResult],
        9 => vec![forward, C::DraftResult, C::ApproveResult],
        10 => vec![forward, sign],
        11 => vec![forward, C::RequestWithdrawal],
        12 => vec![forward, sorry],
        13 => vec![forward, sign, deliver, complain],
        14 => vec![forward, sign, deliver],
        _ => vec![C::RequestWithdrawal, C::GrantWithdrawal],
    };
    let id = match state {
        0 | 2 => story.submit(district, procedure),
        1 => story.submit(COMMUNE, procedure),
        _ => story.accept(district, procedure),
    };
    for command in way {
        story.wait(Moment::SECOND);
        story
            .act(id, &command)
            .unwrap_or_else(|why| panic!("{state} {command:?}: {why}"));
    }
}
