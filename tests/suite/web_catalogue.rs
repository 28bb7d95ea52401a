//! The catalogue's pages over HTTP: found by any words, read in full, printed, and kept for a minute by those who may.

use motcua::domain::actor::Role;
use reqwest::StatusCode;
use reqwest::header::{CACHE_CONTROL, COOKIE, ETAG, IF_NONE_MATCH, VARY};

use crate::client;
use crate::office::{OFFICE, PROCEDURE};
use crate::web::{Served, given_a_served_office};

async fn text(served: &Served, path: &str) -> String {
    let page = served.get(path).await;
    assert_eq!(page.status(), StatusCode::OK, "{path}");
    page.text().await.expect("a text")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_is_found_by_its_words_in_any_order_and_without_marks() {
    let served = given_a_served_office().await;
    for words in [
        "khai sinh",
        "SINH+khai,+đăng+ký",
        "dang ky%20(khai-sinh)",
        "ho+tich+birth",
        "1.001193",
    ] {
        let page = text(&served, &format!("/p?q={words}")).await;
        assert!(page.contains("href=\"/p/1.001193\""), "{words}");
    }
    let page = text(&served, "/p?q=khai+sinh+xyzzy&lang=en").await;
    assert!(page.contains("Nothing has all of these words") && page.contains("/p/1.001193"));
    let page = text(&served, "/p?q=xyzzy+khong-co-dau&lang=en").await;
    assert!(
        !page.contains("<li><a href=\"/p/"),
        "fewer than half of the words"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_narrowed_counted_and_goes_on_where_it_stopped() {
    let served = given_a_served_office().await;
    let all = text(&served, "/p?lang=en").await;
    let count = |page: &str| -> usize {
        let words = page.split("role=\"status\">").nth(1).expect("a count");
        words
            .split(' ')
            .next()
            .expect("a number")
            .parse()
            .expect("digits")
    };
    let civil = text(&served, "/p?field=Civil+status&lang=en").await;
    assert!(count(&civil) > 0 && count(&civil) < count(&all));
    assert_eq!(civil.matches("<li><a href=\"/p/").count(), count(&civil));
    assert!(
        civil.contains("selected>Civil status ("),
        "what was asked is shown"
    );
    let province = text(&served, "/p?level=province&lang=en").await;
    let commune = text(&served, "/p?level=commune&lang=en").await;
    assert_eq!(count(&province) + count(&commune), count(&all));
    let after = text(&served, "/p?after=1.001193").await;
    assert!(!after.contains("href=\"/p/1.001193\"") && after.contains("Về đầu danh sách"));
    let nowhere = text(&served, "/p?office=H99.99&lang=en").await;
    assert_eq!(
        count(&nowhere),
        count(&all),
        "an office that is none is not asked for"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_the_catalogue_is_kept_a_minute_by_whoever_is_not_signed_in() {
    let served = given_a_served_office().await;
    let path = format!("/p/{PROCEDURE}");
    let page = served.get(&path).await;
    assert_eq!(page.headers()[CACHE_CONTROL], "public, max-age=60");
    assert_eq!(page.headers()[VARY], "cookie");
    let tag = page.headers()[ETAG].clone();
    let ask = |path: String| client::client().get(format!("{}{path}", served.base));
    let again = ask(path.clone()).header(IF_NONE_MATCH, &tag).send().await;
    let again = again.expect("an answer");
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()[ETAG], tag);
    let other = ask(format!("{path}?lang=en")).header(IF_NONE_MATCH, &tag);
    assert_eq!(
        other.send().await.expect("an answer").status(),
        StatusCode::OK
    );
    let session = format!("motcua_session={}", served.token(Role::Receiver));
    let own = ask(path)
        .header(COOKIE, session)
        .header(IF_NONE_MATCH, &tag);
    let own = own.send().await.expect("an answer");
    assert_eq!(own.status(), StatusCode::OK);
    assert_eq!(own.headers()[CACHE_CONTROL], "private, no-store");
    assert!(own.headers().get(ETAG).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_procedure_is_read_in_full_and_of_few_dossiers_nothing_is_said() {
    let served = given_a_served_office().await;
    let page = text(&served, &format!("/p/{PROCEDURE}?lang=en&office={OFFICE}")).await;
    for part in [
        "Papers to hand in",
        "Fees",
        "What you do",
        "What the office does",
        "Who may file",
        "Legal basis",
        "Publication and versions",
        "in force",
        "Filed ",
        "fewer than 30 dossiers",
    ] {
        assert!(page.contains(part), "{part}");
    }
    let missing = served.get(&format!("/p/{PROCEDURE}?version=99")).await;
    assert_eq!(missing.status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_office_prints_its_sheet_and_a_leaflet_of_one_procedure() {
    let served = given_a_served_office().await;
    let sheet = text(&served, &format!("/o/{OFFICE}/sheet")).await;
    let cards = sheet.matches("<li><div class=\"code-of\">").count();
    assert!(cards > 5, "{cards} cards");
    assert!(
        sheet.contains(&format!("href=\"/p/{PROCEDURE}\""))
            && sheet.contains("Phản ánh, kiến nghị")
    );
    let leaflet = text(&served, &format!("/p/{PROCEDURE}/sheet?office={OFFICE}")).await;
    assert!(leaflet.contains("class=\"ticks\"") && leaflet.contains("Phản ánh, kiến nghị"));
    let unknown = served.get("/o/H99.99/sheet").await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    assert!(
        unknown
            .text()
            .await
            .expect("a text")
            .contains("OFFICE_UNKNOWN")
    );
}
