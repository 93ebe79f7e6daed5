// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Plan
internal import Text

/// How a plan stands, for people and for programs.
struct ApprovalReport {
    let file: PlanFile
    let standing: ApprovalStanding
    /// What was written just now.
    var written: String?

    var json: JSONValue {
        let refused = standing.refused.map { refused -> JSONValue in
            ["file": .string(refused.file), "reason": .string(refused.reason)]
        }
        var object = JSONObject([
            ("plan", .string(file.plan.id)), ("digest", .string(file.digest)),
            ("needed", JSONValue(standing.needed)), ("approved_by", .array(standing.counted.map(JSONValue.string))),
            ("refused", .array(refused)), ("weak", .bool(standing.isWeak)), ("met", .bool(standing.isMet)),
        ])
        if let denial = standing.denial {
            var no = JSONObject([("person", .string(denial.person))])
            if let reason = denial.reason { no["reason"] = .string(reason) }
            object["denied"] = .object(no)
        }
        if let written { object["file"] = .string(written) }
        return .object(object)
    }

    var text: String {
        var lines: [String] = []
        if let written { lines.append("wrote \(written)") }
        if let denial = standing.denial {
            lines.append("denied by \(denial.person)" + (denial.reason.map { ": \($0)" } ?? "") + "; that is final")
        } else {
            let people = standing.counted.isEmpty ? "" : ": " + standing.counted.joined(separator: ", ")
            let verdict =
                standing.needed == 0
                ? "policy demands no approval" : standing.isMet ? "approved" : "not yet approved"
            lines.append("\(verdict), \(standing.counted.count) of \(standing.needed)\(people)")
        }
        for refused in standing.refused { lines.append("not counted: \(refused.file) \(refused.reason)") }
        return lines.map { TextCleaner.clean($0) + "\n" }.joined()
    }
}
