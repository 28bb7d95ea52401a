//! A journal written as a story: invented dossiers moved by the real rules, on a clock of its own.

use std::collections::HashMap;

use jiff::civil::{Date, date};
use motcua::acts::shelf::CATALOGUE;
use motcua::domain::actor::{Actor, Role};
use motcua::domain::calendar::Calendar;
use motcua::domain::catalogue::{self, Level, Procedure};
use motcua::domain::dossier::{
    Channel, ComponentForm, Context, DeliveryMethod, Digitisation, Dossier, DossierCommand,
    FeedbackKind, ObligationKind, PaymentMethod, RatingDevice, RedirectKind, Rejection, decide,
};
use motcua::domain::event::Event;
use motcua::domain::fact::{Circumstances, Draft, Fact, Part, PartKind, stream};
use motcua::domain::journal::FORMAT;
use motcua::domain::journal::JournalEvent;
use motcua::domain::policy::Policy;
use motcua::domain::reason::Reason;
use motcua::domain::reference::{ClockKind, JournalKind, Opened, Reference, ReferenceEvent};
use motcua::domain::register::Register;
use motcua::domain::time::Moment;
use motcua::journal::{Entry, Journal, Look, Writer, fact};
use motcua::tlog::{Hash, leaf_hash};
use uuid::Uuid;

use crate::office;

/// A district with two communes.
pub const OFFICES: [(&str, Level); 3] = [
    ("H63.40", Level::District),
    ("H63.40.01", Level::Commune),
    ("H63.40.02", Level::Commune),
];
pub const PROCEDURES: [&str; 3] = ["1.001193", "1.004873", "1.004222"];

/// Dice that fall the same way for the same seed.
pub struct Dice(pub u64);

impl Dice {
    /// From 0 up to before `sides`.
    pub fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }

    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        let place = usize::try_from(self.roll(from.len() as u64)).expect("a place");
        &from[place]
    }
}

/// How many dossiers are new.
const NEWEST: usize = 12;
/// What is charged in stories.
const FEE_VND: u64 = 8_000;

pub struct Story {
    pub journal: Journal,
    pub now: Moment,
    pub dossiers: HashMap<Uuid, Dossier>,
    /// In the order of their beginning.
    pub ids: Vec<Uuid>,
    writer: Writer,
    reference: Reference,
    registers: HashMap<(String, Date), Register>,
    tails: HashMap<Uuid, (u32, Hash)>,
    size: u64,
    unwritten: Vec<Entry>,
    commands: u128,
}

impl Story {
    /// Opens and furnishes an empty journal on the morning of 2 March 2026, a Monday.
    pub async fn begin(journal: Journal) -> Self {
        Self::begin_with(journal, |_| true).await
    }

    /// As [`Story::begin`], of a journal that says it is live.
    pub async fn begin_live(journal: Journal) -> Self {
        Self::begin_as(journal, |_| true, JournalKind::Live).await
    }

    /// As [`Story::begin`], with some of the shipped procedures.
    pub async fn begin_with(journal: Journal, is_offered: fn(&Procedure) -> bool) -> Self {
        Self::begin_as(journal, is_offered, JournalKind::Simulated).await
    }

    async fn begin_as(
        journal: Journal,
        is_offered: fn(&Procedure) -> bool,
        kind: JournalKind,
    ) -> Self {
        let writer = journal.writer().await.expect("a writer");
        let now = Moment::from_local(date(2026, 3, 2).at(8, 0, 0, 0));
        let mut story = Self {
            journal,
            now,
            dossiers: HashMap::new(),
            ids: Vec::new(),
            writer,
            reference: Reference::default(),
            registers: HashMap::new(),
            tails: HashMap::new(),
            size: 0,
            unwritten: Vec::new(),
            commands: 0,
        };
        story.record(
            stream::journal(),
            Event::Journal(JournalEvent::Opened(opened(kind))),
        );
        for year in Calendar::shipped() {
            story.shelve(ReferenceEvent::CalendarDeclared(year));
        }
        for policy in Policy::shipped() {
            story.shelve(ReferenceEvent::PolicyAdopted(policy));
        }
        let procedures = catalogue::load(CATALOGUE).expect("the shipped catalogue");
        for procedure in procedures.into_iter().filter(is_offered) {
            story.shelve(ReferenceEvent::ProcedurePublished(procedure));
        }
        for (code, level) in OFFICES {
            let mut office = office::office(code);
            office.level = level;
            story.shelve(ReferenceEvent::OfficeOpened(office));
        }
        story.write().await;
        story
    }

    pub fn shelve(&mut self, event: ReferenceEvent) {
        self.reference.evolve(&event);
        self.record(stream::reference(), Event::Reference(event));
    }

    /// Whatever its closed office has that is not done goes where the decision says; how many dossiers went.
    pub fn transfer(&mut self, decision: &str) -> usize {
        let command = DossierCommand::Transfer {
            decision: decision.to_owned(),
            cause: 1,
        };
        let ids = self.ids.clone();
        let moved = ids.into_iter().filter(|id| self.act(*id, &command).is_ok());
        moved.count()
    }

