//! One fact of every type, filled so that every part of the envelope occurs somewhere.

use motcua::domain::access::{self, Looked};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::archive::{ArchiveEvent, ArchivedResult, Struck};
use motcua::domain::calendar::{CalendarYear, Notice, NoticeChange};
use motcua::domain::catalogue;
use motcua::domain::claim::{ImportBegun, ImportEnded, ImportEvent};
use motcua::domain::code::{DossierCode, OfficeCode, ProcedureCode};
use motcua::domain::dossier::{
    Accepted, ApologyIssued, CapabilityReissued, Channel, ComponentForm, ComponentReceived,
    DeadlineMissed, DeliveryMethod, Digitisation, DossierEvent, Drafted, DueDateCause,
    DueDateRecomputed, FeeExempted, FeeReceiptIssued, FeedbackAnswered, FeedbackKind,
    FeedbackSubmitted, FieldVerificationScheduled, FinancialObligationIssued, HandOverReceived,
    Handed, HandedOver, LinkKind, Linked, Lodged, Noted, Nothing, Numbered, ObligationKind,
    OpinionReceived, OpinionRequested, PaperPrinted, PaymentConfirmed, PaymentMethod,
    PaymentRefunded, Rated, RatingDevice, RedirectKind, Redirected, ResultCorrected,
    ResultDelivered, ResultIssued, ResultReplaced, ResultRevoked, ResultSigned, Signature,
    SignatureValidation, Stage, SupplementProposed, SupplementRequested, SyncOutcome, SyncRecorded,
    Transferred,
};
use motcua::domain::erasure::{Erased, ErasureEvent, ErasureRequested, KeyDestroyed};
use motcua::domain::event::Event;
use motcua::domain::fact::{Breach, BreachRule, Circumstances, Fact, Part, PartKind, stream};
use motcua::domain::journal::{FormatRaised, JournalEvent};
use motcua::domain::law::{Certainty, Limit, SupplementClock};
use motcua::domain::paper::Form;
use motcua::domain::part::Purpose;
use motcua::domain::policy::Policy;
use motcua::domain::reason::Reason;
use motcua::domain::reference::{ClockKind, JournalKind, Opened, ReferenceEvent, Story};
use motcua::domain::register::{CodeVoided, CodesReserved, Entered, RegisterEvent};
use motcua::domain::staff::{Left, Officer, Secondment, StaffEvent};
use motcua::domain::time::Moment;
use uuid::Uuid;

const OFFICE: &str = "H38.40";

/// The stable names of a dossier's events.
pub fn dossier_kinds() -> Vec<&'static str> {
    dossier_events().iter().map(DossierEvent::kind).collect()
}

/// In the order of their first possible appearance.
pub fn every_fact() -> Vec<Fact> {
    let of_dossiers = dossier_events().into_iter().map(Event::Dossier);
    let events = other_events().into_iter().chain(of_dossiers);
    let events = events.chain(voices::campaigns());
    let events = events.chain(voices::supervision());
    let events = events.chain(archived()).chain(staff());
    let events: Vec<Event> = events.chain(privacy()).chain(imports()).collect();
    (1..).zip(events).map(|(n, event)| fact(n, event)).collect()
}

fn fact(number: u32, event: Event) -> Fact {
    let stream = match &event {
        Event::Journal(_) => stream::journal(),
        Event::Reference(_) => stream::reference(),
        Event::Register(_) => stream::register(OFFICE, at(2).date()),
        Event::Archive(event) => {
            let (office, procedure, number) = event.of();
            stream::archive(office.as_str(), procedure.as_str(), number)
        }
        Event::Staff(event) => stream::staff(event.of().0.as_str()),
        Event::Access(_) => access::stream_of(&actor(&event), at(i64::from(number)).date()),
        Event::Erasure(event) => event.stream(),
        Event::Import(_) => stream::imports(),
        Event::Dossier(_) => stream::dossier(command(9)),
    };
    let version = match &event {
        Event::Journal(JournalEvent::Opened(_)) => 1,
        Event::Journal(JournalEvent::FormatRaised(_))
        | Event::Reference(_)
        | Event::Register(_)
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_)
        | Event::Dossier(_) => number,
    };
    let byte = u8::try_from(number).expect("fewer than 256 facts");
    Fact {
        stream,
        version,
        command: command(u128::from(number)),
        actor: actor(&event),
        recorded_at: at(i64::from(number)),
        prev: (version > 1).then_some([byte; 32]),
        circumstances: circumstances(&event),
        event,
    }
}

