//! The index of Decision 766 and the ranking of offices as tables.

use super::chart::{BarRow, Chart, Naming, Paint};
use super::figures::Share;
use super::table::{Cell, Column, Label, Row, Table};
use crate::domain::reference::Reference;
use crate::domain::target::Indicator;
use crate::projections::statistics::ranking::Ranked;
use crate::projections::statistics::score::{ElementState, Score, Scored, sum};
use crate::projections::statistics::suppress::FEWEST;
use crate::web::lang::{Lang, Pair};

fn column(key: &'static str, name: Pair, means: Pair) -> Column {
    Column { key, name, means }
}

/// What the score means, before its elements.
#[must_use]
pub fn words(score: &Score, lang: Lang) -> Vec<String> {
    let (points, of) = score.total();
    let shown = |hundredths: u64| Cell::Hundredths(hundredths).text(lang);
    let (points, of) = (shown(points), shown(of));
    let total = match lang {
        Lang::Vi => format!(
            "{points} điểm trên {of} điểm có thể đạt từ những gì sổ ghi nhận; 100 điểm là toàn bộ bộ chỉ số. Thành phần cần số liệu bên ngoài không được tính, không bị coi là 0."
        ),
        Lang::En => format!(
            "{points} points of {of} that could be had from what the journal records; the whole index has 100. Elements that need data from outside are left out, and never counted as nothing."
        ),
    };
    let index = &score.index;
    vec![
        total,
        lang.of(&index.legal_basis, &index.legal_basis).clone(),
        lang.of(&index.note_vi, &index.note_en).clone(),
    ]
}

/// How points are counted.
#[must_use]
pub fn rules(score: &Score, lang: Lang) -> Vec<String> {
    let rules = score.index.rules.iter();
    rules
        .map(|rule| lang.of(&rule.text_vi, &rule.text_en).clone())
        .collect()
}

/// Every element with its points, how they came about, and why others have none.
#[must_use]
pub fn score(score: &Score) -> Table {
    let mut rows = Vec::new();
    let mut elements = score.elements.iter();
    for group in &score.index.groups {
        let own: Vec<&Scored> = elements.by_ref().take(group.elements.len()).collect();
        let (points, of) = sum(own.iter().copied());
        rows.push(Row {
            label: Label::new(
                &group.code,
                (
                    &format!("{}. {}", group.code, group.name_vi),
                    &format!("{}. {}", group.code, group.name_en),
                ),
            ),
            link: None,
            class: "sum",
            cells: vec![
                Cell::Hundredths(points),
                Cell::Hundredths(of),
                Cell::Count(group.max.into()),
                Cell::Nothing,
                Cell::Nothing,
            ],
        });
        rows.extend(own.into_iter().map(element));
    }
    let (points, of) = score.total();
    let max = score.index.groups.iter().map(|group| u64::from(group.max));
    rows.push(Row {
        label: Label::new("*", ("Tổng", "Total")),
        link: None,
        class: "sum",
        cells: vec![
            Cell::Hundredths(points),
            Cell::Hundredths(of),
            Cell::Count(max.sum()),
            Cell::Nothing,
            Cell::Nothing,
        ],
    });
    Table {
        name: "score",
        title: ("Điểm theo bộ chỉ số 766", "Points by the index 766"),
        head: column(
            "element",
            ("Thành phần", "Element"),
            (
                "Số của thành phần trong bộ chỉ số",
                "Number of the element in the index",
            ),
        ),
        columns: vec![
            column(
                "points_hundredths",
                ("Điểm", "Points"),
                (
                    "Phần trăm điểm; trống: không tính",
                    "Hundredths of a point; empty: not counted",
                ),
            ),
            column(
                "of_hundredths",
                ("Có thể đạt", "Could be had"),
                (
                    "Phần trăm điểm của những gì được tính ở đây",
                    "Hundredths of a point, of what is counted here",
                ),
            ),
            column(
                "max",
                ("Tối đa", "Maximum"),
                ("Điểm tối đa theo bộ chỉ số", "Points in the index"),
            ),
            column(
                "ratio",
                ("Tỷ lệ", "Ratio"),
                ("Tử số và mẫu số", "Numerator and denominator"),
            ),
            column(
                "state",
                ("Cách tính", "How"),
                (
                    "counted, no_denominator hoặc needs_outside_data",
                    "counted, no_denominator or needs_outside_data",
                ),
            ),
        ],
        rows,
        notes: Vec::new(),
    }
}

