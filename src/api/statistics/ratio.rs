//! A share as it is published: its two counts, what was left out, and a decimal only when it is asked for.

use async_graphql::{Enum, Object};

use crate::projections::statistics::measure::Share;
use crate::projections::statistics::{Counts, Transferred};

/// How the last digit of a printed ratio is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Enum)]
pub enum Rounding {
    /// To the nearest; a half upwards.
    #[default]
    HalfUp,
    /// Cut off: 99.9576 % is printed as 99.95.
    Down,
}

/// Two counts and what one is of the other.
#[derive(Debug, Clone, Copy)]
pub struct Ratio {
    pub numerator: u64,
    pub denominator: u64,
    /// Left out of both.
    pub excluded: u64,
    /// What is divided by what.
    pub meaning: &'static str,
}

/// Two counts and what one is of the other.
#[Object]
impl Ratio {
    /// How many.
    async fn numerator(&self) -> u64 {
        self.numerator
    }

    /// Of how many.
    async fn denominator(&self) -> u64 {
        self.denominator
    }

    /// How many stand in neither, because they can be judged neither way.
    async fn excluded(&self) -> u64 {
        self.excluded
    }

    /// What is divided by what, and what is left out.
    async fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// As a decimal number; null when the denominator is zero.
    async fn decimal(
        &self,
        #[graphql(default = 4, desc = "Digits after the point, at most 9.")] digits: u8,
        #[graphql(default, desc = "How the last one is chosen.")] rounding: Rounding,
    ) -> Option<String> {
        self.printed(1, digits, rounding)
    }

    /// In per cent; null when the denominator is zero.
    async fn percent(
        &self,
        #[graphql(default = 2, desc = "Digits after the point, at most 9.")] digits: u8,
        #[graphql(default, desc = "How the last one is chosen.")] rounding: Rounding,
    ) -> Option<String> {
        self.printed(100, digits, rounding)
    }
}

impl Ratio {
    /// So many of so many, nothing left out.
    pub const fn of(numerator: u64, denominator: u64) -> Self {
        Self {
            numerator,
            denominator,
            excluded: 0,
            meaning: "the numerator's part of the denominator; nothing is excluded",
        }
    }

    pub fn counted(share: Share, meaning: &'static str) -> Self {
        Self {
            numerator: share.numerator,
            denominator: share.denominator,
            excluded: share.excluded,
            meaning,
        }
    }

    /// (Early + on time) of the settled with a promised date.
    pub fn on_time_of_settled(counts: &Counts) -> Self {
        let settled = counts.settled;
        Self {
            numerator: settled.early + settled.on_time,
            denominator: settled.total() - settled.undated,
            excluded: settled.undated,
            meaning: "(early + on time) / settled with a promised date, against the promise in force; excluded: settled without one",
        }
    }

    /// The same against the first promise.
    pub fn on_time_of_settled_by_original(counts: &Counts) -> Self {
        let settled = counts.settled_by_original;
        Self {
            numerator: settled.early + settled.on_time,
            denominator: settled.total() - settled.undated,
            excluded: settled.undated,
            meaning: "(early + on time) / settled with a promised date, against the first promise; excluded: settled without one",
        }
    }

    /// (Early + on time) of all received (Circular 01/2018 art. 30.2c).
    pub fn on_time_of_received(counts: &Counts) -> Self {
        let settled = counts.settled;
        Self {
            numerator: settled.early + settled.on_time,
            denominator: counts.answered_for(),
            excluded: 0,
            meaning: if counts.transferred == Transferred::default() {
                "(early + on time) / received with carry-over, against the promise in force; nothing is excluded"
            } else {
                "(early + on time) / received with carry-over, with what was taken over and without what was given away as an office ended, against the promise in force; nothing is excluded"
            },
        }
    }

    /// Online of all that came in new.
    pub fn online_of_new(counts: &Counts) -> Self {
        Self {
            numerator: counts.received.online,
            denominator: counts.received.fresh(),
            excluded: counts.received.carried_over,
            meaning: "new online / all new; excluded: carried over",
        }
    }

    pub fn printed(self, times: u128, digits: u8, rounding: Rounding) -> Option<String> {
        let digits = usize::from(digits.min(9));
        let scale = 10u128.pow(u32::try_from(digits).unwrap_or_default());
        let (over, under) = (u128::from(self.numerator), u128::from(self.denominator));
        let scaled = over * times * scale;
        let units = match rounding {
            Rounding::HalfUp => (scaled * 2 + under).checked_div(under * 2)?,
            Rounding::Down => scaled.checked_div(under)?,
        };
        let (whole, rest) = (units / scale, units % scale);
        if digits == 0 {
            return Some(whole.to_string());
        }
        Some(format!("{whole}.{rest:0digits$}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percent(numerator: u64, denominator: u64, digits: u8, rounding: Rounding) -> Option<String> {
        let ratio = Ratio {
            numerator,
            denominator,
            excluded: 0,
            meaning: "",
        };
        ratio.printed(100, digits, rounding)
    }

    #[test]
    fn a_ratio_is_rounded_or_cut_without_floating_point() {
        let told = [
            (2_999, 3_000, 2, Rounding::HalfUp, "99.97"),
            (2_999, 3_000, 2, Rounding::Down, "99.96"),
            (1, 3, 0, Rounding::HalfUp, "33"),
            (2, 3, 0, Rounding::HalfUp, "67"),
            (0, 5, 1, Rounding::Down, "0.0"),
            (7, 7, 1, Rounding::HalfUp, "100.0"),
        ];
        for (over, under, digits, rounding, printed) in told {
            assert_eq!(
                percent(over, under, digits, rounding).as_deref(),
                Some(printed)
            );
        }
        assert!(percent(u64::MAX, 1, 200, Rounding::HalfUp).is_some());
    }

    #[test]
    fn nothing_of_nothing_is_no_number() {
        assert_eq!(percent(0, 0, 2, Rounding::HalfUp), None);
        assert_eq!(percent(0, 0, 2, Rounding::Down), None);
    }
}
