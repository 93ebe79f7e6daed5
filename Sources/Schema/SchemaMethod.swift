// SPDX-License-Identifier: Apache-2.0
public import JSON
internal import Model

/// One method of one path: what it is for and what it takes.
public struct SchemaMethod: Sendable {
    /// `GET`, `POST`, `PUT` or `DELETE`.
    public let name: String
    /// The path with its holes: `/nodes/{node}/qemu/{vmid}`.
    public let path: String
    /// What it does, in the schema's words.
    public let summary: String
    /// What it takes, those of the path included, by name.
    public let parameters: [SchemaParameter]
    /// Whether parameters that are not declared are let through.
    public let allowsOthers: Bool
    /// Whether root's own daemon answers it.
    public let isProtected: Bool
    /// The parameter that names the node which answers, or nil.
    public let proxyTo: String?
    /// Whether an API token may call it.
    public let allowsTokens: Bool
    /// Who may call it, as the schema says; nil means root@pam only.
    public let permissions: JSONValue?

    /// Reads a method as the schema keeps it; what is missing or odd in it restricts nothing.
    init(name: String, path: String, text: String) {
        let value = (try? JSONValue(parsing: text)) ?? .null
        self.name = name
        self.path = path
        summary = value["description"]?.string ?? ""
        let declared = value["parameters"]
        parameters = (declared?["properties"]?.object?.members ?? []).map { SchemaParameter($0.key, $0.value) }
            .sorted { $0.name < $1.name }
        // PVE::JSONSchema complains where this is set and false; the fabrics of 9.x leave it out and use allOf.
        allowsOthers = declared?["additionalProperties"].map { $0.perlBool } ?? true
        isProtected = value["protected"]?.perlBool ?? false
        proxyTo = value["proxyto"]?.string
        allowsTokens = value["allowtoken"]?.perlBool ?? true
        permissions = value["permissions"]
    }

    /// The declaration of a parameter; `net0` is found as `net[n]`.
    public func parameter(_ name: String) -> SchemaParameter? {
        parameters.first { $0.name == name } ?? parameters.first { $0.isIndexed(as: name) }
    }
}

/// One parameter of a method, as declared.
public struct SchemaParameter: Sendable {
    /// The name; `net[n]` stands for `net0`, `net1` and so on.
    public let name: String
    /// `string`, `integer`, `number`, `boolean`, `array` or another word; nil where nothing is said.
    public let type: String?
    /// The name of a format, such as `pve-vmid`.
    public let format: String?
    /// The keys of a property string such as `model=virtio,bridge=vmbr0`, with what they are for; empty for other values.
    public let keys: [String]
    /// Whether it may be left out.
    public let isOptional: Bool
    /// What holds where it is left out, as text.
    public let standard: String?
    /// The least number.
    public let minimum: Double?
    /// The greatest number.
    public let maximum: Double?
    /// The shortest text.
    public let minimumLength: Int?
    /// The longest text.
    public let maximumLength: Int?
    /// The only texts there are; empty where there is no such list.
    public let values: [String]
    /// A Perl pattern that the whole text must match.
    public let pattern: String?
    /// What it is for.
    public let summary: String
    /// Another parameter that must be given with it.
    public let requires: String?
    /// Whether it means something else from case to case (`oneOf`, `instance-types`), so that nothing is judged.
    public let isConditional: Bool
    /// What the elements of an array are.
    let items: JSONValue?

    init(_ name: String, _ value: JSONValue) {
        self.name = name
        type = value["type"]?.string
        format = value["format"]?.string
        keys = (value["format"]?.object?.keys ?? []).sorted()
        isOptional = value["optional"]?.perlBool ?? false
        standard = value["default"].flatMap { $0.isNull ? nil : $0.perlText ?? $0.text }
        minimum = value["minimum"]?.perlNumber
        maximum = value["maximum"]?.perlNumber
        minimumLength = value["minLength"]?.perlInteger
        maximumLength = value["maxLength"]?.perlInteger
        values = (value["enum"]?.array ?? []).compactMap(\.perlText)
        pattern = value["pattern"]?.string
        summary = value["description"]?.string ?? ""
        requires = value["requires"]?.string
        isConditional = ["oneOf", "allOf", "anyOf", "type-property", "instance-types"].contains { value[$0] != nil }
        items = value["items"]
    }

    /// Whether a list may be given: a real array, or a text that the server joins with commas.
    var takesList: Bool { type == "array" || format?.hasSuffix("-list") == true }

    func isIndexed(as given: String) -> Bool {
        guard name.hasSuffix("[n]"), given.hasPrefix(name.dropLast(3)) else { return false }
        let digits = given.utf8.dropFirst(name.utf8.count - 3)
        return !digits.isEmpty && digits.count <= 4 && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
