//! A wrong setting or a portal under maintenance refuses everything alike. That is no answer to any of it.

use std::collections::BTreeSet;

use uuid::Uuid;

/// So many different dossiers refused alike, and nothing acknowledged in between, are recorded; further ones wait.
const ALIKE_MAX: usize = 5;

/// Remembers how the newest refusals were alike; a restart forgets it.
#[derive(Default)]
pub(super) struct Breaker {
    code: String,
    dossiers: BTreeSet<Uuid>,
}

impl Breaker {
    /// A refusal of this dossier with this code is to count as no answer. One that was refused before holds up nobody.
    pub fn holds(&self, dossier: Uuid, code: &str) -> bool {
        let are_alike = self.code == code && self.dossiers.len() >= ALIKE_MAX;
        are_alike && !self.dossiers.contains(&dossier)
    }

    /// A dossier was refused for good.
    pub fn refused(&mut self, dossier: Uuid, code: &str) {
        if self.code != code {
            code.clone_into(&mut self.code);
            self.dossiers.clear();
        }
        self.dossiers.insert(dossier);
    }

    /// Something was acknowledged: what is refused is refused for what it is.
    pub fn acknowledged(&mut self) {
        self.dossiers.clear();
    }
}

/// Which settings may be wrong when everything is refused with this code.
pub(super) fn settings(code: &str) -> &'static str {
    if code.starts_with("HTTP_") {
        "--portal-url, --portal-service-path, --portal-destination"
    } else {
        "--portal-user, --portal-unit, --portal-destination, --portal-object-kinds"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEXT: Uuid = Uuid::from_u128(99);

    fn after(codes: &[&str]) -> Breaker {
        let mut breaker = Breaker::default();
        for (number, code) in codes.iter().enumerate() {
            breaker.refused(Uuid::from_u128(number as u128), code);
        }
        breaker
    }

    #[test]
    fn five_dossiers_refused_alike_hold_the_sixth_until_one_is_acknowledged() {
        assert!(!after(&["99"; 4]).holds(NEXT, "99"));
        let mut breaker = after(&["99"; 5]);
        assert!(breaker.holds(NEXT, "99"));
        assert!(!breaker.holds(NEXT, "07"), "refused otherwise");
        assert!(!breaker.holds(Uuid::from_u128(1), "99"), "refused before");
        breaker.acknowledged();
        assert!(!breaker.holds(NEXT, "99"));
    }

    #[test]
    fn another_code_begins_anew_and_one_dossier_counts_once() {
        assert!(!after(&["99", "99", "99", "07", "99", "99"]).holds(NEXT, "99"));
        let mut breaker = Breaker::default();
        for _ in 0..9 {
            breaker.refused(Uuid::nil(), "99");
        }
        assert!(!breaker.holds(NEXT, "99"));
    }

    #[test]
    fn what_is_held_names_the_settings_to_look_at() {
        assert!(settings("99").contains("--portal-unit"));
        assert!(settings("HTTP_404").contains("--portal-url"));
    }
}
