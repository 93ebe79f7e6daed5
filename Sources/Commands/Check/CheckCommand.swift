// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import JSON
internal import Model
internal import Runbook

/// The command `pvelua check FILE…`.
struct CheckCommand: ContextCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Look for mistakes in runbooks without running them.",
        usage: "pvelua check [options] FILE…",
        discussion: """
            A FILE is a runbook, a module, a test file, a folder with *.lua in it, or a
            dash for standard input. Modules that they require are looked at as well. No
            cluster is asked, and nothing is run.

            EXIT STATUS
              0 no errors   1 errors, or with --strict warnings   2 usage
            """)

    @Argument(help: "Lua files, folders to look for *.lua in, or a dash.")
    var files: [String]

    @Flag(help: "Let warnings fail as well.")
    var strict = false

    @OptionGroup(title: "Common options") var options: GlobalOptions

    func run(in context: CommandContext) async throws(Failure) -> ExitStatus {
        var checker = RunbookChecker()
        for file in try CheckedFile.found(at: files) {
            let source =
                file.path == CheckedFile.standardInput
                ? try StandardInput.readAll(maximum: Chunk.maximumSize)
                : try FileReader.read(path: file.path, maximum: Chunk.maximumSize)
            checker.add(source, file: file.shown, folders: file.folders)
        }
        let report = CheckReport(files: checker.count, findings: checker.findings())
        switch options.format {
        case .json: guard writeAll(1, Array((report.json.text + "\n").utf8)) else { throw .lostOutput }
        case .text:
            guard writeAll(1, Array(report.text(context.outputStyle).utf8)) else { throw .lostOutput }
            if !options.quiet { writeError(report.summary + "\n") }
        }
        return report.errors > 0 || strict && report.warnings > 0 ? .scriptError : .done
    }
}
