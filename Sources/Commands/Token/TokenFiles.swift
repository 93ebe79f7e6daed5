// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Proxmox

/// Where the files of tokens are.
struct TokenFiles: Sendable {
    let locations: Locations
    let context: CommandContext

    /// `lab-runbooks.token` beside the configuration, or the file named.
    func secretPath(_ cluster: String, _ token: TokenIdentity, named: String? = nil) -> String {
        if let named { return Locations.expand(context.absolute(named), home: locations.home) }
        let folder = PrivateStorage.folder(of: locations.config)
        let words = "\(cluster)-\(token.user)-\(token.name)".unicodeScalars.map { scalar -> Character in
            let isPlain =
                scalar.isASCII && (UInt8(ascii: scalar).isASCIIAlphanumeric || "-_.".unicodeScalars.contains(scalar))
            return isPlain ? Character(scalar) : "-"
        }
        return "\(folder)/\(String(words)).token"
    }

    /// The file that a configured token's secret is in, with `~` expanded.
    ///
    /// - Throws: ``Failure`` of kind `config` where it is kept elsewhere, so that no new one could be put there.
    func configuredSecret(of cluster: String, _ configuration: ConfigurationFile) throws(Failure) -> String {
        guard let found = configuration.cluster(named: cluster) else {
            throw Failure(.config, "\"\(cluster)\" is not in the configuration, so there is no token to renew")
        }
        guard case .token(_, .file(let path), _) = found.auth else {
            throw Failure(
                .config, "the secret of \(cluster) is not in a file, so pvelua cannot put a new one there",
                hint: "use token_secret: { file: … }, or make the new token with `pvelua cluster token create`")
        }
        return Locations.expand(path, home: locations.home)
    }

    /// The files of a rotation: a new secret beside, the configuration switched by one rename.
    func rotation(_ cluster: String, oldPath: String) -> TokenRotation.Files {
        let locations = locations
        let places = self
        return TokenRotation.Files(
            secretPath: { places.secretPath(cluster, $0) },
            store: { (path, secret) throws(Failure) in
                try FileContent.create(path, secret.reveal { Array($0) } + [0x0a])
            },
            switchTo: { (token, path) throws(Failure) in
                guard let bytes = try FileContent.read(locations.config, most: 1 << 20) else {
                    throw Failure(.config, "\(locations.config): there is no such file")
                }
                let text = try TokenReplacement.replace(
                    in: try FileContent.text(bytes, of: locations.config), file: locations.config, home: locations.home,
                    cluster: cluster, tokenID: token.description, secretFile: path)
                try FileContent.replace(locations.config, with: Array(text.utf8), expected: bytes)
            },
            remove: { unlink($0) == 0 || errno == ENOENT }, oldPath: oldPath)
    }
}
