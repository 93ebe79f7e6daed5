// SPDX-License-Identifier: Apache-2.0
internal import CCurl
internal import Dispatch
public import Model

/// What a server's certificate says of itself; nobody has vouched for it.
public struct ServerCertificate: Hashable, Sendable {
    /// The SHA-256 of it, which pins go by.
    public var fingerprint: Fingerprint
    /// Whom it is for, as `CN=pve1.lan,…`; the server's words.
    public var subject: String
    /// Who signed it; the server's words.
    public var issuer: String
    /// Whether it names itself as its issuer.
    public var isSelfSigned: Bool
    /// The names and addresses it is for.
    public var names: String
    /// The first and the last second of its validity, since 1970.
    public var validity: ClosedRange<Int64>
}

/// Looks at the certificate that a server shows, without sending it anything but the TLS handshake.
public enum CertificateProbe {
    /// The certificate of one server.
    ///
    /// - Parameter timeout: How long name look-up, connection and handshake may take together.
    /// - Throws: ``Failure`` of the kind `connection` where there is no such server or it does not answer in time, `tls` where
    ///   it shows no certificate or does not prove that it holds its key.
    public static func look(
        at endpoint: HTTPEndpoint, timeout: Duration = .seconds(5)
    ) async throws(Failure) -> ServerCertificate {
        let url = "https://\(endpoint)/"
        let milliseconds = timeout.boundedMilliseconds
        let result: Result<ServerCertificate, Failure> = await withCheckedContinuation { continuation in
            // libcurl blocks the thread, which must not be one of the few that tasks share.
            DispatchQueue.global().async {
                continuation.resume(returning: probe(url, milliseconds, endpoint))
            }
        }
        return try result.get()
    }

    private static func probe(
        _ url: String, _ milliseconds: Int, _ endpoint: HTTPEndpoint
    ) -> Result<ServerCertificate, Failure> {
        var seen = cc_probe()
        let code = CURLcode(UInt32(bitPattern: cc_probe_certificate(url, milliseconds, &seen)))
        let words = TextCleaning.line(text(of: &seen.words))
        guard seen.complete else {
            let cause = CurlVerdict.cause(of: code, words: words, requestBegan: false)
            let isTLS = cause == .tls || seen.seen
            return .failure(
                Failure(
                    isTLS ? .tls : .connection, "\(endpoint): \(words.isEmpty ? "no certificate was shown" : words)",
                    hint: isTLS
                        ? "is this a Proxmox server that speaks TLS?" : "is the server up, and is its address right?"))
        }
        let digest = withUnsafeBytes(of: seen.digest) { Array($0) }
        guard let fingerprint = Fingerprint(bytes: digest) else {
            return .failure(Failure(.tls, "\(endpoint): no certificate was shown"))
        }
        return .success(
            ServerCertificate(
                fingerprint: fingerprint, subject: text(of: &seen.subject), issuer: text(of: &seen.issuer),
                isSelfSigned: seen.self_signed, names: text(of: &seen.names),
                validity: seen.not_before...max(seen.not_before, seen.not_after)))
    }

    /// A fixed array of C characters up to its zero byte.
    private static func text<Characters>(of field: inout Characters) -> String {
        withUnsafeBytes(of: &field) { bytes in String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
