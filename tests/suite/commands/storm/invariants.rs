//! What no command may break, checked fact by fact as somebody would who reads the journal and trusts nobody.

use std::collections::BTreeMap;
use std::collections::HashMap;

use motcua::domain::dossier::{Dossier, DossierEvent, EndKind};
use motcua::domain::event::Event;
use motcua::domain::fact::Fact;
use motcua::domain::register::RegisterEvent;
use motcua::domain::time::Moment;
use motcua::journal::{Journal, fact};
use uuid::Uuid;

/// What was read so far.
#[derive(Default)]
pub struct Seen {
    pub size: u64,
    pub dossiers: HashMap<Uuid, Dossier>,
    pub kinds: BTreeMap<&'static str, u32>,
    newest: Moment,
    versions: HashMap<Uuid, u32>,
    /// Last number of each office's day.
    numbers: HashMap<Uuid, u32>,
}

impl Seen {
    /// In one order, so that the same dice fall on the same dossiers.
    pub fn ids(&self) -> Vec<Uuid> {
        let mut ids: Vec<Uuid> = self.dossiers.keys().copied().collect();
        ids.sort();
        ids
    }

    /// Reads on to the end and checks every fact.
    pub async fn follow(&mut self, journal: &Journal) {
        loop {
            let entries = journal.read(self.size, 1_000).await.expect("entries");
            if entries.is_empty() {
                return;
            }
            for entry in entries {
                assert_eq!(entry.position, self.size, "positions are dense");
                self.size += 1;
                self.take(&fact::decode(&entry.body).expect("a fact"));
            }
        }
    }

    fn take(&mut self, fact: &Fact) {
        let version = self.versions.entry(fact.stream).or_default();
        *version += 1;
        assert_eq!(fact.version, *version, "versions are dense");
        assert!(fact.recorded_at >= self.newest, "time runs forwards");
        self.newest = fact.recorded_at;
        let around = &fact.circumstances;
        for claim in [around.occurred_at, around.received_at]
            .into_iter()
            .flatten()
        {
            assert!(claim <= fact.recorded_at, "a claim about the future");
        }
        match &fact.event {
            Event::Dossier(event) => self.dossier(fact, event),
            Event::Register(RegisterEvent::Entered(entered)) => {
                let last = self.numbers.entry(fact.stream).or_default();
                *last += 1;
                assert_eq!(entered.sequence, *last, "a gap in the register");
            }
            Event::Register(RegisterEvent::CodeVoided(_)) => {
                *self.numbers.entry(fact.stream).or_default() += 1;
            }
            Event::Register(RegisterEvent::CodesReserved(block)) => {
                let last = self.numbers.entry(fact.stream).or_default();
                assert_eq!(block.first, *last + 1, "a gap before a block");
                *last = block.last;
            }
            Event::Journal(_)
            | Event::Reference(_)
            | Event::Archive(_)
            | Event::Staff(_)
            | Event::Access(_)
            | Event::Erasure(_)
            | Event::Import(_) => {}
        }
    }

    fn dossier(&mut self, fact: &Fact, event: &DossierEvent) {
        *self.kinds.entry(event.kind()).or_default() += 1;
        let dossier = self.dossiers.entry(fact.stream).or_default();
        let before = dossier.clone();
        let (at, around) = (fact.recorded_at, &fact.circumstances);
        dossier.evolve(event, &fact.actor, fact.command, at, around);
        then_promises_stand(&before, dossier, event);
        then_ends_are_what_was_recorded(&before, dossier, event, at);
        then_every_hour_has_its_desk(dossier, event);
        let closed = before.phase.is_closed();
        assert!(
            !closed || dossier.phase == before.phase,
            "a closed dossier went on: {event:?}"
        );
        assert!(
            before.code.is_none() || before.code == dossier.code,
            "another code"
        );
        assert!(dossier.supplement_requests >= before.supplement_requests);
        assert!(dossier.apologies >= before.apologies);
    }
}

/// The first promise is for ever; the promise moves by two kinds of facts only, never forwards to an earlier day, and each
/// says what it was before.
fn then_promises_stand(before: &Dossier, after: &Dossier, event: &DossierEvent) {
    assert!(after.turns.len() >= before.turns.len());
    for (old, new) in before.turns.iter().zip(&after.turns) {
        assert_eq!(old.original_due_at, new.original_due_at, "{event:?}");
        assert!(new.due_at >= old.due_at, "brought forward by {event:?}");
        assert_eq!(
            (old.received_at, &old.policy),
            (new.received_at, &new.policy)
        );
        if old.ending.is_some() {
            assert_eq!(old, new, "an ended turn was changed by {event:?}");
        }
    }
    let Some((old, new)) = before.turn().zip(after.turn()) else {
        return;
    };
    if before.turns.len() == after.turns.len() && old.due_at != new.due_at {
        let moved = event.moved_due_date().map(|(from, to, _)| (from, to));
        assert_eq!(moved, Some((old.due_at, new.due_at)), "{event:?}");
    }
}

/// An end is the moment of the fact that brought it: no claim can make it earlier.
fn then_ends_are_what_was_recorded(
    before: &Dossier,
    after: &Dossier,
    event: &DossierEvent,
    at: Moment,
) {
    let ended = |dossier: &Dossier| {
        dossier
            .turns
            .iter()
            .filter(|turn| turn.ending.is_some())
            .count()
    };
    let open = after.turns.len() - ended(after);
    assert!(open <= 1, "two clocks run");
    if ended(before) == ended(after) {
        return;
    }
    let ending = after.turn().and_then(|turn| turn.ending).expect("an end");
    assert_eq!(ending.at, at, "{event:?}");
    let kind = match event {
        DossierEvent::ResultSigned(_) => EndKind::Completed,
        DossierEvent::ResolutionRefused(_) => EndKind::Refused,
        DossierEvent::WithdrawalGranted(_) => EndKind::Withdrawn,
        DossierEvent::ProcessingStopped(_) => EndKind::Stopped,
        DossierEvent::Redirected(_) => EndKind::Redirected,
        other => panic!("{other:?} ended a clock"),
    };
    assert_eq!(ending.kind, kind);
}

/// From being lodged to being closed, one desk after the other without a gap.
fn then_every_hour_has_its_desk(dossier: &Dossier, event: &DossierEvent) {
    if let Some((first, lodged)) = dossier.stays.first().zip(dossier.lodged_at) {
        assert_eq!(first.since, lodged);
    }
    for pair in dossier.stays.windows(2) {
        assert_eq!(pair[0].until, Some(pair[1].since), "a gap after {event:?}");
    }
    for stay in &dossier.stays {
        assert!(stay.until.is_none_or(|until| until >= stay.since));
    }
    let entered = dossier.lodged_at.is_some() && !dossier.phase.is_closed();
    assert!(
        !entered || dossier.desk().is_some(),
        "on nobody's desk after {event:?}"
    );
}
