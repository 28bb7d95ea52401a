//! The reference shelf from outside: an office, a year and a policy are recorded once, by those who may.

use motcua::acts::reference;
use motcua::domain::actor::Role;
use serde_json::{Value, json};

use super::ground::{Office, done, person, refused, with};
use crate::office::id;

/// Mutation and its record.
fn records() -> [(&'static str, Value); 3] {
    let office = json!({
        "code": "H38.40.09", "nameVi": "Bộ phận Một cửa thứ chín", "nameEn": "Ninth one-stop unit",
        "level": "COMMUNE", "validFrom": "2026-11-01", "certainty": "ILLUSTRATIVE",
    });
    let year = json!({
        "year": 2028, "daysOff": ["2028-01-03"], "notice": "999/TB-BNV", "certainty": "PROVISIONAL",
    });
    let policy = json!({
        "code": "one-stop-2028", "version": 1, "effectiveFrom": "2028-01-01",
        "legalBasis": "Decree 118/2025/ND-CP", "certainty": "ILLUSTRATIVE",
        "sameDayCutoff": "15:00", "lateEntryWorkingDays": 1, "maxSupplementRequests": 1,
        "supplementClock": "PAUSE", "apologyWorkingDaysBefore": 1, "maxApologies": 1,
        "dayOffReceiptCountsNextWorkingDay": true,
    });
    [
        ("openOffice", office),
        ("declareCalendarYear", year),
        ("adoptPolicy", policy),
    ]
}

pub async fn furnished(office: &Office) {
    for (mutation, record) in records() {
        let input = || with(json!({ "commandId": id() }), &record);
        let officer = office
            .call_as(&person(Role::Receiver), mutation, input())
            .await;
        refused(&officer, "WRONG_ROLE", mutation);
        let admin = person(Role::Admin);
        done(&office.call_as(&admin, mutation, input()).await);
        let again = office.call_as(&admin, mutation, input()).await;
        refused(&again, "DUPLICATE_RECORD", mutation);
    }
    let shelf = reference(&office.api.journal).await.expect("the shelf");
    assert!(shelf.offices.contains_key("H38.40.09"));
    let year = shelf.calendar.year(2028).expect("a year");
    assert_eq!(year.notice, "999/TB-BNV");
    let policy = shelf.policies.last().expect("a policy");
    assert_eq!(policy.reference(), "one-stop-2028/1");
}
