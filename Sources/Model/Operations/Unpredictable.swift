// SPDX-License-Identifier: Apache-2.0

/// A field of an operation's answer that only the real run knows, so that a plan must not be made from what a simulator says.
public struct Unpredictable: Sendable, Hashable, ExpressibleByStringLiteral {
    /// The field; nil for the whole answer.
    public var field: String?
    /// What a plan may do with it.
    public var use: Use
    /// Text that an argument must hold for the field to be unpredictable, such as a part of a path; nil for always.
    public var argument: String?
    /// Whether the field is as the cluster says until the run has changed something.
    public var onlyAfterChange = false

    /// What a plan may do with a value that it does not know.
    public enum Use: Sendable, Hashable {
        /// It names something that the operation made: a later operation may be given it, and the plan says which one's it is.
        case name
        /// It is what a guest or a server says: a later operation that is given it cannot be planned, for nobody could tell
        /// what would be approved.
        case content
    }

    /// The name of something that the operation makes.
    public init(stringLiteral field: String) {
        self.field = field
        use = .name
    }

    private init(content field: String?, argument: String? = nil, onlyAfterChange: Bool = false) {
        self.field = field
        use = .content
        self.argument = argument
        self.onlyAfterChange = onlyAfterChange
    }

    /// A field that holds what a guest or a server says.
    public static func content(_ field: String) -> Unpredictable { Unpredictable(content: field) }

    /// The whole answer is what a guest or a server says.
    public static let everything = Unpredictable(content: nil)

    /// The whole answer, where an argument holds that text.
    public static func everything(where argument: String) -> Unpredictable {
        Unpredictable(content: nil, argument: argument)
    }

    /// The whole answer, once the run has changed something.
    public static let everythingAfterChange = Unpredictable(content: nil, onlyAfterChange: true)
}

extension Operation {
    /// The same operation, with what of its answer only the real run knows.
    func unpredictable(_ fields: Unpredictable...) -> Operation {
        var row = self
        row.unpredictable = fields
        return row
    }
}
