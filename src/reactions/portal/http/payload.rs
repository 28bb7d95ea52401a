//! The two documents in the portal's own words. Codes and dates are texts; what is not known is an empty one.

use clap::ValueEnum;
use serde_json::{Value, json};

use crate::domain::actor::Role;
use crate::domain::catalogue::{ApplicantKind, Procedure};
use crate::domain::dossier::{
    Channel, ComponentForm, DeliveryMethod, Digitisation, Dossier, DossierEvent, DueDateCause,
    EndKind, ObligationKind, ObligationState, PaymentMethod, Phase, ResultStanding, Stage,
};
use crate::domain::portal::PortalStatus;
use crate::domain::time::Moment;
use crate::reactions::portal::{Case, Person};

/// By which table the kind of an applicant (`LoaiDoiTuong`) is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ObjectKinds {
    /// 0 citizen, 1 enterprise, 2 household business: the integration of 2026.
    #[default]
    Current,
    /// 1 citizen, 2 enterprise: earlier systems.
    Older,
}

impl ObjectKinds {
    fn code(self, is_citizen: bool) -> &'static str {
        match (self, is_citizen) {
            (Self::Current, true) => "0",
            (Self::Current, false) | (Self::Older, true) => "1",
            (Self::Older, false) => "2",
        }
    }
}

/// `yyyyMMddHHmmss` in Vietnam, without a zone; empty when there is none.
fn date(at: Option<Moment>) -> String {
    at.map_or_else(String::new, |at| {
        at.local().strftime("%Y%m%d%H%M%S").to_string()
    })
}

fn flag(is_so: bool) -> &'static str {
    if is_so { "1" } else { "0" }
}

/// `DongBoHoSoMC`; none before submission.
pub fn dossier(case: &Case, kinds: ObjectKinds) -> Option<Value> {
    let dossier = case.dossier()?;
    let code = dossier.code.as_ref()?;
    let status = PortalStatus::of(dossier)?;
    let day = case.fact()?.recorded_at.date();
    let procedure = dossier.pinned_procedure(&case.reference, day);
    let procedure = procedure.map(AsRef::as_ref);
    let named = |text: fn(&Procedure) -> &String| procedure.map_or("", |one| text(one));
    let person = case.person.clone().unwrap_or_default();
    let turn = dossier.turn();
    let office = dossier.office.as_ref().map_or("", |office| office.as_str());
    let office_name = case.reference.office(office, day);
    let ended = turn.and_then(|turn| turn.ending);
    Some(json!({
        "MaHoSo": code.as_str(),
        "MaTTHC": dossier.procedure.as_ref().map_or("", |code| code.as_str()),
        "TenTTHC": named(|one| &one.name_vi),
        "MaLinhVuc": "",
        "TenLinhVuc": named(|one| &one.field_vi),
        "KenhThucHien": dossier.channel.map_or("", channel),
        "ChuHoSo": person.full_name.as_deref().unwrap_or_default(),
        "LoaiDoiTuong": kinds.code(is_citizen(&person, procedure)),
        "MaDoiTuong": "",
        "SoGiayToChuHoSo": person.citizen_number.as_deref().unwrap_or_default(),
        "Email": person.email.as_deref().unwrap_or_default(),
        "SoDienThoai": person.phone.as_deref().unwrap_or_default(),
        "TrichYeuHoSo": named(|one| &one.name_vi),
        "NgayNopHoSo": date(dossier.lodged_at),
        "NgayTiepNhan": date(turn.map(|turn| turn.received_at)),
        "NgayHenTra": date(turn.map(|turn| turn.due_at)),
        "TrangThaiHoSo": status.code().to_string(),
        "NgayTra": date(dossier.delivered_at),
        "ThongTinTra": dossier.delivered.map_or("", returned),
        "HinhThuc": flag(dossier.delivered == Some(DeliveryMethod::Post)),
        "NgayKetThucXuLy": date(ended.filter(|end| end.kind != EndKind::Redirected).map(|end| end.at)),
        "NgayTuChoi": date(refused_at(case)),
        "DonViXuLy": office_name.map_or(office, |one| one.name_vi.as_str()),
        "GhiChu": "",
        "TaiLieuNop": papers(dossier, procedure),
        "DanhSachLePhi": fees(case, dossier),
        "DanhSachHoSoBoSung": supplements(case, procedure),
        "DanhSachGiayToKetQua": results(dossier, procedure),
        "HoSoCoThanhPhanSoHoa": flag(dossier.components.iter().any(|one| one.digitisation != Digitisation::None)),
        "TaiKhoanDuocXacThucVoiVNeID": flag(dossier.channel == Some(Channel::Online) && dossier.applicant.is_some()),
        "DuocThanhToanTrucTuyen": paid_online(dossier),
        "DSKetNoiCSDL": [],
    }))
}

