//! How what is owed can be paid from the page; with the receipt only.

use super::Story;
use super::duty::kind;
use super::holder::WayToPay;
use crate::domain::dossier::Dossier;
use crate::web::lang::Lang;
use crate::web::qr;

/// One way to pay one sum.
pub struct PayLine {
    /// What for, and how much.
    pub sum: String,
    /// The QR code for a banking app; empty for a link.
    pub qr: String,
    pub link: Option<String>,
    /// For who types: label, value.
    pub rows: Vec<(&'static str, String)>,
}

pub fn lines(dossier: &Dossier, story: &Story<'_>, lang: Lang) -> Vec<PayLine> {
    let ways = story.holder.map_or(&[][..], |holder| &holder.ways_to_pay);
    ways.iter()
        .filter_map(|way| line(dossier, way, lang))
        .collect()
}

fn line(dossier: &Dossier, way: &WayToPay, lang: Lang) -> Option<PayLine> {
    let owed = dossier.obligation(way.number)?;
    let amount = format!("{} đ", lang.count(owed.amount_vnd));
    let label = lang.of("Mã QR chuyển khoản", "QR code of the transfer");
    let row = |label, value: &Option<String>| Some((label, value.clone()?));
    let typed = [
        row(lang.of("Ngân hàng", "Bank"), &way.bank),
        row(lang.of("Số tài khoản", "Account"), &way.account),
        row(lang.of("Chủ tài khoản", "Account holder"), &way.holder),
    ];
    let transfer = way.qr.is_some();
    let text = transfer.then(|| {
        let label = lang.of("Nội dung chuyển khoản", "Text of the transfer");
        (label, way.reference.clone())
    });
    Some(PayLine {
        sum: format!("{}: {amount}", lang.pick(kind(owed.kind))),
        qr: way
            .qr
            .as_deref()
            .map_or_else(String::new, |text| qr::svg(text, label)),
        link: way.link.clone(),
        rows: typed.into_iter().flatten().chain(text).collect(),
    })
}
