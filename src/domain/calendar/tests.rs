use jiff::civil::{Date, date};

use super::*;

fn shipped() -> Calendar {
    Calendar::shipped().into_iter().collect()
}

#[test]
fn shipped_years_are_well_formed_and_count_the_published_working_days() {
    let calendar = shipped();
    let expected = [
        (2021, 250),
        (2022, 249),
        (2023, 249),
        (2024, 251),
        (2025, 250),
        (2026, 249),
    ];
    for (year, days) in expected {
        let counted = calendar.working_days_between(date(year - 1, 12, 31), date(year, 12, 31));
        assert_eq!(counted, Ok(days), "{year}");
    }
    for year in calendar.years() {
        assert_eq!(year.check(), Ok(()), "{}", year.year);
    }
}

#[test]
fn only_the_year_without_a_notice_is_provisional() {
    let calendar = shipped();
    for year in calendar.years() {
        let provisional = year.certainty == Certainty::Provisional;
        assert_eq!(provisional, year.year == 2027, "{}", year.year);
    }
    assert_eq!(
        calendar.certainty_of(date(2027, 2, 5)),
        Ok(Certainty::Provisional)
    );
}

#[test]
fn the_provisional_tet_makes_up_for_its_weekend() {
    let days = shipped().working_days_between(date(2027, 2, 4), date(2027, 2, 12));
    assert_eq!(days, Ok(1), "05–11/02 off: five days and their weekend");
}

#[test]
fn a_day_nobody_declared_is_an_error_and_never_a_weekday_by_default() {
    let calendar = shipped();
    let unknown = |year| Err(CalendarError::YearUnknown { year });
    assert_eq!(calendar.is_working(date(2028, 1, 3)), unknown(2028));
    assert_eq!(calendar.is_working(date(2020, 11, 30)), unknown(2020));
    assert_eq!(calendar.is_working(date(2020, 12, 1)), Ok(true));
    assert_eq!(
        calendar.next_working_day(date(2027, 12, 31)).map(|_| ()),
        unknown(2028).map(|_: bool| ())
    );
    assert_eq!(
        calendar.next_working_day(Date::MAX).map(|_| ()),
        unknown(9999).map(|_: bool| ())
    );
    let error = CalendarError::YearUnknown { year: 2028 };
    assert_eq!(error.code(), "CALENDAR_YEAR_UNKNOWN");
}

#[test]
fn a_swap_makes_the_weekday_off_and_the_saturday_worked() {
    let calendar = shipped();
    assert_eq!(calendar.is_working(date(2024, 4, 29)), Ok(false));
    assert_eq!(calendar.is_working(date(2024, 5, 4)), Ok(true));
    assert_eq!(calendar.is_working(date(2024, 5, 11)), Ok(false));
    assert_eq!(
        calendar.next_working_day(date(2024, 5, 3)),
        Ok(date(2024, 5, 4))
    );
    assert_eq!(calendar.on_or_after(date(2024, 5, 4)), Ok(date(2024, 5, 4)));
    assert_eq!(calendar.on_or_after(date(2024, 5, 5)), Ok(date(2024, 5, 6)));
}

#[test]
fn working_days_between_is_signed() {
    let calendar = shipped();
    let (friday, thursday) = (date(2026, 11, 20), date(2026, 11, 26));
    assert_eq!(calendar.working_days_between(friday, thursday), Ok(3));
    assert_eq!(calendar.working_days_between(thursday, friday), Ok(-3));
    assert_eq!(calendar.working_days_between(friday, friday), Ok(0));
}

#[test]
fn a_later_declaration_replaces_the_year() {
    let mut calendar = shipped();
    let mut year = calendar.year(2026).expect("declared").clone();
    year.days_off.insert(0, date(2026, 11, 23));
    calendar.declare(year);
    assert_eq!(calendar.is_working(date(2026, 11, 23)), Ok(false));
    assert_eq!(calendar.is_working(date(2026, 11, 24)), Ok(false));
}

#[test]
fn a_declaration_naming_a_day_that_does_not_fit_is_refused() {
    let good = || Calendar::shipped().pop().expect("2027");
    let misplaced = |day| Err(CalendarError::DayMisplaced { year: 2027, day });
    let with_off = |day| CalendarYear {
        days_off: vec![day],
        ..good()
    };
    assert_eq!(
        with_off(date(2027, 1, 2)).check(),
        misplaced(date(2027, 1, 2))
    );
    assert_eq!(
        with_off(date(2026, 1, 2)).check(),
        misplaced(date(2026, 1, 2))
    );
    let sunday = CalendarYear {
        working_saturdays: vec![date(2027, 1, 3)],
        ..good()
    };
    assert_eq!(sunday.check(), misplaced(date(2027, 1, 3)));
    let mut twice = good();
    twice.days_off.push(twice.days_off[0]);
    assert_eq!(twice.check(), misplaced(date(2027, 1, 1)));
    let before = CalendarYear {
        from: Some(date(2027, 2, 1)),
        ..good()
    };
    assert_eq!(before.check(), misplaced(date(2027, 1, 1)));
}

