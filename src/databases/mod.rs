//! THE WAY to databases. PostgreSQL: one server, or several of which one is the primary now and another may be in a minute.
//!
//! sqlx knows one host. An address with several, as libpq writes it (`postgres://user:password@one:5432,two:5432/database`),
//! is tried here: whichever takes writes is used, and pools move with it.

pub mod file;
pub mod insert;
pub mod readers;
pub mod tables;
pub mod together;
pub mod written_back;

use std::str::FromStr as _;
use std::sync::{Arc, Weak};
use std::time::Duration;

use futures_util::future::join_all;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgConnection, PgPool, query_scalar};
use tokio::time::{sleep, timeout};

/// How long a server may take to say whether it is the primary.
const ANSWER_MAX: Duration = Duration::from_secs(2);
/// How long a server may take to let somebody in.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// A connection that answered as lately as this is taken to live.
const TRUSTED: Duration = Duration::from_secs(1);
/// How often a pool asks whether its server still is.
const LOOK: Duration = Duration::from_secs(1);

const IS_PRIMARY: &str = "select not pg_is_in_recovery()";

/// The servers of one address.
#[derive(Clone)]
pub struct Servers {
    each: Vec<PgConnectOptions>,
}

/// Held beside a pool: lets it move with the primary as long as it is there.
#[derive(Clone, Default)]
pub struct Moving {
    _held: Option<Arc<()>>,
}

impl Servers {
    /// Those of an address; what connects is called `name` in the servers' own lists.
    ///
    /// `extra_float_digits` is left alone because a pooler in between may refuse it at the start.
    ///
    /// # Errors
    /// An address that cannot be read.
    pub fn of(address: &str, name: &str) -> sqlx::Result<Self> {
        let one = |address: String| {
            let options = PgConnectOptions::from_str(&address)?;
            Ok(options.extra_float_digits(None).application_name(name))
        };
        let each = each(address).into_iter().map(one);
        Ok(Self {
            each: each.collect::<sqlx::Result<_>>()?,
        })
    }

    /// The same, under another name.
    #[must_use]
    pub fn named(&self, name: &str) -> Self {
        let each = self.each.iter().cloned();
        Self {
            each: each.map(|options| options.application_name(name)).collect(),
        }
    }

    /// How to reach the one that is used now: the only one, or the first that is primary.
    ///
    /// # Errors
    /// When there are several and none is: what the last one said.
    pub async fn now(&self) -> sqlx::Result<PgConnectOptions> {
        if let [only] = &self.each[..] {
            return Ok(only.clone());
        }
        let asked = self.each.iter().map(|options| async move {
            match timeout(ANSWER_MAX, is_primary(options)).await {
                Ok(answer) => answer,
                Err(_) => Err(sqlx::Error::PoolTimedOut),
            }
        });
        let mut last = sqlx::Error::Protocol("no server of this address is the primary".into());
        for (options, answer) in self.each.iter().zip(join_all(asked).await) {
            match answer {
                Ok(true) => return Ok(options.clone()),
                Ok(false) => {}
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// A connection to the one that is used now.
    pub async fn connect(&self) -> sqlx::Result<PgConnection> {
        PgConnection::connect_with(&self.now().await?).await
    }

    /// A pool that moves with the primary, as long as what is given with it is held.
    pub async fn pool(&self, pool: PgPoolOptions) -> sqlx::Result<(PgPool, Moving)> {
        let now = self.now().await?;
        // A pool would go on trying and say no more than that it took too long.
        let first = timeout(CONNECT_MAX, PgConnection::connect_with(&now)).await;
        first
            .unwrap_or(Err(sqlx::Error::PoolTimedOut))?
            .close()
            .await
            .ok();
        let pool = pool.test_before_acquire(false);
        // One that was given up while it waited may never answer; its place is not kept for it.
        let pool = pool.after_release(|connection, _| {
            Box::pin(async move {
                let answer = timeout(ANSWER_MAX, connection.ping()).await;
                answer.unwrap_or(Err(sqlx::Error::PoolTimedOut))?;
                Ok(true)
            })
        });
        if self.each.len() == 1 {
            // One that has just answered is not asked: that is a round trip for each question.
            let pool = pool.before_acquire(|connection, meta| {
                Box::pin(async move {
                    if meta.idle_for > TRUSTED {
                        connection.ping().await?;
                    }
                    Ok(true)
                })
            });
            return Ok((pool.connect_with(now).await?, Moving::default()));
        }
        // One that was the primary and is no more is given up: it would take no writes, or older ones than there are.
        let pool = pool.before_acquire(|connection, _| {
            Box::pin(async move { query_scalar(IS_PRIMARY).fetch_one(connection).await })
        });
        let pool = pool.connect_with(now.clone()).await?;
        let held = Arc::new(());
        let (servers, moved) = (self.clone(), pool.clone());
        tokio::spawn(servers.move_with_primary(moved, now, Arc::downgrade(&held)));
        Ok((pool, Moving { _held: Some(held) }))
    }

    async fn move_with_primary(self, pool: PgPool, mut used: PgConnectOptions, held: Weak<()>) {
        let mut watched: Option<PgConnection> = None;
        while held.strong_count() > 0 {
            sleep(LOOK).await;
            let still = match &mut watched {
                Some(connection) => timeout(ANSWER_MAX, ask(connection)).await,
                None => timeout(ANSWER_MAX, is_primary(&used)).await,
            };
            if matches!(still, Ok(Ok(true))) {
                if watched.is_none() {
                    watched = PgConnection::connect_with(&used).await.ok();
                }
                continue;
            }
            watched = None;
            if let Ok(now) = self.now().await {
                if place(&now) != place(&used) {
                    tracing::warn!(
                        to = place(&now).0,
                        port = place(&now).1,
                        "the primary is another server now"
                    );
                    pool.set_connect_options(now.clone());
                }
                used = now;
            }
        }
    }
}

fn place(options: &PgConnectOptions) -> (String, u16) {
    (options.get_host().to_owned(), options.get_port())
}

async fn is_primary(options: &PgConnectOptions) -> sqlx::Result<bool> {
    let mut connection = PgConnection::connect_with(options).await?;
    let answer = ask(&mut connection).await;
    connection.close().await.ok();
    answer
}

async fn ask(connection: &mut PgConnection) -> sqlx::Result<bool> {
    query_scalar(IS_PRIMARY).fetch_one(connection).await
}

/// An address for each host of an address.
fn each(address: &str) -> Vec<String> {
    let Some((scheme, rest)) = address.split_once("://") else {
        return vec![address.to_owned()];
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (user, hosts) = match authority.rsplit_once('@') {
        Some((user, hosts)) => (format!("{user}@"), hosts),
        None => (String::new(), authority),
    };
    let hosts = hosts.split(',');
    hosts
        .map(|host| format!("{scheme}://{user}{host}{path}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_with_several_hosts_is_one_address_each() {
        let told = each("postgres://clerk:a,b@one:5432,two:5433/office?sslmode=require");
        let expected = [
            "postgres://clerk:a,b@one:5432/office?sslmode=require",
            "postgres://clerk:a,b@two:5433/office?sslmode=require",
        ];
        assert_eq!(told, expected);
        let alone = "postgres:///office?host=/run/postgresql";
        assert_eq!(each(alone), [alone]);
    }
}
