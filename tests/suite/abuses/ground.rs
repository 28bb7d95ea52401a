//! The invented district, served: officers try things through GraphQL over HTTP, and everybody reads what came of it.
//!
//! What lies in the past is told at the counter with the story's hour; what is tried today is sent to the door like
//! any client's request, with the token of a role. Today is the working morning after the story's last day.

use std::net::SocketAddr;
use std::time::Duration;

use motcua::acts::{Act, Counter, Personal, Request, found};
use motcua::api::{self, Api};
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::dossier::DossierCommand;
use motcua::domain::fact::stream;
use motcua::domain::part::PartKind;
use motcua::domain::reason::Reason;
use motcua::domain::time::Moment;
use motcua::journal::{Journal, Location};
use motcua::projections::{ReadModels, tracking};
use motcua::scenario::{Plan, Source};
use motcua::vault::{self, Keys, Vault};
use motcua::web::{self, Web};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client;
use crate::office::id;

/// The district's office and two communes of it.
pub const OFFICE: &str = "H99.40";
pub const FIRST: &str = "H99.40.01";
pub const SECOND: &str = "H99.40.02";
/// Three and seven working days.
pub const SHORT: &str = "1.001612";
pub const LONG: &str = "1.004222";

pub struct Town {
    pub base: String,
    pub api: Api,
    counter: Counter,
    stop: CancellationToken,
    _folders: [tempfile::TempDir; 2],
}

impl Drop for Town {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// One dossier of it.
#[derive(Debug, Clone)]
pub struct Known {
    pub id: Uuid,
    pub code: String,
    pub office: &'static str,
}

/// What an attempt came to.
#[derive(Debug)]
pub struct Tried {
    pub payload: Value,
}

impl Tried {
    /// Recorded; its position.
    #[track_caller]
    pub fn done(&self) -> u64 {
        assert_eq!(self.payload["errors"], json!([]), "{}", self.payload);
        assert_eq!(self.payload["visible"], true, "{}", self.payload);
        let position = self.payload["position"].as_str().expect("a position");
        position.parse().expect("a number")
    }

    /// Refused with this code alone, with what to do next in both languages, and nothing recorded.
    #[track_caller]
    pub fn refused(&self, code: &str) {
        assert_eq!(self.payload["errors"][0]["code"], code, "{}", self.payload);
        assert_eq!(self.payload["position"], Value::Null, "{}", self.payload);
        for language in ["messageVi", "messageEn"] {
            let text = self.payload["errors"][0][language].as_str();
            assert!(text.is_some_and(|text| text.len() > 15), "{}", self.payload);
        }
    }
}

/// The invented district on the morning after its story, with nothing played.
pub async fn given_the_district() -> Town {
    given(true).await
}

/// The same under a name that is not marked as invented.
pub async fn given_a_district_of_a_real_name() -> Town {
    given(false).await
}

async fn given(invented: bool) -> Town {
    let folders = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let [data, keys_folder] = &folders;
    let source = Source::find("abuses").expect("the shipped scenario");
    let plan = Plan::load(&source).expect("a plan");
    let location = Location::Sqlite(data.path().join("journal.db"));
    let journal = Journal::create_or_open(&location).await.expect("a journal");
    let mut opened = plan.opened(id(), "1");
    if let Some(story) = &mut opened.story {
        story.invented = invented;
    }
    let begun = found(&journal, opened, id(), Some(plan.opens_at())).await;
    begun.expect("the journal is begun");
    let keys = Keys::load_or_create(keys_folder.path()).expect("keys load");
    let safe = vault::Location::Sqlite(data.path().join("vault.db"));
    let vault = Vault::create_or_open(&safe, &keys).await.expect("a vault");
    let counter = Counter::open(journal.clone(), vault.clone(), &keys).await;
    let counter = counter.expect("a counter opens");
    let furnished = counter.furnish(plan.records(), Some(plan.opens_at())).await;
    furnished.expect("the shelf is furnished");
    let opened = ReadModels::open(data.path(), journal.clone()).await;
    let (models, projector) = opened.expect("read models open");
    let stop = CancellationToken::new();
    tokio::spawn(projector.run(stop.clone()));
    // Opened anew: the clock of a story is set by the reference shelf that it finds.
    let counter = {
        drop(counter);
        let again = Counter::open(journal.clone(), vault.clone(), &keys).await;
        again.expect("a counter opens")
    };
    let api = Api::new(counter.clone(), models, journal, vault, &keys);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
    let listener = listener.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    let router = api::router(api.clone()).merge(web::router(Web::new(api.clone(), [7; 32], None)));
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await });
    Town {
        base,
        api,
        counter,
        stop,
        _folders: folders,
    }
}

/// An hour of the office's wall clock: `2025-05-05T09:00`.
pub fn hour(text: &str) -> Moment {
    Moment::from_local(text.parse().expect("a local time"))
}

