//! Small numbers of sensitive procedures describe people and not an office: such groups are told together, never alone.

use super::groups::{self, Dimension, Groups, Tally};
use super::{Counts, Query, Settled};
use crate::domain::reference::Reference;
use crate::projections::{ReadModels, Result};

/// A count below this describes people.
pub const FEWEST: u64 = 5;

/// Groups by procedure as they may be published. The groups told together have no key, and all of them still add up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Told {
    pub groups: Groups,
    /// Procedures that are told together, in the order of their codes.
    pub pooled: Vec<String>,
}

/// Whether everybody may read the counts of this question: those of one procedure only when it is not among those that are
/// told together, for what is left of a sum tells as much as the number itself.
pub async fn may_tell(models: &ReadModels, query: &Query) -> Result<bool> {
    let Some(procedure) = &query.procedure else {
        return Ok(true);
    };
    let all = Query {
        procedure: None,
        ..query.clone()
    };
    let groups = groups::by(models, &all, Dimension::Procedure).await?;
    Ok(!told(models, groups).pooled.contains(procedure))
}

/// Groups by field as everybody may read them: what is told together by procedure is told together here too, so that no
/// field gives away what a list of procedures does not.
#[must_use]
pub fn by_field(told: &Told, reference: &Reference) -> Groups {
    let mut fields = Groups::new();
    for (procedure, tally) in &told.groups {
        let field = procedure.as_deref().map(|procedure| {
            let field = groups::field_of(procedure, reference);
            field.map_or_else(|| procedure.to_owned(), |(vi, _)| vi)
        });
        *fields.entry(field).or_default() += *tally;
    }
    fields
}

/// Groups by procedure as everybody may read them.
#[must_use]
pub fn told(models: &ReadModels, groups: Groups) -> Told {
    pool(groups, |procedure| models.is_sensitive(procedure))
}

/// Pools the sensitive procedures that have a small count. So that none of them can be had by subtraction, there are at
/// least two in the pool and at least [`FEWEST`] dossiers: where there are not, the smallest of the others join them.
fn pool(groups: Groups, is_sensitive: impl Fn(&str) -> bool) -> Told {
    let name = |key: &Option<String>| key.clone().unwrap_or_default();
    let hidden = |key: &Option<String>, tally: &Tally| {
        key.as_deref().is_none_or(&is_sensitive) && is_small(&tally.counts)
    };
    let (mut pooled, mut rest): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|(key, tally)| hidden(key, tally));
    rest.sort_by_key(|(key, tally)| (tally.counts.received.total(), name(key)));
    let mut others = rest.into_iter();
    while !pooled.is_empty() && !is_enough(&pooled) {
        let Some(next) = others.next() else { break };
        pooled.push(next);
    }
    let mut told = Told {
        groups: others.collect(),
        pooled: pooled.iter().map(|(key, _)| name(key)).collect(),
    };
    told.pooled.sort();
    if !pooled.is_empty() {
        let together = groups::total(&pooled.into_iter().collect());
        told.groups.insert(None, together);
    }
    told
}

fn is_enough(pooled: &[(Option<String>, Tally)]) -> bool {
    let received = pooled
        .iter()
        .map(|(_, tally)| tally.counts.received.total());
    pooled.len() > 1 && received.sum::<u64>() >= FEWEST
}

/// Whether any count is small without being nothing.
#[must_use]
pub fn is_small(counts: &Counts) -> bool {
    let Counts {
        received,
        settled,
        settled_by_original,
        closed,
        transferred,
        pending,
        pending_by_original,
        size: _,
    } = counts;
    let of = |one: &Settled| [one.early, one.on_time, one.late, one.undated];
    let left = |one: &super::Pending| [one.in_time, one.overdue, one.undated];
    let came = [received.online, received.direct, received.carried_over];
    let ended = [closed.withdrawn, closed.stopped, closed.redirected];
    let moved = [transferred.r#in, transferred.out];
    let all = came
        .into_iter()
        .chain(of(settled))
        .chain(of(settled_by_original))
        .chain(ended)
        .chain(moved)
        .chain(left(pending))
        .chain(left(pending_by_original));
    all.into_iter().any(|count| (1..FEWEST).contains(&count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tally(received: u64) -> Tally {
        let mut tally = Tally::default();
        tally.counts.received.direct = received;
        tally.counts.settled.on_time = received;
        tally.counts.settled_by_original.on_time = received;
        tally
    }

    fn groups(of: &[(&str, u64)]) -> Groups {
        let groups = of.iter();
        let groups = groups.map(|(code, received)| (Some((*code).to_owned()), tally(*received)));
        groups.collect()
    }

    fn sensitive(code: &str) -> bool {
        code.starts_with('s')
    }

    #[test]
    fn what_is_not_sensitive_is_told_however_small() {
        let of = groups(&[("a", 1), ("b", 3), ("s", 50)]);
        let told = pool(of.clone(), sensitive);
        assert_eq!(told.groups, of);
        assert!(told.pooled.is_empty());
    }

    #[test]
    fn a_small_sensitive_procedure_is_never_alone_in_the_pool() {
        let told = pool(groups(&[("a", 90), ("b", 30), ("s1", 2)]), sensitive);
        assert_eq!(told.pooled, ["b", "s1"], "subtraction would tell");
        assert_eq!(told.groups[&None].counts.received.direct, 32);
        assert!(!told.groups.contains_key(&Some("s1".to_owned())));
        let told = pool(
            groups(&[("a", 90), ("b", 30), ("s1", 1), ("s2", 1)]),
            sensitive,
        );
        assert_eq!(told.pooled, ["b", "s1", "s2"], "two dossiers are too few");
        let told = pool(groups(&[("a", 90), ("s1", 3), ("s2", 2)]), sensitive);
        assert_eq!(told.pooled, ["s1", "s2"]);
    }

    proptest! {
        #[test]
        fn whatever_is_pooled_all_groups_add_up_and_no_small_sensitive_one_is_told(
            counts in prop::collection::btree_map("[as][0-9]", 1_u64..12, 0..8),
        ) {
            let of: Vec<(&str, u64)> = counts.iter().map(|(code, count)| (code.as_str(), *count)).collect();
            let before = groups(&of);
            let told = pool(before.clone(), sensitive);
            prop_assert_eq!(groups::total(&told.groups), groups::total(&before));
            for (key, tally) in &told.groups {
                let alone = key.as_deref().is_some_and(sensitive);
                prop_assert!(!alone || !is_small(&tally.counts));
            }
            if told.pooled.len() == 1 {
                prop_assert_eq!(before.len(), 1, "there was nobody to join it");
            }
        }
    }
}