fn command(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 + number)
}

/// Hours after 07:00 in Hanoi on 23 November 2026, and a few microseconds.
fn at(hours: i64) -> Moment {
    let start: Moment = "2026-11-23T00:00:00.000007Z".parse().expect("an instant");
    start.plus(hours * Moment::HOUR)
}

fn office() -> OfficeCode {
    OFFICE.parse().expect("an office")
}

fn procedure() -> ProcedureCode {
    "1.004222".parse().expect("a procedure")
}

fn code() -> DossierCode {
    "H38.40-261123-0001".parse().expect("a code")
}

fn other_events() -> Vec<Event> {
    std::iter::successors(Some(journal_opened()), next_event).collect()
}

fn journal_opened() -> Event {
    Event::Journal(JournalEvent::Opened(Opened {
        id: command(0),
        origin: format!("localhost/{}", command(0)),
        kind: JournalKind::Simulated,
        clock: ClockKind::Story,
        format: 1,
        story: Some(Story {
            scenario: "town-2026".to_owned(),
            seed: "1".to_owned(),
            ends_on: jiff::civil::date(2026, 12, 31),
            invented: false,
        }),
        teller: None,
    }))
}

/// Names every event that is not a dossier's: a new one stops the compiler here.
fn next_event(event: &Event) -> Option<Event> {
    let (sequence, dossier) = (1, stream::dossier(command(9)));
    Some(match event {
        Event::Journal(JournalEvent::Opened(_)) => {
            Event::Journal(JournalEvent::FormatRaised(FormatRaised {
                format: 2,
                program: "0.2.0".to_owned(),
            }))
        }
        Event::Journal(JournalEvent::FormatRaised(_)) => {
            Event::Reference(ReferenceEvent::CalendarDeclared(CalendarYear {
                year: 2027,
                from: Some(jiff::civil::date(2027, 1, 1)),
                days_off: vec![jiff::civil::date(2027, 1, 1)],
                working_saturdays: vec![jiff::civil::date(2027, 1, 9)],
                notice: "not issued".to_owned(),
                certainty: Certainty::Provisional,
            }))
        }
        Event::Reference(ReferenceEvent::CalendarDeclared(_)) => {
            let policy = Policy::shipped().remove(0);
            Event::Reference(ReferenceEvent::PolicyAdopted(policy))
        }
        Event::Reference(ReferenceEvent::PolicyAdopted(_)) => {
            let all = catalogue::load(include_str!("../../../data/catalogue.json"));
            let mut all = all.expect("the shipped catalogue").into_iter();
            let found = all.find(|known| known.code == procedure().as_str());
            Event::Reference(ReferenceEvent::ProcedurePublished(found.expect("it")))
        }
        Event::Reference(ReferenceEvent::ProcedurePublished(_)) => {
            let opened = serde_json::from_str(
                r#"{"code":"H38.40","name_vi":"Trung tâm (mô phỏng)","name_en":"Centre (simulated)",
                    "level":"commune","parent":"H38","valid_from":"2025-07-01","valid_to":"2030-12-31",
                    "predecessors":["H38.39"],"hours":[{"from":"07:30","to":"11:30"}],
                    "address_vi":"Thôn 1","phone":"0000000001","certainty":"illustrative"}"#,
            );
            Event::Reference(ReferenceEvent::OfficeOpened(opened.expect("an office")))
        }
        Event::Reference(ReferenceEvent::OfficeOpened(_)) => {
            Event::Reference(ReferenceEvent::NoticeIssued(Notice {
                number: "9441/TB-BNV".to_owned(),
                issued_on: jiff::civil::date(2026, 11, 20),
                legal_basis: "Labour Code 45/2019/QH14 art. 112.3".to_owned(),
                certainty: Certainty::Verified,
                change: NoticeChange::Days {
                    off: vec![jiff::civil::date(2026, 11, 23)],
                    worked: vec![jiff::civil::date(2026, 11, 28)],
                },
            }))
        }
        Event::Reference(ReferenceEvent::NoticeIssued(_)) => {
            let abolished = serde_json::from_str(
                r#"{"code":"1.004222","version":1,"decision":"12/QĐ-UBND","decided_on":"2026-11-16",
                    "from":"2026-12-01"}"#,
            );
            Event::Reference(ReferenceEvent::ProcedureAbolished(
                abolished.expect("an abolition"),
            ))
        }
        Event::Reference(ReferenceEvent::ProcedureAbolished(_)) => {
            let process = serde_json::from_str(
                r#"{"procedure":"1.004222","version":1,"approved_by":"H38","decision":"7/QĐ-UBND",
                    "decided_on":"2026-11-02","effective_from":"2026-11-09","certainty":"illustrative",
                    "steps":[{"order":1,"name_vi":"Tiếp nhận","name_en":"Receive","role":"receiver","hours":4,
                        "can_return":false,"can_supplement":true,"can_sign":false},
                        {"order":2,"name_vi":"Phê duyệt","name_en":"Approve","role":"signer","unit":"Phòng 1",
                        "hours":16,"can_return":true,"can_supplement":false,"can_sign":true}]}"#,
            );
            Event::Reference(ReferenceEvent::ProcessApproved(process.expect("a process")))
        }
        Event::Reference(ReferenceEvent::ProcessApproved(_)) => {
            let proposal = r#"{"code":"1.004222","kind":"simplify","year":2026,"level":"commune"}"#;
            let proposal = serde_json::from_str(proposal);
            Event::Reference(ReferenceEvent::ReviewProposed(
                proposal.expect("a proposal"),
            ))
        }
        Event::Reference(ReferenceEvent::ReviewProposed(_)) => {
            let set = serde_json::from_str(
                r#"{"indicator":"digitised_results","level":"district","from":"2023-01-01","to":"2023-12-31",
                    "value":{"numerator":40,"denominator":100},"basis":"01/KH-UBND (mô phỏng)","certainty":"illustrative"}"#,
            );
            Event::Reference(ReferenceEvent::TargetSet(set.expect("a target")))
        }
        Event::Reference(ReferenceEvent::TargetSet(_)) => {
            let decided = serde_json::from_str(
                r#"{"decision":"1685/NQ-UBTVQH15","decided_on":"2025-06-16","effective_from":"2025-07-01","closes":["H38.40"],
                    "routes":[{"from":"H38.40","procedures":["1.004222"],"fields":["Hộ tịch"],"to":"H38.41"},
                    {"from":"H38.40","to":"H38.42"}],"legal_basis":"Law 72/2025/QH15","certainty":"illustrative"}"#,
            );
            Event::Reference(ReferenceEvent::OfficesReorganised(
                decided.expect("a decision"),
            ))
        }
        Event::Reference(
            ReferenceEvent::OfficesReorganised(_)
            | ReferenceEvent::Campaign(_)
            | ReferenceEvent::Supervision(_),
        ) => Event::Register(RegisterEvent::Entered(Entered {
            office: office(),
            sequence,
            code: code(),
            dossier,
        })),
        Event::Register(RegisterEvent::Entered(_)) => {
            Event::Register(RegisterEvent::CodeVoided(CodeVoided {
                office: office(),
                sequence,
                code: code(),
            }))
        }
        Event::Register(RegisterEvent::CodeVoided(_)) => {
            Event::Register(RegisterEvent::CodesReserved(CodesReserved {
                office: office(),
                desk: "receiver-2".to_owned(),
                first: 2,
                last: 21,
            }))
        }
        Event::Register(RegisterEvent::CodesReserved(_))
        | Event::Archive(_)
        | Event::Staff(_)
        | Event::Access(_)
        | Event::Erasure(_)
        | Event::Import(_)
        | Event::Dossier(_) => return None,
    })
}

