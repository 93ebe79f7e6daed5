// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Wire

/// What a worker says of an error; the worker may be an attacker's, so that each part is bounded and none is believed.
extension ScriptFailure {
    /// Reads a worker's report.
    ///
    /// - Parameter issued: The failures that the host answered calls with in this chunk, by call id.
    init(report: PackedValue, issued: [UInt32: Failure]) {
        self.init(Failure(.script, Self.bounded(report["message"]?.text) ?? "the script failed"))
        location = Self.bounded(report["where"]?.text, most: 1000)
        traceback = (Self.bounded(report["traceback"]?.text) ?? "").split(separator: "\n").prefix(200).map(String.init)
        if let several = report["errors"]?.elements?.prefix(10_000), !several.isEmpty {
            var failures = several.map { Self.failure(of: $0, issued: issued) }
            // What is in doubt matters most.
            let gravest = failures.firstIndex { $0.failure.kind == .inDoubt } ?? failures.startIndex
            failure = failures.remove(at: gravest).failure
            others = failures
        } else if let id = report["call"]?.wholeNumber, let key = UInt32(exactly: id), let known = issued[key] {
            failure = known
        } else if let limit = report["limit"]?.text {
            failure =
                limit == "interrupt"
                ? Failure(.cancelled, "interrupted") : Failure(.limit, failure.message, hint: WorkerLimits.hint)
        }
    }

    private static func failure(of report: PackedValue, issued: [UInt32: Failure]) -> BlockFailure {
        let location = bounded(report["where"]?.text, most: 1000).flatMap { $0.isEmpty ? nil : $0 }
        if let id = report["call"]?.wholeNumber, let key = UInt32(exactly: id), let known = issued[key] {
            return BlockFailure(failure: known, location: location)
        }
        return BlockFailure(
            failure: Failure(.script, bounded(report["message"]?.text) ?? "a block failed"), location: location)
    }

    /// A text of the worker's, cut where it is longer than anybody reads.
    private static func bounded(_ text: String?, most: Int = 64 << 10) -> String? {
        guard let text, text.utf8.count > most else { return text }
        return String(decoding: text.utf8.prefix(most), as: UTF8.self) + "… (\(text.utf8.count) bytes in all)"
    }
}
