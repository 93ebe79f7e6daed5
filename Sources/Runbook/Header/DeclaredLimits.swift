// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Policy
internal import Wire

/// The limits that a header may set: those of the worker, and those of a run's changes; all of them only tighten.
enum DeclaredLimits {
    /// Their names.
    static let names = ["cpu", "memory", "calls", "changes", "guests"]

    /// Why a limit cannot be set so, as it follows its name; nil where it can.
    static func problem(with limit: RunbookHeader.DeclaredLimit) -> String? {
        switch limit.name {
        case "cpu": seconds(limit.text) == nil ? "needs a time such as \"1s\" or \"500ms\"" : nil
        case "memory": bytes(limit.text) == nil ? "needs a size such as \"32MiB\"" : nil
        case "calls": number(limit.text, from: 1) == nil ? "needs a whole number above 0" : nil
        default: number(limit.text, from: 0) == nil ? "needs a whole number" : nil
        }
    }

    /// The tighter of what holds and what is declared.
    static func tighten(_ limits: WorkerLimits, by declared: [RunbookHeader.DeclaredLimit]) -> WorkerLimits {
        var result = limits
        for limit in declared {
            if limit.name == "cpu", let seconds = seconds(limit.text) {
                result.processorSlice = min(result.processorSlice, seconds)
                result.processorTotal = min(result.processorTotal, seconds)
            }
            if limit.name == "memory", let bytes = bytes(limit.text) { result.memory = min(result.memory, bytes) }
            if limit.name == "calls", let calls = number(limit.text, from: 1) {
                result.calls = min(result.calls, calls)
            }
        }
        return result
    }

    /// Those that count changes.
    static func ofChanges(_ declared: [RunbookHeader.DeclaredLimit]) -> [Limit] {
        declared.compactMap { limit in
            guard let most = number(limit.text, from: 0) else { return nil }
            return switch limit.name {
            case "changes": Limit(.run, .changes, most: most)
            case "guests": Limit(.run, .guests, most: most)
            default: nil
            }
        }
    }

    private static func seconds(_ text: String) -> Double? {
        WrittenAmount.seconds(text)?.anyNumber.flatMap { $0 > 0 && $0 <= 7 * 86_400 ? $0 : nil }
    }

    private static func bytes(_ text: String) -> Int? {
        WrittenAmount.bytes(text).flatMap { $0 > 0 && $0 <= 1 << 40 ? Int($0) : nil }
    }

    private static func number(_ text: String, from least: Int) -> Int? {
        WrittenAmount.integer(text).flatMap { (Int64(least)...1_000_000).contains($0) ? Int($0) : nil }
    }
}
