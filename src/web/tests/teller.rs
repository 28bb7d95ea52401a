//! Dossiers told fact by fact.

use super::*;
use crate::domain::dossier::{
    DeadlineMissed, FinancialObligationIssued, ObligationKind, OpinionRequested, ResultSigned,
    SyncOutcome, SyncRecorded,
};

/// A dossier's facts, told one after another.
#[derive(Default)]
pub(super) struct Teller {
    pub(super) changes: Vec<Change>,
}

impl Teller {
    pub(super) fn tell(
        mut self,
        time: &str,
        role: Role,
        event: DossierEvent,
        around: Circumstances,
    ) -> Self {
        let before = self.changes.last().map(|change| change.after.clone());
        let before = before.unwrap_or_default();
        let (version, recorded_at) = (before.version + 1, at(time));
        let actor = Actor::new(format!("{}-07", role.name()), OFFICE, role);
        let mut after = Dossier::clone(&before);
        after.evolve(&event, &actor, Uuid::nil(), recorded_at, &around);
        let body: bytes::Bytes = format!("body {version}").into();
        let prev = self.changes.last().map(|change| change.entry.leaf_hash);
        let fact = Fact {
            stream: Uuid::nil(),
            version,
            command: Uuid::nil(),
            actor,
            recorded_at,
            prev,
            event: Event::Dossier(event),
            circumstances: around,
        };
        let entry = Entry {
            position: 1_200 + u64::from(version) * 3,
            stream: Uuid::nil(),
            version,
            recorded_at,
            leaf_hash: leaf_hash(&body),
            body,
        };
        self.changes.push(Change {
            entry,
            fact,
            before,
            after: after.into(),
        });
        self
    }

    pub(super) fn plain(self, time: &str, role: Role, event: DossierEvent) -> Self {
        self.tell(time, role, event, Circumstances::default())
    }

    pub(super) fn because(
        self,
        time: &str,
        role: Role,
        event: DossierEvent,
        reason: Reason,
    ) -> Self {
        let around = Circumstances {
            reason: Some(reason),
            ..Circumstances::default()
        };
        self.tell(time, role, event, around)
    }
}

pub(super) fn lodged() -> DossierEvent {
    DossierEvent::Lodged(Lodged {
        code: CODE.parse().expect("a code"),
        procedure: "1.004884".parse().expect("a code"),
        office: OFFICE.parse().expect("a code"),
        channel: Channel::Counter,
        capability: None,
        intake_due_at: None,
        assisted_by: None,
        leg_of: None,
        case: None,
    })
}

pub(super) fn accepted(due: &str) -> DossierEvent {
    DossierEvent::Accepted(Accepted {
        office: OFFICE.parse().expect("a code"),
        procedure_version: 1,
        limit: Limit::WorkingDays(5),
        limit_certainty: Certainty::Uncertain,
        supplement_clock: SupplementClock::Pause,
        due_at: at(due),
        due_certainty: Certainty::Provisional,
        process: None,
        on_paper: false,
        legs: Vec::new(),
        undated: false,
    })
}

/// Lodged and accepted on 9 November 2026, handed to a handler.
pub(super) fn in_processing() -> Teller {
    let received = Circumstances {
        received_at: Some(at("2026-11-09T08:05")),
        policy: Some("one-stop-2025/1".into()),
        ..Circumstances::default()
    };
    let handed = DossierEvent::Forwarded(Handed {
        to: "handler-07".into(),
        step: Some(2),
    });
    Teller::default()
        .plain("2026-11-09T08:31", Role::Receiver, lodged())
        .tell(
            "2026-11-09T08:31",
            Role::Receiver,
            accepted("2026-11-16T17:00"),
            received,
        )
        .plain("2026-11-09T14:00", Role::Receiver, handed)
}

