// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Model
internal import Plan
internal import Signatures

/// A key to sign with and the name it signs under.
struct SigningIdentity: Hashable {
    let key: SigningKey
    let person: String
    /// All names of the key, as far as its public half is known.
    let names: [String]

    /// Finds the key: the one named, or the agent's first that is among the signers; nil where there is none.
    ///
    /// - Parameters:
    ///   - key: The file named on the command line or in the configuration.
    ///   - person: The name given; without one the key's own, where it has just one.
    ///   - agentKeys: What the agent holds, one line a key.
    /// - Throws: ``Failure`` of kind `usage` where the name is not plain.
    static func find(
        key: String?, person: String?, signers: AllowedSigners, agentKeys: () throws(Failure) -> [String]
    ) throws(Failure) -> SigningIdentity? {
        if let person, !ApprovalStatement.isPerson(person) {
            throw Failure(
                .usage, "--as \(person) names nobody", hint: "a name as in the file of signers: alice@example.com")
        }
        if let key {
            let text = try publicText(of: key)
            return try identity(.file(key), keyText(text ?? ""), person, signers)
        }
        for line in try agentKeys() {
            guard let text = keyText(line), !signers.names(ofKey: text).isEmpty else { continue }
            return try identity(.ofAgent(line), text, person, signers)
        }
        return nil
    }

    private static func identity(
        _ key: SigningKey, _ text: String?, _ person: String?, _ signers: AllowedSigners
    ) throws(Failure) -> SigningIdentity {
        let names = text.map { signers.names(ofKey: $0) } ?? []
        if let person { return SigningIdentity(key: key, person: person, names: names) }
        let people = Set(names.filter(ApprovalStatement.isPerson))
        guard let only = people.first, people.count == 1, Set(names) == people else {
            let state = names.isEmpty ? "is not listed among the signers by its public half" : "is listed under several names"
            throw Failure(.usage, "the key \(state)", hint: "say who signs: --as alice@example.com")
        }
        return SigningIdentity(key: key, person: only, names: names)
    }

    /// The public half of a key file, which lies beside it as `.pub` unless it is the file itself.
    private static func publicText(of path: String) throws(Failure) -> String? {
        let place = path.hasSuffix(".pub") ? path : path + ".pub"
        return try FileContent.read(place, most: 64 << 10).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The base64 of `ssh-ed25519 AAAA… comment`.
    private static func keyText(_ line: String) -> String? {
        let words = line.split(whereSeparator: \.isWhitespace)
        return words.count >= 2 && words[1].hasPrefix("AAAA") ? String(words[1]) : nil
    }
}
