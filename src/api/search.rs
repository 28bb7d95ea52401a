//! Looking for a person's dossiers: by identity number or telephone, or by a part of the name. Who searched, and what was found,
//! is on record before it is told.

use std::collections::{HashMap, HashSet};

use async_graphql::{Context, Object, OneofObject, SimpleObject};
use uuid::Uuid;

use super::Api;
use super::access::{self, Sight, api};
use super::dossier::Dossier;
use super::error::{Answered, Problem, Result};
use super::listing::{DossierFilter, offices};
use super::looks;
use super::paging;
use super::scalar::Long;
use super::wait_for;
use crate::domain::actor::{Actor, Role};
use crate::domain::text::{self, fold};
use crate::journal::Until;
use crate::projections::tracking::{DossierRow, by_ids};
use crate::projections::{history, listing};
use crate::vault::{Field, Located, Vault};

/// Dossiers whose names are opened in one search.
const NAMES_MAX: usize = 20_000;
/// Longest and shortest text that is looked for, in characters.
const TEXT_MAX: usize = 100;
const NAME_MIN: usize = 2;
/// Longest page: it and the one more that tells of a next are named in one fact.
const FIRST_MAX: u32 = 50;

/// What a person is looked for by.
#[derive(OneofObject)]
pub enum PersonBy {
    /// Identity number, all of it.
    CitizenNumber(String),
    /// Telephone number, all of it; +84 and 0 are the same.
    Phone(String),
    /// Beginnings of words of the name, in any order, two letters or more, with or without diacritics.
    Name(String),
}

/// Dossiers of the person that was looked for.
#[derive(SimpleObject)]
pub struct FoundDossiers {
    /// The newest received first.
    dossiers: Vec<Dossier>,
    /// There are more: narrow the filter.
    has_more: bool,
    /// Some could not be looked into, because a key is missing: what was found may not be all. The operator knows by `doctor`.
    incomplete: bool,
}

/// Looking for a person's dossiers.
#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Dossiers of a person, among those of a list that the caller may read in full: those who need no names, or only masked ones,
    /// are FORBIDDEN. A name is looked for in at most 20,000 dossiers, else SEARCH_TOO_WIDE. Who searched and what was found is
    /// on record before it is told, and the person can read of it.
    #[graphql(complexity = "200 + paging::cost(first, child_complexity)")]
    async fn find_dossiers(
        &self,
        context: &Context<'_>,
        #[graphql(desc = "Whom.")] by: PersonBy,
        #[graphql(desc = "Among which dossiers; all that the caller may read unless told.")] filter: Option<DossierFilter>,
        #[graphql(desc = "How many, from 1 to 50; 20 unless told.")] first: Option<i32>,
        #[graphql(desc = "Wait up to 2 s until this position is shown; else NOT_YET.")]
        min_position: Option<Long>,
    ) -> Answered<FoundDossiers> {
        let filter = filter.unwrap_or_default();
        Some(found(context, by, filter, first, min_position).await)
    }
}

/// What is looked for, as it can be compared.
enum Sought {
    Number(Field, String),
    Name(Vec<String>),
}

impl PersonBy {
    fn read(self) -> Result<Sought> {
        let clean = |text: &str| {
            text::required(text, TEXT_MAX).map_err(|error| Problem::bad_input(error.to_string()))
        };
        let number = |field, text: &str, lengths: &[usize], told: &str| {
            let text = clean(text)?;
            let good = |c: char| c.is_ascii_digit() || " .-+()".contains(c);
            let digits = text.chars().filter(char::is_ascii_digit).count();
            if !text.chars().all(good) || !lengths.contains(&digits) {
                return Err(Problem::bad_input(told));
            }
            Ok(Sought::Number(field, text))
        };
        match self {
            Self::CitizenNumber(text) => {
                let told = "an identity number is looked for as a whole: 12 digits (old ones 9)";
                number(Field::CitizenNumber, &text, &[9, 12], told)
            }
            Self::Phone(text) => {
                let told = "a telephone number is looked for as a whole: 8 to 15 digits";
                number(Field::Phone, &text, &[8, 9, 10, 11, 12, 13, 14, 15], told)
            }
            Self::Name(text) => {
                let name = fold(&clean(&text)?);
                if name.chars().filter(|c| c.is_alphabetic()).count() < NAME_MIN {
                    return Err(Problem::bad_input(
                        "a name is looked for by two letters or more",
                    ));
                }
                Ok(Sought::Name(words(&name)))
            }
        }
    }
}

/// The longest first: a short one must not take the place of a longer one that begins like it.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
    words
}

/// Whether each word sought begins a word of the name, no two of them the same one.
fn is_named(full: &str, sought: &[String]) -> bool {
    let mut words = words(&fold(full));
    sought.iter().all(|wanted| {
        let place = words.iter().position(|word| word.starts_with(wanted));
        place.map(|place| words.swap_remove(place)).is_some()
    })
}

/// Whether somebody in this role sees any name in full, and so may look for people.
#[must_use]
pub fn sees_names(role: Role) -> bool {
    match role {
        Role::Receiver | Role::Handler | Role::DivisionHead | Role::Signer | Role::Auditor => true,
        Role::Applicant
        | Role::Clerk
        | Role::Cashier
        | Role::CentreManager
        | Role::PostalAgent
        | Role::PaymentGateway
        | Role::ProcedureController
        | Role::VerticalAgency
        | Role::Admin
        | Role::System => false,
    }
}

