//! Questions of one kind that come while one is being answered are asked together, in one statement: each statement wakes the
//! connection's thread and is waited for, which costs more than finding another row. Nobody waits while nothing is asked.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::mem::{replace, take};
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use tokio::sync::oneshot;

/// How many are asked in one statement.
const MOST: usize = 256;

/// Gathers questions of one kind, by key.
pub struct Together<K, V>(Arc<Mutex<Gathered<K, V>>>);

type Waiting<K, V> = (K, oneshot::Sender<Option<V>>);

struct Gathered<K, V> {
    waiting: Vec<Waiting<K, V>>,
    is_asking: bool,
}

impl<K, V> Default for Together<K, V> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Gathered {
            waiting: Vec::new(),
            is_asking: false,
        })))
    }
}

impl<K, V> Together<K, V>
where
    K: Clone + Eq + Hash + Send + 'static,
    V: Clone + Send + 'static,
{
    /// What `ask` finds under `key`, read after this was called. `ask` is given several keys, each of them once.
    ///
    /// # Errors
    /// What `ask` says of this key alone, where it found nothing out of several.
    pub async fn ask<Ask, Found, E>(&self, key: K, ask: Ask) -> Result<Option<V>, E>
    where
        Ask: Fn(Vec<K>) -> Found + Clone + Send + Sync + 'static,
        Found: Future<Output = Result<HashMap<K, V>, E>> + Send + 'static,
        E: Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        if self.is_first((key.clone(), answer)) {
            // On its own: whoever came first may go away, and the others still wait.
            tokio::spawn(answer_all(Arc::clone(&self.0), ask.clone()));
        }
        if let Ok(found) = answered.await {
            return Ok(found);
        }
        Ok(ask(vec![key.clone()]).await?.remove(&key))
    }

    /// As [`Together::ask`], for what is looked for key by key: many who ask for the same have it looked for once.
    ///
    /// # Errors
    /// What `one` says of this key.
    pub async fn ask_each<One, Found, E>(&self, key: K, one: One) -> Result<Option<V>, E>
    where
        K: Sync,
        V: Sync,
        One: Fn(K) -> Found + Clone + Send + Sync + 'static,
        Found: Future<Output = Result<Option<V>, E>> + Send + 'static,
        E: Send + 'static,
    {
        let several = move |keys: Vec<K>| {
            let one = one.clone();
            async move {
                let mut all = HashMap::new();
                for key in keys {
                    let found = one(key.clone()).await?;
                    all.extend(found.map(|found| (key, found)));
                }
                Ok(all)
            }
        };
        self.ask(key, several).await
    }

    /// Adds one that waits; nobody is asking for those yet?
    fn is_first(&self, one: Waiting<K, V>) -> bool {
        let mut gathered = lock(&self.0);
        gathered.waiting.push(one);
        !replace(&mut gathered.is_asking, true)
    }
}

async fn answer_all<K, V, Ask, Found, E>(gathered: Arc<Mutex<Gathered<K, V>>>, ask: Ask)
where
    K: Clone + Eq + Hash + Send,
    V: Clone + Send,
    Ask: Fn(Vec<K>) -> Found + Send + Sync,
    Found: Future<Output = Result<HashMap<K, V>, E>> + Send,
    E: Send,
{
    loop {
        let now = {
            let mut gathered = lock(&gathered);
            let mut now = take(&mut gathered.waiting);
            gathered.waiting = now.split_off(now.len().min(MOST));
            gathered.is_asking = !now.is_empty();
            now
        };
        if now.is_empty() {
            return;
        }
        let keys: HashSet<K> = now.iter().map(|(key, _)| key.clone()).collect();
        // Whatever goes wrong, the next are answered too; these ask alone and are told what it is.
        let asked = AssertUnwindSafe(ask(keys.into_iter().collect()));
        let Ok(Ok(found)) = asked.catch_unwind().await else {
            continue;
        };
        for (key, answer) in now {
            answer.send(found.get(&key).cloned()).ok();
        }
    }
}

fn lock<K, V>(gathered: &Mutex<Gathered<K, V>>) -> MutexGuard<'_, Gathered<K, V>> {
    gathered.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn those_who_come_meanwhile_are_asked_together_and_each_gets_its_own_answer() {
        let together = Together::<u32, u32>::default();
        let asked = Arc::new(AtomicUsize::new(0));
        let ask = |counted: &Arc<AtomicUsize>| {
            let counted = Arc::clone(counted);
            move |keys: Vec<u32>| {
                counted.fetch_add(1, Ordering::Relaxed);
                async move {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    let even = keys.into_iter().filter(|key| key % 2 == 0);
                    Ok::<_, ()>(even.map(|key| (key, key * 10)).collect())
                }
            }
        };
        let answers = join_all((0..100).map(|n| together.ask(n % 50, ask(&asked)))).await;
        for (n, answer) in answers.into_iter().enumerate() {
            let key = u32::try_from(n % 50).unwrap();
            assert_eq!(answer, Ok((key % 2 == 0).then_some(key * 10)));
        }
        assert!(asked.load(Ordering::Relaxed) <= 3);
    }

    #[tokio::test]
    async fn a_question_that_fails_or_falls_is_asked_again_alone_and_keeps_nobody_waiting() {
        let together = Together::<u32, u32>::default();
        let fails = |_| async { Err::<HashMap<u32, u32>, _>("it fails") };
        let failed = together.ask(1, fails).await;
        assert_eq!(failed.expect_err("it fails"), "it fails");
        let asked = Arc::new(AtomicUsize::new(0));
        let found = |keys: Vec<u32>| Ok::<_, ()>(keys.into_iter().map(|n| (n, n)).collect());
        let falls_once = move |keys: Vec<u32>| {
            let asked = Arc::clone(&asked);
            async move {
                assert!(asked.fetch_add(1, Ordering::Relaxed) > 0, "it falls");
                found(keys)
            }
        };
        assert_eq!(together.ask(3, falls_once).await, Ok(Some(3)));
        let works = move |keys: Vec<u32>| async move { found(keys) };
        assert_eq!(together.ask(7, works).await, Ok(Some(7)));
    }
}