fn element(one: &Scored) -> Row {
    let Scored {
        element,
        state,
        share,
        hundredths,
        why: (vi, en),
    } = one;
    let formula = &element.formula;
    let threshold = match element.threshold_percent {
        100 => (String::new(), String::new()),
        percent => (
            format!(" Đủ điểm từ {percent} %."),
            format!(" All points from {percent} % on."),
        ),
    };
    let (key, how) = match state {
        ElementState::Computed => (
            "counted",
            (
                format!("{vi} [{formula}]{}", threshold.0),
                format!("{en} [{formula}]{}", threshold.1),
            ),
        ),
        ElementState::NoDenominator => ("no_denominator", ((*vi).to_owned(), (*en).to_owned())),
        ElementState::NeedsOutsideData => (
            "needs_outside_data",
            (format!("✕ Không tính: {vi}"), format!("✕ Left out: {en}")),
        ),
    };
    let of = hundredths.map(|_| u64::from(element.max) * 100);
    Row {
        label: Label::new(
            &element.code,
            (
                &format!("{} {}", element.code, element.name_vi),
                &format!("{} {}", element.code, element.name_en),
            ),
        ),
        link: None,
        class: "sub",
        cells: vec![
            hundredths.map_or(Cell::Nothing, Cell::Hundredths),
            of.map_or(Cell::Nothing, Cell::Hundredths),
            Cell::Count(element.max.into()),
            share.map_or(Cell::Nothing, |share| {
                Cell::Share(Share {
                    part: share.numerator,
                    whole: share.denominator,
                })
            }),
            Cell::Text(Label::new(key, (&how.0, &how.1))),
        ],
    }
}

/// The groups of the index as bars: points reached, and what could be had.
#[must_use]
pub fn score_drawn(score: &Score, lang: Lang) -> Chart {
    let mut elements = score.elements.iter();
    let rows: Vec<BarRow> = score
        .index
        .groups
        .iter()
        .map(|group| {
            let own: Vec<&Scored> = elements.by_ref().take(group.elements.len()).collect();
            let (points, of) = sum(own.into_iter());
            let shown = Cell::Hundredths(points).text(lang);
            BarRow {
                name: format!(
                    "{}. {}",
                    group.code,
                    lang.of(&group.name_vi, &group.name_en)
                ),
                parts: vec![
                    (points, Paint::Solid),
                    (of.saturating_sub(points), Paint::Light),
                ],
                says: format!("{shown} / {} ({})", of / 100, group.max),
            }
        })
        .collect();
    let naming = Naming {
        id: "c-score",
        title: lang
            .of(
                "Điểm đạt / có thể đạt (tối đa)",
                "Points / could be had (maximum)",
            )
            .to_owned(),
        desc: lang
            .of(
                "Điểm của từng nhóm trong bộ chỉ số. Cùng số liệu trong bảng.",
                "Points of each group of the index. The same numbers stand in the table.",
            )
            .to_owned(),
    };
    let legend = vec![
        (Paint::Solid, lang.of("đạt", "reached").to_owned()),
        (
            Paint::Light,
            lang.of(
                "chưa đạt, trong phần tính được",
                "not reached, of what is counted",
            )
            .to_owned(),
        ),
    ];
    Chart::bars(naming, &rows, legend)
}

/// Whether a cell of the indicator describes those who came, and not the office.
#[must_use]
pub fn describes_people(indicator: Indicator) -> bool {
    matches!(
        indicator,
        Indicator::Satisfaction | Indicator::SatisfactionLandConstructionInvestment
    )
}

/// Which rows are kept back: a small number of people is not told, and never in a single row, which could be subtracted
/// from the sum.
#[must_use]
pub fn kept_back(shares: &[Share]) -> Vec<bool> {
    let is_small = |count: u64| (1..FEWEST).contains(&count);
    let mut kept: Vec<bool> = shares
        .iter()
        .map(|share| {
            is_small(share.part) || is_small(share.whole) || is_small(share.whole - share.part)
        })
        .collect();
    let some = |kept: &[bool]| kept.iter().filter(|one| **one).count();
    if some(&kept) == 1 {
        let open = shares
            .iter()
            .enumerate()
            .filter(|(place, share)| !kept[*place] && share.whole > 0);
        if let Some((place, _)) = open.min_by_key(|(_, share)| share.whole) {
            kept[place] = true;
        }
    }
    kept
}

