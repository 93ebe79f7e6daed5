// SPDX-License-Identifier: Apache-2.0
internal import Model

/// Why one attempt at one host came to nothing, and what may be done about it.
struct FailedExchange: Error {
    var failure: Failure
    /// Whether the same read may do better in a moment or elsewhere.
    var mayPass = false
    /// Whether no connection could be made, so that not a byte was sent.
    var isUnconnected = false

    init(_ failure: Failure) { self.failure = failure }

    /// What a broken transport means for this call.
    init(_ broken: TransportFailure, _ call: APICall, host: String) {
        let words = "\(host): \(TextCleaning.line(broken.message))"
        let isInDoubt = broken.mayHaveBeenSent && !call.method.isRead
        switch broken.cause {
        case _ where isInDoubt:
            failure = Failure(
                .outcomeUnknown, "the request may have been carried out: \(words)",
                hint: "look at the tasks and the guest before doing it again")
        case .tls:
            failure = Failure(
                .tls, words,
                hint: "nothing was sent; if the certificate is the right one, configure its fingerprint or CA")
        case .cancelled:
            failure = Failure(.cancelled, "the caller gave up")
        case .tooLarge:
            failure = Failure(
                .server, "the answer was not taken: \(words)",
                hint: "ask for less, or allow more: limits.answer in the configuration")
        case .garbled where broken.mayHaveBeenSent:
            failure = Failure(.server, "the answer makes no sense: \(words)")
        case .garbled:
            failure = Failure(.parameter, words)
        case .connect, .timeout, .reset:
            failure = Failure(.connection, words, hint: "is the server up, and is its address right?")
            mayPass = true
        }
        failure.raw = broken.message
        isUnconnected = broken.cause == .connect && !broken.mayHaveBeenSent
    }
}
