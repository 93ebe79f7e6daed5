// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Terminal

struct CompletionStepTests {
    @Test(
        arguments: [
            ("pve.sn", ["pve.snapshot"], CompletionStep.insert("apshot")),
            (#"get("/nodes/pve1/q"#, ["/nodes/pve1/qemu"], .insert("emu")),
            (#"get("/"#, ["/nodes", "/pools"], .list("/nodes  /pools")), (#"get('/no"#, ["/nodes"], .insert("des")),
            (#"put("/pools", { ["al"#, ["allow-move"], .insert("low-move")),
            (#"put("/pools", { me"#, ["meta"], .insert("ta")),
            (#"f("a\"b"#, [#"a\"bc"#], .insert("c")), (#"f("it's") me"#, ["meta"], .insert("ta")),
            (#"get("/x"#, ["/y"], .nothing),
            (#"get(""#, ["/"], .insert("/")),
        ] as [(String, [String], CompletionStep)])
    func completesNamesAndQuotedText(before: String, candidates: [String], step: CompletionStep) {
        #expect(CompletionStep(before: before, candidates: candidates) == step)
    }
}
