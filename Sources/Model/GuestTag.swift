// SPDX-License-Identifier: Apache-2.0

/// The rule for tags of guests (PVE::JSONSchema, format pve-tag).
public enum GuestTag {
    /// The rule in words.
    public static let rule = "letters, digits, _, -, + and ., beginning with a letter, a digit or _"

    /// Whether a text can be a tag.
    public static func isTag(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128 else { return false }
        return (first.isASCIIAlphanumeric || first == UInt8(ascii: "_"))
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "_-+.".utf8.contains($0) }
    }
}
