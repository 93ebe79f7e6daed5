// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Model
internal import Rehearsal
internal import Runbook
internal import Terminal

/// The command `pvelua test [PATH…]`.
struct TestCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the tests of runbooks, each on a simulated cluster of its own.",
        usage: "pvelua test [options] [PATH…]",
        discussion: """
            A PATH is a test file or a folder with *_test.lua in it; without one, this
            folder. No cluster, configuration or journal of yours is touched.

            EXIT STATUS
              0 all passed   1 a test failed   2 usage, or no test found
            """)

    @Argument(help: "Test files, or folders to look for *_test.lua in.", completion: Completions.scripts)
    var paths: [String] = ["."]

    @Option(help: ArgumentHelp("Run only cases whose full name holds this text.", valueName: "text"))
    var filter: String?

    @Flag(help: "Print TAP instead of text.")
    var tap = false

    @Option(help: ArgumentHelp("Write a JUnit report to this file as well.", valueName: "file"))
    var junit: String?

    @Flag(help: "Tell which lines of the runbooks ran.")
    var coverage = false

    @Option(
        name: .customLong("coverage-lcov"),
        help: ArgumentHelp("Write the lines that ran to this file, for lcov.", valueName: "file"))
    var coverageFile: String?

    @Option(help: ArgumentHelp("How many files to run at a time.", valueName: "number"))
    var jobs = 2

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        guard (1...64).contains(jobs) else { throw Failure(.usage, "--jobs takes a number from 1 to 64") }
        guard !tap || options.format == .text else {
            throw Failure(.usage, "--tap and --format json cannot be had together")
        }
        let files = try TestFile.found(at: paths)
        var settings = RehearsalSettings(
            worker: context.worker, version: PveluaVersion.text, root: TestFile.workingFolder,
            journal: { (now) throws(Failure) in try JournalPlace.passing(now: now) },
            status: { ExitStatus($0).rawValue },
            table: { TableRenderer(headings: $0.columns, width: nil, style: Style(isEnabled: false)).render($0.rows) })
        settings.limits = try LimitOptions.apply(options.limit, to: settings.limits)
        settings.filter = filter
        let book = CoverageBook()
        if coverage || coverageFile != nil { settings.coverage = book }

        let text = TestText(style: context.outputStyle, isQuiet: options.quiet)
        let isPlain = !tap && options.format == .text
        let results = await Self.run(files, settings, at: jobs) { result in
            if isPlain { writeAll(1, Array(text.lines(result).utf8)) }
        }
        let report = TestReport(files: results, coverage: settings.coverage?.files, root: settings.root)
        if !isPlain {
            let output = tap ? TestTAP(report).text : report.json.text + "\n"
            guard writeAll(1, Array(output.utf8)) else { throw .lostOutput }
        } else {
            guard writeAll(1, Array(text.summary(report).utf8)) else { throw .lostOutput }
            if coverage { writeAll(1, Array(CoverageText(report).table.utf8)) }
        }
        if let junit { try ReportFile.write(TestJUnit(report).text, to: junit) }
        if let coverageFile { try ReportFile.write(CoverageText(report).lcov, to: coverageFile) }
        if !report.hasCases, !report.hasFailed {
            throw Failure(
                .usage, filter.map { "no case's name holds \"\($0)\"" } ?? "the test files have no cases",
                hint: "a case is written it(\"does something\", function() … end)")
        }
        return report.hasFailed ? .scriptError : .done
    }

    /// Runs the files, some at a time, and tells of each in order as soon as all before it are through.
    private static func run(
        _ files: [TestFile], _ settings: RehearsalSettings, at jobs: Int, tell: (FileResult) -> Void
    ) async -> [FileResult] {
        var results = [FileResult?](repeating: nil, count: files.count)
        var told = 0
        await withTaskGroup(of: (Int, FileResult).self) { group in
            var next = 0
            func begin() {
                guard next < files.count else { return }
                let (index, file) = (next, files[next])
                next += 1
                group.addTask { (index, await FileRehearsal(file, settings: settings).run()) }
            }
            for _ in 0..<jobs { begin() }
            while let (index, result) = await group.next() {
                results[index] = result
                begin()
                while told < results.count, let ready = results[told] {
                    tell(ready)
                    told += 1
                }
            }
        }
        return results.compactMap { $0 }
    }
}
