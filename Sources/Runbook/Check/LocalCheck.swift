// SPDX-License-Identifier: Apache-2.0
internal import LuaSource
internal import Model

/// Local variables that nobody reads, and those that hide `pve`.
enum LocalCheck {
    static func findings(in text: CheckedText) -> [RawFinding] {
        let locals = text.outline.locals
        // `local ok, value = f()` must name the first to have the second.
        var lastUsed: [Int: Int] = [:]
        for (number, local) in locals.enumerated() where local.kind == .plain && local.reads > 0 {
            lastUsed[local.statement] = number
        }
        return locals.enumerated().compactMap { number, local in
            if local.name == "pve" { return hidden(local, in: text) }
            guard local.kind == .plain || local.kind == .function, local.reads == 0, !local.name.hasPrefix("_"),
                (lastUsed[local.statement] ?? -1) < number
            else { return nil }
            return RawFinding(
                .local, "local `\(local.name)` is not used",
                hint: "take it away, or name it `_\(local.name)` to say that this is meant", at: range(local),
                severity: .warning)
        }
    }

    /// What comes as an argument, or of `...`, may well be what it says.
    private static func hidden(_ local: LuaOutline.Local, in text: CheckedText) -> RawFinding? {
        switch text.outline[local.value].shape {
        case .literal, .table, .function: break
        default: if local.kind != .loop, local.kind != .function { return nil }
        }
        return RawFinding(
            .local, "local `pve` hides the functions of the cluster", hint: "choose another name", at: range(local),
            severity: .warning)
    }

    private static func range(_ local: LuaOutline.Local) -> Range<Int> {
        local.start..<(local.start + local.name.utf8.count)
    }
}
