//! What a node prints when it begins to serve: doors, sign-in links, something to try, a QR for the phone.

use std::fmt::Write as _;

use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::place::Place;
use crate::api::Api;
use crate::domain::reference::JournalKind;
use crate::web::Web;

pub async fn text(api: &Api, pages: &Web, url: &str, place: &Place) -> anyhow::Result<String> {
    let opened = api.office.opened();
    let mut text = String::new();
    match (opened.kind, &opened.story) {
        (JournalKind::Simulated, Some(story)) => writeln!(
            text,
            "SIMULATION {} (seed {}). {}\nThe office's clock shows {}.\n",
            story.scenario,
            story.seed,
            story.says().1,
            api.office.clock().local().strftime("%d/%m/%Y %H:%M")
        )?,
        (JournalKind::Simulated, None) => writeln!(text, "SIMULATION\n")?,
        (JournalKind::Imported, _) => {
            let (_, english) = opened.says().unwrap_or_default();
            writeln!(text, "IMPORTED. {english}\n")?;
        }
        (JournalKind::Live, _) => {}
    }
    if api.desk.is_none() {
        writeln!(
            text,
            "MIRROR of {}: read-only; names stay with the office and are answered as WITHHELD.\n",
            opened.origin
        )?;
    }
    let example = pages.example().await;
    writeln!(
        text,
        "Serving {} facts. Open in a browser:",
        api.models.size()
    )?;
    writeln!(text, "  start          {url}/")?;
    if let Some(code) = &example {
        writeln!(text, "  a dossier      {url}/t/{code}")?;
        writeln!(text, "  its history    {url}/history/{code}")?;
    }
    writeln!(text, "  statistics     {url}/statistics")?;
    writeln!(text, "  procedures     {url}/p")?;
    writeln!(text, "  GraphiQL       {url}/graphiql")?;
    writeln!(text, "  GraphQL        {url}/graphql")?;
    if let Some(provider) = api.sign_in.provider() {
        let host = provider.host();
        writeln!(text, "  sign in        {url}/sign-in ({host})")?;
    }
    let links = pages.sign_in_links(url);
    if !links.is_empty() {
        writeln!(text, "\nSign in as (from this machine only):")?;
        for (name, link) in &links {
            writeln!(text, "  {name:<14} {link}")?;
        }
    }
    if !links.is_empty() && api.desk.is_some() {
        writeln!(
            text,
            "\nTry: sign in as receiver, open GraphiQL, run its tab AcceptDossierAtCounter, open /t/ with the code it answers; reload GraphiQL for ForwardDossier; then SignResult as signer."
        )?;
    }
    if let Some(code) = &example {
        let address = format!("{url}/t/{code}");
        if let Ok(qr) = QrCode::new(&address) {
            writeln!(
                text,
                "\n{}\n{address}",
                qr.render::<Dense1x2>().quiet_zone(true).build()
            )?;
        }
        writeln!(text, "\nAsk from another terminal:")?;
        writeln!(text, "  motcua history {code}{}", place.options())?;
        writeln!(text, "  motcua verify --replay{}", place.options())?;
    }
    if url.contains("//127.")
        || url.contains("//localhost")
        || url.contains("//0.0.0.0")
        || url.contains("//[::")
    {
        writeln!(
            text,
            "\nThis address is good on this machine only. For a phone: --listen 0.0.0.0:8080 --public-url http://ADDRESS-OF-THIS-MACHINE:8080"
        )?;
    }
    writeln!(text, "\nStop with Ctrl-C.")?;
    Ok(text)
}
