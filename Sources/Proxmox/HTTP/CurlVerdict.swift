// SPDX-License-Identifier: Apache-2.0
internal import CCurl

/// Tells what broke from libcurl's result code.
enum CurlVerdict {
    /// The cause behind a result code.
    ///
    /// - Parameter requestBegan: Whether a connection stood, so that the request was being written or answered.
    static func cause(of code: CURLcode, words: String, requestBegan: Bool) -> TransportFailure.Cause {
        switch code {
        case CURLE_OPERATION_TIMEDOUT: requestBegan ? .timeout : .connect
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_CONNECT: .connect
        // The peer hung up in the middle of the handshake: a restarting proxy looks like this, and no certificate was
        // judged.
        case CURLE_SSL_CONNECT_ERROR where isHangup(words): .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CIPHER,
            CURLE_SSL_CERTPROBLEM, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CRL_BADFILE,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR,
            CURLE_RANGE_ERROR, CURLE_FILESIZE_EXCEEDED, CURLE_HTTP_RETURNED_ERROR:
            .garbled
        // So libcurl says of a line of the head that is longer than it takes.
        // From 8.6 on there is a code of its own for it, CURLE_TOO_LARGE.
        case CURLE_OUT_OF_MEMORY where requestBegan, CURLcode(rawValue: 100) where requestBegan: .tooLarge
        default: requestBegan ? .reset : .connect
        }
    }

    private static func isHangup(_ words: String) -> Bool {
        ["SSL_ERROR_SYSCALL", "Connection reset", "unexpected eof"].contains { words.contains($0) }
    }
}
