//! Words for what cannot be answered, in both languages and without anything of the program's inside.

use async_graphql::parser;

use crate::api::error::FailureCode;

/// (Vietnamese, English).
pub type Words = (String, String);

/// What the library puts before the name of the type it could not read.
const UNREAD: &str = "Failed to parse \"";

/// A value that does not fit its type. The library's own words name types of the program and of the parser.
#[must_use]
pub fn unread(message: &str) -> Option<Words> {
    let (kind, _) = message.strip_prefix(UNREAD)?.split_once('"')?;
    let (vi, en) = wanted(kind);
    let text = |(what, wanted): (&str, &str)| format!("{what}: {wanted}.");
    Some((
        text(("Giá trị không đọc được", vi)),
        text(("The value cannot be read", en)),
    ))
}

/// What a value of a type of the schema looks like.
fn wanted(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "UUID" => (
            "cần một UUID, ví dụ 01900000-0000-7000-8000-000000000001",
            "a UUID is wanted, such as 01900000-0000-7000-8000-000000000001",
        ),
        "DateTime" => (
            "cần một thời điểm theo RFC 3339, ví dụ 2026-11-22T10:00:00+07:00",
            "an RFC 3339 instant is wanted, such as 2026-11-22T10:00:00+07:00",
        ),
        "Date" => (
            "cần một ngày, ví dụ 2026-11-22",
            "a date is wanted, such as 2026-11-22",
        ),
        "Long" => (
            "cần một số từ 0 đến 2^63 − 1, dạng chữ hoặc số",
            "a number from 0 to 2^63 − 1 is wanted, as text or number",
        ),
        "Int" => (
            "cần một số nguyên trong giới hạn của trường",
            "a whole number within the field's limits is wanted",
        ),
        "Hash" => (
            "cần 64 chữ số thập lục phân",
            "64 hexadecimal digits are wanted",
        ),
        "Boolean" => ("cần true hoặc false", "true or false is wanted"),
        "String" | "ID" => ("cần một chuỗi", "a string is wanted"),
        _ => (
            "giá trị không hợp với lược đồ",
            "it does not fit the schema",
        ),
    }
}

/// Where a document stops being GraphQL, without the names of the grammar's rules.
#[must_use]
pub fn syntax(error: &parser::Error) -> Words {
    match error {
        parser::Error::Syntax { start, .. } => (
            format!(
                "Không phải GraphQL từ dòng {}, cột {}.",
                start.line, start.column
            ),
            format!(
                "Not GraphQL from line {}, column {} on.",
                start.line, start.column
            ),
        ),
        other => (
            vietnamese(FailureCode::GraphqlParseFailed).to_owned(),
            other.to_string(),
        ),
    }
}

/// The Vietnamese of an error whose own words are English only.
#[must_use]
pub fn vietnamese(code: FailureCode) -> &'static str {
    match code {
        FailureCode::BadRequest => "Yêu cầu HTTP không phải yêu cầu GraphQL.",
        FailureCode::MethodNotAllowed => "Phương thức HTTP không được phép; lệnh gửi bằng POST.",
        FailureCode::NotAcceptable => "Không có kiểu trả lời mà Accept yêu cầu.",
        FailureCode::UnsupportedMediaType => "Nội dung phải là application/json, mã UTF-8.",
        FailureCode::PayloadTooLarge => "Nội dung lớn hơn 256 kB.",
        FailureCode::GraphqlParseFailed => "Văn bản không phải GraphQL.",
        FailureCode::GraphqlValidationFailed => {
            "Câu hỏi không hợp với lược đồ hoặc vượt giới hạn; xem message."
        }
        FailureCode::PersistedQueryNotFound => {
            "Không có văn bản truy vấn mang documentId này. Tải lại trang; danh sách ở /graphql/documents.json."
        }
        FailureCode::UntrustedDocument => {
            "Máy chủ này chỉ trả lời các truy vấn của chính nó, gọi bằng documentId; danh sách ở /graphql/documents.json."
        }
        FailureCode::BadUserInput => "Một giá trị không hợp lệ; xem message.",
        FailureCode::Unauthenticated => {
            "Chưa đăng nhập hoặc thẻ không còn hiệu lực. Hãy đăng nhập lại."
        }
        FailureCode::AnotherActor => {
            "Trên máy này đã có người khác đăng nhập. Chưa ghi nhận gì; đăng nhập lại bằng tài khoản cũ để gửi."
        }
        FailureCode::Forbidden => "Không được phép xem nội dung này.",
        FailureCode::Withheld => {
            "Máy chủ này không giữ dữ liệu cá nhân. Hãy hỏi máy chủ của chính cơ quan."
        }
        FailureCode::TooFewToTell => {
            "Thủ tục nhạy cảm có quá ít hồ sơ để công bố. Chọn kỳ dài hơn hoặc mọi thủ tục."
        }
        FailureCode::NoFindingsHere => {
            "Dữ liệu mô phỏng mang tên cơ quan có thật: không hiển thị dấu hiệu để không quy lỗi cho ai."
        }
        FailureCode::SearchTooWide => {
            "Quá nhiều hồ sơ để tìm theo tên (tối đa 20.000). Thu hẹp: kỳ ngắn hơn, một thủ tục, một trạng thái."
        }
        FailureCode::RateLimited => {
            "Bạn đã hỏi quá nhiều trong thời gian ngắn. Hãy thử lại sau ít phút."
        }
        FailureCode::NotYet => "Vị trí này chưa đọc được ở đây. Hãy hỏi lại.",
        FailureCode::Timeout => "Quá lâu. Lệnh có thể gửi lại với cùng commandId.",
        FailureCode::EntryAltered => {
            "Ghi nhận không còn đúng như lúc niêm phong. Báo cho kiểm tra viên."
        }
        FailureCode::Unavailable => "Tạm thời không trả lời được. Hãy gửi lại sau.",
        FailureCode::InternalServerError => {
            "Lỗi của chương trình. Báo requestId cho người vận hành."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unread_value_is_told_by_what_was_wanted() {
        let library = r#"Failed to parse "UUID": invalid type: integer `3` (occurred while parsing "Around") (occurred while parsing "OnDossier")"#;
        let (vi, en) = unread(library).expect("words");
        assert!(vi.contains("cần một UUID") && en.contains("a UUID is wanted"));
        assert!(!en.contains("Around") && !en.contains("invalid type"));
        let (_, en) = unread(r#"Failed to parse "Filing": x"#).expect("words");
        assert!(!en.contains("Filing"));
        assert_eq!(unread("Unknown field \"nope\" on type \"Query\"."), None);
    }
}