/// `CapNhatTienDoHoSoMC`; none before submission.
pub fn progress(case: &Case) -> Option<Value> {
    let (fact, dossier) = (case.fact()?, case.dossier()?);
    let code = dossier.code.as_ref()?;
    let status = PortalStatus::of(dossier)?;
    let turn = dossier.turn();
    let day = fact.recorded_at.date();
    let office = fact.actor.office.as_str();
    let office_name = case.reference.office(office, day);
    Some(json!({
        "MaHoSo": code.as_str(),
        // A pseudonym: the journal knows officers by no other name.
        "NguoiXuLy": fact.actor.id,
        "ChucDanh": role(fact.actor.role),
        "ThoiDiemXuLy": date(Some(fact.recorded_at)),
        "PhongBanXuLy": office_name.map_or("", |one| one.name_vi.as_str()),
        "NoiDungXuLy": case.event().map_or("", act),
        "TrangThai": status.code().to_string(),
        "NgayBatDau": date(dossier.desk().map(|desk| desk.since)),
        "NgayKetThucTheoQuyDinh": date(turn.map(|turn| turn.due_at)),
    }))
}

fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Counter => "1",
        Channel::Online => "2",
        Channel::Post => "3",
    }
}

/// A personal number is a citizen's; without one a procedure for enterprises alone is an enterprise's.
fn is_citizen(person: &Person, procedure: Option<&Procedure>) -> bool {
    let kinds = procedure.and_then(|one| one.applicant_kinds.as_ref());
    let personal = kinds.is_none_or(|kinds| {
        kinds.value.iter().any(|kind| match kind {
            ApplicantKind::Citizen | ApplicantKind::Foreigner | ApplicantKind::VietnameseAbroad => {
                true
            }
            ApplicantKind::Enterprise
            | ApplicantKind::Organisation
            | ApplicantKind::StateAgency => false,
        })
    });
    personal || person.citizen_number.is_some()
}

fn returned(method: DeliveryMethod) -> &'static str {
    match method {
        DeliveryMethod::Counter => "Trả tại Bộ phận Một cửa",
        DeliveryMethod::Post => "Trả qua dịch vụ bưu chính công ích",
        DeliveryMethod::Online => "Trả trực tuyến",
    }
}

/// Refused at intake or after appraisal.
fn refused_at(case: &Case) -> Option<Moment> {
    let refusals = case.facts().filter(|(_, event, _)| {
        matches!(
            event,
            DossierEvent::AcceptanceRefused(_) | DossierEvent::ResolutionRefused(_)
        )
    });
    refusals.last().map(|(fact, _, _)| fact.recorded_at)
}

fn component_name(procedure: Option<&Procedure>, item: u32) -> &str {
    let place = (item as usize).checked_sub(1);
    let found = place.and_then(|place| procedure?.components.get(place));
    found.map_or("", |component| component.name_vi.as_str())
}

fn papers(dossier: &Dossier, procedure: Option<&Procedure>) -> Vec<Value> {
    let paper = |one: &crate::domain::dossier::ReceivedComponent| {
        let form = match one.form {
            ComponentForm::Original => "0",
            ComponentForm::Copy | ComponentForm::CertifiedCopy => "1",
            ComponentForm::EDocument => "2",
        };
        let reused = match one.digitisation {
            Digitisation::None | Digitisation::Here => "0",
            Digitisation::FromDossier => "1",
            Digitisation::FromResult => "2",
        };
        json!({
            "MaThanhPhanHoSo": one.item.to_string(),
            "TenTepDinhKem": component_name(procedure, one.item),
            "LoaiBan": form,
            "DuocSoHoa": flag(one.digitisation != Digitisation::None),
            "DuocTaiSuDung": reused,
            "DuocLayTuKhoDMQG": "0",
        })
    };
    dossier.components.iter().map(paper).collect()
}

/// What is owed or was paid; at which stage it was asked for says when it is collected.
fn fees(case: &Case, dossier: &Dossier) -> Vec<Value> {
    let asked = |number: u32| {
        let mut facts = case.facts();
        facts.find_map(|(_, event, before)| match event {
            DossierEvent::FinancialObligationIssued(issued) if issued.number == number => {
                Some(before.phase)
            }
            _ => None,
        })
    };
    let owed = dossier
        .obligations
        .iter()
        .filter(|one| one.state != ObligationState::Cancelled);
    owed.map(|one| {
        let (name, kind) = match one.kind {
            ObligationKind::Charge => ("Lệ phí", "1"),
            ObligationKind::Fee => ("Phí", "2"),
            ObligationKind::Obligation => ("Nghĩa vụ tài chính", "3"),
        };
        json!({
            "TenPhiLePhi": name,
            "MaPhiLePhi": "",
            "HinhThucThu": collected(asked(one.number)),
            "Gia": one.amount_vnd.to_string(),
            "LoaiPhiLePhi": kind,
        })
    })
    .collect()
}

/// 1 at receipt, 2 at a supplement, 4 with the result.
fn collected(phase: Option<Phase>) -> &'static str {
    match phase {
        Some(Phase::AwaitingSupplement(_) | Phase::Supplemented) => "2",
        Some(Phase::ResultDrafted | Phase::ResultApproved | Phase::Completed) => "4",
        Some(_) | None => "1",
    }
}

