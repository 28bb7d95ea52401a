//! What has to be said with each command, as fields of its form.

use super::told::{Action, Dossier, Owed};
use super::{Choice, linked, moment};
use crate::domain::actor::Role;
use crate::web::lang::Lang;

/// One field. Scripts send it under its name, read as `sent` says.
#[derive(Debug, Clone)]
pub struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub hint: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub enum Kind {
    /// A line of text; the id of a list of proposals.
    Line(Option<&'static str>),
    /// The procedure's papers, to be ticked; these are ticked already.
    Items(Vec<u32>),
    Choices(Vec<Choice>),
    /// A day, not before this one.
    Day(String),
    /// A whole number, with a value to begin with.
    Whole(String),
    /// A file, sent before the command that names it.
    File,
    /// Ticked unless told.
    Tick,
    /// A whole number that is no choice.
    Given(u32),
    /// The same, to be chosen.
    Places(Vec<Choice>),
    /// The office that settles a leg.
    Leg {
        place: u32,
        name: String,
        offices: Vec<Choice>,
    },
}

impl Field {
    pub(super) fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            name,
            label,
            kind,
            required: true,
            hint: None,
        }
    }

    fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    fn hinted(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// What a form may offer beside the dossier itself.
pub struct Offers<'a> {
    /// Other offices: (code, name).
    pub offices: &'a [Choice],
    pub lang: Lang,
}

/// The fields of an action's form, without the reason and the note that every form has.
pub fn of(action: &Action, dossier: &Dossier, offers: &Offers<'_>) -> Vec<Field> {
    let lang = offers.lang;
    let mut fields = own(action, dossier, offers);
    if action.needs_basis {
        let label = lang.of(
            "Căn cứ pháp lý của ngoại lệ",
            "Legal basis of the exception",
        );
        let hint = lang.of("Ví dụ 61/2018/ND-CP:19.4", "Such as 61/2018/ND-CP:19.4");
        fields.push(Field::new("basis", label, Kind::Line(None)).hinted(hint));
    }
    if action.needs_approver {
        let label = lang.of("Người phê duyệt (mã)", "Approved by (pseudonym)");
        fields.push(Field::new("approvedBy", label, Kind::Line(Some("people"))));
    }
    fields
}

fn own(action: &Action, dossier: &Dossier, offers: &Offers<'_>) -> Vec<Field> {
    let lang = offers.lang;
    let to = |label| Field::new("to", label, Kind::Line(Some("people")));
    match action.command.as_str() {
        "forwardDossier" | "assignHandler" => {
            vec![to(lang.of("Người thụ lý (mã)", "Handler (pseudonym)"))]
        }
        "handOver" => vec![
            to(lang.of("Người nhận (mã)", "Receiver (pseudonym)")),
            Field::new(
                "role",
                lang.of("Nhận với vai trò", "Receives as"),
                Kind::Choices(desks(lang)),
            ),
        ],
        "receiveHandOver" => vec![Field::new(
            "complete",
            lang.of("Đủ giấy tờ", "All papers were there"),
            Kind::Tick,
        )],
        "requestSupplement" | "proposeSupplement" => {
            let ticked = dossier.proposed_items.clone().unwrap_or_default();
            let label = lang.of("Giấy tờ cần bổ sung", "Papers to be supplied");
            let hint = lang.of("Nêu đủ trong một lần.", "Name all of them at once.");
            vec![Field::new("items", label, Kind::Items(ticked)).hinted(hint)]
        }
        "redirectDossier" => vec![
            Field::new(
                "to",
                lang.of("Cơ quan có thẩm quyền", "Competent office"),
                Kind::Choices(offers.offices.to_vec()),
            ),
            Field::new(
                "kind",
                lang.of("Vì sao chuyển", "Why it goes there"),
                Kind::Choices(redirections(lang)),
            ),
        ],
        "acceptLinkedDossier" => linked::agencies(dossier, offers.offices, lang),
        "sendBack" => linked::results(dossier, lang),
        "declineCorrection" => linked::asking(dossier, lang),
        "issueResult" => vec![
            Field::new(
                "number",
                lang.of("Số văn bản kết quả", "Number of the result"),
                Kind::Line(None),
            )
            .hinted(lang.of("Ví dụ 123/QĐ-UBND", "Such as 123/QĐ-UBND")),
            file(lang),
        ],
        "receiveComponent" => component(dossier, lang),
        "deliverResult" => vec![Field::new(
            "method",
            lang.of("Cách trả", "How"),
            Kind::Choices(deliveries(lang)),
        )],
        "issueFinancialObligation" => obligation(lang),
        "confirmPayment" => payment(dossier, lang),
        "issueApology" => vec![Field::new(
            "newDueOn",
            lang.of("Ngày hẹn mới", "New date"),
            Kind::Day(day_after(dossier)),
        )],
        _ => Vec::new(),
    }
}

fn file(lang: Lang) -> Field {
    let label = lang.of("Tệp", "File");
    let hint = lang.of(
        "PDF, PNG, JPEG hoặc XML, tối đa 20 MB.",
        "PDF, PNG, JPEG or XML, at most 20 MB.",
    );
    Field::new("file", label, Kind::File)
        .optional()
        .hinted(hint)
}

