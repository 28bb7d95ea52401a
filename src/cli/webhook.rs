//! `motcua webhook`: who is told of what happens, what was sent, and what came back.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use uuid::Uuid;

use super::outside::{Outside, random, work};
use super::place::Place;
use super::token::known_office;
use crate::acts;
use crate::domain::actor::{NO_OFFICE, is_id};
use crate::domain::dossier::DossierEvent;
use crate::reactions::webhooks::{Secret, row};
use crate::reactions::work::{Delivered, Standing, Subscriber, SubscriberState, Work};

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Tell a receiver of what happens from now on; prints the secret of its signatures.
    Add(Add),
    /// Print the receivers: state, how far they are, how far behind, what was laid aside.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Print the secret of a receiver's signatures once more.
    Secret(Named),
    /// Print what was sent and what came back, newest first.
    Log {
        #[command(flatten)]
        of: Named,
        /// How many attempts.
        #[arg(long, default_value_t = 20)]
        last: u32,
    },
    /// Send again: everything from a position on, in order. Receivers know by the id what they have.
    Replay {
        #[command(flatten)]
        of: Named,
        /// Position in the journal; 0 is its beginning.
        #[arg(long, value_name = "POSITION")]
        from: u64,
    },
    /// Print what a receiver refused to the end.
    Dead(Named),
    /// Send nothing more for now; the place is kept.
    Pause(Named),
    /// Go on from the place that was kept.
    Resume(Named),
    /// Take a receiver away, with its log.
    Remove(Named),
}

#[derive(Debug, Args)]
struct Named {
    #[command(flatten)]
    place: Place,
    /// What the receiver is called.
    name: String,
}

#[derive(Debug, Args)]
struct Add {
    #[command(flatten)]
    place: Place,
    /// What to call it, such as zalo-gateway-1.
    #[arg(long)]
    name: String,
    /// Where it listens: https://…
    #[arg(long, value_name = "URL")]
    url: String,
    /// Only dossiers that this office has, or had until then.
    #[arg(long, value_name = "CODE", default_value = NO_OFFICE)]
    office: String,
    /// Types of facts, such as dossier.accepted; several with commas. Unless told, what the public history tells.
    #[arg(long, value_name = "TYPE", value_delimiter = ',')]
    kind: Vec<String>,
    /// Position in the journal to begin with, instead of what happens from now on.
    #[arg(long, value_name = "POSITION")]
    from: Option<u64>,
    #[command(flatten)]
    outside: Outside,
}

pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let what = arguments.what;
    let desk = Desk::open(what.place()).await?;
    match &what {
        What::Add(wanted) => desk.add(wanted).await?,
        What::List { .. } => desk.list().await?,
        What::Secret(of) => {
            let subscriber = desk.work.subscriber(&of.name).await?;
            println!("{}", Secret::of(&of.place.keys()?, subscriber.id).shown());
        }
        What::Log { of, last } => {
            desk.work.subscriber(&of.name).await?;
            for line in desk.work.log(&of.name, *last).await? {
                println!("{}", told(&line));
            }
        }
        What::Replay { of, from } => {
            desk.activate(&of.name, Some(*from)).await?;
            println!("{} is sent everything from position {from} on.", of.name);
        }
        What::Dead(of) => desk.dead(&of.name).await?,
        What::Pause(of) => desk.pause(&of.name).await?,
        What::Resume(of) => {
            desk.activate(&of.name, None).await?;
            println!("{} is sent to again.", of.name);
        }
        What::Remove(of) => {
            desk.work.unsubscribe(&of.name).await?;
            desk.work.end(&row(&of.name)).await?;
            println!("{} is removed.", of.name);
        }
    }
    Ok(ExitCode::SUCCESS)
}

impl What {
    fn place(&self) -> &Place {
        match self {
            Self::Add(wanted) => &wanted.place,
            Self::List { place } => place,
            Self::Log { of, .. }
            | Self::Replay { of, .. }
            | Self::Secret(of)
            | Self::Dead(of)
            | Self::Pause(of)
            | Self::Resume(of)
            | Self::Remove(of) => &of.place,
        }
    }
}

/// The receivers of one journal.
struct Desk {
    work: Work,
    journal: Uuid,
    /// How far the journal goes.
    head: u64,
}

impl Desk {
    /// A journal must exist before anything is kept beside it.
    async fn open(place: &Place) -> anyhow::Result<Self> {
        let journal = place.journal_read_only().await?;
        Ok(Self {
            journal: acts::opened(&journal).await?.id,
            head: journal.head().await?.size,
            work: work(place).await?,
        })
    }

