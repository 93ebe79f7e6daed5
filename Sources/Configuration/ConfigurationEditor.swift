// SPDX-License-Identifier: Apache-2.0
public import Model
internal import YAML

/// Puts things into a configuration file as a person would with an editor: what is not touched stays as it is, comments,
/// order and spacing included.
///
/// Every change is read again with the reader that will read it later, and refused where anything but the wanted came of it.
public struct ConfigurationEditor: Sendable {
    /// A cluster to put in.
    public struct NewCluster: Sendable {
        /// Its name.
        public var name: String
        /// Its members.
        public var hosts: [HostAddress]
        /// Who pvelua is there.
        public var auth: Authentication
        /// How the members prove who they are; the path as it shall be written.
        public var tls: TLSConfiguration

        /// Describes a cluster.
        public init(name: String, hosts: [HostAddress], auth: Authentication, tls: TLSConfiguration) {
            self.name = name
            self.hosts = hosts
            self.auth = auth
            self.tls = tls
        }
    }

    /// The file's name for messages.
    let file: String
    let home: String
    /// The text as it stands.
    public private(set) var text: String

    /// Begins with a file's text; empty for a file that is yet to be made.
    public init(text: String, file: String, home: String) {
        self.text = text
        self.file = file
        self.home = home
    }

    /// Puts a cluster behind those that are there.
    ///
    /// - Throws: ``Failure`` of kind `config` where the name is taken, the file is wrong already, or its form allows no such
    ///   change; the hint then holds what to put in by hand.
    public mutating func add(_ cluster: NewCluster) throws(Failure) {
        let before = try read(text)
        guard before.cluster(named: cluster.name) == nil else {
            throw Failure(
                .config, "\(file): there is a cluster \(cluster.name) already",
                hint: "take another name, or change that one: pvelua cluster pin \(cluster.name)")
        }
        var lines = SourceLines(text)
        let block = ClusterBlock(cluster).lines
        if before == .none, text.utf8.allSatisfy({ $0 <= 0x20 }) {
            lines = SourceLines("version: 1\nclusters:\n")
            lines.append(block.map { "  " + $0 })
        } else {
            try insert(block, into: &lines, cluster.name)
        }
        let after = try check(lines.text, cluster.name)
        guard after.clusters.count == before.clusters.count + 1, let made = after.clusters.last,
            made.name == cluster.name, made.hosts == cluster.hosts, made.auth.identity == cluster.auth.identity,
            made.tls.fingerprints == cluster.tls.fingerprints,
            after.clusters.dropLast().elementsEqual(before.clusters, by: { $0.isSame(as: $1) }),
            after.defaultCluster == before.defaultCluster, after.snapshots == before.snapshots
        else { throw byHand(block) }
        text = lines.text
    }

    private func insert(_ block: [String], into lines: inout SourceLines, _ name: String) throws(Failure) {
        let root = try document()
        guard case .mapping(let members) = root.kind, lines.isBlock(root) else { throw byHand(block) }
        guard let place = members.firstIndex(where: { $0.key.scalar == "clusters" }) else {
            lines.append(["clusters:"] + block.map { "  " + $0 })
            return
        }
        let value = members[place].value
        guard case .mapping(let clusters) = value.kind, let first = clusters.first, lines.isBlock(value) else {
            throw byHand(block)
        }
        // Comments and empty lines before the next key of the file belong to that key.
        let end = place + 1 < members.count ? members[place + 1].key.line - 1 : lines.count
        let line = lines.endOfContent(from: members[place].key.line, to: end)
        lines.insert(block.map { String(repeating: " ", count: max(0, first.key.column - 1)) + $0 }, after: line)
    }

    /// The failure where the file's form is beyond this editor.
    func byHand(_ block: [String]) -> Failure {
        Failure(
            .config, "\(file) is written in a form that is not changed automatically",
            hint: "put this in by hand: " + block.joined(separator: " ⏎ "))
    }

    func document() throws(Failure) -> YAMLNode {
        do { return try YAMLDocument(parsing: text, file: file).root } catch {
            throw Failure(.config, error.description)
        }
    }

    /// What a text says as configuration.
    func read(_ text: String) throws(Failure) -> ConfigurationFile {
        if text.utf8.allSatisfy({ $0 <= 0x20 }) { return .none }
        return try ConfigurationFile.parse(text, file: file, home: home)
    }

    /// What the changed text says; a failure of ours, not of whoever wrote the file.
    func check(_ text: String, _ name: String) throws(Failure) -> ConfigurationFile {
        do throws(Failure) { return try read(text) } catch {
            throw Failure(
                .config, "\(file): the change for \(name) would not be readable: \(error.message)",
                hint: "change the file by hand")
        }
    }

    /// Takes a changed text that was checked.
    mutating func accept(_ changed: String) { text = changed }
}

extension ClusterConfiguration {
    /// Whether both say the same, wherever in the file.
    func isSame(as other: ClusterConfiguration) -> Bool {
        var (one, two) = (self, other)
        one.auth = auth.withoutPlace
        two.auth = other.auth.withoutPlace
        return one == two
    }
}

extension Authentication {
    fileprivate var withoutPlace: Authentication {
        switch self {
        case .token(let id, let secret, _): .token(id: id, secret: secret, place: "")
        case .login(let user, let password, let totp, _):
            .login(user: user, password: password, totp: totp, place: "")
        case .local: self
        }
    }
}
