// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Policy
internal import Runbook

/// Answers questions as the test says, and notes that they were asked.
struct StageConsent: ConsentGiver {
    let stage: Stage
    /// True for a yes to everything; or by action or effect; what is not named has nobody to answer it.
    let answers: JSONValue

    let place = "test"

    func ask(_ question: ConsentQuestion) async -> ConsentAnswer {
        let answer = answer(to: question)
        var row = JSONObject([
            ("action", .string(question.action)), ("effect", .string(question.effect.rawValue)),
            ("rule", .string(question.rule)), ("request", .string(question.request)),
            ("consequences", .array(question.consequences.map(JSONValue.string))),
            ("time", .number(stage.now)),
        ])
        if let guest = question.guest {
            row["vmid"] = JSONValue(guest.vmid.rawValue)
            row["name"] = .string(guest.name)
        }
        if let warning = question.warning { row["warning"] = .string(warning) }
        switch answer {
        case .yes: row["answer"] = "yes"
        case .no: row["answer"] = "no"
        case .nobody: row["answer"] = "nobody"
        }
        stage.note(consent: .object(row))
        return answer
    }

    /// Refuses answers to questions that are never asked.
    static func checked(_ answers: JSONValue) throws(Failure) -> JSONValue {
        let effects = Effect.allCases.map(\.rawValue)
        for name in answers.object?.keys ?? [] where name != "call" && !effects.contains(name.replacing("_", with: "-"))
        {
            for action in name.split(separator: "+") { try ActionPattern.check(String(action), for: "answers") }
        }
        return answers
    }

    private func answer(to question: ConsentQuestion) -> ConsentAnswer {
        let names = [
            question.action, question.effect.rawValue, question.effect.rawValue.replacing("-", with: "_"),
        ]
        let answer = answers.object == nil ? answers : names.lazy.compactMap { answers[$0] }.first
        switch answer {
        case .bool(true)?: return .yes
        case .bool(false)?: return .no(reason: "the test says no")
        default: return .nobody
        }
    }
}
