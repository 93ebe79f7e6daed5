// SPDX-License-Identifier: Apache-2.0
internal import Logging

/// Writes one debug line a request: never headers, parameters or bodies.
struct CallLog: Sendable {
    let logger: Logger

    func answered(_ call: APICall, _ host: ProxmoxHost, _ status: Int, _ duration: Duration) {
        logger.debug("answered", metadata: facts(call, host, duration).merging(["status": "\(status)"]) { $1 })
    }

    func failed(_ call: APICall, _ host: ProxmoxHost, _ failure: TransportFailure, _ duration: Duration) {
        logger.debug(
            "no answer", metadata: facts(call, host, duration).merging(["cause": "\(failure.cause.rawValue)"]) { $1 })
    }

    private func facts(_ call: APICall, _ host: ProxmoxHost, _ duration: Duration) -> Logger.Metadata {
        [
            "method": "\(call.method.rawValue)", "path": "\(call.path)", "host": "\(host.name)",
            "ms": "\(duration.boundedMilliseconds)",
        ]
    }
}
