// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import Proxmox
internal import Text
internal import Terminal

/// A certificate as lines that a person can compare.
enum CertificateText {
    static func lines(_ certificate: ServerCertificate, of host: String) -> [String] {
        let issuer = certificate.isSelfSigned ? "itself" : certificate.issuer
        return [
            "\(host) shows this certificate:", "  subject    \(certificate.subject)",
            "  names      \(certificate.names)",
            "  issued by  \(issuer)",
            "  valid      \(day(certificate.validity.lowerBound)) to \(day(certificate.validity.upperBound))",
            "  SHA-256    \(certificate.fingerprint)",
        ].map { TextCleaner.clean($0) }
    }

    /// `2026-11-22`, in UTC.
    static func day(_ seconds: Int64) -> String {
        var time = time_t(seconds)
        var parts = tm()
        guard gmtime_r(&time, &parts) != nil else { return "?" }
        func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(Int(parts.tm_year) + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
    }
}
