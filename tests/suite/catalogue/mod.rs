//! The catalogue over GraphQL: versions, their end, processes, rehearsals and figures.

mod ground;
mod life;
mod numbers;

use serde_json::{Value, json};

/// A record that says everything; tests change what they try.
fn record(code: &str, version: u32) -> Value {
    json!({
        "code": code, "version": version, "nameVi": "Thủ tục thử", "nameEn": "A trial",
        "fieldVi": "Lĩnh vực thử", "fieldEn": "Trial field", "level": "COMMUNE",
        "limit": { "unit": "WORKING_DAYS", "value": 5 }, "limitCertainty": "ILLUSTRATIVE",
        "limitBasis": "Số liệu minh họa", "stepsCertainty": "ILLUSTRATIVE",
        "components": [
            { "nameVi": "Đơn", "originals": 1, "form": "Mẫu 01", "mustDigitise": "5/QĐ-UBND" },
            { "nameVi": "Bản sao", "copies": 1, "reusableFromVi": "Kho dữ liệu" },
        ],
        "componentsCertainty": "ILLUSTRATIVE",
        "fee": { "vnd": 20000, "noteVi": "Mỗi hồ sơ", "certainty": "ILLUSTRATIVE" },
        "onlineLevel": "PARTIAL", "onlineCertainty": "ILLUSTRATIVE", "resultVi": "Giấy xác nhận",
        "certainty": "ILLUSTRATIVE",
        "channels": [
            { "channel": "COUNTER", "certainty": "ILLUSTRATIVE" },
            { "channel": "ONLINE", "limit": { "unit": "WORKING_DAYS", "value": 3 },
              "fee": { "vnd": 10000, "noteVi": "Mỗi hồ sơ", "certainty": "ILLUSTRATIVE" },
              "certainty": "ILLUSTRATIVE" },
        ],
        "cases": [{ "nameVi": "Trường hợp thường", "nameEn": "The usual case", "items": [1], "certainty": "ILLUSTRATIVE" }],
        "agencies": [{ "role": "RESPONSIBLE", "nameVi": "Ủy ban nhân dân cấp xã", "certainty": "ILLUSTRATIVE" }],
        "legalBasis": [{ "instrumentVi": "Nghị định thử", "article": "điều 1", "certainty": "ILLUSTRATIVE" }],
        "results": [{ "nameVi": "Giấy xác nhận", "paper": true, "electronic": true, "certainty": "ILLUSTRATIVE" }],
        "linkage": { "kind": "SAME_LEVEL", "procedures": ["1.001193"], "certainty": "ILLUSTRATIVE" },
        "vertical": { "agencyVi": "Công an", "decision": "1291/QĐ-TTg", "certainty": "ILLUSTRATIVE" },
        "delegation": { "from": "PROVINCE", "to": "COMMUNE", "certainty": "ILLUSTRATIVE" },
        "details": {
            "sequenceVi": ["Nộp", "Nhận"], "numberOfSets": 2, "applicantKinds": ["CITIZEN", "FOREIGNER"],
            "conditionsVi": "Đủ điều kiện", "historicalLevel": 3, "nonTerritorial": "NATIONWIDE",
            "receivedAt": ["PROVINCE", "COMMUNE"], "needsProcess": true, "certainty": "ILLUSTRATIVE",
        },
    })
}

/// The decision of an amendment.
fn decision(date: &str, effective: &str) -> Value {
    json!({ "number": "12/QĐ-UBND", "date": date, "effective": effective, "certainty": "ILLUSTRATIVE" })
}

/// A process of one step.
fn process(procedure: &str, version: u32, hours: u16) -> Value {
    json!({
        "process": {
            "procedure": procedure, "version": version, "approvedBy": "H38", "decision": "7/QĐ-UBND",
            "decidedOn": "2026-01-05", "effectiveFrom": "2026-01-12", "certainty": "ILLUSTRATIVE",
            "steps": [{ "nameVi": "Giải quyết", "nameEn": "Settle", "role": "handler", "hours": hours,
                "canSupplement": true, "canSign": true }],
        }
    })
}
