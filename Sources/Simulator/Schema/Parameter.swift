// SPDX-License-Identifier: Apache-2.0

/// One declared parameter of an endpoint.
struct Parameter: Sendable {
    enum Kind: String, Sendable { case string, integer, number, boolean, array }

    var name: String
    var kind: Kind
    var optional: Bool
    var minimum: Double?
    var maximum: Double?
    var maximumLength: Int?
    var values: [String]?
    var format: Format?
    /// Another parameter that must be given with this one.
    var needs: String?

    static func string(
        _ name: String, optional: Bool = true, length: Int? = nil, _ format: Format? = nil, needs: String? = nil
    ) -> Parameter {
        Parameter(
            name: name, kind: .string, optional: optional, maximumLength: length, format: format, needs: needs)
    }

    static func integer(
        _ name: String, optional: Bool = true, _ range: PartialRangeFrom<Double>? = nil, maximum: Double? = nil
    )
        -> Parameter
    {
        Parameter(name: name, kind: .integer, optional: optional, minimum: range?.lowerBound, maximum: maximum)
    }

    static func flag(_ name: String, needs: String? = nil) -> Parameter {
        Parameter(name: name, kind: .boolean, optional: true, needs: needs)
    }

    static func choice(_ name: String, optional: Bool = true, _ values: [String]) -> Parameter {
        Parameter(name: name, kind: .string, optional: optional, values: values)
    }

    static func number(_ name: String, _ range: PartialRangeFrom<Double>? = nil, maximum: Double? = nil) -> Parameter {
        Parameter(name: name, kind: .number, optional: true, minimum: range?.lowerBound, maximum: maximum)
    }

    static let node = Parameter.string("node", optional: false, .node)
    static let vmid = Parameter(name: "vmid", kind: .integer, optional: false, format: .vmid)
    static func vmid(_ name: String, optional: Bool = true) -> Parameter {
        Parameter(name: name, kind: .integer, optional: optional, format: .vmid)
    }
}
