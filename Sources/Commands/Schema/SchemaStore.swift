// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Proxmox
internal import Runbook
internal import Schema

/// The schemas that were fetched, one file a cluster and version, readable by nobody else.
struct SchemaStore: Sendable {
    /// The folder they lie in.
    let folder: String

    private static let largest = 32 << 20

    /// Where the schema of a cluster of that version lies.
    func file(_ cluster: String, _ version: String) -> String {
        "\(folder)/\(FileName.escaped(cluster))@\(FileName.escaped(version)).json"
    }

    // MARK: - Writing

    /// Keeps a schema; one of the same cluster and version is replaced in one step.
    ///
    /// - Returns: The file.
    func save(_ schema: APISchema) throws(Failure) -> String {
        let path = file(schema.cluster, schema.version)
        try FileContent.put(path, schema.encoded())
        return path
    }

    // MARK: - Reading

    /// The schema of a cluster of that version, or nil where it was not fetched.
    ///
    /// - Throws: ``Failure`` of the kind `config` for a link, for somebody else's file, and for one that is broken.
    func load(_ cluster: String, _ version: String) throws(Failure) -> APISchema? {
        guard let schema = try read(file(cluster, version)) else { return nil }
        guard schema.cluster == cluster, schema.version == version else {
            throw Failure(
                .config, "\(file(cluster, version)): is the schema of another cluster or version", hint: "remove it")
        }
        return schema
    }

    private func read(_ path: String) throws(Failure) -> APISchema? {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
            throw Failure(.config, "\(path): is a link, and a schema is never one", hint: "remove it")
        }
        guard let bytes = try FileContent.read(path, most: Self.largest) else { return nil }
        do throws(Failure) { return try APISchema(encoded: bytes) } catch {
            throw Failure(.config, "\(path): \(error.message)", hint: error.hint)
        }
    }

    /// The versions that there are schemas of for a cluster, the newest first.
    func versions(of cluster: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        let start = FileName.escaped(cluster) + "@"
        var versions: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard name.hasPrefix(start), name.hasSuffix(".json") else { continue }
            versions.append(String(name.dropFirst(start.count).dropLast(5)))
        }
        return versions.sorted { Self.numbers($1).lexicographicallyPrecedes(Self.numbers($0)) }
    }

    private static func numbers(_ version: String) -> [Int] {
        version.split { !$0.isASCII || !$0.isNumber }.map { Int($0) ?? 0 }
    }

    /// The newest schema there is of a cluster, whatever version the cluster has now; nil where there is none to read.
    func newest(of cluster: String) -> APISchema? {
        for version in versions(of: cluster) {
            // Versions of files are escaped already.
            let path = "\(folder)/\(FileName.escaped(cluster))@\(version).json"
            if let schema = try? read(path), schema.cluster == cluster { return schema }
        }
        return nil
    }
}

extension SchemaStore {
    /// The schema that is exact for the cluster as it is now; nil where there is none, which is said in the log.
    ///
    /// A schema of another version might refuse what the cluster takes, so it is not used. The cluster is asked for its version
    /// only where a schema is kept at all.
    func exact(for cluster: String, _ client: ProxmoxClient, _ output: any RunOutput) async -> APISchema? {
        let kept = versions(of: cluster)
        guard !kept.isEmpty else { return nil }
        do throws(Failure) {
            let version = try await client.version()
            if let schema = try load(cluster, version) { return schema }
            output.log(
                .warning,
                "the kept API schema of \(cluster) is of \(kept.joined(separator: ", ")), the cluster runs \(version): calls are "
                    + "left to the server to check; fetch it anew: pvelua cluster schema sync")
        } catch {
            output.log(.warning, "the API schema of \(cluster) is not used: \(error.message)")
        }
        return nil
    }
}