fn imports() -> [Event; 2] {
    let file = "ab".repeat(32);
    let begun = ImportBegun {
        file: file.clone(),
        bytes: 4_096,
        mapping: "cd".repeat(32),
        system: "old-system.example".to_owned(),
    };
    let ended = ImportEnded {
        file,
        cases: 4,
        acts: 9,
        known: 0,
        unread: 1,
    };
    [ImportEvent::Begun(begun), ImportEvent::Ended(ended)].map(Event::Import)
}

fn privacy() -> [Event; 4] {
    let (subject, dossier) = (Uuid::from_u128(7), stream::dossier(command(9)));
    let purposes = vec![Purpose::Contact, Purpose::Attachment];
    [
        Event::Access(Looked::at(access::Purpose::Dossier, vec![dossier])),
        Event::Erasure(ErasureEvent::Requested(ErasureRequested {
            subject,
            dossier,
            purposes: purposes.clone(),
            decision: "12/QĐ-UBND".to_owned(),
        })),
        Event::Erasure(ErasureEvent::Done(Erased {
            request: 8,
            subject,
            dossier,
            purposes,
            keys: 2,
            parts: 3,
            files: 1,
        })),
        Event::Erasure(ErasureEvent::KeyDestroyed(KeyDestroyed {
            key: "w1".to_owned(),
            retired_at: at(30),
            kept_days: 30,
            custodians: ["keeper-1".to_owned(), "keeper-2".to_owned()],
        })),
    ]
}

