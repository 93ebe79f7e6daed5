// SPDX-License-Identifier: Apache-2.0
internal import JSON
public import Model

extension APISchema {
    /// Reads what a server offers at `/pve-docs/api-viewer/apidoc.js`.
    ///
    /// - Parameters:
    ///   - script: The file: JavaScript whose first statement assigns the tree.
    ///   - cluster: The name of the cluster that it comes from.
    ///   - version: That cluster's version.
    /// - Throws: ``Failure`` of the kind `server` where there is no tree in it, or one beyond all bounds.
    public init(script: [UInt8], cluster: String, version: String) throws(Failure) {
        guard script.count <= Bound.bytes else { throw .schema("it is larger than \(Bound.bytes) bytes") }
        guard let slice = SchemaScript.array(in: script) else { throw .schema("there is no list in it") }
        self.init(cluster: cluster, version: version)
        let tree: JSONValue
        do throws(JSONError) { tree = try JSONValue(parsing: Array(slice)) } catch {
            throw .schema("its list is no JSON (\(error.message))")
        }
        for node in tree.array ?? [] { try add(node, depth: 0) }
        guard methodCount > 0 else { throw .schema("its list holds no method") }
    }

    private mutating func add(_ value: JSONValue, depth: Int) throws(Failure) {
        guard depth <= Bound.depth else { throw .schema("its tree is deeper than \(Bound.depth)") }
        guard let path = value["path"]?.string else { return }
        var methods: [String: String] = [:]
        for member in value["info"]?.object?.members ?? [] where Self.methodNames.contains(member.key) {
            methods[member.key] = Self.compact(member.value).text
        }
        try add(path: path, methods: methods)
        for child in value["children"]?.array ?? [] { try add(child, depth: depth + 1) }
    }

    private static let methodNames: Set<String> = ["GET", "POST", "PUT", "DELETE"]

    /// A method without what neither checks nor pages need: half of the file.
    private static func compact(_ method: JSONValue) -> JSONValue {
        guard var object = method.object else { return .object(JSONObject()) }
        for name in ["returns", "method", "name"] { object[name] = nil }
        guard var parameters = object["parameters"]?.object, let properties = parameters["properties"]?.object else {
            return .object(object)
        }
        let kept = properties.members.map { member -> (String, JSONValue) in
            guard var property = member.value.object else { return (member.key, member.value) }
            for name in ["typetext", "verbose_description", "format_description", "title"] { property[name] = nil }
            return (member.key, .object(property))
        }
        parameters["properties"] = .object(JSONObject(kept))
        object["parameters"] = .object(parameters)
        return .object(object)
    }

    // MARK: - The compact form

    /// The schema as it is kept on disk: each method is a text in the text, so that loading reads none of them.
    public func encoded() -> [UInt8] {
        let paths = nodes.filter { !$0.methods.isEmpty }.map { node -> JSONValue in
            let methods = node.methods.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }
            return .object(JSONObject([("path", .string(node.path))] + methods))
        }
        let object = JSONObject([
            ("format", 1), ("cluster", .string(cluster)), ("version", .string(version)), ("paths", .array(paths)),
        ])
        return JSONValue.object(object).encoded()
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: ``Failure`` of the kind `config` where it is anything else.
    public init(encoded bytes: [UInt8]) throws(Failure) {
        let broken = Failure(
            .config, "the kept schema cannot be read", hint: "fetch it again: pvelua cluster schema sync")
        guard bytes.count <= Bound.bytes, let value = try? JSONValue(parsing: bytes), value["format"] == 1,
            let cluster = value["cluster"]?.string, let version = value["version"]?.string,
            let paths = value["paths"]?.array
        else { throw broken }
        self.init(cluster: cluster, version: version)
        for entry in paths {
            guard let path = entry["path"]?.string, let members = entry.object?.members else { throw broken }
            var methods: [String: String] = [:]
            for member in members where Self.methodNames.contains(member.key) {
                methods[member.key] = member.value.string
            }
            try add(path: path, methods: methods)
        }
    }
}

/// Finds the tree in the script that holds it.
enum SchemaScript {
    /// The first list that something is set to: `const apiSchema = […]`, `var pveapi = […]` in older releases.
    ///
    /// - Returns: The bytes from `[` to its `]`, or nil where it does not end.
    static func array(in script: [UInt8]) -> ArraySlice<UInt8>? {
        script.withUnsafeBufferPointer { bytes -> Range<Int>? in
            guard let start = start(bytes) else { return nil }
            var depth = 0
            var isQuoted = false
            var index = start
            while index < bytes.count {
                let byte = bytes[index]
                if isQuoted {
                    if byte == UInt8(ascii: "\\") { index += 1 } else if byte == UInt8(ascii: "\"") { isQuoted = false }
                } else if byte == UInt8(ascii: "\"") {
                    isQuoted = true
                } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                    depth += 1
                } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                    depth -= 1
                    if depth == 0 { return start..<(index + 1) }
                }
                index += 1
            }
            return nil
        }.map { script[$0] }
    }

    private static func start(_ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
        var wasEqualsSign = false
        for index in bytes.indices {
            switch bytes[index] {
            case UInt8(ascii: "="): wasEqualsSign = true
            case UInt8(ascii: "[") where wasEqualsSign: return index
            case 0x20, 0x09, 0x0a, 0x0d: break
            default: wasEqualsSign = false
            }
        }
        return nil
    }
}
