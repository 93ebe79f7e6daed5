// SPDX-License-Identifier: Apache-2.0

/// How users and API tokens are called.
package enum AccountName {
    /// `name@realm` of at most 64 characters (PVE::Auth::Plugin); the name may hold `@` itself.
    package static func isUser(_ text: String) -> Bool {
        guard let at = text.lastIndex(of: "@"), at != text.startIndex, text.utf8.count <= 64 else { return false }
        return isWord(text[text.index(after: at)...])
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !":/!".utf8.contains($0) }
    }

    /// `user@realm!name` as it can stand in a header field: the user part may hold `@` and `!`, so it is split from the
    /// right (pve-facts §4).
    package static func isToken(_ text: String) -> Bool {
        guard let mark = text.lastIndex(of: "!"), text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }),
            !text.utf8.contains(where: { "%;=,/:\"".utf8.contains($0) })
        else { return false }
        let user = text[..<mark]
        guard let at = user.lastIndex(of: "@") else { return false }
        return !user[..<at].isEmpty && isWord(user[user.index(after: at)...])
            && isWord(text[text.index(after: mark)...])
    }

    /// Realms and the names of tokens: a letter, then letters, digits and `._-`.
    private static func isWord(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetter, text.utf8.count >= 2 else { return false }
        return text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "._-".utf8.contains($0) }
    }
}
