//! One dossier as its office works on it: where it stands, whose it is, what can be done now, what was done.

use askama::Template;

use super::fields::{self, Field, Kind, Offers};
use super::linked::{self, LegLine};
use super::told::{Action, Component, Dossier, Fact, Printable};
use super::{Choice, Data, Ground, dressed, left, moment, named, portal, reasons, when};
use crate::api::words;
use crate::domain::actor::{Actor, Role};
use crate::domain::dossier::ComponentForm;
use crate::domain::fact::BreachRule;
use crate::web::brought::FileLine;
use crate::web::dates::{self, When};
use crate::web::frame::{Door, Frame};
use crate::web::lang::Lang;
use crate::web::qr;
use crate::web::tracking::Tone;

#[derive(Template)]
#[template(path = "desk_dossier.html")]
pub struct DossierPage {
    frame: Frame,
    data: Data,
    code: String,
    version: u32,
    status: String,
    procedure: String,
    office: String,
    handler: Option<String>,
    due: Option<When>,
    original: Option<When>,
    why: Option<String>,
    /// How it stands with the national portal, in one line; and what is beyond a limit.
    portal: Option<(Tone, String)>,
    alarms: Vec<String>,
    tone: Tone,
    left: String,
    dates: Vec<(&'static str, When)>,
    entered_late: bool,
    breaches: Vec<&'static str>,
    applicant: Option<Person>,
    /// Where numbers are shown in full.
    reveal: Option<String>,
    parts: Vec<Part>,
    owed: Vec<String>,
    results: Vec<String>,
    files: Vec<FileLine>,
    /// The legs of a linked dossier; the whole of a leg, by code.
    legs: Vec<LegLine>,
    whole: Option<String>,
    papers: Vec<Paper>,
    acts: Vec<Act>,
    reasons: Vec<Choice>,
    people: Vec<String>,
    history: Vec<Step>,
    qr: String,
    address: String,
    updated: When,
}

/// Whose dossier it is: (what, value) of what is known.
struct Person {
    lines: Vec<(&'static str, String)>,
    masked: bool,
    erased: bool,
}

/// A paper of the procedure's list, and in what form it came.
struct Part {
    item: u32,
    name: String,
    came: Option<&'static str>,
    asked_for: bool,
}

/// A statutory paper, from which fact it is, and how often it was printed.
struct Paper {
    form: String,
    of: u32,
    url: String,
    name: String,
    number: String,
    when: Option<When>,
    printings: u32,
}

struct Act {
    command: String,
    label: String,
    needs_reason: bool,
    form: Option<String>,
    fields: Vec<Field>,
}

struct Step {
    version: u32,
    what: String,
    when: Option<When>,
    claimed: Option<When>,
    by: String,
    reason: Option<String>,
    breach: Option<&'static str>,
}

/// What the page knows beside the dossier.
pub struct Around<'a> {
    pub who: &'a Actor,
    pub ground: Ground<'a>,
    pub people: Vec<String>,
    /// Other offices: (code, name).
    pub offices: Vec<Choice>,
    pub base: &'a str,
    pub revealed: bool,
}

impl DossierPage {
    #[must_use]
    pub fn new(frame: Frame, code: &str, told: &Dossier, around: Around<'_>) -> Self {
        let lang = frame.lang;
        let due = told.due_at.as_deref().and_then(moment);
        let original = told.original_due_at.as_deref().and_then(moment);
        let ended = told.ended_at.is_some();
        let (tone, left) = left(due, ended, told.paused, &around.ground, lang);
        let procedure = told.procedure.as_ref();
        let offers = Offers {
            offices: &around.offices,
            lang,
        };
        let applicant = told.applicant.as_ref().map(|one| Person::new(one, lang));
        let masked = applicant.is_some() && !around.revealed;
        let address = format!("{}/t/{code}", around.base);
        let name = procedure.map_or_else(|| told.procedure_code.clone(), |one| one.name.said(lang));
        let actions = told.actions.iter().flatten();
        let breaches = told.breaches.iter().filter_map(|rule| breach(rule, lang));
        let components = procedure.map_or(&[][..], |one| &one.components);
        let facts = told
            .history
            .iter()
            .flat_map(|facts| facts.nodes.iter().rev());
        Self {
            data: Data::new(around.who, around.ground.now),
            version: told.version,
            status: told.status_label.said(lang),
            office: told
                .office
                .as_ref()
                .map_or_else(String::new, |office| office.name.said(lang)),
            handler: told.handler.clone(),
            due: due.map(|due| dates::promise(due, lang)),
            original: original
                .filter(|original| Some(*original) != due)
                .map(|original| dates::short(original, lang)),
            why: told.explain.as_ref().map(|why| why.said(lang)),
            portal: told.portal.as_ref().and_then(|one| portal::line(one, lang)),
            alarms: told
                .portal
                .iter()
                .flat_map(|one| &one.alarms)
                .map(|one| one.label.said(lang))
                .collect(),
            tone,
            left,
            dates: days(told, lang),
            entered_late: told.entered_late == Some(true),
            breaches: breaches.collect(),
            applicant,
            reveal: masked.then(|| frame.to(&format!("/desk/d/{code}?reveal=1"))),
            parts: components
                .iter()
                .map(|one| Part::new(one, told, lang))
                .collect(),
            owed: owed(told, lang),
            results: results(told, lang),
            files: told
                .files
                .iter()
                .flatten()
                .map(|one| FileLine::new(one, lang))
                .collect(),
            legs: linked::lines(told, lang),
            whole: told.leg_of.as_ref().map(|leg_of| leg_of.code.clone()),
            papers: told
                .papers
                .iter()
                .flatten()
                .map(|one| Paper::new(one, lang))
                .collect(),
            acts: actions
                .map(|action| Act::new(action, told, &offers))
                .collect(),
            reasons: reasons(lang),
            people: around.people,
            history: facts.map(|fact| Step::new(fact, lang)).collect(),
            qr: qr::svg(
                &address,
                lang.of("Mã QR của trang theo dõi", "QR code of the tracking page"),
            ),
            updated: dates::short(around.ground.now, lang),
            frame: dressed(
                frame
                    .titled(format!("{code} · {name}"), Some(Door::Desk))
                    .wide(),
            )
            .script("desk/act.js")
            .script("desk/paper.js"),
            procedure: name,
            code: code.to_owned(),
            address,
        }
    }
}

fn days(told: &Dossier, lang: Lang) -> Vec<(&'static str, When)> {
    let known = [
        (lang.of("Vào sổ", "Entered"), &told.lodged_at),
        (
            lang.of("Nhận (giờ trên giấy)", "Received (hour on the slip)"),
            &told.received_at,
        ),
        (
            lang.of("Tiếp nhận (giờ ghi)", "Accepted (recorded)"),
            &told.accepted_at,
        ),
        (
            lang.of("Phải tiếp nhận trước", "To be accepted by"),
            &told.intake_due_at,
        ),
        (
            lang.of("Hạn bổ sung", "Supplement due"),
            &told.answer_due_at,
        ),
        (lang.of("Xong", "Settled"), &told.ended_at),
    ];
    let said = known.into_iter();
    said.filter_map(|(what, at)| Some((what, when(at.as_ref(), lang)?)))
        .collect()
}

fn breach(name: &str, lang: Lang) -> Option<&'static str> {
    let rule: BreachRule = named::<words::BreachRule>(name)?.into();
    Some(lang.pick(rule.label()))
}

