// SPDX-License-Identifier: Apache-2.0
internal import JSON

/// The revisions of the Model Context Protocol that are spoken.
public enum ProtocolVersion: String, Sendable, CaseIterable {
    /// With structured results.
    case june2025 = "2025-06-18"
    /// The same for servers of tools, but for names and icons.
    case november2025 = "2025-11-25"
    /// Without introduction: each request says who asks and by which revision.
    case july2026 = "2026-07-28"

    /// The newest that begins with an introduction.
    static let newestIntroduced = ProtocolVersion.november2025
    /// Those that do not.
    static let stateless = [ProtocolVersion.july2026]

    /// What is spoken with a client that introduces itself: the revision that it asks for, or else the newest, which it may refuse.
    static func agreed(_ wanted: String?) -> ProtocolVersion {
        guard let version = wanted.flatMap(Self.init), !stateless.contains(version) else { return newestIntroduced }
        return version
    }
}

/// What a request of a stateless revision says of itself, in `params._meta`.
struct Envelope: Sendable {
    private static let prefix = "io.modelcontextprotocol/"
    static let serverInfo = prefix + "serverInfo"

    let version: ProtocolVersion
    /// Who asks, as it calls itself.
    let client: JSONValue?

    /// Reads what is there; nil for a request of a revision with introduction.
    init?(_ parameters: JSONObject) throws(ProtocolError) {
        guard let meta = parameters["_meta"], let wanted = meta[Self.prefix + "protocolVersion"] else { return nil }
        guard let name = wanted.string else {
            throw ProtocolError(.invalidParameters, "\(Self.prefix)protocolVersion must be a text")
        }
        guard meta[Self.prefix + "clientCapabilities"]?.object != nil else {
            throw ProtocolError(.invalidParameters, "_meta wants \(Self.prefix)clientCapabilities")
        }
        guard let version = ProtocolVersion(rawValue: name), ProtocolVersion.stateless.contains(version) else {
            throw ProtocolError(
                .unsupportedVersion, "this revision is not spoken without an introduction",
                data: ["supported": Self.spoken, "requested": .string(name)])
        }
        self.version = version
        client = meta[Self.prefix + "clientInfo"]
    }

    /// The stateless revisions, for clients.
    static var spoken: JSONValue { .array(ProtocolVersion.stateless.map { .string($0.rawValue) }) }
}
