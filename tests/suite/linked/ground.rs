//! A commune's one-stop unit and two agencies behind it, each at a node of its own, on a story's clock that the test sets.

use std::time::Duration;

use motcua::acts::{Act, Request, shelf};
use motcua::api::Api;
use motcua::domain::actor::{Actor, NO_OFFICE, Role};
use motcua::domain::catalogue::Level;
use motcua::domain::law::Certainty;
use motcua::domain::office::Office;
use motcua::domain::reason::Reason;
use serde_json::{Value, json};

use crate::client::client;
use crate::door::ground::serve;
use crate::grounds::Ground;
use crate::office::{self, OFFICE, id};
use crate::reactions::ground::{Node, Place};

pub const POLICE: &str = "G01.38.40";
pub const INSURANCE: &str = "G24.38.40";
/// The birth group of Decree 301/2026.
pub const BIRTH: &str = "2.000986";

const PATIENCE: Duration = Duration::from_mins(1);

pub struct Town {
    place: Place,
    commune: Desk,
    agencies: Desk,
}

/// One node with its doors; what follows from facts is done by both.
struct Desk {
    node: Node,
    api: Api,
    base: String,
}

impl Desk {
    async fn open(place: &Place, name: &str) -> Self {
        let node = place.node(name).await;
        let api = place.api(&node).await;
        let base = serve(&api).await;
        node.react();
        Self { node, api, base }
    }
}

impl Town {
    pub async fn begin(ground: Ground) -> Self {
        let mut shelf = shelf::shipped(None).expect("the shipped shelf");
        let agency = |code: &str, name: &str| Office {
            level: Level::Vertical,
            name_vi: name.to_owned(),
            name_en: name.to_owned(),
            certainty: Certainty::Illustrative,
            ..office::office(code)
        };
        shelf.push(Act::OpenOffice(office::office(OFFICE)));
        shelf.push(Act::OpenOffice(office::office("H38.40.02")));
        shelf.push(Act::OpenOffice(agency(POLICE, "Công an xã (thử)")));
        shelf.push(Act::OpenOffice(agency(INSURANCE, "Bảo hiểm xã hội (thử)")));
        let place = Place::begin_with(ground, "2026-11-03", shelf).await;
        let commune = Desk::open(&place, "commune").await;
        let agencies = Desk::open(&place, "agencies").await;
        Self {
            place,
            commune,
            agencies,
        }
    }

    /// Goes on at this hour: both nodes are stopped and started again.
    pub async fn at(self, when: &str) -> Self {
        let receiver = Actor::new("receiver-02", "H38.40.02", Role::Receiver);
        let office = "H38.40.02".parse().expect("a code");
        let tick = Request {
            reason: Some(Reason::PaperSpoiled),
            ..Request::new(id(), receiver, Act::VoidCode { office })
        };
        self.commune.node.submit(when, tick).await;
        let Self {
            place,
            commune,
            agencies,
        } = self;
        drop((commune, agencies));
        let commune = Desk::open(&place, "commune").await;
        let agencies = Desk::open(&place, "agencies").await;
        commune.node.follow().await;
        agencies.node.follow().await;
        Self {
            place,
            commune,
            agencies,
        }
    }

    fn desk(&self, office: &str) -> &Desk {
        if office == OFFICE {
            &self.commune
        } else {
            &self.agencies
        }
    }

    /// Asks the office's own node as somebody who works there.
    pub async fn ask(&self, who: Option<(Role, &str)>, query: &str, variables: Value) -> Value {
        let desk = self.desk(who.map_or(OFFICE, |(_, office)| office));
        let url = format!("{}/graphql", desk.base);
        let mut request = client().post(url).json(&json!({
            "query": query,
            "variables": variables,
        }));
        if let Some((role, office)) = who {
            let office = match role {
                Role::Auditor => NO_OFFICE,
                _ => office,
            };
            let actor = Actor::new(format!("{}-01", role.name()), office, role);
            let token = desk.api.sign_in.issue(&actor, Duration::from_mins(10));
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer");
        let mut answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    /// Gives a command through the office's own node: the payload.
    pub async fn tries(&self, who: (Role, &str), mutation: &str, mut input: Value) -> Value {
        input["commandId"] = json!(id());
        let mut name = mutation[..1].to_uppercase();
        name.push_str(&mutation[1..]);
        let query = format!(
            "mutation ($input: {name}Input!) {{ done: {mutation}(input: $input) {{
                code position dossier {{ status }} errors {{ code messageEn }} }} }}"
        );
        let mut data = self.ask(Some(who), &query, json!({ "input": input })).await;
        data["done"].take()
    }

    /// The same, and it must be taken.
    pub async fn does(&self, who: (Role, &str), mutation: &str, input: Value) -> Value {
        let done = self.tries(who, mutation, input).await;
        assert_eq!(done["errors"], json!([]), "{mutation}: {done}");
        let position = done["position"].as_str().expect("a position");
        let size: u64 = position.parse().expect("a number");
        for desk in [&self.commune, &self.agencies] {
            assert!(desk.node.models.reach(size, PATIENCE).await, "shown");
        }
        done
    }

    /// What everybody sees of the legs.
    pub async fn legs(&self, code: &str) -> Vec<Value> {
        let query = "query ($code: String!) { tracking(code: $code) { legs {
            place name { vi } office { code } status statusLabel { vi } openedAt readySince acknowledgeBy acceptedAt dueAt
            timeliness waitsFor outcome endedAt deliveredAt limitCertainty limitNote { vi } after code } } }";
        let mut data = self.ask(None, query, json!({ "code": code })).await;
        let Value::Array(legs) = data["tracking"]["legs"].take() else {
            panic!("no legs");
        };
        legs
    }

    /// The code of a leg in its agency's register, once its agency has it.
    pub async fn leg_code(&self, code: &str, place: u32) -> String {
        let query = "query ($code: String!) { dossier(by: {code: $code}) { legs { place code } } }";
        for _ in 0..600 {
            let who = Some((Role::Receiver, OFFICE));
            let data = self.ask(who, query, json!({ "code": code })).await;
            let legs = data["dossier"]["legs"].as_array().expect("legs").clone();
            let leg = legs.iter().find(|leg| leg["place"] == place);
            if let Some(code) = leg.and_then(|leg| leg["code"].as_str()) {
                self.agencies.node.follow().await;
                return code.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("leg {place} was never opened");
    }

    /// The whole page a citizen sees.
    pub async fn page(&self, path: &str) -> String {
        let answer = client().get(format!("{}{path}", self.commune.base)).send();
        answer.await.expect("an answer").text().await.expect("text")
    }

    /// The read models are what replaying the journal gives.
    pub async fn replays(&self) {
        let journal = &self.commune.node.journal;
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().join("again.sqlite");
        let size = journal.head().await.expect("a head").size;
        motcua::projections::replay_until(&out, journal, size, |_| {})
            .await
            .expect("replayed");
        self.commune.node.follow().await;
        let again = crate::projections::dump_file(&out).await;
        let shown = crate::projections::dump(&self.place.data("commune")).await;
        crate::projections::the_same(&again, &shown);
    }
}