/// Everything that can go wrong: a supplement, a moved promise, a late apology.
pub(super) fn troubled() -> Teller {
    let asked = DossierEvent::SupplementRequested(SupplementRequested {
        stage: Stage::Appraisal,
        number: 1,
        items: vec![2],
        approved_by: None,
        answer_due_at: None,
    });
    let moved = DossierEvent::DueDateRecomputed(DueDateRecomputed {
        old: at("2026-11-16T17:00"),
        new: at("2026-11-18T17:00"),
        cause: DueDateCause::Supplement,
        due_certainty: Certainty::Verified,
        notice: None,
    });
    let apology = DossierEvent::ApologyIssued(ApologyIssued {
        number: 1,
        old_due_at: at("2026-11-18T17:00"),
        new_due_at: at("2026-11-20T17:00"),
        moves_promise: false,
        responsible: None,
        due_certainty: Certainty::Verified,
    });
    let late = Circumstances {
        reason: Some(Reason::FieldVerification),
        breach: Some(Breach {
            rule: BreachRule::LateApology,
            basis: "61/2018/NĐ-CP điều 19 khoản 9".into(),
        }),
        ..Circumstances::default()
    };
    let nothing = Nothing {};
    in_processing()
        .because(
            "2026-11-10T09:00",
            Role::Handler,
            asked,
            Reason::MissingComponent,
        )
        .plain(
            "2026-11-12T10:00",
            Role::Receiver,
            DossierEvent::SupplementSubmitted(nothing),
        )
        .plain("2026-11-12T10:00", Role::System, moved)
        .plain(
            "2026-11-12T15:00",
            Role::Handler,
            DossierEvent::SupplementAccepted(nothing),
        )
        .tell("2026-11-20T09:00", Role::Signer, apology, late)
        .because(
            "2026-11-20T09:30",
            Role::Receiver,
            DossierEvent::ApplicantDetailsCorrected(nothing),
            Reason::TypingError,
        )
}

pub(super) fn handed_over() -> Teller {
    let nothing = Nothing {};
    let delivered = DossierEvent::ResultDelivered(ResultDelivered {
        method: DeliveryMethod::Counter,
    });
    in_processing()
        .plain(
            "2026-11-12T09:00",
            Role::Handler,
            DossierEvent::ResultDrafted(nothing),
        )
        .plain(
            "2026-11-12T15:00",
            Role::Signer,
            DossierEvent::ResultSigned(ResultSigned::default()),
        )
        .plain(
            "2026-11-12T15:30",
            Role::Clerk,
            DossierEvent::ProcessingCompleted(nothing),
        )
        .plain("2026-11-13T08:10", Role::Receiver, delivered)
}

/// Handed over, replaced, and then taken back altogether.
pub(super) fn taken_back() -> Teller {
    let replaced = DossierEvent::ResultReplaced(ResultReplaced {
        number: "13/GP-UBND".into(),
        replaces: None,
    });
    let revoked = DossierEvent::ResultRevoked(ResultRevoked {
        number: Some("13/GP-UBND".into()),
    });
    handed_over()
        .because(
            "2026-11-16T08:00",
            Role::Signer,
            replaced,
            Reason::AgencyError,
        )
        .because(
            "2026-11-17T08:00",
            Role::Signer,
            revoked,
            Reason::AgencyError,
        )
}

pub(super) fn refused() -> Teller {
    Teller::default()
        .plain("2026-11-09T08:31", Role::Receiver, lodged())
        .because(
            "2026-11-09T08:40",
            Role::Receiver,
            DossierEvent::AcceptanceRefused(Nothing {}),
            Reason::NotCompetent,
        )
}

/// Known to the portal by an old status, waiting for another agency and for money, and overdue.
pub(super) fn overlooked() -> Teller {
    let synced = DossierEvent::SyncRecorded(SyncRecorded {
        system: "national-portal".into(),
        outcome: SyncOutcome::Acknowledged,
        remote_status: Some(2),
        attempt: 1,
        of: None,
        refusal: None,
    });
    let asked = DossierEvent::OpinionRequested(OpinionRequested {
        number: 1,
        agency: "H38.41".parse().expect("a code"),
        due_at: at("2026-11-13T17:00"),
        silence_consents: false,
    });
    let missed = DossierEvent::DeadlineMissed(DeadlineMissed {
        due_at: at("2026-11-16T17:00"),
    });
    let owed = DossierEvent::FinancialObligationIssued(FinancialObligationIssued {
        number: 1,
        kind: ObligationKind::Obligation,
        amount_vnd: 120_000,
        due_on: Some(date(2026, 11, 30)),
        pauses: true,
    });
    in_processing()
        .plain("2026-11-10T10:00", Role::System, synced)
        .plain("2026-11-11T10:00", Role::Handler, asked)
        .plain("2026-11-16T17:01", Role::System, missed)
        .plain("2026-11-17T10:00", Role::Handler, owed)
}