/// Offices side by side by one indicator.
#[must_use]
pub fn ranking(
    ranked: &[Ranked],
    indicator: Indicator,
    reference: &Reference,
    least: u64,
) -> Table {
    let shares: Vec<Share> = ranked
        .iter()
        .map(|one| Share {
            part: one.share.numerator,
            whole: one.share.denominator,
        })
        .collect();
    let kept = if describes_people(indicator) {
        kept_back(&shares)
    } else {
        vec![false; shares.len()]
    };
    let rows = ranked
        .iter()
        .zip(&shares)
        .zip(&kept)
        .map(|((one, share), kept)| {
            let office = reference.offices.get(&one.office);
            let names = office.map_or((&*one.office, &*one.office), |office| {
                (&office.name_vi, &office.name_en)
            });
            let place = one.place.filter(|_| !kept);
            Row {
                label: Label::new(&one.office, names),
                link: Some(format!("/statistics?office={}", one.office)),
                class: "",
                cells: vec![
                    place.map_or(Cell::Nothing, |place| Cell::Count(place.into())),
                    match kept {
                        true => Cell::Nothing,
                        false => Cell::Share(*share),
                    },
                    match kept {
                        true => Cell::Nothing,
                        false => Cell::Count(one.share.excluded),
                    },
                ],
            }
        });
    let mut notes = vec![(
        "Bằng nhau thì cùng hạng; cơ quan có mẫu số dưới mức tối thiểu không xếp hạng.",
        "Equal shares share a place; offices with a denominator below the minimum have none.",
    )];
    if kept.contains(&true) {
        notes.push((
            "Ô có số nhỏ hơn 5 nói về người đánh giá nên không nêu; luôn giữ lại ít nhất hai dòng để không tính ngược được.",
            "A number below 5 tells of those who rated and is kept back; always in at least two rows, so that nobody can subtract it.",
        ));
    }
    if least > 1 {
        notes.push((
            "Mẫu số tối thiểu do người xem chọn.",
            "The minimum is the reader's choice.",
        ));
    }
    Table {
        name: "ranking",
        title: indicator.label(),
        head: column(
            "office",
            ("Cơ quan", "Office"),
            ("Mã cơ quan", "Code of the office"),
        ),
        columns: vec![
            column("place", ("Hạng", "Place"), ("1 là tốt nhất", "1 is best")),
            column("share", ("Tỷ lệ", "Share"), indicator.label()),
            column(
                "excluded",
                ("Không tính", "Left out"),
                ("Không ở tử số, không ở mẫu số", "In neither number"),
            ),
        ],
        rows: rows.collect(),
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_small_row_is_never_kept_back_alone() {
        let share = |part, whole| Share { part, whole };
        let kept = kept_back(&[share(90, 100), share(3, 4), share(20, 30), share(0, 0)]);
        assert_eq!(kept, [false, true, true, false]);
        let kept = kept_back(&[share(90, 100), share(20, 30)]);
        assert_eq!(kept, [false, false]);
        let kept = kept_back(&[share(97, 100), share(1, 9), share(50, 60)]);
        assert_eq!(kept, [true, true, false], "three were not satisfied");
    }

    #[test]
    fn the_index_is_whole_and_its_sums_are_those_of_its_elements() {
        use crate::domain::score::Index;
        let index = Index::shipped();
        let elements = index.groups.iter().flat_map(|group| &group.elements);
        let elements: Vec<Scored> = elements
            .enumerate()
            .map(|(place, element)| Scored {
                element: element.clone(),
                state: if place == 0 {
                    ElementState::NeedsOutsideData
                } else {
                    ElementState::Computed
                },
                share: None,
                hundredths: (place > 0).then_some(100),
                why: ("vì", "why"),
            })
            .collect();
        let of = elements.len();
        let groups = index.groups.len();
        let table = score(&Score { index, elements });
        assert_eq!(table.rows.len(), of + groups + 1);
        let total = table.rows.last().expect("a total");
        assert_eq!(total.cells[0], Cell::Hundredths(100 * (of as u64 - 1)));
        assert_eq!(total.cells[2], Cell::Count(100));
        assert_eq!(table.rows[1].cells[0], Cell::Nothing);
    }
}