async fn found(
    context: &Context<'_>,
    by: PersonBy,
    asked: DossierFilter,
    first: Option<i32>,
    min_position: Option<Long>,
) -> Result<FoundDossiers> {
    let (api, actor) = (api(context), access::signed_in(context)?);
    if !sees_names(actor.role) {
        return Err(Problem::Forbidden);
    }
    let offices = offices(actor, asked.offices.as_deref())?;
    let first = paging::first(first)?;
    if first == 0 || first > FIRST_MAX {
        return Err(Problem::bad_input(format!(
            "first must be from 1 to {FIRST_MAX}"
        )));
    }
    let (first, sought) = (first as usize, by.read()?);
    let vault = api.vault()?;
    wait_for(api, min_position).await?;
    let now = api.office.clock();
    let mut filter = asked.of(offices, now)?;
    if actor.role == Role::Handler {
        // Handlers see the names of their own dossiers.
        filter.handlers = vec![actor.id.clone()];
    }
    let (order, parts, incomplete) = looked_for(api, vault, &filter, &sought).await?;
    let mut rows = shown(api, actor, &order, &parts, first + 1).await?;
    // That there is one more tells of it, so it is on record as well.
    looks::found(context, &rows).await?;
    let has_more = rows.len() > first;
    rows.truncate(first);
    let dossiers = rows.into_iter().map(|row| Dossier::current(row, now));
    Ok(FoundDossiers {
        dossiers: dossiers.collect(),
        has_more,
        incomplete,
    })
}

/// The list's dossiers in order, the parts of some of them that hold what is looked for, and whether some could not be looked into.
async fn looked_for(
    api: &Api,
    vault: &Vault,
    filter: &listing::Filter,
    sought: &Sought,
) -> Result<(Vec<Uuid>, Vec<Located>, bool)> {
    match sought {
        Sought::Number(field, text) => {
            let (tagged, incomplete) = vault.tagged(*field, text).await?;
            let among: Vec<Uuid> = tagged.iter().map(|(stream, ..)| *stream).collect();
            let ids = listing::ids(&api.models, filter, Some(&among), among.len()).await?;
            // What is not the caller's to list is not opened either.
            let known: HashSet<Uuid> = ids.iter().copied().collect();
            let tagged = tagged.into_iter();
            let tagged = tagged
                .filter(|(stream, ..)| known.contains(stream))
                .collect();
            let parts = vault.holding(tagged, *field, text).await?;
            Ok((ids, parts, incomplete))
        }
        Sought::Name(sought) => {
            let ids = listing::ids(&api.models, filter, None, NAMES_MAX + 1).await?;
            if ids.len() > NAMES_MAX {
                return Err(Problem::SearchTooWide(NAMES_MAX));
            }
            let sought = sought.clone();
            let is_sought = move |full: &str| is_named(full, &sought);
            let (parts, unopened) = vault.named(&ids, is_sought).await?;
            Ok((ids, parts, unopened > 0))
        }
    }
}

/// The first of them, in order, whose newest facts name what was found and whose person the caller sees in full.
async fn shown(
    api: &Api,
    actor: &Actor,
    order: &[Uuid],
    parts: &[Located],
    max: usize,
) -> Result<Vec<DossierRow>> {
    let held: HashSet<Uuid> = parts.iter().map(|(stream, ..)| *stream).collect();
    let order: Vec<Uuid> = order
        .iter()
        .copied()
        .filter(|id| held.contains(id))
        .collect();
    let mut shown = Vec::new();
    for some in order.chunks(max.max(1)) {
        let rows = by_ids(&api.models, some).await?;
        let mut rows: HashMap<Uuid, DossierRow> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        for row in some.iter().filter_map(|id| rows.remove(id)) {
            if shown.len() == max {
                return Ok(shown);
            }
            if access::sight(actor, &row) == Sight::Open && names(api, &row, parts).await? {
                shown.push(row);
            }
        }
    }
    Ok(shown)
}

/// Whether the newest facts of a dossier name one of these parts: what was corrected is looked for no more.
async fn names(api: &Api, row: &DossierRow, parts: &[Located]) -> Result<bool> {
    let Some(state) = history::fold(&api.journal, row.id, Until::End).await? else {
        return Ok(false);
    };
    let mut parts = parts.iter().filter(|(stream, ..)| *stream == row.id);
    Ok(parts.any(|(_, command, part)| {
        let newest = state.part(part.kind);
        newest.is_some_and(|(known, by)| known.c == part.c && by == command)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(name: &str, by: &str) -> bool {
        is_named(name, &words(&fold(by)))
    }

    #[test]
    fn a_name_is_found_by_beginnings_of_its_words_in_any_order() {
        let name = "Trần Thị Ánh Đào";
        for by in [
            "tran thi",
            "ĐÀO",
            "dao tran",
            "t t",
            "th tr",
            "trần  thị ánh đào",
            "a",
        ] {
            assert!(is_found(name, by), "{by}");
        }
        for by in [
            "ran",
            "hi",
            "thi thi",
            "dao dao",
            "tran thi anh dao le",
            "%",
        ] {
            assert!(!is_found(name, by), "{by}");
        }
        // Each word of the name answers for one word that is sought, whatever their order.
        assert!(is_found("An Anh", "an anh") && is_found("Anh An", "an anh"));
    }
}
