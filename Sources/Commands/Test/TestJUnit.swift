// SPDX-License-Identifier: Apache-2.0
internal import Rehearsal
internal import Terminal
internal import Text

/// Test results as JUnit's XML, which GitHub, GitLab and Jenkins show.
struct TestJUnit {
    private let report: TestReport

    init(_ report: TestReport) { self.report = report }

    var text: String {
        var lines = [#"<?xml version="1.0" encoding="UTF-8"?>"#]
        let tests = report.cases.count + report.broken
        lines.append(
            "<testsuites name=\"pvelua\" tests=\"\(tests)\" failures=\"\(report.failed)\" "
                + "errors=\"\(report.broken)\" skipped=\"\(report.pending)\" time=\"\(Self.time(report.seconds))\">")
        for file in report.files { lines += suite(file) }
        lines.append("</testsuites>")
        return lines.map { $0 + "\n" }.joined()
    }

    private func suite(_ file: FileResult) -> [String] {
        let failed = file.cases.count { !$0.failures.isEmpty }
        let errors = file.failure == nil ? 0 : 1
        var lines = [
            "  <testsuite name=\"\(Self.escaped(file.file))\" tests=\"\(file.cases.count + errors)\" failures=\"\(failed)\" "
                + "errors=\"\(errors)\" skipped=\"\(file.cases.count(where: \.declared.isPending))\" "
                + "time=\"\(Self.time(file.seconds))\">"
        ]
        for result in file.cases {
            let group = ([file.file] + result.declared.path).joined(separator: " › ")
            let head =
                "    <testcase classname=\"\(Self.escaped(group))\" name=\"\(Self.escaped(result.declared.name))\" "
                + "file=\"\(Self.escaped(file.file))\" time=\"\(Self.time(result.seconds))\""
            if result.declared.isPending {
                lines += [head + ">", "      <skipped/>", "    </testcase>"]
            } else if result.failures.isEmpty {
                lines.append(head + "/>")
            } else {
                lines.append(head + ">")
                for failure in result.failures { lines += element("failure", failure, file) }
                lines.append("    </testcase>")
            }
        }
        if let failure = file.failure {
            lines.append(
                "    <testcase classname=\"\(Self.escaped(file.file))\" name=\"the file\" time=\"0.000\">")
            lines += element("error", failure, file)
            lines.append("    </testcase>")
        }
        return lines + ["  </testsuite>"]
    }

    private func element(_ name: String, _ failure: TestFailure, _ file: FileResult) -> [String] {
        let details = TestText(style: Style(isEnabled: false), isQuiet: false).details(failure, file)
        let kind = Self.escaped(failure.kind ?? "expectation")
        return [
            "      <\(name) message=\"\(Self.escaped(failure.message))\" type=\"\(kind)\">"
                + details.map(Self.escaped).joined(separator: "\n") + "</\(name)>"
        ]
    }

    private static func time(_ seconds: Double) -> String {
        let milliseconds = Int((max(0, min(seconds, 1e9)) * 1000).rounded())
        let rest = String(milliseconds % 1000)
        return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }

    /// Text as XML takes it; what XML has no way to say is gone already.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in TextCleaner.clean(text).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            // XML 1.0 has no characters for these.
            case "\u{fffe}", "\u{ffff}": result += "\u{fffd}"
            case _ where scalar.value < 0x20: result += "\u{fffd}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