fn owed(told: &Dossier, lang: Lang) -> Vec<String> {
    let all = told.obligations.iter().flatten();
    all.map(|one| {
        let kind = match one.kind.as_str() {
            "FEE" => lang.of("Phí", "Fee"),
            "CHARGE" => lang.of("Lệ phí", "Charge"),
            _ => lang.of("Nghĩa vụ tài chính", "Tax or levy"),
        };
        let state = match one.state.as_str() {
            "REQUESTED" => lang.of("chờ nộp", "to be paid"),
            "PAID" => lang.of("đã nộp", "paid"),
            "CANCELLED" => lang.of("đã hủy", "cancelled"),
            _ => lang.of("đã hoàn", "refunded"),
        };
        format!("{kind}: {} đ – {state}", lang.count(one.amount()))
    })
    .collect()
}

fn results(told: &Dossier, lang: Lang) -> Vec<String> {
    let all = told.results.iter().flatten();
    all.map(|one| {
        let number = one.number.as_deref();
        let number = number.unwrap_or(lang.of("chưa vào số", "not numbered yet"));
        let since = when(Some(&one.since), lang);
        let since = since.map_or_else(String::new, |since| format!(" · {}", since.words()));
        format!("{number} – {}{since}", one.standing_label.said(lang))
    })
    .collect()
}

