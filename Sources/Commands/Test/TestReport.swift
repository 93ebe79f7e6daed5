// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import JSON
internal import Model
internal import Rehearsal

/// What came of all test files.
struct TestReport {
    let files: [FileResult]
    /// Which lines of the runbooks ran; nil where nobody asked.
    let coverage: [CoverageBook.File]?
    /// The folder that paths are shown from.
    let root: String

    var cases: [CaseResult] { files.flatMap(\.cases) }
    var hasCases: Bool { !cases.isEmpty }
    var passed: Int { cases.count(where: \.isPassed) }
    var failed: Int { cases.count { !$0.failures.isEmpty } }
    var pending: Int { cases.count(where: \.declared.isPending) }
    /// Files that could not be run.
    var broken: Int { files.count { $0.failure != nil } }
    var hasFailed: Bool { failed > 0 || broken > 0 }
    var seconds: Double { files.map(\.seconds).reduce(0, +) }

    /// A path as people write it who work in the folder.
    func shown(_ path: String) -> String {
        path.hasPrefix(root + "/") ? String(path.dropFirst(root.count + 1)) : path
    }

    /// All of it as one object.
    var json: JSONValue {
        var object = JSONObject([
            ("passed", JSONValue(passed)), ("failed", JSONValue(failed)), ("pending", JSONValue(pending)),
            ("broken_files", JSONValue(broken)), ("files", .array(files.map(Self.row))),
        ])
        if let coverage {
            object["coverage"] = .array(
                coverage.map { file in
                    .object(
                        JSONObject([
                            ("file", .string(shown(file.path))), ("percent", .number(file.percent.rounded(to: 10))),
                            ("lines", JSONValue(file.lines.count)), ("covered", JSONValue(file.covered)),
                            ("missed", .array(file.missed.map { JSONValue($0) })),
                        ]))
                })
        }
        return .object(object)
    }

    private static func row(_ file: FileResult) -> JSONValue {
        var object = JSONObject([
            ("file", .string(file.file)), ("seconds", .number(file.seconds.rounded(to: 1000))),
            ("cases", .array(file.cases.map(row))),
        ])
        if let failure = file.failure { object["failure"] = row(failure) }
        return .object(object)
    }

    private static func row(_ result: CaseResult) -> JSONValue {
        let outcome = result.declared.isPending ? "pending" : result.failures.isEmpty ? "passed" : "failed"
        return .object(
            JSONObject([
                ("name", .string(result.declared.title)), ("where", JSONValue(result.declared.place)),
                ("outcome", .string(outcome)), ("seconds", .number(result.seconds.rounded(to: 1000))),
                ("failures", .array(result.failures.map(row))),
            ]))
    }

    private static func row(_ failure: TestFailure) -> JSONValue {
        var object = JSONObject([("phase", .string(failure.phase)), ("message", .string(failure.message))])
        if let place = failure.place { object["where"] = .string(place) }
        if let kind = failure.kind { object["kind"] = .string(kind) }
        if let hint = failure.hint { object["hint"] = .string(hint) }
        if let comparison = failure.comparison {
            object["matcher"] = .string(comparison.matcher)
            object["negated"] = .bool(comparison.isNegated)
            object["actual"] = comparison.actual
            if let expected = comparison.expected { object["expected"] = expected }
            if let note = comparison.note { object["note"] = .string(note) }
        }
        return .object(object)
    }
}

extension Double {
    /// The number with no more digits behind the point than that.
    func rounded(to part: Double) -> Double { (self * part).rounded() / part }
}

extension TestFile {
    /// The folder that pvelua was started in, without links.
    static var workingFolder: String {
        guard let pointer = getcwd(nil, 0) else { return "/" }
        defer { free(pointer) }
        return String(cString: pointer)
    }
}

/// Files that reports go to.
enum ReportFile {
    static func write(_ text: String, to path: String) throws(Failure) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Failure(.usage, "cannot write \(path): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        guard writeAll(file, Array(text.utf8)) else { throw Failure(.usage, "\(path) could not be written to its end") }
    }
}