fn component(dossier: &Dossier, lang: Lang) -> Vec<Field> {
    let listed = dossier.procedure.iter().flat_map(|one| &one.components);
    let listed = listed.map(|one| {
        let name = format!("{}. {}", one.item, one.name_vi);
        (one.item.to_string(), name)
    });
    let forms = [
        ("ORIGINAL", lang.of("Bản chính", "Original")),
        ("COPY", lang.of("Bản sao", "Copy")),
        (
            "CERTIFIED_COPY",
            lang.of("Bản sao chứng thực", "Certified copy"),
        ),
        ("E_DOCUMENT", lang.of("Bản điện tử", "Electronic document")),
    ];
    let digital = [
        ("HERE", lang.of("Số hóa tại đây", "Digitised here")),
        ("NONE", lang.of("Không có", "There is none")),
    ];
    vec![
        Field::new(
            "item",
            lang.of("Giấy tờ", "Paper"),
            Kind::Places(listed.collect()),
        ),
        Field::new(
            "form",
            lang.of("Dạng nhận", "Form it came in"),
            Kind::Choices(choices(&forms)),
        ),
        Field::new(
            "digitisation",
            lang.of("Bản số", "Digital form"),
            Kind::Choices(choices(&digital)),
        ),
        file(lang),
    ]
}

fn obligation(lang: Lang) -> Vec<Field> {
    let kinds = [
        ("CHARGE", lang.of("Lệ phí", "Statutory charge")),
        ("FEE", lang.of("Phí", "Fee")),
        (
            "OBLIGATION",
            lang.of(
                "Nghĩa vụ tài chính (dừng tính giờ)",
                "Tax or levy (stops the clock)",
            ),
        ),
    ];
    vec![
        Field::new(
            "kind",
            lang.of("Khoản thu", "What for"),
            Kind::Choices(choices(&kinds)),
        ),
        Field::new(
            "amountVnd",
            lang.of("Số tiền (đồng)", "Amount (đồng)"),
            Kind::Whole(String::new()),
        ),
        Field::new(
            "dueOn",
            lang.of("Hạn nộp", "To be paid by"),
            Kind::Day(String::new()),
        )
        .optional(),
    ]
}

fn payment(dossier: &Dossier, lang: Lang) -> Vec<Field> {
    let methods = [
        ("CASH", lang.of("Tiền mặt", "Cash")),
        ("BANK_TRANSFER", lang.of("Chuyển khoản", "Bank transfer")),
        (
            "NATIONAL_GATEWAY",
            lang.of("Cổng thanh toán quốc gia", "National gateway"),
        ),
        (
            "LOCAL_GATEWAY",
            lang.of("Cổng khác, ví", "Other gateway, wallet"),
        ),
    ];
    let open = |owed: &&Owed| owed.state == "REQUESTED";
    let owed = dossier.obligations.iter().flatten().find(open);
    let (number, amount) = owed.map_or((0, String::new()), |owed| {
        (owed.number, owed.amount().to_string())
    });
    vec![
        Field::new("number", "", Kind::Given(number)),
        Field::new(
            "amountVnd",
            lang.of("Số tiền đã thu (đồng)", "Amount paid (đồng)"),
            Kind::Whole(amount),
        ),
        Field::new(
            "method",
            lang.of("Cách nộp", "How it was paid"),
            Kind::Choices(choices(&methods)),
        ),
        Field::new(
            "reference",
            lang.of("Mã giao dịch", "Reference"),
            Kind::Line(None),
        )
        .optional(),
    ]
}

fn choices(pairs: &[(&str, &str)]) -> Vec<Choice> {
    let owned = |(value, words): &(&str, &str)| ((*value).to_owned(), (*words).to_owned());
    pairs.iter().map(owned).collect()
}

/// How a result is handed over.
pub fn deliveries(lang: Lang) -> Vec<Choice> {
    choices(&[
        ("COUNTER", lang.of("Tại quầy", "At the counter")),
        ("POST", lang.of("Qua bưu chính", "By post")),
        ("ONLINE", lang.of("Trực tuyến", "Online")),
    ])
}

fn redirections(lang: Lang) -> Vec<Choice> {
    choices(&[
        (
            "WRONG_OFFICE",
            lang.of("Nộp nhầm cơ quan", "Filed at the wrong office"),
        ),
        (
            "NON_TERRITORIAL",
            lang.of("Tiếp nhận phi địa giới", "Received for another office"),
        ),
    ])
}

/// The desks that a dossier goes over.
fn desks(lang: Lang) -> Vec<Choice> {
    let roles = [
        Role::Handler,
        Role::DivisionHead,
        Role::Signer,
        Role::Clerk,
        Role::Receiver,
    ];
    let said = roles.map(|role| {
        (
            role.name().to_uppercase(),
            lang.pick(role.label()).to_owned(),
        )
    });
    said.to_vec()
}

/// The day after the promised one.
fn day_after(dossier: &Dossier) -> String {
    let due = dossier.due_at.as_deref().and_then(moment);
    let next = due.and_then(|due| due.date().tomorrow().ok());
    next.map_or_else(String::new, |day| day.to_string())
}
