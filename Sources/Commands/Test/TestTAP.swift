// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Rehearsal
internal import Terminal
internal import Text

/// Test results as TAP 14.
struct TestTAP {
    private let report: TestReport

    init(_ report: TestReport) { self.report = report }

    var text: String {
        var lines: [String] = []
        var number = 0
        for file in report.files {
            for result in file.cases {
                number += 1
                let name = Self.escaped("\(file.file): \(result.declared.title)")
                let todo = result.declared.isPending ? " # SKIP pending" : ""
                lines.append("\(result.failures.isEmpty ? "ok" : "not ok") \(number) - \(name)\(todo)")
                if !result.failures.isEmpty { lines += block(result.failures, file) }
            }
            if let failure = file.failure {
                number += 1
                lines.append("not ok \(number) - \(Self.escaped(file.file))")
                lines += block([failure], file)
            }
        }
        return (["TAP version 14", "1..\(number)"] + lines).map { $0 + "\n" }.joined()
    }

    /// The YAML block behind a failed test; its values are JSON texts, which are YAML too.
    private func block(_ failures: [TestFailure], _ file: FileResult) -> [String] {
        let details = TestText(style: Style(isEnabled: false), isQuiet: false)
        var lines = ["  ---"]
        if let first = failures.first {
            lines.append("  message: " + Self.quoted(first.message))
            if let place = first.place { lines.append("  at: " + Self.quoted(place)) }
        }
        lines.append("  details:")
        lines += failures.flatMap { details.details($0, file) }.map { "    - " + Self.quoted($0) }
        return lines + ["  ..."]
    }

    private static func quoted(_ text: String) -> String { JSONValue.string(TextCleaner.clean(text)).text }

    /// A description: `#` and `\` mean something in TAP.
    private static func escaped(_ text: String) -> String {
        TextCleaner.clean(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
    }
}