fn staff() -> [Event; 3] {
    let officer = Officer {
        office: office(),
        officer: "receiver-2".to_owned(),
        title: "Công chức một cửa".to_owned(),
        fields: vec!["Hộ tịch".to_owned()],
        from: jiff::civil::date(2026, 11, 2),
        secondment: Some(Secondment {
            by: "H38.41".parse().expect("an office"),
            until: jiff::civil::date(2027, 11, 1),
        }),
        substitute: Some("receiver-3".to_owned()),
    };
    let left = Left {
        office: office(),
        officer: officer.officer.clone(),
        on: jiff::civil::date(2026, 12, 1),
    };
    [
        StaffEvent::Registered(officer.clone()),
        StaffEvent::Changed(officer),
        StaffEvent::Left(left),
    ]
    .map(Event::Staff)
}

fn archived() -> [Event; 2] {
    let of = Struck {
        office: office(),
        procedure: procedure(),
        number: "12/GP-UBND".to_owned(),
    };
    let entered = ArchivedResult {
        office: of.office.clone(),
        procedure: of.procedure.clone(),
        number: of.number.clone(),
        issued_on: jiff::civil::date(2015, 5, 4),
        size_bytes: Some(120_000),
        signature: Some(Signature {
            certificate_serial: "54A0B1".to_owned(),
            signed_at: at(3),
            validation: SignatureValidation::Valid,
            certifies_copy: true,
        }),
    };
    [ArchiveEvent::Entered(entered), ArchiveEvent::Struck(of)].map(Event::Archive)
}

#[path = "voices.rs"]
mod voices;

#[path = "linked.rs"]
mod linked;

fn dossier_events() -> Vec<DossierEvent> {
    let first = DossierEvent::Drafted(Drafted {
        procedure: procedure(),
        office: office(),
    });
    let noted = DossierEvent::Noted(Noted {
        activity: "t02_check".to_owned(),
    });
    let told = std::iter::successors(Some(first), next_of_dossier);
    let remarked = DossierEvent::Remarked(Nothing {});
    told.chain([noted, remarked]).collect()
}