/// Every request for a supplement, with its answer and what it did to the promise.
fn supplements(case: &Case, procedure: Option<&Procedure>) -> Vec<Value> {
    let mut all: Vec<Value> = Vec::new();
    for (fact, event, _) in case.facts() {
        match event {
            DossierEvent::SupplementRequested(asked) => {
                let names = asked
                    .items
                    .iter()
                    .map(|item| component_name(procedure, *item))
                    .filter(|name| !name.is_empty());
                let papers: Vec<Value> = names
                    .clone()
                    .map(|name| json!({ "TenGiayTo": name }))
                    .collect();
                all.push(json!({
                    "HoSoBoSungId": asked.number.to_string(),
                    "NguoiYeuCauBoSung": fact.actor.id,
                    "NoiDungBoSung": names.collect::<Vec<_>>().join("; "),
                    "NgayBoSung": date(Some(fact.recorded_at)),
                    "NguoiTiepNhanBoSung": "",
                    "ThongTinTiepNhan": if asked.stage == Stage::Intake { "Trước khi tiếp nhận" } else { "" },
                    "NgayTiepNhanBoSung": "",
                    "TrangThaiBoSung": "0",
                    "DanhSachGiayToBoSung": papers,
                    "DanhSachLePhiBoSung": [],
                    "NgayHenTraTruoc": "",
                    "NgayHenTraMoi": "",
                }));
            }
            DossierEvent::SupplementSubmitted(_) => {
                if let Some(last) = all.last_mut() {
                    last["NgayTiepNhanBoSung"] = date(Some(fact.recorded_at)).into();
                    last["TrangThaiBoSung"] = "1".into();
                }
            }
            DossierEvent::DueDateRecomputed(moved) if moved.cause == DueDateCause::Supplement => {
                if let Some(last) = all.last_mut() {
                    last["NgayHenTraTruoc"] = date(Some(moved.old)).into();
                    last["NgayHenTraMoi"] = date(Some(moved.new)).into();
                }
            }
            _ => {}
        }
    }
    all
}

/// The documents in force.
fn results(dossier: &Dossier, procedure: Option<&Procedure>) -> Vec<Value> {
    let in_force = dossier
        .results
        .iter()
        .filter(|one| one.standing == ResultStanding::Valid);
    in_force
        .map(|one| {
            json!({
                "TenGiayTo": procedure.map_or("", |procedure| procedure.result_vi.as_str()),
                "MaThanhPhanHoSo": "",
                "GiayToId": one.number.as_deref().unwrap_or_default(),
                "DuongDanTepTinKetQua": "",
            })
        })
        .collect()
}

/// 0 not, 1 through the national portal, 2 through a ministry's or province's gateway.
fn paid_online(dossier: &Dossier) -> &'static str {
    let methods = || dossier.obligations.iter().filter_map(|one| one.method);
    if methods().any(|method| method == PaymentMethod::NationalGateway) {
        "1"
    } else if methods().any(|method| method == PaymentMethod::LocalGateway) {
        "2"
    } else {
        "0"
    }
}

/// What an officer is there, in place of a name.
fn role(role: Role) -> &'static str {
    match role {
        Role::Receiver => "Công chức tiếp nhận",
        Role::Handler => "Công chức thụ lý",
        Role::DivisionHead => "Lãnh đạo bộ phận chuyên môn",
        Role::Signer => "Người có thẩm quyền ký",
        Role::Clerk => "Văn thư",
        Role::Cashier => "Thu phí, lệ phí",
        Role::CentreManager => "Lãnh đạo Bộ phận Một cửa",
        Role::PostalAgent => "Nhân viên bưu chính",
        Role::VerticalAgency => "Cơ quan phối hợp",
        Role::Applicant => "Người nộp hồ sơ",
        Role::PaymentGateway
        | Role::ProcedureController
        | Role::Auditor
        | Role::Admin
        | Role::System => "Hệ thống",
    }
}

/// What was done, in one term: nothing that was typed.
fn act(event: &DossierEvent) -> &'static str {
    match event {
        DossierEvent::Forwarded(_) => "Chuyển người thụ lý",
        DossierEvent::HandlerAssigned(_) => "Phân công người thụ lý",
        DossierEvent::StepReturned(_) => "Trả lại người thụ lý để chỉnh sửa",
        DossierEvent::StepRecalled(_) => "Thu hồi bước đã chuyển",
        DossierEvent::HandedOver(_) => "Bàn giao hồ sơ",
        DossierEvent::OpinionRequested(_) => "Lấy ý kiến cơ quan phối hợp",
        DossierEvent::OpinionReceived(_) => "Nhận ý kiến cơ quan phối hợp",
        DossierEvent::OpinionDeemedAgreed(_) => "Cơ quan phối hợp được coi là đồng ý",
        DossierEvent::FieldVerificationScheduled(_) => "Hẹn xác minh thực địa",
        DossierEvent::FieldVerificationRecorded(_) => "Ghi nhận xác minh thực địa",
        DossierEvent::ResultDrafted(_) => "Dự thảo kết quả",
        DossierEvent::ResultApproved(_) => "Duyệt dự thảo kết quả",
        DossierEvent::ResultSigned(_) => "Ký kết quả",
        _ => "Cập nhật hồ sơ",
    }
}
