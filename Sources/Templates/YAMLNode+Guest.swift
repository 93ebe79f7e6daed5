// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Readers of what guests are made of.
extension YAMLNode {
    /// Text without control characters.
    func plainText(lines: Bool = false) throws(YAMLError) -> String {
        let text = try text()
        let isClean = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f || lines && $0 == "\n" }
        guard isClean, !text.isEmpty else { throw error("expected text without control characters") }
        return text
    }

    /// A word that can stand in Proxmox's `key=value,key=value` texts.
    func optionText() throws(YAMLError) -> String {
        let text = try plainText()
        guard !text.contains(where: { ", ;".contains($0) }) else {
            throw error("expected one word, found `\(text)`")
        }
        return text
    }

    /// A disk's size, which must have a unit.
    func size() throws(YAMLError) -> DiskSize {
        let text = try text()
        guard let size = DiskSize(text), !size.isGrowth, text.last?.isLetter == true else {
            throw error("`\(text)` is no size; it must be a number and K, M, G or T, such as 32G")
        }
        guard size.bytes >= 1 << 20 else { throw error("`\(text)` is less than any disk has; at least 1M") }
        return size
    }

    /// Memory in bytes: a plain number counts MiB, as Proxmox does; with a unit it is a size.
    func memory(from least: Int) throws(YAMLError) -> Int {
        let text = try text()
        let bytes =
            Int(text).flatMap { $0 < 1 << 32 ? $0 << 20 : nil } ?? DiskSize(text).map { $0.isGrowth ? -1 : $0.bytes }
        guard let bytes, bytes >= least << 20, bytes % (1 << 20) == 0 else {
            throw error("`\(text)` is no amount of memory; it must be whole MiB from \(least), such as 2048 or 2G")
        }
        return bytes
    }

    /// Tags, as a list or as one text with commas.
    func tags() throws(YAMLError) -> [String] {
        let words: [(text: String, node: YAMLNode)]
        if case .sequence(let elements) = kind {
            var found: [(text: String, node: YAMLNode)] = []
            for element in elements { found.append((try element.text(), element)) }
            words = found
        } else {
            words = try text().split { ",; ".contains($0) }.map { (String($0), self) }
        }
        for word in words where GuestTag.isTag(word.text) == false {
            throw word.node.error("`\(word.text)` is no tag; \(GuestTag.rule)")
        }
        return words.map(\.text)
    }

    /// Features of a container: `[nesting, keyctl]`.
    func features() throws(YAMLError) -> String {
        var words: [String] = []
        for element in try elements() {
            words.append(try element.word(of: ["nesting", "keyctl", "fuse", "mknod"]) + "=1")
        }
        return words.joined(separator: ",")
    }

    /// Public SSH keys, one a line.
    func keys() throws(YAMLError) -> String {
        var lines: [String] = []
        for element in try elements() {
            let line = try element.plainText()
            let words = line.split(separator: " ")
            guard words.count >= 2, ["ssh-", "ecdsa-", "sk-"].contains(where: { words[0].hasPrefix($0) }) else {
                throw element.error("this is no public SSH key; it looks like `ssh-ed25519 AAAA… name`")
            }
            lines.append(line)
        }
        return lines.joined(separator: "\n")
    }

    /// A password, which may come with a call and never stands in a file.
    func password() throws(YAMLError) -> String {
        guard line == 0 else { throw error("passwords do not stand in files; use ssh_keys, or give it in the call") }
        return try plainText()
    }
}
