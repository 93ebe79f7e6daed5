// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Runbook
internal import Text

/// Reads `--limit cpu=1s,memory=32MiB`; a value can only tighten what holds already.
enum LimitOptions {
    static func apply(_ texts: [String], to limits: WorkerLimits) throws(Failure) -> WorkerLimits {
        var result = limits
        for item in texts.flatMap({ $0.split(separator: ",").map(String.init) }) {
            let parts = item.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw usage(item, "is no limit; it looks like cpu=1s") }
            switch parts[0] {
            case "cpu":
                guard let seconds = TimeSpan.seconds(parts[1]), seconds > 0 else {
                    throw usage(item, "needs a duration such as 1s or 500ms")
                }
                result.processorSlice = min(result.processorSlice, seconds)
                result.processorTotal = min(result.processorTotal, seconds)
            case "memory":
                guard let bytes = ByteCount.bytes(parts[1]) else { throw usage(item, "needs a size such as 32MiB") }
                result.memory = min(result.memory, bytes)
            case "calls":
                guard let number = Int(parts[1]), number > 0 else { throw usage(item, "needs a whole number above 0") }
                result.calls = min(result.calls, number)
            default:
                let known = ["cpu", "memory", "calls"]
                throw usage(
                    item,
                    "is no limit: "
                        + (Spelling.suggestion(for: parts[0], among: known) ?? known.joined(separator: ", ")))
            }
        }
        return result
    }

    private static func usage(_ item: String, _ text: String) -> Failure { Failure(.usage, "--limit \(item) \(text)") }
}
