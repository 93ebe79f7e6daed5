// SPDX-License-Identifier: Apache-2.0
internal import LuaBridge
internal import LuaSources
internal import Wire

/// The Lua state of the worker and the loop that feeds it frames.
///
/// Swift touches no Lua value: it hands bytes to the bridge and gets a status and bytes back.
final class Session {
    private let channel: Channel
    private var state: OpaquePointer?
    /// The strands that wait for the host, by the call they wait for.
    private var strands: [UInt32: Int32] = [:]
    /// Whether the host wants to know when all strands wait.
    private let tellsIdleness: Bool
    /// The id of the run frame whose chunk has not ended.
    private var chunk: UInt32?

    /// Makes the state, still without libraries.
    init?(_ boot: Boot, _ channel: Channel) {
        self.channel = channel
        tellsIdleness = boot.tellsIdleness
        let host = lb_host(
            context: Unmanaged.passUnretained(self).toOpaque(),
            send: { Session.of($0)?.channel.send($1, id: $2, payload: UnsafeRawBufferPointer(start: $3, count: $4)) },
            wait: { Session.of($0)?.wait($1) ?? 1 },
            interrupted: { Session.of($0)?.isInterrupted() ?? false ? 1 : 0 })
        guard let state = lb_new(boot.limits, host) else { return nil }
        self.state = state
    }

    deinit { lb_free(state) }

    private static func of(_ context: UnsafeMutableRawPointer?) -> Session? {
        context.map { Unmanaged<Session>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Opens the libraries and runs our own Lua files; returns what went wrong.
    func open(_ boot: Boot) -> String? {
        guard let state else { return "no state" }
        var problem = boot.payload.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.flatMap { lb_open(state, $0, bytes.count, boot.seed) }
        }
        let own = ["clock", "objects", "strands", "prelude"] + (boot.testing ? ["testing"] : [])
        for name in own where problem == nil {
            let source = lua_source_named(name)
            problem = lb_prelude(state, source.bytes, source.count)
        }
        if boot.covering, lb_cover(state) == 0 { return "not enough memory" }
        return (problem ?? lb_seal(state)).map { String(cString: $0) }
    }

    /// Runs chunks until the host closes the channel.
    func serve() -> Never {
        guard let state else { WorkerProcess.leave(.refused) }
        while true {
            let frame = channel.next()
            switch frame.kind {
            case .run where chunk == nil: start(frame, state)
            // The answer to a call of a chunk that has ended meanwhile is of no use to anybody.
            case .reply, .fail: resume(frame, state)
            case .interrupt: interrupt(state)
            default: WorkerProcess.leave(.garbled)
            }
            goOn(state)
        }
    }

    private func start(_ frame: Frame, _ state: OpaquePointer) {
        guard let map = try? PackedValue(decoding: frame.payload) else { WorkerProcess.leave(.garbled) }
        let compensation = map["compensation"]?.whole.flatMap(Int32.init(exactly:)) ?? 0
        let source: [UInt8]
        if case .string(let text)? = map["source"] {
            source = text
        } else {
            guard compensation != 0 else { WorkerProcess.leave(.garbled) }
            source = []
        }
        chunk = frame.id
        let params = (map["params"] ?? .map([])).encoded()
        let name = map["name"]?.text ?? "=(chunk)"
        var strand: Int32 = 0
        let status = source.withUnsafeBufferPointer { source in
            params.withUnsafeBufferPointer { params in
                name.withCString { name in
                    let chunk = lb_chunk(
                        source: source.baseAddress, count: source.count, name: name, params: params.baseAddress,
                        params_count: params.count, expression: map["expression"] == .bool(true) ? 1 : 0,
                        compensation: compensation,
                        keeps: map["keep"] == .bool(true) ? 1 : 0)
                    return lb_start(state, chunk, &strand)
                }
            }
        }
        settle(status, strand, state)
    }

    /// Lets all strands go on that can, one after the other.
    private func goOn(_ state: OpaquePointer) {
        while chunk != nil {
            let next = lb_next(state)
            guard next >= 0 else { break }
            settle(lb_resume(state, next), next, state)
        }
        if chunk != nil, strands.isEmpty { settle(lb_stuck(state), 0, state) }
        if tellsIdleness { channel.send(Frame(.idle, id: channel.taken)) }
    }

    private func resume(_ frame: Frame, _ state: OpaquePointer) {
        guard let strand = strands.removeValue(forKey: frame.id) else { return }
        answer(frame, state)
        settle(lb_resume(state, strand), strand, state)
    }

    private func answer(_ frame: Frame, _ state: OpaquePointer) {
        frame.payload.withUnsafeBufferPointer {
            lb_answer(state, frame.kind.rawValue, $0.baseAddress, $0.count)
        }
    }

    private func interrupt(_ state: OpaquePointer) {
        if chunk != nil { settle(lb_interrupt(state), 0, state) }
    }

    private func settle(_ status: lb_status, _ strand: Int32, _ state: OpaquePointer) {
        switch status {
        case LB_WAITING:
            let call = lb_waiting(state)
            if call != 0 { strands[call] = strand }
        case LB_ENDED_BLOCK: break
        case LB_DONE: finish(.done, state)
        default: finish(.error, state)
        }
    }

    private func finish(_ kind: FrameKind, _ state: OpaquePointer) {
        var count = 0
        if let lines = lb_covered(state, &count) {
            let payload = UnsafeRawBufferPointer(start: lines, count: count)
            channel.send(FrameKind.coverage.rawValue, id: 0, payload: payload)
        }
        let bytes = lb_result(state, &count)
        channel.send(kind.rawValue, id: chunk ?? 0, payload: UnsafeRawBufferPointer(start: bytes, count: count))
        chunk = nil
        strands.removeAll()
    }

    // MARK: - What the bridge asks

    /// Waits for the answer to one call while the script cannot be parked.
    private func wait(_ id: UInt32) -> Int32 {
        let frame = channel.next { $0.kind == .interrupt || ($0.kind == .reply || $0.kind == .fail) && $0.id == id }
        guard frame.kind != .interrupt, let state else { return 1 }
        answer(frame, state)
        return 0
    }

    private func isInterrupted() -> Bool { channel.take { $0.kind == .interrupt } != nil }
}
