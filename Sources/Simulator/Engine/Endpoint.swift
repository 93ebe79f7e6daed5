// SPDX-License-Identifier: Apache-2.0

/// One row of the table of what a simulated cluster answers.
struct Endpoint: Sendable {
    typealias Handler = @Sendable (inout ClusterState, Call) throws(Refusal) -> Reply

    /// Who may call it, as the schema declares it; handlers may check more.
    enum Access: Sendable {
        /// Nobody has to log in.
        case world
        /// Everyone who is logged in.
        case user
        /// Any of these privileges on the path, whose `{name}` are filled in.
        case privilege(String, [String])
        /// Only root@pam itself, no token.
        case root
    }

    var method: String
    var pattern: [String]
    var access: Access
    /// Whether the privileged daemon answers; such answers carry two `Connection` fields.
    var protected: Bool
    var parameters: [Parameter]
    /// Options of a guest's configuration are allowed too.
    var takesOptions: GuestOptions?
    var allowsTokens = true
    var handler: Handler

    init(
        _ method: String, _ pattern: String, _ access: Access = .user, protected: Bool = false,
        takes parameters: [Parameter] = [], options: GuestOptions? = nil, allowsTokens: Bool = true,
        handler: @escaping Handler
    ) {
        self.method = method
        self.pattern = pattern.split(separator: "/").map(String.init)
        self.access = access
        self.protected = protected
        self.parameters = parameters
        takesOptions = options
        self.allowsTokens = allowsTokens
        self.handler = handler
    }

    /// The path's parameters where it matches the pattern.
    func match(_ segments: [String]) -> [String: String]? {
        var captured: [String: String] = [:]
        for (index, part) in pattern.enumerated() {
            guard index < segments.count else { return nil }
            if part.hasPrefix("{"), part.hasSuffix("...}") {
                captured[String(part.dropFirst().dropLast(4))] = segments[index...].joined(separator: "/")
                return captured
            }
            if part.hasPrefix("{") {
                captured[String(part.dropFirst().dropLast())] = segments[index]
            } else if part != segments[index] {
                return nil
            }
        }
        return segments.count == pattern.count ? captured : nil
    }
}
