// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// Judges whether what is true of a guest proves that a change was made.
enum EffectProof {
    /// Whether the effect is there and was not before; nil where the call has no effect that could be seen on the guest.
    static func of(_ call: APICall, _ trace: CallTrace, _ report: EffectReport, _ before: GuestFacts) -> Bool? {
        switch trace.effect.condition {
        case .none: return nil
        case .configured:
            guard trace.isKnown, trace.types.isEmpty, let now = report.facts else { return nil }
            return isConfigured(call, now) && !isConfigured(call, before) && now.digest != before.digest
        case .snapshotExists:
            // A snapshot of that name may be an old one; only the present's parent tells that it was made just now.
            return report.holds && report.facts?.config["parent"]?.perlText == trace.effect.snapshot
                && before.config["parent"]?.perlText != trace.effect.snapshot
        case .snapshotGone, .rolledBack:
            // What was listed, or was the parent, before the call is not known for sure; the digest is.
            return report.holds && report.facts?.digest != before.digest
        case .restarted:
            return report.holds
        default:
            return report.holds && !EffectCheck.holds(trace.effect, before, since: nil)
        }
    }

    /// Whether every option that the call sets reads as it was set, and every one that it deletes is not there.
    ///
    /// What `revert` did cannot be seen: a call with it is never proven.
    private static func isConfigured(_ call: APICall, _ now: GuestFacts) -> Bool {
        if call.parameters.contains(where: { $0.name == "revert" }) { return false }
        let deleted = call.parameters.filter { $0.name == "delete" }.flatMap(\.value.texts).flatMap { text in
            text.unicodeScalars.split { ",;\0".unicodeScalars.contains($0) || $0.properties.isWhitespace }
                .map(String.init)
        }
        let options = call.parameters.filter { !["digest", "delete", "force"].contains($0.name) }
        return !(options.isEmpty && deleted.isEmpty) && deleted.allSatisfy { now.config[$0] == nil }
            && options.allSatisfy { now.config[$0.name]?.perlText == $0.value.texts.first }
    }

    /// Whether a change of a configuration makes a disk, which the node does before it answers and which may take minutes:
    /// `scsi1: local:32`, `import-from=…` (PVE::API2::Qemu).
    static func mayAllocate(_ call: APICall) -> Bool {
        call.parameters.flatMap(\.value.texts).contains { text in
            let volume = text.prefix { $0 != "," }
            let size = volume.split(separator: ":", maxSplits: 1).dropFirst().first ?? ""
            return text.contains("import-from=") || (!size.isEmpty && Double(size) != nil) || size == "cloudinit"
        }
    }

    /// Whether the guest is as it was: the same process, state, place, holder and configuration.
    static func isUnchanged(_ now: GuestFacts?, since before: GuestFacts) -> Bool {
        guard let now else { return false }
        return now.state == before.state && now.node == before.node && now.lock == before.lock && now.pid == before.pid
            && (before.isBrief || now.digest == before.digest)
    }
}
