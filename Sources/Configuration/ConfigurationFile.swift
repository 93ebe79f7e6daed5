// SPDX-License-Identifier: Apache-2.0
public import Model
internal import YAML

/// All that `config.yaml` says.
public struct ConfigurationFile: Hashable, Sendable {
    /// The cluster that is meant where none is named.
    public var defaultCluster: String?
    /// The clusters, in the order written.
    public var clusters: [ClusterConfiguration]
    /// How snapshots are named.
    public var snapshots: SnapshotNaming
    /// What the monitor does.
    public var monitor = MonitorConfiguration.shipped
    /// What is done with the audit.
    public var audit = AuditConfiguration()

    /// What holds where there is no file.
    public static let none = ConfigurationFile(defaultCluster: nil, clusters: [], snapshots: .shipped)

    /// The cluster of that name.
    public func cluster(named name: String) -> ClusterConfiguration? { clusters.first { $0.name == name } }

    /// Reads a file; nil where there is none.
    ///
    /// - Throws: ``Failure`` of kind `config` as `file:line:column: …`.
    public static func load(path: String, home: String) throws(Failure) -> ConfigurationFile? {
        guard let bytes = try FileContent.read(path, most: YAMLDocument.maximumSize) else { return nil }
        return try parse(bytes, file: path, home: home)
    }

    /// Reads the file at the place the environment names; nil where there is none and none was asked for by name.
    ///
    /// - Parameter config: The file named on the command line.
    /// - Throws: ``Failure`` of kind `config`, also where a file that was asked for by name is missing.
    public static func load(
        environment: [String: String], home: String, config: String? = nil
    ) throws(Failure) -> ConfigurationFile? {
        let path = Locations(environment: environment, home: home, config: config).config
        let wasNamed = [config, environment["PVELUA_CONFIG"]].contains { $0?.isEmpty == false }
        if let file = try load(path: path, home: home) { return file }
        guard !wasNamed else { throw Failure(.config, "\(path): there is no such file") }
        return nil
    }

    /// Reads the text of a file.
    ///
    /// - Parameter file: The file's name for messages.
    /// - Throws: ``Failure`` of kind `config` as `file:line:column: …`.
    public static func parse(_ text: String, file: String, home: String) throws(Failure) -> ConfigurationFile {
        try parse(Array(text.utf8), file: file, home: home)
    }

    private static func parse(_ bytes: [UInt8], file: String, home: String) throws(Failure) -> ConfigurationFile {
        do {
            return try ConfigurationForm(home: home).file(try YAMLDocument(parsing: bytes, file: file).root)
        } catch {
            throw Failure(.config, error.description)
        }
    }
}
