// SPDX-License-Identifier: Apache-2.0
internal import Model

/// One line of a policy's tests: a question, and what the policy shall answer.
public struct PolicyCase: Hashable, Sendable {
    /// What it is called in the report.
    public let name: String
    /// The file, line and column it was written at.
    public let place: String
    /// What is asked.
    public let question: PolicyQuestion
    /// The effect that is expected.
    public let effect: Effect
    /// The rule that is expected to decide; nil for any.
    public let rule: String?

    /// What is wrong with a policy's answer; nil where it is the expected one.
    public func objection(to decision: Decision) -> String? {
        guard decision.effect == effect, rule == nil || decision.rule == rule else {
            let wanted = effect.rawValue + (rule.map { " by \($0)" } ?? "")
            return "expected \(wanted), got \(decision.effect.rawValue) by \(decision.rule ?? "no rule")"
        }
        return nil
    }
}
