// SPDX-License-Identifier: Apache-2.0
public import Logging
public import Model
internal import Synchronization

/// A Proxmox cluster: sends calls to whichever member answers, and tells what became of them.
///
/// A read is repeated when it went wrong on the way. A write is sent at most once: what cannot be told from the answer is
/// thrown as `outcome_unknown`, for the caller to find out by looking.
public final class ProxmoxClient: Sendable, CustomReflectable {
    /// How patient this client is.
    public let settings: ClientSettings
    /// The time it goes by.
    public let clock: any ClientClock
    let hosts: [ProxmoxHost]
    let log: CallLog
    /// Who the client is.
    public let credential: any Credential
    /// The host that answered last; it is asked first.
    private let preferred = Mutex(0)
    let board: TaskBoard
    let guests: GuestBoard

    /// Who this client is, as UPIDs write it: `user@realm` or `user@realm!token`; nil where the credential does not tell.
    public var identity: String? { credential.identity }

    /// Makes a client; nothing is sent yet.
    ///
    /// - Parameter hosts: Members of one cluster in the order they are tried.
    public init(
        hosts: [ProxmoxHost], credential: any Credential, settings: ClientSettings = ClientSettings(),
        clock: any ClientClock = SystemClock(), logger: Logger = Logger(label: "proxmox")
    ) {
        self.hosts = hosts
        self.credential = credential
        self.settings = settings
        self.clock = clock
        log = CallLog(logger: logger)
        board = TaskBoard()
        guests = GuestBoard()
    }

    /// The hosts' names: what else is inside is secret or in use by other threads.
    public var customMirror: Mirror { Mirror(self, children: ["hosts": hosts.map(\.name)]) }

    /// Sends one call and waits for its answer.
    ///
    /// - Throws: ``Failure``. For a write, the kinds `connection`, `node_unreachable` and `tls` mean that it was not done and
    ///   `outcome_unknown` that it may have been.
    public func send(_ call: APICall) async throws(Failure) -> APIAnswer {
        guard !hosts.isEmpty else { throw Failure(.config, "no host is configured") }
        let route = LoginRoute(client: self)
        let headers = try await credential.headers(for: call.method, login: route)
        do throws(Failure) {
            return try await deliver(call, headers)
        } catch {
            guard error.status == 401, error.kind == .auth else { throw error }
            // A change is not sent a second time, whatever came of the first: the caller decides.
            if call.method.isRead,
                let others = try await credential.headers(for: call.method, insteadOf: headers, login: route)
            {
                do throws(Failure) {
                    return try await deliver(call, others)
                } catch {
                    guard error.status == 401, error.kind == .auth else { throw error }
                    throw credential.explained(error, for: call.method, refused: others, login: route)
                }
            }
            throw credential.explained(error, for: call.method, refused: headers, login: route)
        }
    }

    /// Sends a login: without proof of identity, at most once.
    func sendUnproven(_ call: APICall) async throws(Failure) -> APIAnswer { try await deliver(call, []) }

    /// Where the web interface of the host that answered last is, such as `https://pve1.lan:8006`, or nil where it is not reached
    /// over the network.
    public var webAddress: String? {
        hosts.isEmpty ? nil : hosts[preferred.withLock { $0 } % hosts.count].endpoint.map { "https://\($0)" }
    }

    /// The host that answered last, or the first one.
    public var lastHost: String { hosts.isEmpty ? "" : hosts[preferred.withLock { $0 } % hosts.count].name }

    private func deliver(_ call: APICall, _ headers: [HTTPHeader]) async throws(Failure) -> APIAnswer {
        let request = try call.request(headers: headers, timeout: settings.requestTimeout)
        let first = preferred.withLock { $0 } % hosts.count
        do {
            let (answer, index) =
                call.method.isRead
                ? try await repeated(request, from: first) { (request, host) throws(FailedExchange) in
                    try await exchange(call, request, host)
                } : try await write(call, request, from: first)
            preferred.withLock { $0 = index }
            return answer
        } catch {
            throw error.failure
        }
    }

    /// Sends what changes nothing until a host answers, to one host after the other, with pauses from the second round on.
    ///
    /// - Returns: The answer, and the number of the host that gave it.
    func repeated<Answer>(
        _ request: HTTPRequest, from first: Int,
        _ send: (HTTPRequest, ProxmoxHost) async throws(FailedExchange) -> Answer
    ) async throws(FailedExchange) -> (Answer, Int) {
        let attempts = max(settings.readAttempts, hosts.count)
        let deadline = clock.now() + max(settings.readBudget, request.timeout)
        var attempt = 0
        while true {
            let index = (first + attempt) % hosts.count
            attempt += 1
            var request = request
            request.timeout = min(request.timeout, deadline - clock.now())
            do throws(FailedExchange) {
                return (try await send(request, hosts[index]), index)
            } catch {
                // Every host gets its first chance at once; pauses begin with the second round.
                let pause = attempt < hosts.count ? .zero : settings.pause(before: attempt - hosts.count + 1)
                guard error.mayPass, attempt < attempts, clock.now() + pause < deadline else { throw error }
                guard pause > .zero else { continue }
                do { try await clock.sleep(for: pause) } catch {
                    throw FailedExchange(Failure(.cancelled, "the caller gave up"))
                }
            }
        }
    }

    private func write(
        _ call: APICall, _ request: HTTPRequest, from first: Int
    ) async throws(FailedExchange) -> (APIAnswer, Int) {
        var tried = 0
        while true {
            let index = (first + tried) % hosts.count
            tried += 1
            do throws(FailedExchange) {
                return (try await exchange(call, request, hosts[index]), index)
            } catch {
                // Only a host that no connection could be made to has certainly not seen the request.
                guard error.isUnconnected, tried < hosts.count else { throw error }
            }
        }
    }
}
