// SPDX-License-Identifier: Apache-2.0
import Foundation
import Policy
import Testing

/// The examples of docs/policy-language.md.
struct LanguagePageTests {
    @Test func everyExampleIsAPolicy() throws {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("docs/policy-language.md")
        let blocks = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "```yaml\n").dropFirst()
        #expect(blocks.count >= 3)
        for block in blocks {
            let yaml = block.components(separatedBy: "```").first ?? ""
            #expect(!(try PolicySet.load(yaml: yaml, file: "policy-language.md").rules.isEmpty))
        }
    }
}
