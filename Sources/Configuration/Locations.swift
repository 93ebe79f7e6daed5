// SPDX-License-Identifier: Apache-2.0

/// Where pvelua's files are, from an environment and a home folder that are passed in.
public struct Locations: Hashable, Sendable {
    /// The configuration file.
    public var config: String
    /// The policy file.
    public var policy: String
    /// The folder of the user's own templates of guests.
    public var templates: String
    /// The ceiling that a policy cannot loosen.
    public var ceiling: String
    /// The journal.
    public var journal: String
    /// What was typed at the prompt.
    public var history: String
    /// The folder of the API schemas that were fetched.
    public var schemas: String
    /// The home folder, which `~` stands for.
    public var home: String

    /// Works out the places; a relative path in an XDG variable is ignored, as its specification asks.
    ///
    /// - Parameters:
    ///   - environment: `PVELUA_CONFIG`, `XDG_CONFIG_HOME` and `XDG_STATE_HOME` are looked at.
    ///   - config: The file named on the command line, which goes before `PVELUA_CONFIG`.
    public init(environment: [String: String], home: String, config: String? = nil) {
        func base(_ variable: String, _ fallback: String) -> String {
            guard let value = environment[variable], value.hasPrefix("/") else { return "\(home)/\(fallback)" }
            return value
        }
        let configFolder = base("XDG_CONFIG_HOME", ".config") + "/pvelua"
        let stateFolder = base("XDG_STATE_HOME", ".local/state") + "/pvelua"
        let named = [config, environment["PVELUA_CONFIG"]].compactMap(\.self).first { !$0.isEmpty }
        self.config = named.map { Self.expand($0, home: home) } ?? "\(configFolder)/config.yaml"
        policy = "\(configFolder)/policy.yaml"
        templates = "\(configFolder)/templates"
        ceiling = "/etc/pvelua/policy.yaml"
        journal = "\(stateFolder)/journal.sqlite"
        history = "\(stateFolder)/history"
        schemas = "\(stateFolder)/schema"
        self.home = home
    }

    /// A path with a leading `~` replaced by the home folder; `~name` is left as it is.
    public static func expand(_ path: String, home: String) -> String {
        if path == "~" { return home }
        return path.hasPrefix("~/") ? home + path.dropFirst() : path
    }
}