    async fn add(&self, wanted: &Add) -> anyhow::Result<()> {
        let Add {
            place,
            name,
            url,
            office,
            kind: kinds,
            from,
            outside,
        } = wanted;
        if !is_id(name) {
            bail!(
                "{name} is not a name: at most 64 letters, digits and . _ - : with a digit among them, such as zalo-gateway-1"
            );
        }
        let address = url
            .parse()
            .with_context(|| format!("not an address: {url}"))?;
        outside.guarded().check(&address)?;
        if let Some(unknown) = kinds.iter().find(|kind| !DossierEvent::is_kind(kind)) {
            bail!(
                "there is no fact of type {unknown}; docs/commands.md lists what each command records"
            );
        }
        if office != NO_OFFICE {
            known_office(place, office).await?;
        }
        let from = from.unwrap_or(self.head);
        self.check(from)?;
        let keys = place.keys()?;
        let subscriber = Subscriber {
            name: name.clone(),
            id: Uuid::from_bytes(random()?),
            url: address.to_string(),
            office: office.clone(),
            kinds: kinds.clone(),
            state: SubscriberState::Active,
            why: None,
        };
        self.work.subscribe(&subscriber).await?;
        self.work.begin(&row(name), from).await?;
        eprintln!(
            "{name} is told from position {from} on, within seconds by every running node. It checks signatures with this secret:"
        );
        println!("{}", Secret::of(&keys, subscriber.id).shown());
        Ok(())
    }

    async fn list(&self) -> anyhow::Result<()> {
        let (work, head) = (&self.work, self.head);
        for subscriber in work.subscribers().await? {
            let name = &subscriber.name;
            let standing = work.standing(&row(name)).await?;
            let dead = work.dead(name).await?.len();
            println!(
                "{name:<24} {:<7} {}",
                subscriber.state.name(),
                subscriber.url
            );
            let kinds = match subscriber.kinds.as_slice() {
                [] => "what the public history tells".to_owned(),
                kinds => kinds.join(", "),
            };
            println!("    office {}; {kinds}", subscriber.office);
            if let Some(standing) = &standing {
                println!("    {}", far(standing, head));
            }
            if dead > 0 {
                println!("    {dead} laid aside: motcua webhook dead {name}");
            }
            if let Some(why) = &subscriber.why {
                println!("    {why}: motcua webhook resume {name}");
            }
        }
        Ok(())
    }

    async fn dead(&self, name: &str) -> anyhow::Result<()> {
        self.work.subscriber(name).await?;
        for dead in self.work.dead(name).await? {
            println!(
                "{}  {}_{:<10} {} attempts  {}",
                dead.at, self.journal, dead.position, dead.attempts, dead.why
            );
        }
        Ok(())
    }

    async fn pause(&self, name: &str) -> anyhow::Result<()> {
        let paused = SubscriberState::Paused;
        self.work
            .set_state(name, paused, Some("by the operator"))
            .await?;
        // Whoever is at it stops after the message that is on its way.
        if let Some(standing) = self.work.standing(&row(name)).await? {
            self.work.reset(&row(name), standing.position).await?;
        }
        println!("{name} is paused.");
        Ok(())
    }

    /// Sends again, from the kept place or from another.
    async fn activate(&self, name: &str, from: Option<u64>) -> anyhow::Result<()> {
        self.check(from.unwrap_or_default())?;
        let active = SubscriberState::Active;
        self.work.set_state(name, active, None).await?;
        let place = row(name);
        let kept = self.work.standing(&place).await?;
        let from = from.or(kept.map(|standing| standing.position));
        let from = from.unwrap_or_default();
        if !self.work.reset(&place, from).await? {
            self.work.begin(&place, from).await?;
        }
        Ok(())
    }

    fn check(&self, from: u64) -> anyhow::Result<()> {
        if from > self.head {
            bail!(
                "the journal has {} facts; there is no position {from}",
                self.head
            );
        }
        Ok(())
    }
}

fn far(standing: &Standing, head: u64) -> String {
    let behind = head.saturating_sub(standing.position);
    let trying = match (standing.attempts, standing.claimed) {
        (0, _) | (_, true) => String::new(),
        (failed, false) => format!(
            "; failed {failed} times, again in {}",
            indicatif::HumanDuration(standing.due_in.max(Duration::from_secs(1)))
        ),
    };
    format!("at position {}, {behind} behind{trying}", standing.position)
}

fn told(Delivered { at, delivery }: &Delivered) -> String {
    let status = delivery
        .status
        .map_or_else(|| "—".to_owned(), |status| status.to_string());
    format!(
        "{at}  position {:<10} attempt {:<3} {status:<4} {:>5} ms {:>6} bytes  {}",
        delivery.position,
        delivery.attempt,
        delivery.took.as_millis(),
        delivery.bytes,
        delivery.error.as_deref().unwrap_or("accepted")
    )
}
