// SPDX-License-Identifier: Apache-2.0
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
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        let digits = text.dropLast()
        guard let unit = text.last.flatMap({ units[$0] }), !digits.isEmpty, digits.utf8.count <= 7,
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), number > 0
        else { throw node.error("expected a span such as 30m, 1h or 7d, found `\(text)`") }
        guard number * unit <= 30 * 86_400 else { throw node.error("an approval must not hold longer than 30d") }
        return number * unit
    }
}
