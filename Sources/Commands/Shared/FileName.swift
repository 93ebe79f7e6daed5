// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Names of files that are made of what somebody else chose.
enum FileName {
    /// A text as one name that stays in its folder: what is neither letter, digit, `.`, `-`, `_` nor among `keeping` is
    /// percent-encoded.
    static func escaped(_ text: String, keeping: String = "") -> String {
        text.utf8.prefix(64).map { byte in
            byte.isASCIIAlphanumeric || ".-_".utf8.contains(byte) || keeping.utf8.contains(byte)
                ? String(UnicodeScalar(byte)) : "%" + String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }
}
