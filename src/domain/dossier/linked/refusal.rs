//! Why not, where dossiers are linked.

/// What cannot be because a dossier is one of several, or a whole of several.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkedRefusal {
    #[error("the procedure has no legs")]
    NotLinked,
    #[error("the legs named are not those of the procedure")]
    Legs,
    #[error("settled by the agencies of its legs")]
    Whole,
    #[error("a leg of dossier {0}")]
    Leg(String),
    #[error("no leg here has given that result")]
    NoResult,
    #[error("nobody asks for that correction")]
    NoCorrection,
}

impl LinkedRefusal {
    /// Stable over releases.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotLinked => "NOT_A_LINKED_PROCEDURE",
            Self::Legs => "LEGS_INVALID",
            Self::Whole => "SETTLED_BY_LEGS",
            Self::Leg(_) => "PART_OF_LINKED_DOSSIER",
            Self::NoResult => "LEG_RESULT_UNKNOWN",
            Self::NoCorrection => "CORRECTION_NOT_ASKED",
        }
    }

    /// What happened and what to do next: (Vietnamese, English).
    #[must_use]
    pub fn message(&self) -> (String, String) {
        let (vietnamese, english) = match self {
            Self::NotLinked => (
                "Thủ tục này không phải thủ tục liên thông. Dùng lệnh tiếp nhận thông thường.",
                "This is no linked procedure. Accept the dossier in the usual way.",
            ),
            Self::Legs => (
                "Các thủ tục thành phần chưa đúng: mỗi thủ tục bắt buộc nêu một lần, kèm cơ quan giải quyết.",
                "The legs are not right: name each leg that is not optional once, with the agency that settles it.",
            ),
            Self::Whole => (
                "Hồ sơ liên thông do các cơ quan của từng thủ tục thành phần giải quyết. Mở thủ tục thành phần để làm việc này.",
                "A linked dossier is settled by the agencies of its legs. Open the leg to do this.",
            ),
            Self::Leg(code) => {
                return (
                    format!(
                        "Đây là một thủ tục thành phần của hồ sơ liên thông {code}. Làm việc này trên hồ sơ đó."
                    ),
                    format!(
                        "This is one leg of the linked dossier {code}. Do this on that dossier."
                    ),
                );
            }
            Self::NoResult => (
                "Hồ sơ này không dùng kết quả của thủ tục thành phần đó. Kiểm tra lại số thứ tự.",
                "This leg has got no result of that one. Check its number.",
            ),
            Self::NoCorrection => (
                "Không có cơ quan nào đề nghị sửa kết quả này. Tải lại hồ sơ.",
                "Nobody asks for this correction. Reload the dossier.",
            ),
        };
        (vietnamese.to_owned(), english.to_owned())
    }
}
