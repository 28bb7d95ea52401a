//! Blocks of paper codes: what a desk may give while the line is down, and what must be explained of it afterwards.

use jiff::civil::Date;

use super::{CodesReserved, Register};
use crate::domain::code::{CodeError, DossierCode, OfficeCode};

/// Numbers in one block: as many slips as a desk writes by hand in half a day.
pub const BLOCK_MAX: u32 = 50;

/// Numbers reserved for one desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub desk: String,
    pub first: u32,
    pub last: u32,
    /// Neither on a dossier nor voided yet, in order.
    pub unused: Vec<u32>,
}

impl Block {
    pub(super) fn of(reserved: &CodesReserved) -> Self {
        Self {
            desk: reserved.desk.clone(),
            first: reserved.first,
            last: reserved.last,
            unused: (reserved.first..=reserved.last).collect(),
        }
    }

    #[must_use]
    pub fn holds(&self, sequence: u32) -> bool {
        (self.first..=self.last).contains(&sequence)
    }
}

/// Why a paper code, or a block of them, is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    #[error("a block has 1 to {BLOCK_MAX} codes, not {0}")]
    Size(u32),
    #[error("a block of this desk still has {0} unused codes")]
    StillOpen(usize),
    #[error("no block of this desk has unused codes on {0}")]
    NoneOpen(Date),
    #[error("code {0} was reserved for nobody at this office")]
    NotReserved(DossierCode),
    #[error("code {0} was reserved for another desk")]
    OtherDesk(DossierCode),
    #[error("code {0} is on a dossier, or voided")]
    Spent(DossierCode),
    #[error("code {code} is of {day}, the slip's hour of {slip}")]
    OtherDay {
        code: DossierCode,
        day: Date,
        slip: Date,
    },
}

impl BlockError {
    /// Stable over releases.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Size(_) => "BLOCK_SIZE",
            Self::StillOpen(_) => "BLOCK_STILL_OPEN",
            Self::NoneOpen(_) => "NO_OPEN_BLOCK",
            Self::NotReserved(_) => "CODE_NOT_RESERVED",
            Self::OtherDesk(_) => "CODE_OF_ANOTHER_DESK",
            Self::Spent(_) => "CODE_SPENT",
            Self::OtherDay { .. } => "CODE_OF_ANOTHER_DAY",
        }
    }

    /// What happened and what to do next: (Vietnamese, English).
    #[must_use]
    pub fn message(&self) -> (String, String) {
        match self {
            Self::Size(count) => (
                format!(
                    "Mỗi lần giữ từ 1 đến {BLOCK_MAX} số, không phải {count}. Chọn lại số lượng."
                ),
                format!("A block has 1 to {BLOCK_MAX} codes, not {count}. Choose again."),
            ),
            Self::StillOpen(left) => (
                format!(
                    "Quầy này còn {left} số giấy chưa dùng trong ngày. Dùng hết hoặc trả lại rồi giữ tiếp."
                ),
                format!(
                    "This desk still has {left} unused paper codes of today. Use them, or release them, before reserving more."
                ),
            ),
            Self::NoneOpen(day) => (
                format!("Ngày {day} quầy này không còn số giấy nào chưa dùng. Không cần trả lại."),
                format!(
                    "This desk has no unused paper codes of {day}. There is nothing to release."
                ),
            ),
            Self::NotReserved(code) => (
                format!(
                    "Số {code} không thuộc lô số giấy nào của cơ quan này. Kiểm tra lại số trên giấy."
                ),
                format!(
                    "Code {code} lies in no block of paper codes of this office. Check the code on the slip."
                ),
            ),
            Self::OtherDesk(code) => (
                format!("Số {code} được giữ cho quầy khác. Để đúng người của quầy đó nhập hồ sơ."),
                format!(
                    "Code {code} was reserved for another desk. Leave the dossier to whoever sits there."
                ),
            ),
            Self::Spent(code) => (
                format!("Số {code} đã dùng cho một hồ sơ hoặc đã hủy. Kiểm tra lại số trên giấy."),
                format!(
                    "Code {code} is on a dossier already, or was voided. Check the code on the slip."
                ),
            ),
            Self::OtherDay { code, day, slip } => (
                format!(
                    "Số {code} là số của ngày {day}, còn giờ tiếp nhận khai là ngày {slip}. Ghi giờ trên giấy tiếp nhận."
                ),
                format!(
                    "Code {code} is of {day}, but the stated time of receipt is of {slip}. Give the hour on the slip."
                ),
            ),
        }
    }
}

impl Register {
    /// The numbers a desk may still give on paper.
    pub fn unused_of(&self, desk: &str) -> impl Iterator<Item = u32> {
        let own = self.blocks.iter().filter(move |block| block.desk == desk);
        own.flat_map(|block| block.unused.iter().copied())
    }

    /// Reserved for a desk, and neither on a dossier nor voided.
    #[must_use]
    pub fn is_unused(&self, sequence: u32) -> bool {
        let mut blocks = self.blocks.iter();
        blocks.any(|block| block.unused.contains(&sequence))
    }

    /// A new block for a desk, behind everything that was given; one at a time.
    pub fn reserve(
        &self,
        office: &OfficeCode,
        date: Date,
        desk: &str,
        count: u32,
    ) -> Result<Result<CodesReserved, BlockError>, CodeError> {
        let left = self.unused_of(desk).count();
        if !(1..=BLOCK_MAX).contains(&count) {
            return Ok(Err(BlockError::Size(count)));
        }
        if left > 0 {
            return Ok(Err(BlockError::StillOpen(left)));
        }
        let (first, _) = self.next(office, date)?;
        let last = first + count - 1;
        DossierCode::new(office, date, last)?;
        Ok(Ok(CodesReserved {
            office: office.clone(),
            desk: desk.to_owned(),
            first,
            last,
        }))
    }

    /// The number of a paper code, if this desk may enter a dossier under it.
    pub fn taken_from_block(
        &self,
        office: &OfficeCode,
        code: &DossierCode,
        desk: &str,
    ) -> Result<u32, BlockError> {
        let not_reserved = || BlockError::NotReserved(code.clone());
        let (of, _) = code.office_and_date().ok_or_else(not_reserved)?;
        let sequence = code.sequence().ok_or_else(not_reserved)?;
        let block = self.blocks.iter().find(|block| block.holds(sequence));
        let block = block.filter(|_| of == *office).ok_or_else(not_reserved)?;
        if block.desk != desk {
            return Err(BlockError::OtherDesk(code.clone()));
        }
        if !block.unused.contains(&sequence) {
            return Err(BlockError::Spent(code.clone()));
        }
        Ok(sequence)
    }
}
