// SPDX-License-Identifier: Apache-2.0
public import Model
internal import YAML

extension ConfigurationEditor {
    /// Sets the fingerprints of a cluster: what is there and stays keeps its line and its comment, what is new comes behind.
    ///
    /// - Throws: ``Failure`` of kind `config` where there is no such cluster or the file's form allows no such change.
    public mutating func setFingerprints(_ wanted: [String], of name: String) throws(Failure) {
        let before = try read(text)
        guard let old = before.cluster(named: name) else {
            throw Failure(.config, "\(file): there is no cluster \(name)")
        }
        let wanted = wanted.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let list = wanted.map { "- \"\($0)\"" }
        guard !wanted.isEmpty else {
            throw Failure(.config, "\(file): the last fingerprint of \(name) stays: remove it by hand")
        }
        guard old.tls.fingerprints != wanted else { return }
        guard let cluster = try document()["clusters"]?[name], case .mapping(let members) = cluster.kind else {
            throw byHand(["fingerprints:"] + list)
        }
        var lines = SourceLines(text)
        let isDone: Bool
        if let tls = members.first(where: { $0.key.scalar == "tls" })?.value {
            isDone = Self.set(wanted, tls, &lines)
        } else if lines.isBlock(cluster) {
            let margin = Self.margin(cluster)
            lines.insert(
                [margin + "tls:", margin + "  fingerprints:"] + list.map { margin + "    " + $0 },
                after: lines.endOfContent(
                    from: cluster.line, to: try lineBehind(name, lines) - 1, leftOf: cluster.column - 1))
            isDone = true
        } else {
            isDone = lines.insert(
                " tls: { fingerprints: \(Self.flow(wanted)) },", line: cluster.line, column: cluster.column + 1)
        }
        guard isDone else { throw byHand(["fingerprints:"] + list) }
        let after = try check(lines.text, name)
        guard after.clusters.count == before.clusters.count, let made = after.cluster(named: name),
            Set(made.tls.fingerprints) == Set(wanted), made.tls.caFile == old.tls.caFile,
            zip(after.clusters, before.clusters).allSatisfy({
                $0.name == $1.name && ($0.name == name || $0.isSame(as: $1))
            }
            ),
            after.defaultCluster == before.defaultCluster, after.snapshots == before.snapshots
        else { throw byHand(["fingerprints:"] + list) }
        accept(lines.text)
    }

    /// Changes a `tls` that is there.
    private static func set(_ wanted: [String], _ tls: YAMLNode, _ lines: inout SourceLines) -> Bool {
        guard case .mapping(let members) = tls.kind else { return false }
        guard let pins = tls["fingerprints"], case .sequence(let elements) = pins.kind else {
            if lines.isBlock(tls) {
                let margin = margin(tls)
                lines.insert(
                    [margin + "fingerprints:"] + wanted.map { "\(margin)  - \"\($0)\"" }, after: tls.line - 1)
                return true
            }
            let comma = members.isEmpty ? "" : ","
            return lines.insert(
                " fingerprints: \(flow(wanted))\(comma)", line: tls.line, column: tls.column + 1)
        }
        guard lines.isBlock(pins), let last = elements.last else {
            return lines.replaceBracketed(line: pins.line, column: pins.column, with: flow(wanted))
        }
        let known = elements.compactMap { $0.scalar.flatMap { Fingerprint($0)?.description } }
        // A block list begins at its first hyphen.
        let margin = String(repeating: " ", count: max(0, pins.column - 1))
        let new = wanted.filter { !known.contains($0) }
        lines.insert(new.map { "\(margin)- \"\($0)\"" }, after: last.line)
        // From the end, so that the numbers of those before stay right.
        for element in elements.reversed() {
            guard let pin = element.scalar.flatMap({ Fingerprint($0)?.description }), !wanted.contains(pin) else {
                continue
            }
            lines.remove(element.line)
        }
        return true
    }

    /// The line where something else than this cluster begins.
    private func lineBehind(_ name: String, _ lines: SourceLines) throws(Failure) -> Int {
        let root = try document()
        guard case .mapping(let keys) = root.kind, case .mapping(let clusters)? = root["clusters"]?.kind,
            let start = clusters.first(where: { $0.key.scalar == name })?.key.line
        else { return lines.count + 1 }
        return (keys + clusters).map(\.key.line).filter { $0 > start }.min() ?? lines.count + 1
    }

    private static func flow(_ pins: [String]) -> String { "[\(pins.map { "\"\($0)\"" }.joined(separator: ", "))]" }
    private static func margin(_ node: YAMLNode) -> String { String(repeating: " ", count: max(0, node.column - 1)) }
}