impl Town {
    /// Something that happened in the past. What the counter says is an error of the test.
    pub async fn past(&self, at: &str, request: Request) -> u64 {
        let request = Request {
            at: Some(hour(at)),
            ..request
        };
        let receipt = self.counter.submit(request).await.expect("done");
        let head = self.api.journal.head().await.expect("a head");
        assert_eq!(
            head.recorded_at,
            Some(hour(at)),
            "the past is told before today"
        );
        let wait = Duration::from_secs(10);
        let shown = self.api.models.reach(receipt.size() - 1, wait).await;
        assert!(shown, "not shown");
        receipt.position
    }

    /// Papers taken in at a counter in the past.
    pub async fn accepted(&self, at: &str, office: &'static str, procedure: &str) -> Known {
        let command = DossierCommand::AcceptAtCounter {
            procedure: procedure.parse().expect("a procedure code"),
            office: office.parse().expect("an office code"),
            capability: None,
            code: None,
        };
        self.begun(at, office, Role::Receiver, command).await
    }

    /// A dossier submitted online in the past, by the applicant of this number.
    pub async fn submitted(&self, at: &str, office: &'static str, procedure: &str) -> Known {
        let command = DossierCommand::Submit {
            procedure: procedure.parse().expect("a procedure code"),
            office: office.parse().expect("an office code"),
            capability: None,
            assisted_by: None,
        };
        self.begun(at, office, Role::Applicant, command).await
    }

    async fn begun(
        &self,
        at: &str,
        office: &'static str,
        role: Role,
        command: DossierCommand,
    ) -> Known {
        let id = id();
        let dossier = stream::dossier(id);
        let act = Act::Dossier { dossier, command };
        let personal = vec![Personal {
            file: None,
            kind: PartKind::Applicant,
            value: json!({ "name": "Công dân 000123" }),
        }];
        let request = Request {
            personal,
            ..Request::new(id, person(role, office), act)
        };
        self.past(at, request).await;
        let row = tracking::by_id(&self.api.models, dossier).await;
        let row = row.expect("a row").expect("a dossier");
        Known {
            id: dossier,
            code: row.code.expect("a code"),
            office,
        }
    }

    /// A command of the past on a dossier, by the usual officer of the role.
    pub async fn did(&self, at: &str, known: &Known, role: Role, command: DossierCommand) -> u64 {
        self.did_because(at, known, role, command, None).await
    }

    pub async fn did_because(
        &self,
        at: &str,
        known: &Known,
        role: Role,
        command: DossierCommand,
        reason: Option<Reason>,
    ) -> u64 {
        let dossier = known.id;
        let act = Act::Dossier { dossier, command };
        let request = Request {
            reason,
            ..Request::new(id(), person(role, known.office), act)
        };
        self.past(at, request).await
    }

    /// A dossier accepted and forwarded in the past, and untouched since.
    pub async fn lying(&self, at: &str, office: &'static str, procedure: &str) -> Known {
        let known = self.accepted(at, office, procedure).await;
        let to = person(Role::Handler, office).id;
        let forward = DossierCommand::Forward { to };
        self.did(at, &known, Role::Receiver, forward).await;
        known
    }

    /// The dossier that an attempt began.
    pub async fn known(&self, tried: &Tried, office: &'static str) -> Known {
        let code = tried.payload["code"].as_str().expect("a code").to_owned();
        let row = tracking::by_code(&self.api.models, &code).await;
        Known {
            id: row.expect("a row").expect("a dossier").id,
            code,
            office,
        }
    }

    /// Tries a mutation today: `signResult`, with the fields of its input beside `commandId`.
    pub async fn tries(&self, who: &Actor, mutation: &str, input: Value) -> Tried {
        self.tries_as(Some(who), mutation, input).await
    }

    /// The same without signing in.
    pub async fn tries_unsigned(&self, mutation: &str, input: Value) -> Tried {
        self.tries_as(None, mutation, input).await
    }