/// Names every event of a dossier: a new one stops the compiler here.
fn next_of_dossier(event: &DossierEvent) -> Option<DossierEvent> {
    use DossierEvent as E;
    let (nothing, numbered) = (Nothing {}, Numbered { number: 1 });
    let lodged = |channel, capability| Lodged {
        code: code(),
        procedure: procedure(),
        office: office(),
        channel,
        capability,
        intake_due_at: None,
        assisted_by: None,
        leg_of: None,
        case: None,
    };
    let to = Role::Handler.name().to_owned();
    Some(match event {
        E::Drafted(_) => E::Submitted(lodged(Channel::Online, Some("0a".repeat(32)))),
        E::Submitted(_) => E::Lodged(lodged(Channel::Counter, None)),
        E::Lodged(_) => E::SupplementRequested(SupplementRequested {
            stage: Stage::Appraisal,
            number: 2,
            items: vec![1, 3],
            approved_by: None,
            answer_due_at: None,
        }),
        E::SupplementRequested(_) => E::AcceptanceRefused(nothing),
        E::AcceptanceRefused(_) => E::Accepted(Accepted {
            office: office(),
            procedure_version: 1,
            limit: Limit::WorkingDays(7),
            limit_certainty: Certainty::Stated,
            supplement_clock: SupplementClock::Pause,
            due_at: at(200),
            due_certainty: Certainty::Verified,
            process: None,
            on_paper: false,
            legs: Vec::new(),
            undated: false,
        }),
        E::Accepted(_) => E::Redirected(Redirected {
            from: office(),
            to: "H38.41".parse().expect("an office"),
            kind: RedirectKind::NonTerritorial,
        }),
        E::Redirected(_) => E::Forwarded(Handed { to, step: None }),
        E::Forwarded(_) => E::HandlerAssigned(Handed { to, step: None }),
        E::HandlerAssigned(_) => E::SupplementSubmitted(nothing),
        E::SupplementSubmitted(_) => E::SupplementAccepted(nothing),
        E::SupplementAccepted(_) => E::SupplementStillDeficient(nothing),
        E::SupplementStillDeficient(_) => E::DueDateRecomputed(DueDateRecomputed {
            old: at(200),
            new: at(248),
            cause: DueDateCause::Supplement,
            due_certainty: Certainty::Provisional,
            notice: None,
        }),
        E::DueDateRecomputed(_) => E::ProcessingStopped(nothing),
        E::ProcessingStopped(_) => E::ResolutionRefused(nothing),
        E::ResolutionRefused(_) => E::ResultDrafted(nothing),
        E::ResultDrafted(_) => E::StepReturned(nothing),
        E::StepReturned(_) => E::ResultSigned(ResultSigned::default()),
        E::ResultSigned(_) => E::ProcessingCompleted(nothing),
        E::ProcessingCompleted(_) => E::ResultIssued(ResultIssued {
            number: "12/GP-UBND".to_owned(),
        }),
        E::ResultIssued(_) => E::ResultDelivered(ResultDelivered {
            method: DeliveryMethod::Post,
        }),
        E::ResultDelivered(_) => E::WithdrawalRequested(nothing),
        E::WithdrawalRequested(_) => E::WithdrawalGranted(nothing),
        E::WithdrawalGranted(_) => E::WithdrawalDenied(nothing),
        E::WithdrawalDenied(_) => E::ApologyIssued(ApologyIssued {
            number: 1,
            old_due_at: at(200),
            new_due_at: at(272),
            due_certainty: Certainty::Verified,
            moves_promise: false,
            responsible: None,
        }),
        E::ApologyIssued(_) => E::ApplicantDetailsCorrected(nothing),
        E::ApplicantDetailsCorrected(_) => E::CapabilityReissued(CapabilityReissued {
            capability: "0b".repeat(32),
        }),
        E::CapabilityReissued(_) => E::ResultRevoked(ResultRevoked {
            number: Some("12/GP-UBND".to_owned()),
        }),
        E::ResultRevoked(_) => E::ResultReplaced(ResultReplaced {
            number: "13/GP-UBND".to_owned(),
            replaces: Some("12/GP-UBND".to_owned()),
        }),
        E::ResultReplaced(_) => E::ComponentReceived(ComponentReceived {
            item: 2,
            form: ComponentForm::Copy,
            digitisation: Digitisation::Here,
            size_bytes: Some(48_213),
            digitised_by: None,
            signature: None,
            reused_from: None,
        }),
        E::ComponentReceived(_) => E::SupplementProposed(SupplementProposed { items: vec![2] }),
        E::SupplementProposed(_) => E::SupplementRetracted(nothing),
        E::SupplementRetracted(_) => E::HandedOver(HandedOver {
            to: "signer-2".to_owned(),
            role: Role::Signer,
            office: Some("H38.41".parse().expect("an office")),
            step: Some(3),
        }),
        E::HandedOver(_) => E::HandOverReceived(HandOverReceived { complete: true }),
        E::HandOverReceived(_) => E::StepRecalled(nothing),
        E::StepRecalled(_) => E::DeadlineMissed(DeadlineMissed { due_at: at(200) }),
        E::DeadlineMissed(_) => E::OpinionRequested(OpinionRequested {
            number: 1,
            agency: "H38.41".parse().expect("an office"),
            due_at: at(72),
            silence_consents: true,
        }),
        E::OpinionRequested(_) => E::OpinionReceived(OpinionReceived {
            number: 1,
            agrees: false,
        }),
        E::OpinionReceived(_) => E::OpinionOverdue(numbered),
        E::OpinionOverdue(_) => E::OpinionDeemedAgreed(numbered),
        E::OpinionDeemedAgreed(_) => {
            E::FieldVerificationScheduled(FieldVerificationScheduled { on: at(48).date() })
        }
        E::FieldVerificationScheduled(_) => E::FieldVerificationRecorded(nothing),
        E::FieldVerificationRecorded(_) => {
            E::FinancialObligationIssued(FinancialObligationIssued {
                number: 1,
                kind: ObligationKind::Obligation,
                amount_vnd: 810_000,
                due_on: Some(at(96).date()),
                pauses: true,
            })
        }
        E::FinancialObligationIssued(_) => E::FinancialObligationCancelled(numbered),
        E::FinancialObligationCancelled(_) => E::FeeExempted(FeeExempted {
            kind: ObligationKind::Charge,
        }),
        E::FeeExempted(_) => E::PaymentConfirmed(PaymentConfirmed {
            number: 1,
            amount_vnd: 810_000,
            method: PaymentMethod::NationalGateway,
            reference: Some("PG-0001".to_owned()),
        }),
        E::PaymentConfirmed(_) => E::FeeReceiptIssued(FeeReceiptIssued {
            number: 1,
            form: "01BLP".to_owned(),
            series: "AA-26E".to_owned(),
            receipt_number: "0000123".to_owned(),
        }),
        E::FeeReceiptIssued(_) => E::PaymentRefunded(PaymentRefunded {
            number: 1,
            amount_vnd: 810_000,
        }),
        E::PaymentRefunded(_) => E::ResultApproved(nothing),
        E::ResultApproved(_) => E::ResultCorrected(ResultCorrected {
            number: Some("12/GP-UBND".to_owned()),
        }),
        E::ResultCorrected(_) => E::OriginalsReturned(nothing),
        E::OriginalsReturned(_) => E::WithdrawalRetracted(nothing),
        E::WithdrawalRetracted(_) => E::Linked(Linked {
            other: Uuid::from_u128(8),
            kind: LinkKind::Duplicate,
        }),
        E::Linked(_) => E::Rated(Rated {
            score: 4,
            scale: 5,
            device: RatingDevice::Own,
        }),
        E::Rated(_) => E::FeedbackSubmitted(FeedbackSubmitted {
            number: 1,
            kind: FeedbackKind::Report,
            due_at: Some(at(360)),
        }),
        E::FeedbackSubmitted(_) => E::FeedbackAnswered(FeedbackAnswered {
            number: 1,
            published: false,
            publish_due_at: Some(at(384)),
        }),
        E::FeedbackAnswered(_) => E::SyncRecorded(SyncRecorded {
            system: "national-portal".to_owned(),
            outcome: SyncOutcome::Acknowledged,
            remote_status: Some(4),
            attempt: 2,
            of: None,
            refusal: None,
        }),
        E::SyncRecorded(_) => E::PaperPrinted(PaperPrinted {
            form: Form::ReceiptSlip,
            of: 2,
            as_of: 2,
            commitment: "ab".repeat(32),
        }),
        E::PaperPrinted(_) => E::Transferred(Transferred {
            from: office(),
            to: "H38.41".parse().expect("an office"),
            decision: "1685/NQ-UBTVQH15".to_owned(),
        }),
        E::Transferred(_)
        | E::LegOpened(_)
        | E::LegWaits(_)
        | E::LegResumed(_)
        | E::LegEnded(_)
        | E::LegDelivered(_)
        | E::SentBack(_)
        | E::CorrectionRequested(_)
        | E::CorrectionAnswered(_) => {
            return linked::next(event).or_else(|| voices::next(None));
        }
        E::Voice(said) => return voices::next(Some(said)),
        E::Noted(_) | E::Remarked(_) => return None,
    })
}

