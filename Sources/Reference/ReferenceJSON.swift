// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

/// The operation table as JSON; `docs/schemas/operations.json` is its schema.
public enum ReferenceJSON {
    /// The whole table, or those entries of it.
    public static func table(_ entries: [ReferenceEntry] = ReferenceEntry.all, version: String) -> JSONValue {
        var (operations, extras, lua, absent, errors, examples) = (
            [JSONValue](), [JSONValue](), [JSONValue](), [JSONValue](), [JSONValue](), [JSONValue]()
        )
        for entry in entries {
            switch entry.subject {
            case .operation(let operation): operations.append(json(operation, area: entry.area))
            case .extra(let extra): extras.append(json(extra))
            case .library(let library): lua.append(json(library, name: entry.name))
            case .absent(let missing):
                absent.append(["names": strings(missing.names), "instead": .string(missing.instead)])
            case .error(let error):
                errors.append([
                    "kind": .string(error.kind.rawValue), "meaning": .string(error.meaning),
                    "advice": .string(error.plainAdvice), "again": .string(error.again),
                ])
            case .example(let example):
                examples.append([
                    "file": .string(example.path), "summary": .string(example.summary),
                    "comment": strings(example.comment),
                ])
            }
        }
        return [
            "pvelua": .string(version), "lua": "5.4",
            "errors_anywhere": strings(OperationErrors.anywhere.map(\.rawValue)), "operations": .array(operations),
            "extras": .array(extras), "lua_libraries": .array(lua), "lua_absent": .array(absent),
            "errors": .array(errors),
            "examples": .array(examples),
        ]
    }

    /// Names and what they are, and how many more there would be.
    public static func list(_ entries: [ReferenceEntry], omitted: Int = 0) -> JSONValue {
        let rows = entries.map { entry -> JSONValue in
            var row = JSONObject([
                ("name", .string(entry.name)), ("usage", .string(entry.usage)), ("summary", .string(entry.summary)),
                ("area", .string(entry.area)),
            ])
            if let example = entry.example { row["example"] = .string(example) }
            return .object(row)
        }
        return ["entries": .array(rows), "omitted": JSONValue(omitted)]
    }

    // MARK: - Entries

    private static func json(_ operation: Operation, area: String) -> JSONValue {
        var object = JSONObject([
            ("name", .string(operation.name)), ("usage", .string(operation.usage)),
            ("summary", .string(operation.summary)), ("area", .string(area)),
            ("reach", .string(operation.reach.rawValue)), ("since", .string(operation.since)),
            ("parameters", .array(operation.parameters.map(ParameterJSON.value))),
            ("returns", .string(operation.returns)),
            ("errors", strings(OperationErrors.kinds(of: operation).map(\.rawValue))),
            ("example", .string(operation.example)),
            ("methods", .array(operation.methods.map(json))), ("calls", .array(operation.endpoints.map(json))),
            ("uses", strings(operation.uses)),
        ])
        if let given = operation.gives { object["gives"] = .string(given.rawValue) }
        return .object(object)
    }

    private static func json(_ method: ObjectMethod) -> JSONValue {
        ["object": .string(method.object.rawValue), "name": .string(method.name), "usage": .string(method.usage)]
    }

    private static func json(_ endpoint: Endpoint) -> JSONValue {
        var object = JSONObject([
            ("method", .string(endpoint.method)), ("path", .string(endpoint.path)),
            ("action", .string(endpoint.action)),
            ("guests", strings(GuestKind.allCases.filter(endpoint.kinds.contains).map(\.rawValue))),
            ("done_when", .string(OperationReference.condition(endpoint))),
            ("a_second_time", .string(OperationReference.repeats(endpoint))),
            ("needs", strings(endpoint.needs.map(\.description))),
        ])
        if let selector = endpoint.selector { object["selector"] = .string(selector) }
        if let warning = endpoint.warning { object["warning"] = .string(warning) }
        if !endpoint.with.isEmpty {
            object["with"] = .object(
                JSONObject(endpoint.with.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        }
        return .object(object)
    }

    private static func json(_ extra: LanguageExtra) -> JSONValue {
        var object = JSONObject([
            ("name", .string(extra.name)), ("usage", .string(extra.usage)), ("summary", .string(extra.summary)),
            ("details", strings(extra.details)),
        ])
        if let example = extra.example { object["example"] = .string(example) }
        return .object(object)
    }

    private static func json(_ library: LuaLibrary, name: String) -> JSONValue {
        ["name": .string(name), "members": strings(library.members), "note": .string(library.note)]
    }

    private static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}
