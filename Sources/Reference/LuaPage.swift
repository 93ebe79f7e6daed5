// SPDX-License-Identifier: Apache-2.0
internal import Model

/// The part of the reference page that tells what of Lua there is.
enum LuaPage {
    static func markdown() -> [String] {
        var lines = [
            "## What of Lua there is", "",
            "Lua 5.4, with these globals and no others:", "",
            "| table | what is in it | other than in Lua's manual |", "|---|---|---|",
        ]
        for library in LuaLibrary.all {
            let members = library.members.map { "`\($0)`" }.joined(separator: " ")
            lines.append("| \(library.name.isEmpty ? "globals" : "`\(library.name)`") | \(members) | \(library.note) |")
        }
        lines += ["", "What is missing, and what to do in its place:", "", "| missing | in its place |", "|---|---|"]
        for absent in AbsentLua.all {
            lines.append("| \(absent.names.map { "`\($0)`" }.joined(separator: " ")) | \(absent.instead) |")
        }
        return lines + [
            "", "How much of time, memory and output a script may take: [fortress.md](fortress.md#limits-of-a-script).",
            "",
        ]
    }
}
