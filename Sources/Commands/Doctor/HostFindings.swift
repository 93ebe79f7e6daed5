// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// What is to be said about hosts.
struct HostFindings {
    let sights: [HostSight]
    let trust: ServerTrust?

    /// One host that does not answer is a warning while another does: requests go on to the next.
    func checks() -> [DoctorCheck] {
        let isReachable = sights.contains(where: \.hasAnswered)
        return sights.flatMap { sight in
            [reach(sight, isReachable), certificate(sight), clock(sight)].compactMap { $0 }
        }
    }

    private func reach(_ sight: HostSight, _ isReachable: Bool) -> DoctorCheck {
        if let head = sight.head {
            let milliseconds = max(1, Int(head.duration / .milliseconds(1)))
            return .ok("host", "answers HTTP \(head.status) after \(milliseconds) ms", subject: sight.name)
        }
        guard case .failure(let failure) = sight.version else { return .ok("host", "answers", subject: sight.name) }
        let words = Self.step(failure)
        // A wrong certificate may be somebody else's server: never just a warning.
        guard isReachable, failure.kind != .tls else {
            return .problem("host", words, subject: sight.name, next: failure.hint, kind: failure.kind)
        }
        return .warning(
            "host", words + "; the other hosts are used meanwhile", subject: sight.name, next: failure.hint)
    }

    /// Which step of the connection failed, before libcurl's own words.
    private static func step(_ failure: Failure) -> String {
        let raw = failure.raw ?? failure.message
        let step =
            switch failure.kind {
            case .tls: "TLS failed, and no secret was sent"
            case .connection where raw.contains("resolve"): "the name cannot be resolved"
            case .connection where raw.contains("imed out") || raw.contains("timeout"): "no answer in time"
            case .connection: "no connection"
            default: "no usable answer"
            }
        return "\(step): \(raw)"
    }

    private func certificate(_ sight: HostSight) -> DoctorCheck? {
        guard case .success(let seen)? = sight.certificate else { return nil }
        var check = judged(seen, sight)
        check.details = ["subject    \(seen.subject)", "issued by  \(seen.issuer)", "SHA-256    \(seen.fingerprint)"]
        return check
    }

    private func judged(_ seen: ServerCertificate, _ sight: HostSight) -> DoctorCheck {
        let topic = "certificate"
        let pins = trust?.pins ?? []
        let isPinned = pins.contains(seen.fingerprint)
        if !pins.isEmpty, !isPinned {
            return .problem(
                topic, "none of the configured fingerprints", subject: sight.name,
                next:
                    "if this is your server, compare with `pvenode cert info` on the node and configure the fingerprint",
                kind: .tls)
        }
        let days = Int(clamping: (seen.validity.upperBound - Int64(clamping: Int(sight.seenAt))) / 86_400)
        let how = isPinned ? "matches a configured fingerprint" : "vouched for by the configured authority"
        let isTrusted = sight.hasAnswered
        if days < 0 {
            let words = "expired \(-days) days ago"
            // A pin does not look at dates, so it still lets the connection through.
            guard !isTrusted else { return .warning(topic, words, subject: sight.name, next: "pvecm updatecerts") }
            return .problem(topic, words, subject: sight.name, next: "on the node: pvecm updatecerts", kind: .tls)
        }
        guard isTrusted else {
            return .unknown(topic, "ends in \(days) days; the host did not answer over it", subject: sight.name)
        }
        guard days >= 14 else {
            return .warning(
                topic, "ends in \(days) days", subject: sight.name,
                next: isPinned ? "the next one has another fingerprint: pin the cluster's authority instead" : nil)
        }
        return .ok(topic, "\(how), ends in \(days) days", subject: sight.name)
    }

    /// Tickets bear −300 s to 7200 s (PVE::Ticket), a TOTP code about 30 s.
    private func clock(_ sight: HostSight) -> DoctorCheck? {
        guard let head = sight.head else { return nil }
        guard let date = head.date else {
            return .unknown("clock", "the server sends no Date", subject: sight.name)
        }
        // The field has whole seconds, and was written some time before it arrived.
        let skew = Double(date) + 0.5 + head.duration / .seconds(2) - sight.seenAt
        let size = Int(min(abs(skew), 1e9).rounded())
        let side = skew > 0 ? "ahead of" : "behind"
        guard size > 5 else { return .ok("clock", "agrees with this machine's", subject: sight.name) }
        let words = "\(size) s \(side) this machine's"
        let next = "keep time by NTP on both: timedatectl, chronyc tracking"
        // A server that is behind takes a ticket of another node for one of the future.
        guard size < 300 else {
            return .problem(
                "clock", "\(words): tickets are refused from 300 s on, and logs do not match", subject: sight.name,
                next: next, kind: .config)
        }
        return .warning(
            "clock", words + (size >= 30 ? ": TOTP codes are refused" : ""), subject: sight.name, next: next)
    }
}