fn actor(event: &Event) -> Actor {
    let role = match event {
        Event::Journal(_) | Event::Erasure(ErasureEvent::Done(_)) => return Actor::system(),
        Event::Reference(_) | Event::Import(_) | Event::Erasure(ErasureEvent::KeyDestroyed(_)) => {
            return Actor::new("admin-1", NO_OFFICE, Role::Admin);
        }
        Event::Dossier(DossierEvent::Drafted(_)) => {
            let mut receiver = Actor::new("receiver-2", OFFICE, Role::Receiver);
            receiver.on_behalf_of = Some("applicant-3".to_owned());
            return receiver;
        }
        Event::Dossier(DossierEvent::Submitted(_)) => {
            return Actor::new("applicant-3", NO_OFFICE, Role::Applicant);
        }
        Event::Dossier(
            DossierEvent::ResultSigned(_)
            | DossierEvent::ApologyIssued(_)
            | DossierEvent::ResultRevoked(_)
            | DossierEvent::ResultReplaced(_),
        ) => Role::Signer,
        Event::Archive(_) => Role::Clerk,
        Event::Staff(_) | Event::Erasure(ErasureEvent::Requested(_)) => Role::CentreManager,
        Event::Access(_) | Event::Register(_) | Event::Dossier(_) => Role::Receiver,
    };
    Actor::new(format!("{}-2", role.name()), OFFICE, role)
}

