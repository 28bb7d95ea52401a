//! A told story behind its own HTTP door, asked in GraphQL by somebody who has nothing but the address.

use std::time::Duration;

use motcua::api::{self, Api};
use motcua::domain::actor::Actor;
use motcua::projections::ReadModels;
use motcua::scenario::expected::{Question, Scope, Tally};
use serde_json::{Value, json};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::told::Told;
use crate::client::client;

const STATISTICS: &str = "query($from: Date!, $to: Date!, $office: String, $level: Level, $channel: Channel,
        $comparison: Comparison!) {
    statistics(from: $from, to: $to, office: $office, level: $level, channel: $channel, comparison: $comparison) {
        received { online direct carriedOver }
        settled { early onTime late undated total }
        closed { total }
        pending { total }
        onlineRate { numerator denominator }
        earlyAndOnTimeRate { numerator denominator }
        balanced } }";

pub struct Served {
    pub api: Api,
    url: String,
    client: reqwest::Client,
    stop: CancellationToken,
    tasks: [JoinHandle<()>; 2],
}

impl Served {
    /// Opens the door when everything recorded can be seen.
    pub async fn open(told: &Told) -> Self {
        let size = told.journal.head().await.expect("a head").size;
        let opened = ReadModels::open(&told.read_models(), told.journal.clone()).await;
        let (models, projector) = opened.expect("read models open");
        let stop = CancellationToken::new();
        let until = stop.clone();
        let following =
            tokio::spawn(async move { projector.run(until).await.expect("it followed") });
        assert!(models.reach(size - 1, Duration::from_mins(5)).await);
        let (counter, journal) = (told.counter.clone(), told.journal.clone());
        let api = Api::new(counter, models, journal, told.vault.clone(), &told.keys);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let router = api::router(api.clone());
        let until = stop.clone().cancelled_owned();
        let serving = axum::serve(listener, router).with_graceful_shutdown(until);
        let serving = tokio::spawn(async move { serving.await.expect("it served") });
        Self {
            api,
            url,
            client: client(),
            stop,
            tasks: [following, serving],
        }
    }

    pub async fn close(self) {
        let Self {
            api,
            client,
            stop,
            tasks,
            ..
        } = self;
        stop.cancel();
        drop((api, client));
        for task in tasks {
            task.await.expect("it ended well");
        }
    }

    /// The data of an answer without errors.
    pub async fn ask(&self, actor: Option<&Actor>, query: &str, variables: Value) -> Value {
        let mut answer = self.try_ask(actor, query, variables).await;
        assert_eq!(answer.get("errors"), None, "{answer}");
        answer["data"].take()
    }

    /// The whole answer.
    pub async fn try_ask(&self, actor: Option<&Actor>, query: &str, variables: Value) -> Value {
        let body = json!({ "query": query, "variables": variables });
        let mut request = self
            .client
            .post(format!("{}/graphql", self.url))
            .json(&body);
        if let Some(actor) = actor {
            request = request.bearer_auth(self.api.sign_in.issue(actor, Duration::from_mins(1)));
        }
        let response = request.send().await.expect("an answer");
        response.json().await.expect("JSON")
    }

    /// The figures of a question; the rates must be made of the same counts.
    pub async fn tally(&self, question: &Question) -> Tally {
        let told = self.ask(None, STATISTICS, variables(question)).await["statistics"].take();
        let count = |group: &str, part: &str| told[group][part].as_u64().expect("a count");
        let online = count("received", "online");
        let tally = Tally {
            received: online + count("received", "direct"),
            online,
            settled: count("settled", "total"),
            early: count("settled", "early"),
            on_time: count("settled", "onTime"),
            late: count("settled", "late"),
            closed: count("closed", "total"),
            pending: count("pending", "total"),
        };
        let rate = |name: &str| (count(name, "numerator"), count(name, "denominator"));
        assert_eq!(rate("onlineRate"), (tally.online, tally.received));
        let dated = tally.settled - count("settled", "undated");
        let in_time = tally.early + tally.on_time;
        assert_eq!(rate("earlyAndOnTimeRate"), (in_time, dated));
        assert_eq!(told["balanced"], true, "{told}");
        tally
    }
}

/// A question as the variables of the query.
fn variables(question: &Question) -> Value {
    let (office, level) = match &question.scope {
        Scope::All => (None, None),
        Scope::Unit(code) => (Some(code.to_string()), None),
        Scope::Level(level) => (None, Some(format!("{level:?}").to_uppercase())),
    };
    json!({
        "from": question.from,
        "to": question.to,
        "office": office,
        "level": level,
        "channel": question.channel.map(|channel| channel.name().to_uppercase()),
        "comparison": format!("{:?}", question.comparison).to_uppercase(),
    })
}
