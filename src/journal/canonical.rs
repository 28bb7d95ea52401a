//! RFC 8785 (JCS): the one form of a JSON value.

use serde::Serialize;

/// Up to here every whole number has a form of its own as an IEEE 754 double.
const WHOLE_MAX: u64 = 1 << 53;

/// A value in the one form that RFC 8785 gives it.
///
/// Where names are ASCII and numbers are whole, that is what `serde_json` writes, with the members of each object in order: the text is
/// sorted as it stands, at a fraction of the price. All else is left to the library.
pub fn canonical(value: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let text = serde_json::to_vec(value)?;
    match sorted(&text) {
        Some(sorted) => Ok(sorted),
        None => serde_json_canonicalizer::to_vec(&serde_json::to_value(value)?),
    }
}

/// None when something needs more than sorting.
fn sorted(text: &[u8]) -> Option<Vec<u8>> {
    let mut sorter = Sorter {
        rest: text,
        out: Vec::with_capacity(text.len()),
    };
    sorter.value()?;
    sorter.rest.is_empty().then_some(sorter.out)
}

/// Copies JSON without white space, as `serde_json` writes it.
struct Sorter<'a> {
    rest: &'a [u8],
    out: Vec<u8>,
}

/// A member of an object: its name, and where it stands in what is written.
struct Member<'a> {
    name: &'a [u8],
    from: usize,
    to: usize,
}

impl<'a> Sorter<'a> {
    fn value(&mut self) -> Option<()> {
        match self.rest.first()? {
            b'{' => self.object(),
            b'[' => self.array(),
            b'"' => {
                let text = self.text()?;
                self.out.extend_from_slice(text);
                Some(())
            }
            b'-' | b'0'..=b'9' => self.number(),
            _ => self.word(),
        }
    }

    /// Takes one byte, if it is next.
    fn takes(&mut self, byte: u8) -> bool {
        let taken = self.rest.strip_prefix(&[byte]);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        Some(taken)
    }

    /// A text with its quotes. Escapes other than the short ones may have another form.
    fn text(&mut self) -> Option<&'a [u8]> {
        self.rest.strip_prefix(b"\"")?;
        let mut length = 1;
        loop {
            let rest = self.rest.get(length..)?;
            length += rest.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
            if self.rest[length] == b'"' {
                return self.take(length + 1);
            }
            if matches!(self.rest.get(length + 1)?, b'u' | b'/') {
                return None;
            }
            length += 2;
        }
    }

    fn number(&mut self) -> Option<()> {
        let is_of_number =
            |byte: &u8| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9');
        let length = self.rest.iter().take_while(|byte| is_of_number(byte));
        let digits = self.take(length.count())?;
        let number: i64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        let is_whole = number.unsigned_abs() <= WHOLE_MAX && digits != b"-0";
        self.out.extend_from_slice(digits);
        is_whole.then_some(())
    }

    fn word(&mut self) -> Option<()> {
        let known: [&[u8]; 3] = [b"true", b"false", b"null"];
        let word = known.iter().find(|word| self.rest.starts_with(word))?;
        self.out.extend_from_slice(word);
        self.take(word.len()).map(|_| ())
    }

    fn array(&mut self) -> Option<()> {
        self.copies(b'[')?;
        let mut first = true;
        while !self.takes(b']') {
            if !std::mem::take(&mut first) {
                self.copies(b',')?;
            }
            self.value()?;
        }
        self.out.push(b']');
        Some(())
    }

    fn object(&mut self) -> Option<()> {
        self.copies(b'{')?;
        let start = self.out.len();
        let mut members: Vec<Member<'a>> = Vec::new();
        while !self.takes(b'}') {
            if !members.is_empty() {
                self.copies(b',')?;
            }
            let from = self.out.len();
            let name = self.text()?;
            if !name.is_ascii() || name.contains(&b'\\') {
                return None;
            }
            self.out.extend_from_slice(name);
            self.copies(b':')?;
            self.value()?;
            let to = self.out.len();
            // Without the quotes: they would come before some letters and after others.
            let name = &name[1..name.len() - 1];
            members.push(Member { name, from, to });
        }
        if !members.is_sorted_by(|one, next| one.name < next.name) {
            members.sort_unstable_by_key(|member| member.name);
            if members.windows(2).any(|two| two[0].name == two[1].name) {
                return None;
            }
            let unsorted = self.out.split_off(start);
            for (place, member) in members.iter().enumerate() {
                if place > 0 {
                    self.out.push(b',');
                }
                let written = &unsorted[member.from - start..member.to - start];
                self.out.extend_from_slice(written);
            }
        }
        self.out.push(b'}');
        Some(())
    }

    /// Copies one byte, which must be next.
    fn copies(&mut self, byte: u8) -> Option<()> {
        self.out.push(byte);
        self.takes(byte).then_some(())
    }
}
