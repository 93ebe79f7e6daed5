// SPDX-License-Identifier: Apache-2.0
public import Model

/// An entry as plain lines; what begins with more blanks is below what begins with fewer.
public enum ReferenceText {
    /// The lines of an entry.
    public static func lines(_ entry: ReferenceEntry) -> [String] {
        switch entry.subject {
        case .operation(let operation): lines(operation)
        case .extra(let extra): lines(extra)
        case .library(let library):
            [entry.name, "", entry.summary, "", "there are: " + library.members.joined(separator: " ")]
                + (library.note.isEmpty ? [] : ["", plain(library.note)])
        case .absent: [entry.name, "", plain(entry.summary)]
        case .error(let error):
            [
                entry.name, "", error.meaning, plain(error.plainAdvice), "try again: \(error.again)", "",
                "in a script: \(entry.usage)",
            ]
        case .example(let example):
            [example.path, ""] + example.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        }
    }

    /// The lines of what stands beside the operations.
    public static func lines(_ extra: LanguageExtra) -> [String] {
        [extra.usage, "", plain(extra.summary)] + extra.details.flatMap { ["", plain($0)] }
            + (extra.example.map { ["", "example: \($0)"] } ?? [])
    }

    /// The lines of an operation.
    public static func lines(_ operation: Operation) -> [String] {
        var lines = [operation.usage, "", operation.summary, ""]
        for parameter in operation.parameters { lines += items(parameter, level: 0) }
        lines.append("returns \(operation.returns)")
        let errors = OperationErrors.kinds(of: operation)
        if !errors.isEmpty { lines.append("errors: " + errors.map(\.rawValue).joined(separator: ", ")) }
        if !operation.methods.isEmpty {
            lines.append("as methods: " + operation.methods.map(\.usage).joined(separator: " "))
        }
        if !operation.endpoints.isEmpty {
            lines.append("")
            let requests = operation.endpoints.map { "\($0.method) \($0.path)" }
            let width = requests.map(\.count).max() ?? 0
            for (endpoint, request) in zip(operation.endpoints, requests) {
                let gap = String(repeating: " ", count: width - request.count)
                lines.append("\(request)\(gap)  action \(endpoint.action)")
            }
        }
        return lines + ["", "example: \(operation.example)"]
    }

    private static func items(_ parameter: Parameter, level: Int) -> [String] {
        let indent = String(repeating: "    ", count: level)
        if level > 0 {
            let needed = parameter.isRequired ? ", required" : ""
            let line = "\(indent)\(parameter.name) (\(parameter.type.description)\(needed)): \(parameter.summary)"
            return [line] + below(parameter, level: level)
        }
        let head = "\(parameter.name): \(parameter.type.description)\(parameter.isRequired ? "" : ", optional")"
        return [head, "    \(parameter.summary)"] + below(parameter, level: level)
    }

    private static func below(_ parameter: Parameter, level: Int) -> [String] {
        switch parameter.type {
        case .options(let options), .list(.options(let options)): options.flatMap { items($0, level: level + 1) }
        default: []
        }
    }

    private static func plain(_ text: String) -> String { text.filter { $0 != "`" } }
}
