// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What scripts find without declaring it, which a test asks a worker about.
enum LanguageNames {
    /// The libraries and what they hold.
    static let libraries: [String: Set<String>] = Dictionary(
        LuaLibrary.all.filter { !$0.name.isEmpty }.map { ($0.name, Set($0.members)) },
        uniquingKeysWith: { $0.union($1) })

    /// The other global variables.
    static let globals = Set(LuaLibrary.all.filter(\.name.isEmpty).flatMap(\.members))

    /// What test files have besides.
    static let testGlobals: Set<String> = [
        "after_each", "before_each", "cluster", "describe", "expect", "it", "pending", "sim",
    ]

    /// What `sim` holds in test files.
    static let simulator: Set<String> = [
        "add", "advance", "after", "at", "consents", "fault", "guest", "guests", "now", "requests", "run", "sent",
        "set",
    ]

    /// What stands in `pve` beside operations and functions of the language.
    static let values: Set<String> = ["null"]

    /// What stands right below `pve`.
    static let members: Set<String> = values.union(LanguageExtra.all.map(\.name)).union(
        OperationTable.all.compactMap { $0.name.split(separator: ".").first.map(String.init) })

    /// What stands in each table below `pve`, such as `api`.
    static let groups: [String: Set<String>] = {
        var result: [String: Set<String>] = [:]
        for operation in OperationTable.all {
            let words = operation.name.split(separator: ".").map(String.init)
            if words.count == 2 { result[words[0], default: []].insert(words[1]) }
        }
        return result
    }()

    /// The methods of each sort of object, with the operations that they are.
    static let methods: [ScriptObject: [String: (method: ObjectMethod, operation: Operation)]] = {
        var result: [ScriptObject: [String: (method: ObjectMethod, operation: Operation)]] = [:]
        for operation in OperationTable.all {
            for method in operation.methods { result[method.object, default: [:]][method.name] = (method, operation) }
        }
        return result
    }()

    /// What the functions of the language take that are no operations; nil for what may be anything.
    static let parameters: [String: [Parameter?]] = [
        "is_error": [nil, .optional("kind", .text(maximum: 64), "An error's kind.")],
        "on_failure": [.required("compensation", .function, "What undoes the step.")],
        "spawn": [.required("body", .function, "What is called beside what follows.")],
        "timeout": [
            .required("seconds", .seconds(maximum: 1e9), "How long it may take."),
            .required("body", .function, "What is called."),
        ],
        "parallel": [
            nil, .required("body", .function, "What is called for each element."),
            .optional(
                "options",
                .options([
                    .optional("limit", .integer(1...Int.max), "How many run at a time."),
                    .optional("stop_on_error", .flag, "Whether the first error is the last."),
                ]), "How they run."),
        ],
    ]
}
