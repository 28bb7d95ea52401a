//! How long a procedure takes in fact: counted from the last year, foretold only where a forecast held.

use crate::projections::statistics::forecast::Forecast;
use crate::projections::statistics::taken::Taken;
use crate::web::dates;
use crate::web::lang::Lang;

/// How long it really took.
pub struct Lived {
    /// `8 trên 10 hồ sơ xong trong 3 ngày làm việc`.
    pub says: String,
    /// Both numbers and the time they are of.
    pub from: String,
}

fn within(days: u32, lang: Lang) -> String {
    match days {
        0 => lang
            .of("ngay trong ngày nhận", "on the day of receipt")
            .to_owned(),
        days => {
            let days = dates::plural(days.into(), ("ngày làm việc", "working day"), lang);
            lang.of(format!("trong {days}"), format!("within {days}"))
        }
    }
}

/// Eight of ten, with both numbers.
pub fn most(taken: Taken, lang: Lang) -> Option<Lived> {
    let most = taken.most?;
    let (part, whole) = (lang.count(most.within), lang.count(most.of));
    let (within, since) = (within(most.days, lang), dates::day(taken.since, lang));
    let share = lang.percent(most.within, most.of).unwrap_or_default();
    Some(Lived {
        says: lang.of(
            format!("Ít nhất 8 trên 10 hồ sơ xong {within}"),
            format!("At least 8 of 10 were done {within}"),
        ),
        from: lang.of(
            format!("{part} / {whole} hồ sơ ({share}) nhận trong 12 tháng qua, từ {since}. Hồ sơ còn mở lâu hơn thế được tính là chưa xong; ngày nhận không tính."),
            format!("{part} of {whole} dossiers ({share}) received in the last 12 months, since {since}. Those open for longer count as not done; the day of receipt is not counted."),
        ),
    })
}

/// What is said where nothing can be told.
pub fn nothing(taken: Taken, lang: Lang) -> Option<&'static str> {
    match (taken.most, taken.enough) {
        (Some(_), _) => None,
        (None, true) => Some(lang.of(
            "Trong 12 tháng qua chưa đến 8 trên 10 hồ sơ được giải quyết xong.",
            "Fewer than 8 of 10 dossiers of the last 12 months are done.",
        )),
        (None, false) => Some(lang.of(
            "Có ít hơn 30 hồ sơ trong 12 tháng qua: quá ít để nói thực tế mất bao lâu.",
            "There were fewer than 30 dossiers in the last 12 months: too few to say how long it really takes.",
        )),
    }
}

/// A forecast is told only where one made a quarter ago held.
pub fn foretold(forecast: &Forecast, lang: Lang) -> Option<Lived> {
    let shown = forecast.shown?;
    let within = within(shown.p90_days, lang);
    let (sample, newest) = (lang.count(shown.sample as u64), forecast.backtests.first()?);
    let judged = newest.held + newest.exceeded;
    let (held, judged) = (lang.count(newest.held), lang.count(judged));
    let (from, to) = (dates::day(newest.from, lang), dates::day(newest.to, lang));
    Some(Lived {
        says: lang.of(
            format!("Dự báo: 9 trên 10 hồ sơ xong {within}"),
            format!("Forecast: 9 of 10 will be done {within}"),
        ),
        from: lang.of(
            format!("Từ {sample} hồ sơ của bốn quý qua. Kiểm tra: dự báo làm trước quý {from} – {to} đúng với {held} / {judged} hồ sơ."),
            format!("From {sample} dossiers of four quarters. Tested: as foretold before {from} – {to} it held for {held} of {judged}."),
        ),
    })
}
