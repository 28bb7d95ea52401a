//! Rule C2: every entry was recorded between the hours at which witnesses saw the trees without and with it.

use crate::domain::time::Moment;

/// How far the clocks of log and witness may lie apart.
pub const SKEW_SECONDS_MAX: u64 = 5;

/// The entries since the last witnessed checkpoint.
#[derive(Debug, Default)]
pub struct Bracket {
    /// When a witness saw the tree without them.
    since: Option<Moment>,
    earliest: Option<(Moment, u64)>,
    latest: Option<(Moment, u64)>,
    count: u64,
}

/// An entry whose hour cannot be true.
#[derive(Debug, PartialEq, Eq)]
pub struct Strayed {
    pub position: u64,
    pub what: String,
}

impl Bracket {
    pub fn take(&mut self, position: u64, recorded_at: Moment) {
        self.count += 1;
        let this = (recorded_at, position);
        if self.earliest.is_none_or(|earliest| this < earliest) {
            self.earliest = Some(this);
        }
        if self.latest.is_none_or(|latest| recorded_at > latest.0) {
            self.latest = Some(this);
        }
    }

    /// A witness saw the tree with them at this second: how many they were, and the worst that cannot be true.
    pub fn close(&mut self, at_seconds: u64) -> (u64, Vec<Strayed>) {
        let seen = Moment(i64::try_from(at_seconds).unwrap_or(0) * Moment::SECOND);
        let skew = i64::try_from(SKEW_SECONDS_MAX).unwrap_or(0) * Moment::SECOND;
        let mut strayed = Vec::new();
        if let (Some(since), Some((recorded, position))) = (self.since, self.earliest)
            && recorded < since.plus(-skew)
        {
            let what =
                format!("recorded at {recorded}, but witnesses saw the tree without it at {since}");
            strayed.push(Strayed { position, what });
        }
        // A witness's second has begun when it signs: the whole of it is allowed.
        if let Some((recorded, position)) = self.latest
            && recorded > seen.plus(skew + Moment::SECOND)
        {
            let what = format!("recorded at {recorded}, but witnesses saw it already at {seen}");
            strayed.push(Strayed { position, what });
        }
        let count = self.count;
        *self = Self {
            since: Some(seen),
            ..Self::default()
        };
        (count, strayed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Moment {
        Moment(seconds * Moment::SECOND)
    }

    #[track_caller]
    fn positions(strayed: &[Strayed]) -> Vec<u64> {
        strayed.iter().map(|one| one.position).collect()
    }

    #[test]
    fn entries_between_two_witnessed_hours_are_good() {
        let mut bracket = Bracket::default();
        bracket.take(0, at(10));
        assert_eq!(bracket.close(1_000), (1, vec![]));
        bracket.take(1, at(996));
        bracket.take(2, at(1_040));
        assert_eq!(bracket.close(1_036), (2, vec![]));
    }

    #[test]
    fn an_entry_dated_back_or_ahead_is_named() {
        let mut bracket = Bracket::default();
        bracket.take(0, at(10));
        bracket.close(1_000);
        bracket.take(1, at(990));
        bracket.take(2, at(1_100));
        let (count, strayed) = bracket.close(1_060);
        assert_eq!((count, positions(&strayed)), (2, vec![1, 2]));
    }

    #[test]
    fn before_the_first_witness_only_the_future_is_bounded() {
        let mut bracket = Bracket::default();
        bracket.take(0, at(1));
        bracket.take(1, at(2_000));
        let (_, strayed) = bracket.close(1_000);
        assert_eq!(positions(&strayed), [1]);
    }
}