/// Each optional part of the envelope on the event it belongs to.
fn circumstances(event: &Event) -> Circumstances {
    let part = |number: u128, kind| Part {
        c: "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=".to_owned(),
        kind,
        s: Uuid::from_u128(number),
    };
    let breach = |rule| {
        Some(Breach {
            rule,
            basis: "Decree 61/2018/ND-CP art. 19.4".to_owned(),
        })
    };
    let mut around = Circumstances::default();
    let Event::Dossier(event) = event else {
        return around;
    };
    match event {
        DossierEvent::Noted(_) => {
            around.occurred_at = Some(at(-400));
            around.source = Some(format!("import:{}", "ab".repeat(32)));
        }
        DossierEvent::Remarked(_) => around.parts = vec![part(3, PartKind::Note)],
        DossierEvent::Submitted(_) => {
            around.parts = vec![part(1, PartKind::Applicant), part(1, PartKind::Contact)];
        }
        DossierEvent::Accepted(_) => {
            around.received_at = Some(at(-40));
            around.reason = Some(Reason::EnteredLate);
            around.breach = breach(BreachRule::EnteredLate);
            around.policy = Some("one-stop-2025/1".to_owned());
        }
        DossierEvent::SupplementRequested(_) => {
            around.reason = Some(Reason::MissingComponent);
            around.basis = Some("Decree 63/2010/ND-CP art. 20.4".to_owned());
            around.breach = breach(BreachRule::RepeatedSupplement);
            around.parts = vec![part(2, PartKind::Note)];
        }
        DossierEvent::ResultSigned(_) => around.occurred_at = Some(at(0)),
        DossierEvent::ProcessingStopped(_) => {
            around.reason = Some(Reason::NotSupplemented);
            around.cause = Some(12);
        }
        DossierEvent::ApologyIssued(_) => {
            around.reason = Some(Reason::Workload);
            around.breach = breach(BreachRule::LateApology);
        }
        DossierEvent::ResolutionRefused(_) => {
            around.reason = Some(Reason::NotEligible);
            around.breach = breach(BreachRule::LateRefusal);
        }
        DossierEvent::ResultRevoked(_) => around.reason = Some(Reason::AgencyError),
        DossierEvent::ResultReplaced(_) => {
            around.reason = Some(Reason::AgencyError);
            around.parts = vec![part(1, PartKind::Document)];
        }
        DossierEvent::Lodged(_) => around.source = Some(format!("import:{}", "0c".repeat(32))),
        _ => {}
    }
    around
}
