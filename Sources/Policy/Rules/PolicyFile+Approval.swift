// SPDX-License-Identifier: Apache-2.0
internal import Text
internal import YAML

extension PolicyFile {
    /// Reads `approval: { signers: /etc/pvelua/allowed_signers, count: 2, own: never, expires: 1h }`.
    func approval(_ node: YAMLNode) throws(YAMLError) -> WrittenApproval {
        let reader = try YAMLReader(node, of: "approval", keys: ["signers", "count", "own", "expires"])
        var result = WrittenApproval()
        if let signers = reader.optional("signers") {
            let path = try signers.text()
            guard path.hasPrefix("/") || path.hasPrefix("~/") else {
                throw signers.error("expected a path that begins with / or ~/, found `\(path)`")
            }
            guard path.hasPrefix("/") || !isCeiling else {
                throw signers.error(
                    "a ceiling's signers must not lie in a home directory: name a path that begins with /")
            }
            result.signers = path
        }
        result.count = try reader.optional("count")?.integer(in: 1...100)
        if let own = reader.optional("own") {
            result.own = ApprovalRules.Own(rawValue: try own.word(of: ApprovalRules.Own.allCases.map(\.rawValue)))
        }
        if let expires = reader.optional("expires") { result.expires = try span(expires) }
        return result
    }

    /// Reads a span of whole seconds, minutes, hours or days: `90s`, `30m`, `1h`, `7d`.
    private func span(_ node: YAMLNode) throws(YAMLError) -> Int {
        let text = try node.text()
        guard let seconds = TimeSpan.seconds(text), seconds >= 1, seconds == seconds.rounded() else {
            throw node.error("expected a span such as 30m, 1h or 7d, found `\(text)`")
        }
        guard seconds <= 30 * 86_400 else { throw node.error("an approval must not hold longer than 30d") }
        return Int(seconds)
    }
}