    async fn tries_as(&self, who: Option<&Actor>, mutation: &str, mut input: Value) -> Tried {
        input["commandId"] = json!(id());
        let mut letters = mutation.chars();
        let head = letters.next().expect("a name").to_ascii_uppercase();
        let query = format!(
            "mutation($input: {head}{}Input!) {{ {mutation}(input: $input) {{
                 code position capability visible errors {{ code messageVi messageEn }} }} }}",
            letters.as_str()
        );
        let mut data = self.ask(who, &query, json!({ "input": input })).await;
        Tried {
            payload: data[mutation].take(),
        }
    }

    /// Tries a mutation on a dossier as the usual officer of the role.
    pub async fn tries_on(
        &self,
        known: &Known,
        role: Role,
        mutation: &str,
        mut input: Value,
    ) -> Tried {
        input["dossier"] = json!(known.code);
        let who = person(role, known.office);
        self.tries(&who, mutation, input).await
    }

    /// The data of an answer without errors.
    pub async fn ask(&self, who: Option<&Actor>, query: &str, variables: Value) -> Value {
        let mut answer = self.answer(who, query, variables).await;
        assert_eq!(answer.get("errors"), None, "{query}\n{answer}");
        answer["data"].take()
    }

    /// The whole answer, whatever it is.
    pub async fn answer(&self, who: Option<&Actor>, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let request = client::client().post(format!("{}/graphql", self.base));
        let mut request = request.json(&body);
        if let Some(who) = who {
            request = request.bearer_auth(self.api.sign_in.issue(who, Duration::from_mins(1)));
        }
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// What anybody with the code reads.
    pub async fn citizen(&self, known: &Known) -> Value {
        let query = "query($code: String!) { tracking(code: $code) {
            status statusLabel { vi en } nextStep { vi en } timeliness slackDays dueAt originalDueAt receivedAt endedAt
            apologies breaches progressPercent office { code } channel
            history { position at label { vi en } reason { vi en } breach dueBefore dueAfter correction }
            results { number standing }
            turns { office originalDueAt endKind workingDays }
            syncs { system outcome remoteStatus ageMinutes } } }";
        let data = self.ask(None, query, json!({ "code": known.code })).await;
        data["tracking"].clone()
    }

    /// What an officer of the dossier's office reads.
    pub async fn officer(&self, known: &Known) -> Value {
        let query = "query($code: String!) { dossier(by: { code: $code }) {
            status handler dueAt originalDueAt timeliness overdue apologies breaches supplementRequests version
            history(first: 100) { nodes { kind actor role office reason basis breach claimedAt recordedAt } } } }";
        let who = person(Role::CentreManager, known.office);
        let data = self
            .ask(Some(&who), query, json!({ "code": known.code }))
            .await;
        data["dossier"].clone()
    }

    /// Every fact of the dossier, as an auditor reads it.
    pub async fn auditor(&self, known: &Known) -> Vec<Value> {
        let query = "query($code: String!) { auditTrail(filter: { code: $code }, first: 100) { nodes {
            position kind actor role office claimedAt recordedAt receivedAt reason basis breach leafHash
            changes { field before after } } } }";
        let data = self
            .ask(Some(&auditor()), query, json!({ "code": known.code }))
            .await;
        list(&data["auditTrail"]["nodes"])
    }

    /// The auditor's facts of one kind.
    pub async fn facts(&self, known: &Known, kind: &str) -> Vec<Value> {
        let mut facts = self.auditor(known).await;
        facts.retain(|fact| fact["kind"] == kind);
        facts
    }

    /// What the detector found by one rule in the town's whole life.
    pub async fn findings(&self, rule: &str) -> Vec<Value> {
        let data = self
            .ask(Some(&auditor()), FINDINGS, json!({ "rule": rule }))
            .await;
        list(&data["findings"]["nodes"])
    }

    /// The one finding of a rule about a dossier; it must lead to facts of this kind.
    pub async fn found(&self, rule: &str, known: &Known, kind: &str) -> Value {
        let all = self.findings(rule).await;
        let of_it = |one: &&Value| list(&one["codes"]).contains(&json!(known.code));
        let mut of_it: Vec<&Value> = all.iter().filter(of_it).collect();
        let finding = of_it
            .pop()
            .unwrap_or_else(|| panic!("{rule} found {all:#?}"));
        assert!(of_it.is_empty(), "{all:#?}");
        let facts = list(&finding["facts"]);
        assert!(facts.iter().any(|fact| fact["kind"] == kind), "{finding:#}");
        let positions = list(&finding["positions"]);
        assert!(
            facts
                .iter()
                .all(|fact| positions.contains(&fact["position"]))
        );
        assert!(
            finding["rule"]["version"]
                .as_u64()
                .is_some_and(|version| version > 0)
        );
        finding.clone()
    }

    /// A rule that finds nothing about a dossier.
    pub async fn then_not_found(&self, rule: &str, known: &Known) {
        let all = self.findings(rule).await;
        let of_it = all
            .iter()
            .find(|one| list(&one["codes"]).contains(&json!(known.code)));
        assert_eq!(of_it, None);
    }

    /// A page for everybody.
    pub async fn page(&self, path: &str) -> String {
        let got = client::client().get(format!("{}{path}", self.base)).send();
        let got = got.await.expect("an answer");
        assert_eq!(got.status().as_u16(), 200, "{path}");
        got.text().await.expect("a text")
    }
}

const FINDINGS: &str = "query($rule: String) {
    findings(rule: $rule, from: \"2025-02-28\", to: \"2025-12-31\", first: 20) { nodes {
        rule { code version name { vi en } innocentExplanation { vi en } } officeCode from to amount
        rate { numerator denominator percent } positions codes facts(first: 10) { position kind code actor } } } }";

/// The officer of a role at an office; applicants act for nobody.
pub fn person(role: Role, office: &str) -> Actor {
    let office = match role {
        Role::Applicant | Role::System => NO_OFFICE,
        _ => office,
    };
    if role == Role::System {
        return Actor::system();
    }
    Actor::new(format!("{}-01", role.name()), office, role)
}

/// Reads everything of every office.
pub fn auditor() -> Actor {
    Actor::new("auditor-01", NO_OFFICE, Role::Auditor)
}

pub fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}
