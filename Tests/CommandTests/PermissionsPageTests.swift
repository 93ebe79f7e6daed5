// SPDX-License-Identifier: Apache-2.0
import Foundation
import Model
import TestSupport
import Testing

/// `docs/permissions.md` shows what the operation table says and what the binary prints; `make docs` records it anew.
struct PermissionsPageTests {
    private static let page = "docs/permissions.md"

    @Test func recordedPermissions() async throws {
        let text = try String(contentsOf: Places.repository.appendingPathComponent(Self.page), encoding: .utf8)
        try expectRecorded(Self.page, try await rendered(text))
    }

    @Test func thePageHasItsMarks() throws {
        let text = try String(contentsOf: Places.repository.appendingPathComponent(Self.page), encoding: .utf8)
        #expect(text.components(separatedBy: "<!-- privileges -->").count == 2)
        #expect(text.components(separatedBy: "\n<!-- plan").count == 4)
    }

    /// The page with what stands between its marks made anew.
    private func rendered(_ text: String) async throws -> String {
        var lines: [String] = []
        var end: String?
        for line in text.components(separatedBy: "\n") {
            if let mark = end {
                guard line == mark else { continue }
                end = nil
            }
            lines.append(line)
            guard line.hasPrefix("<!-- "), line.hasSuffix(" -->") else { continue }
            let words = line.dropFirst(5).dropLast(4).split(separator: " ").map(String.init)
            if words == ["privileges"] {
                lines += ["", PrivilegeReference.markdown()]
                end = "<!-- /privileges -->"
            } else if words.first == "plan" {
                let printed = try await CommandLineRunner().pvelua(["cluster", "token"] + words)
                #expect(printed.status == 0, "\(printed.errors)")
                lines += ["", "```", printed.output + "```", ""]
                end = "<!-- /plan -->"
            }
        }
        return lines.joined(separator: "\n")
    }
}
