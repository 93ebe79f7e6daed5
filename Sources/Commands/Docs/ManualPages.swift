// SPDX-License-Identifier: Apache-2.0
internal import ArgumentParser
internal import Configuration
internal import Glibc
internal import JSON
internal import Model

/// The manual pages, one a command, made of what `--help` is made of.
enum ManualPages {
    /// Writes `pvelua.1`, `pvelua-run.1`, … into a folder, in the place of those that are there.
    static func write(into folder: String) throws(Failure) -> ExitStatus {
        guard mkdir(folder, 0o755) == 0 || errno == EEXIST else {
            throw Failure(
                .config, "\(folder): \(String(cString: strerror(errno)))", hint: "name a folder you may write to")
        }
        for page in all() {
            let path = "\(folder)/\(page.name).1"
            let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                throw Failure(.config, "\(path): \(String(cString: strerror(errno)))")
            }
            let isWhole = writeAll(descriptor, Array(page.text.utf8))
            guard close(descriptor) == 0, isWhole else {
                throw Failure(.config, "\(path) could not be written to the end")
            }
        }
        return .done
    }

    /// Every page by its name.
    static func all() -> [(name: String, text: String)] {
        let described: JSONValue
        do {
            _ = try Pvelua.parseAsRoot(["--experimental-dump-help"])
            described = .null
        } catch {
            described = (try? JSONValue(parsing: Pvelua.fullMessage(for: error))) ?? .null
        }
        return pages(Pvelua.self, described["command"] ?? .null, path: ["pvelua"])
    }

    /// The pages of a command and of those below it.
    private static func pages(
        _ command: any ParsableCommand.Type, _ described: JSONValue, path: [String]
    ) -> [(name: String, text: String)] {
        let below = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
        let page = ManualPage(
            path: path, usage: command.configuration.usage ?? "\(path.joined(separator: " ")) COMMAND",
            described: described,
            commands: below.map { ($0.configuration.commandName ?? "", $0.configuration.abstract) })
        return [(page.name, page.text)]
            + below.flatMap { inner -> [(name: String, text: String)] in
                let name = inner.configuration.commandName ?? ""
                let found = described["subcommands"]?.array?.first { $0["commandName"]?.string == name }
                return pages(inner, found ?? .null, path: path + [name])
            }
    }
}