    /// Lets time pass.
    pub fn wait(&mut self, micros: i64) {
        self.now = self.now.plus(micros);
    }

    /// To an hour of a day of 2026 that is not before now.
    pub fn go_to(&mut self, month: i8, day: i8, hour: i8) {
        let then = Moment::from_local(date(2026, month, day).at(hour, 0, 0, 0));
        assert!(then >= self.now, "stories run forwards");
        self.now = then;
    }

    /// A new dossier accepted at the counter of an office.
    pub fn accept(&mut self, office: &str, procedure: &str) -> Uuid {
        let command = DossierCommand::AcceptAtCounter {
            procedure: procedure.parse().expect("a procedure code"),
            office: office.parse().expect("an office code"),
            capability: Some("00".repeat(32)),
            code: None,
        };
        self.start(&command, office).expect("accepted")
    }

    /// A new dossier submitted online.
    pub fn submit(&mut self, office: &str, procedure: &str) -> Uuid {
        let command = DossierCommand::Submit {
            procedure: procedure.parse().expect("a procedure code"),
            office: office.parse().expect("an office code"),
            capability: None,
            assisted_by: None,
        };
        self.start(&command, office).expect("submitted")
    }

    fn start(&mut self, command: &DossierCommand, office: &str) -> Result<Uuid, Rejection> {
        let id = Uuid::from_u128(0xd055_0000 + self.ids.len() as u128).into_bytes();
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, &id);
        self.act_at(id, command, office)?;
        self.ids.push(id);
        Ok(id)
    }

    /// One command by whoever may give it, at the office that has the dossier.
    pub fn act(&mut self, id: Uuid, command: &DossierCommand) -> Result<(), Rejection> {
        let office = self
            .dossiers
            .get(&id)
            .and_then(|dossier| dossier.office.clone());
        let office = office.map_or(OFFICES[0].0.to_owned(), |office| office.to_string());
        self.act_at(id, command, &office)
    }

    fn act_at(
        &mut self,
        id: Uuid,
        command: &DossierCommand,
        office: &str,
    ) -> Result<(), Rejection> {
        let dossier = self.dossiers.entry(id).or_default().clone();
        // Whoever brought papers to the counter has no sign-in: the receiver enters what they wish.
        let roles = command.roles();
        let is_entered = roles.contains(&Role::Receiver) && dossier.applicant.is_none();
        let role = match roles[0] {
            Role::Applicant if is_entered => Role::Receiver,
            role => role,
        };
        let actor = Actor::new(format!("{}-{office}", role.name()), office, role);
        let actor = match (role, &dossier.applicant) {
            (Role::Applicant, Some(applicant)) => Actor::new(applicant.clone(), "*", role),
            (Role::Applicant, None) => Actor::new(format!("applicant-{id}"), "*", role),
            _ => actor,
        };
        let given = given(id);
        let day = (office.to_owned(), self.now.date());
        let register = self.registers.get(&day).cloned().unwrap_or_default();
        let context = Context {
            dossier: id,
            now: self.now,
            actor: &actor,
            reference: &self.reference,
            register: &register,
            given: &given,
            kin: &[],
        };
        let drafts = decide(&dossier, command, &context)?;
        self.commands += 1;
        for draft in drafts {
            if let Event::Register(event) = &draft.event {
                self.registers.entry(day.clone()).or_default().evolve(event);
            }
            self.take(draft, &actor);
        }
        Ok(())
    }

    fn record(&mut self, stream: Uuid, event: Event) {
        self.commands += 1;
        let circumstances = Circumstances::default();
        let draft = Draft {
            stream,
            event,
            circumstances,
        };
        self.take(draft, &Actor::system());
    }

    fn take(&mut self, draft: Draft, actor: &Actor) {
        let before = self.tails.get(&draft.stream).copied();
        let fact = Fact {
            stream: draft.stream,
            version: before.map_or(1, |(version, _)| version + 1),
            command: Uuid::from_u128(self.commands),
            actor: actor.clone(),
            recorded_at: self.now,
            prev: before.map(|(_, hash)| hash),
            event: draft.event,
            circumstances: draft.circumstances,
        };
        if let Event::Dossier(event) = &fact.event {
            let dossier = self.dossiers.entry(fact.stream).or_default();
            dossier.evolve(event, actor, fact.command, self.now, &fact.circumstances);
        }
        let body = fact::encode(&fact).expect("a fact");
        let leaf_hash = leaf_hash(&body);
        self.tails.insert(fact.stream, (fact.version, leaf_hash));
        self.unwritten.push(Entry {
            position: self.size,
            stream: fact.stream,
            version: fact.version,
            recorded_at: self.now,
            body: body.into(),
            leaf_hash,
        });
        self.size += 1;
    }

    /// Appends what happened since the last time.
    pub async fn write(&mut self) {
        let entries = std::mem::take(&mut self.unwritten);
        for piece in entries.chunks(500) {
            let held = |entry: &Entry| (entry.stream, entry.version - 1);
            let streams: Vec<(Uuid, u32)> = piece.iter().map(held).collect();
            let look = Look {
                streams: &streams,
                commands: &[],
                ..Look::default()
            };
            self.writer.lock(look).await.expect("the lock");
            self.writer.commit(piece, &[]).await.expect("a commit");
        }
    }

    /// Some days of an office's life: `acts` commands thrown by dice, those that cannot be refused by the rules.
    pub fn live(&mut self, seed: u64, acts: u32) {
        let mut dice = Dice(seed);
        for _ in 0..acts {
            let minutes = i64::try_from(dice.roll(90)).expect("minutes");
            self.wait(minutes * 60 * Moment::SECOND + 7);
            if self.ids.is_empty() || dice.roll(5) == 0 {
                let office = dice.pick(&OFFICES).0;
                // One that has ended takes nothing in.
                let open = self.reference.office(office, self.now.date()).is_some();
                let office = if open { office } else { OFFICES[1].0 };
                let procedure = *dice.pick(&PROCEDURES);
                if dice.roll(3) == 0 {
                    self.submit(office, procedure);
                } else {
                    self.accept(office, procedure);
                }
                continue;
            }
            // Mostly one of the newest, so that lives lead somewhere.
            let newest = self.ids.len().saturating_sub(NEWEST);
            let id = if dice.roll(4) == 0 {
                *dice.pick(&self.ids)
            } else {
                *dice.pick(&self.ids[newest..])
            };
            let command = self.thrown(&mut dice);
            self.act(id, &command).ok();
        }
    }

    fn thrown(&self, dice: &mut Dice) -> DossierCommand {
        use DossierCommand as C;
        if dice.roll(4) == 0 {
            return Self::thrown_beside(dice);
        }
        match dice.roll(20) {
            0..=2 => C::Accept,
            3..=5 => C::Forward {
                to: "handler-7".into(),
            },
            6..=8 => C::SignResult { signature: None },
            9 => C::RequestSupplement {
                items: vec![1],
                approved_by: None,
            },
            10 => C::SubmitSupplement,
            11 => C::AcceptSupplement,
            12 => C::IssueApology {
                new_due_on: self.now.plus(9 * Moment::DAY).date(),
                responsible: None,
            },
            13 => C::RequestWithdrawal,
            14 => C::GrantWithdrawal,
            15 => C::RefuseResolution,
            16 => C::Redirect {
                to: dice.pick(&OFFICES).0.parse().expect("an office code"),
                kind: RedirectKind::WrongOffice,
            },
            17 => C::DeliverResult {
                method: DeliveryMethod::Counter,
            },
            18 => C::DenyWithdrawal,
            _ => C::ReissueCapability {
                capability: "11".repeat(32),
            },
        }
    }

    /// What goes on beside the main line: papers, money, voices.
    fn thrown_beside(dice: &mut Dice) -> DossierCommand {
        use DossierCommand as C;
        match dice.roll(10) {
            0 => C::RetractSupplementRequest,
            1 => C::FindStillDeficient,
            2 => C::ReceiveComponent {
                item: 1,
                form: ComponentForm::Copy,
                digitisation: *dice.pick(&[
                    Digitisation::None,
                    Digitisation::Here,
                    Digitisation::FromDossier,
                ]),
                size_bytes: None,
                signature: None,
                reused_from: None,
            },
            3 => C::IssueFinancialObligation {
                kind: ObligationKind::Charge,
                amount_vnd: FEE_VND,
                due_on: None,
            },
            4 => C::ConfirmPayment {
                number: 1,
                amount_vnd: FEE_VND,
                method: *dice.pick(&[PaymentMethod::Cash, PaymentMethod::NationalGateway]),
                reference: None,
            },
            5 => C::CancelFinancialObligation { number: 1 },
            6 | 7 => C::Rate {
                score: u8::try_from(dice.roll(3) + 1).expect("a score"),
                scale: 3,
                device: *dice.pick(&[RatingDevice::Own, RatingDevice::Office]),
                capability: Some("00".repeat(32)),
            },
            8 => C::SubmitFeedback {
                kind: FeedbackKind::Report,
                capability: Some("00".repeat(32)),
            },
            _ => C::AnswerFeedback {
                number: 1,
                published: false,
            },
        }
    }
}

fn opened(kind: JournalKind) -> Opened {
    Opened {
        id: Uuid::from_u128(63),
        origin: "localhost/story".into(),
        kind,
        clock: match kind {
            JournalKind::Live | JournalKind::Imported => ClockKind::Database,
            JournalKind::Simulated => ClockKind::Story,
        },
        format: FORMAT,
        story: None,
        teller: None,
    }
}

/// All that any command may need.
fn given(subject: Uuid) -> Circumstances {
    let part = Part {
        c: "AAAA".into(),
        kind: PartKind::Applicant,
        s: subject,
    };
    Circumstances {
        reason: Some(Reason::Other),
        basis: Some("Decree 61/2018 art. 19".into()),
        parts: vec![part],
        ..Circumstances::default()
    }
}

/// The channels a dossier may come in by, as the statistics group them.
pub fn is_online(dossier: &Dossier) -> bool {
    dossier.channel == Some(Channel::Online)
}
