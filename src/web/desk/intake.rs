//! Taking in a dossier at the counter: a form that also works while the line is down.

use askama::Template;
use serde_json::json;

use super::dossier::form_label;
use super::told::Filed;
use super::{Choice, Data, dressed};
use crate::domain::actor::Actor;
use crate::domain::dossier::ComponentForm;
use crate::domain::text::fold;
use crate::domain::time::Moment;
use crate::web::frame::{Door, Frame};

#[derive(Template)]
#[template(path = "desk_new.html")]
pub struct IntakePage {
    frame: Frame,
    data: Data,
    procedures: Vec<Choosable>,
    /// In what form a paper comes: (value, words).
    forms: Vec<Choice>,
}

struct Choosable {
    code: String,
    name: String,
    /// Without diacritics, for the search in the list.
    folded: String,
    /// Its papers as JSON: all that is needed while the line is down.
    parts: String,
    /// Settled leg by leg: it is entered here and accepted on its own page, where the agencies are named.
    linked: bool,
}

impl IntakePage {
    #[must_use]
    pub fn new(frame: Frame, who: &Actor, now: Moment, procedures: &[Filed]) -> Self {
        let lang = frame.lang;
        let title = lang.of("Nhận hồ sơ tại quầy", "Take in a dossier");
        let forms = [
            ComponentForm::Original,
            ComponentForm::CertifiedCopy,
            ComponentForm::Copy,
            ComponentForm::EDocument,
        ];
        let procedures = procedures.iter().map(|one| {
            let parts = one.components.iter().map(|part| {
                let original = part.originals.unwrap_or(0) > 0;
                let form = if original { "ORIGINAL" } else { "COPY" };
                json!({ "item": part.item, "name": part.name_vi, "form": form })
            });
            Choosable {
                folded: fold(&format!("{} {} {}", one.code, one.name.vi, one.name.en)),
                parts: parts.collect::<serde_json::Value>().to_string(),
                name: one.name.said(lang),
                code: one.code.clone(),
                linked: one.is_linked(),
            }
        });
        Self {
            data: Data::new(who, now),
            procedures: procedures.collect(),
            forms: forms
                .map(|form| {
                    (
                        sent(form).to_owned(),
                        lang.pick(form_label(form)).to_owned(),
                    )
                })
                .to_vec(),
            frame: dressed(frame.titled(title, Some(Door::Desk)))
                .script("desk/new.js")
                .script("desk/paper.js"),
        }
    }
}

/// As the API takes it.
fn sent(form: ComponentForm) -> &'static str {
    match form {
        ComponentForm::Original => "ORIGINAL",
        ComponentForm::CertifiedCopy => "CERTIFIED_COPY",
        ComponentForm::Copy => "COPY",
        ComponentForm::EDocument => "E_DOCUMENT",
    }
}
