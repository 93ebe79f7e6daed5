// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Journal
internal import Model

/// Holds the steps of a run against what the audit says of them, which was written in the same transactions.
///
/// Whoever goes by a step that somebody has set back sends a change twice, and nobody would know.
struct StepComparison {
    /// What is known of one step.
    private struct Standing: Equatable {
        var state: StepState
        var upid: String?
    }

    let run: String
    let steps: [StepRecord]
    let rows: [AuditRow]

    /// - Throws: ``Failure`` of kind `conflict` where the two do not say the same.
    func check() throws(Failure) {
        let audited = audited
        let kept = Dictionary(
            steps.map { ($0.sequence, Standing(state: $0.state, upid: $0.upid)) },
            uniquingKeysWith: { first, _ in first })
        for number in Set(audited.keys).union(kept.keys).sorted() where audited[number] != kept[number] {
            throw Failure(
                .conflict,
                "the journal was changed by something else than pvelua: step \(number) of run \(run) is "
                    + "\(Self.text(kept[number])), and its audit says \(Self.text(audited[number])); nothing was sent",
                hint: "look at the guest and at `pvelua audit verify`, and start anew: this run cannot be gone on with")
        }
    }

    private var audited: [Int: Standing] {
        var result: [Int: Standing] = [:]
        for row in rows {
            guard let step = row.step else { continue }
            let body = (try? JSONValue(parsing: row.body)) ?? .null
            switch AuditEvent.Kind(rawValue: row.kind) {
            case .intent: result[step] = Standing(state: .intent)
            case .sent: result[step, default: Standing(state: .sent)].state = .sent
            case .accepted: result[step] = Standing(state: .accepted, upid: body["upid"]?.string)
            case .outcome:
                guard let state = body["state"]?.string.flatMap(StepState.init(rawValue:)) else { continue }
                result[step, default: Standing(state: state)].state = state
            default: continue
            }
        }
        return result
    }

    private static func text(_ standing: Standing?) -> String {
        standing.map { $0.state.rawValue + ($0.upid.map { " (\($0))" } ?? "") } ?? "unknown"
    }
}
