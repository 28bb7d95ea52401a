//! A cursor over ASCII text; each step says whether it matched and moves only then.

pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            rest: text.as_bytes(),
        }
    }

    pub(super) fn is_done(&self) -> bool {
        self.rest.is_empty()
    }

    /// Exactly this text.
    pub(super) fn literal(&mut self, text: &str) -> bool {
        let after = self.rest.strip_prefix(text.as_bytes());
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    /// One upper-case letter (or digit) among those allowed.
    pub(super) fn one_of(&mut self, allowed: impl Fn(u8) -> bool) -> bool {
        let found = self.rest.first().is_some_and(|first| allowed(*first));
        self.rest = if found { &self.rest[1..] } else { self.rest };
        found
    }

    /// Exactly `count` digits, more may follow.
    pub(super) fn digits(&mut self, count: usize) -> bool {
        let found = self.digits_ahead() >= count;
        self.rest = if found {
            &self.rest[count..]
        } else {
            self.rest
        };
        found
    }

    /// All digits up to the next other character; how many.
    pub(super) fn all_digits(&mut self) -> usize {
        let count = self.digits_ahead();
        self.rest = &self.rest[count..];
        count
    }

    /// The body of an office code: `[A-Z]\d{2}(\.\d{1,3}){0,4}`.
    pub(super) fn office(&mut self) -> bool {
        if !self.one_of(|byte| byte.is_ascii_uppercase()) || !self.digits(2) {
            return false;
        }
        (0..4).all(|_| !self.literal(".") || (1..=3).contains(&self.all_digits()))
    }

    fn digits_ahead(&self) -> usize {
        self.rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count()
    }
}
