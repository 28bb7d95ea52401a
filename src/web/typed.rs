//! A dossier code as people type it: lower case, spaces, other dashes or none, letters that look like digits, a whole address.

use crate::domain::code::DossierCode;

/// Longer texts are no codes.
const CHARS_MAX: usize = 300;

/// What somebody typed may mean these codes, the likeliest first; none when it is no code at all.
#[must_use]
pub fn codes(text: &str) -> Vec<DossierCode> {
    if text.chars().count() > CHARS_MAX {
        return Vec::new();
    }
    let text = code_of_address(text.trim());
    let mut found: Vec<DossierCode> = Vec::new();
    for candidate in candidates(&tidied(text)) {
        if let Ok(code) = candidate.parse()
            && !found.contains(&code)
        {
            found.push(code);
        }
    }
    found
}

/// The key in an address that was pasted or scanned as text.
#[must_use]
pub fn capability(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("?k=").or_else(|| text.split_once("&k="))?;
    let key: String = rest
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    (key.len() == 16).then_some(key)
}

/// `https://host/t/CODE?k=…` → `CODE`; anything else as it is.
fn code_of_address(text: &str) -> &str {
    let end = |rest: &'static [char], text: &str| text.find(rest).unwrap_or(text.len());
    match text.split_once("/t/") {
        Some((_, rest)) => &rest[..end(&['?', '#', '/'], rest)],
        None => &text[..end(&['?', '#'], text)],
    }
}

/// Upper case, one kind of dash, digits of every width; white space stays as one space.
fn tidied(text: &str) -> String {
    let plain = text.chars().filter_map(|c| match c {
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' | '_' | '/' => {
            Some('-')
        }
        '\u{FF10}'..='\u{FF19}'
        | '\u{FF21}'..='\u{FF3A}'
        | '\u{FF41}'..='\u{FF5A}'
        | '\u{FF0E}' => char::from_u32(u32::from(c) - 0xFEE0),
        ',' => Some('.'),
        c if c.is_whitespace() => Some(' '),
        c if c.is_control() || u32::from(c) == 0x200B => None,
        c => Some(c),
    });
    let upper: String = plain.flat_map(char::to_uppercase).collect();
    upper.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn candidates(text: &str) -> Vec<String> {
    let joined = text.replace(' ', "");
    let dashed = text
        .replace(" - ", "-")
        .replace(" -", "-")
        .replace("- ", "-");
    let dashed = dashed.replace(' ', "-");
    let mut all = Vec::new();
    for text in [joined.clone(), dashed] {
        all.push(text.clone());
        all.push(digits_for_letters(&text));
    }
    // Nobody typed the dashes: the number has four digits, the day six, what is before them is the office.
    let bare = digits_for_letters(&joined.replace('-', ""));
    let split = |digits: usize| {
        let (rest, number) = bare.split_at_checked(bare.len().checked_sub(digits)?)?;
        let (office, day) = rest.split_at_checked(rest.len().checked_sub(6)?)?;
        Some((office.to_owned(), day.to_owned(), number.to_owned()))
    };
    for (office, day, number) in [4, 5].into_iter().filter_map(split) {
        all.push(format!("{office}-{day}-{number}"));
        if !office.contains('.') {
            all.push(format!("{}-{day}-{number}", dotted(&office)));
        }
    }
    all
}

/// Every letter but an agency's own is a digit that it looks like.
fn digits_for_letters(text: &str) -> String {
    let mut agency = true;
    let digit = |c: char| {
        let first = agency && c.is_ascii_alphabetic();
        agency &= c.is_ascii_digit() || c == '.';
        if first {
            return c;
        }
        match c {
            'O' | 'Q' => '0',
            'I' | 'L' | '|' => '1',
            'Z' => '2',
            'S' => '5',
            'B' => '8',
            c => c,
        }
    };
    text.chars().map(digit).collect()
}

/// `H384001` → `H38.40.01`.
fn dotted(office: &str) -> String {
    let Some((agency, units)) = office.split_at_checked(3) else {
        return office.to_owned();
    };
    let units: Vec<String> = units
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    let units = units.iter().map(|unit| format!(".{unit}"));
    std::iter::once(agency.to_owned()).chain(units).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn means(typed: &str, code: &str) {
        let found = codes(typed);
        let found: Vec<&str> = found.iter().map(DossierCode::as_str).collect();
        assert!(found.contains(&code), "{typed}: {found:?}");
    }

    #[test]
    fn a_code_is_understood_however_it_is_typed() {
        let code = "H38.40.01-261122-0001";
        for typed in [
            "H38.40.01-261122-0001",
            " h38.40.01-261122-0001 ",
            "H38.40.01 261122 0001",
            "h38.40.01 – 261122 – 0001",
            "H38,40,01-261122-0001",
            "H38.4O.O1-26ll22-OOO1",
            "H38.40.012611220001",
            "h3840012611220001",
            "H38.40.01/261122/0001",
            "Ｈ38．40．01－261122－0001",
            "https://example.org/t/H38.40.01-261122-0001?k=ABCDEFGH23456723",
        ] {
            means(typed, code);
        }
        means("h63.25-231027-o361", "H63.25-231027-0361");
        means("000.00.06.H56-231027-0361", "000.00.06.H56-231027-0361");
        means("H38.40-261122-12345", "H38.40-261122-12345");
    }

    #[test]
    fn what_is_no_code_means_none() {
        for typed in ["", "XYZ", "<b>", "Nguyễn Văn A", &"1".repeat(400)] {
            assert_eq!(codes(typed), [], "{typed}");
        }
    }

    #[test]
    fn the_key_of_a_pasted_address_is_kept() {
        let pasted = "https://example.org/t/H38.40-261122-0001?k=ABCDEFGH23456723&lang=en";
        assert_eq!(capability(pasted).as_deref(), Some("ABCDEFGH23456723"));
        assert_eq!(capability("H38.40-261122-0001"), None);
    }
}