impl Person {
    fn new(one: &super::told::Applicant, lang: Lang) -> Self {
        let known = [
            (lang.of("Họ và tên", "Name"), &one.full_name),
            (
                lang.of("Số định danh", "Identity number"),
                &one.citizen_number,
            ),
            (lang.of("Ngày sinh", "Born"), &one.birth_date),
            (lang.of("Điện thoại", "Phone"), &one.phone),
            (lang.of("Thư điện tử", "E-mail"), &one.email),
            (lang.of("Địa chỉ", "Address"), &one.address),
        ];
        let lines = known.into_iter();
        Self {
            lines: lines
                .filter_map(|(what, value)| Some((what, value.clone()?)))
                .collect(),
            masked: one.masked,
            erased: one.erased,
        }
    }
}

impl Paper {
    fn new(one: &Printable, lang: Lang) -> Self {
        Self {
            form: one.form.clone(),
            of: one.of,
            url: one.url.clone(),
            name: one.name.said(lang),
            number: one.number.clone(),
            when: when(Some(&one.at), lang),
            printings: one.printings,
        }
    }
}

impl Part {
    fn new(one: &Component, told: &Dossier, lang: Lang) -> Self {
        let received = told.components.iter().flatten();
        let mut received = received.filter(|received| received.item == one.item);
        let form = received.next().and_then(|received| {
            named::<words::ComponentForm>(&received.form).map(ComponentForm::from)
        });
        Self {
            item: one.item,
            name: one.name_vi.clone(),
            came: form.map(|form| lang.pick(form_label(form))),
            asked_for: told.supplement_items.contains(&one.item),
        }
    }
}

/// In what form a paper came: (Vietnamese, English).
pub fn form_label(form: ComponentForm) -> (&'static str, &'static str) {
    match form {
        ComponentForm::Original => ("bản chính", "original"),
        ComponentForm::Copy => ("bản sao", "plain copy"),
        ComponentForm::CertifiedCopy => ("bản sao chứng thực", "certified copy"),
        ComponentForm::EDocument => ("bản điện tử", "electronic"),
    }
}

impl Act {
    fn new(action: &Action, told: &Dossier, offers: &Offers<'_>) -> Self {
        Self {
            command: action.command.clone(),
            label: action.label.said(offers.lang),
            needs_reason: action.needs_reason,
            form: action.form.clone(),
            fields: fields::of(action, told, offers),
        }
    }
}

impl Step {
    fn new(fact: &Fact, lang: Lang) -> Self {
        let role = Role::from_name(&fact.role.to_lowercase());
        let role = role.map_or(fact.role.as_str(), |role| lang.pick(role.label()));
        let by = match &fact.actor {
            Some(actor) => format!("{role} · {actor}"),
            None => role.to_owned(),
        };
        let claimed = fact.claimed_at.as_ref().or(fact.received_at.as_ref());
        let reason = fact.reason_label.as_ref();
        Self {
            version: fact.version,
            what: fact.label.said(lang),
            when: when(Some(&fact.recorded_at), lang),
            claimed: when(claimed, lang),
            by,
            reason: reason.map(|reason| reason.said(lang)),
            breach: fact.breach.as_deref().and_then(|rule| breach(rule, lang)),
        }
    }
}