#[test]
fn a_year_without_certainty_or_with_an_unknown_field_is_refused() {
    let year = r#"{"year":2028,"days_off":[],"working_saturdays":[],"notice":"n""#;
    let read = |tail: &str| serde_json::from_str::<CalendarYear>(&format!("{year}{tail}"));
    assert!(read("}").is_err());
    assert!(read(r#","certainty":"verified","x":1}"#).is_err());
    assert!(read(r#","certainty":"verified"}"#).is_ok());
}

#[test]
fn office_hours_are_read_in_order_or_refused() {
    let read = serde_json::from_str::<OfficeHours>;
    let usual = r#"[{"from":"07:00","to":"11:30"},{"from":"13:30","to":"17:00"}]"#;
    assert_eq!(read(usual).expect("hours"), OfficeHours::default());
    let written = serde_json::to_string(&OfficeHours::default()).expect("hours");
    assert_eq!(read(&written).expect("hours"), OfficeHours::default());
    assert!(read("[]").is_err());
    assert!(read(r#"[{"from":"08:00","to":"08:00"}]"#).is_err());
    assert!(read(r#"[{"from":"13:30","to":"17:00"},{"from":"07:00","to":"11:30"}]"#).is_err());
}

#[test]
fn a_default_day_is_eight_hours_and_ends_at_five() {
    let hours = OfficeHours::default();
    assert_eq!(hours.length(), 8 * crate::domain::time::Moment::HOUR);
    let end = hours.end_of_day(date(2026, 11, 23));
    assert_eq!(end.to_string(), "2026-11-23T10:00:00.000000Z");
}

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn swap() -> Notice {
    Notice {
        number: "9999/TB-BNV".to_owned(),
        issued_on: date(2026, 11, 20),
        legal_basis: "Labour Code 45/2019/QH14 art. 112.3".to_owned(),
        certainty: Certainty::Verified,
        change: NoticeChange::Days {
            off: vec![date(2026, 11, 23)],
            worked: vec![date(2026, 11, 28)],
        },
    }
}

#[test]
fn a_notice_swaps_a_monday_for_a_saturday_and_says_its_number() {
    let mut calendar = shipped();
    calendar.change(
        &[day("2026-11-23")],
        &[day("2026-11-28")],
        "9999/TB-BNV",
        Certainty::Verified,
    );
    let notice = "9999/TB-BNV";
    let kind = |text| calendar.kind_of(day(text)).expect("declared");
    assert_eq!(kind("2026-11-23"), DayKind::Off { notice });
    assert_eq!(kind("2026-11-28"), DayKind::WorkedSaturday { notice });
    assert_eq!(kind("2026-11-27"), DayKind::Workday);
    assert_eq!(kind("2026-11-29"), DayKind::Weekend);
    let DayKind::Off { notice } = kind("2026-11-24") else {
        panic!("24/11 is off");
    };
    assert!(notice.contains("CV 3383"), "{notice}");
}

#[test]
fn a_notice_is_as_sure_as_itself_within_a_provisional_year() {
    let mut calendar = shipped();
    let (tet, other) = (day("2027-02-05"), day("2027-02-15"));
    calendar.change(&[tet], &[], "1/TB-BNV", Certainty::Verified);
    assert_eq!(calendar.certainty_of(tet), Ok(Certainty::Verified));
    assert_eq!(calendar.certainty_of(other), Ok(Certainty::Provisional));
    calendar.change(&[], &[tet], "2/TB-BNV", Certainty::Uncertain);
    assert_eq!(calendar.is_working(tet), Ok(true), "the later notice holds");
    assert_eq!(calendar.certainty_of(tet), Ok(Certainty::Uncertain));
    let year = calendar.year(2027).expect("declared").clone();
    calendar.declare(year);
    assert_eq!(
        calendar.is_working(tet),
        Ok(false),
        "a new declaration ends all of it"
    );
}

#[test]
fn a_notice_for_a_year_that_nobody_declared_is_refused() {
    let mut notice = swap();
    notice.change = NoticeChange::Days {
        off: vec![day("2028-01-03")],
        worked: vec![],
    };
    let refused = notice.check(&shipped(), &[]).expect_err("refused");
    assert_eq!(refused.code(), "CALENDAR_YEAR_UNKNOWN");
}

#[test]
fn a_notice_that_cannot_be_is_refused_with_its_code() {
    assert_eq!(swap().check(&shipped(), &[]), Ok(()));
    let refused = |change: &dyn Fn(&mut Notice), code: &str| {
        let mut notice = swap();
        change(&mut notice);
        let error = notice.check(&shipped(), &[]).expect_err(code);
        assert_eq!(error.code(), code);
        let (vi, en) = error.message();
        assert!(!vi.is_empty() && !en.is_empty(), "{code}");
    };
    let days = |off: &[&str], worked: &[&str]| {
        let all = |days: &[&str]| days.iter().map(|text| day(text)).collect();
        let (off, worked) = (all(off), all(worked));
        move |notice: &mut Notice| {
            notice.change = NoticeChange::Days {
                off: Vec::clone(&off),
                worked: Vec::clone(&worked),
            };
        }
    };
    refused(
        &|notice| notice.number = "Thông báo 1".into(),
        "NOTICE_MALFORMED",
    );
    refused(&|notice| notice.number = String::new(), "NOTICE_MALFORMED");
    refused(
        &|notice| notice.legal_basis = " ".into(),
        "NOTICE_MALFORMED",
    );
    refused(
        &|notice| notice.legal_basis = "a\nb".into(),
        "NOTICE_MALFORMED",
    );
    refused(&days(&[], &[]), "NOTICE_MALFORMED");
    refused(&days(&["2026-11-22"], &[]), "NOTICE_DAY_MISPLACED");
    refused(&days(&[], &["2026-11-29"]), "NOTICE_DAY_MISPLACED");
    refused(&days(&["2026-11-28"], &[]), "NOTICE_DAY_MISPLACED");
    refused(
        &days(&["2026-11-23"], &["2026-11-23"]),
        "NOTICE_DAY_MISPLACED",
    );
    let hours = |notice: &mut Notice| {
        notice.change = NoticeChange::Hours {
            office: None,
            from: day("2026-12-01"),
            to: Some(day("2026-11-30")),
            hours: OfficeHours::default(),
        };
    };
    refused(&hours, "NOTICE_SPAN_REVERSED");
    let at = |text: &str| text.parse().expect("an instant");
    let outage = |notice: &mut Notice| {
        notice.change = NoticeChange::Outage {
            office: None,
            from: at("2026-11-23T02:00:00Z"),
            to: Some(at("2026-11-23T02:00:00Z")),
        };
    };
    refused(&outage, "NOTICE_SPAN_REVERSED");
}

#[test]
fn the_end_of_an_outage_is_told_once() {
    let at = |text: &str| text.parse().expect("an instant");
    let from = at("2026-11-23T02:00:00Z");
    let notice = |to| Notice {
        change: NoticeChange::Outage {
            office: None,
            from,
            to,
        },
        ..swap()
    };
    let known = |to| Outage {
        notice: "1/TB".to_owned(),
        office: None,
        from,
        to,
    };
    let end = Some(at("2026-11-23T04:00:00Z"));
    let open = [known(None)];
    assert!(open[0].is_open(from) && open[0].concerns("H63"));
    assert_eq!(notice(end).check(&shipped(), &open), Ok(()));
    for (change, outages) in [(notice(None), known(None)), (notice(end), known(end))] {
        let refused = change.check(&shipped(), &[outages]).expect_err("refused");
        assert_eq!(refused.code(), "OUTAGE_OVER");
    }
}

#[test]
fn hours_follow_the_newest_notice_of_the_office_and_then_of_all() {
    let span = |from: &str, to: &str| -> OfficeHours {
        serde_json::from_str(&format!(r#"[{{"from":"{from}","to":"{to}"}}]"#)).expect("hours")
    };
    let change = |office: Option<&str>, from: &str, to: Option<&str>, hours| HoursChange {
        office: office.map(str::to_owned),
        from: day(from),
        to: to.map(day),
        hours,
    };
    let changes = [
        change(
            Some("H63"),
            "2026-12-01",
            Some("2026-12-31"),
            span("08:00", "12:00"),
        ),
        change(None, "2026-06-01", None, span("07:30", "16:30")),
        change(Some("H64"), "2026-01-01", None, span("09:00", "10:00")),
    ];
    let dated = DatedHours::new("H63", OfficeHours::default(), &changes);
    assert_eq!(dated.on(day("2026-05-31")), &OfficeHours::default());
    assert_eq!(dated.on(day("2026-06-01")), &span("07:30", "16:30"));
    assert_eq!(dated.on(day("2026-12-01")), &span("08:00", "12:00"));
    assert_eq!(dated.on(day("2027-01-01")), &span("07:30", "16:30"));
}

#[test]
fn a_notice_is_written_and_read_back_alike() {
    let text = serde_json::to_string(&swap()).expect("JSON");
    assert_eq!(
        serde_json::from_str::<Notice>(&text).expect("a notice"),
        swap()
    );
    let unsure = text.replace(r#""certainty":"verified","#, "");
    assert!(
        serde_json::from_str::<Notice>(&unsure).is_err(),
        "no certainty"
    );
}
