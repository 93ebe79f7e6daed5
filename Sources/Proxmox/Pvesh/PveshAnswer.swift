// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Programs

/// What `pvesh` printed, as the answer that the API would have given (pve-facts §9).
enum PveshAnswer {
    /// The answer, or why there is none.
    static func response(
        _ outcome: ProgramRun.Outcome, to command: PveshCommand, limit: Duration
    ) -> Result<HTTPResponse, TransportFailure> {
        func broken(_ cause: TransportFailure.Cause, _ text: String) -> Result<HTTPResponse, TransportFailure> {
            .failure(TransportFailure(cause, mayHaveBeenSent: true, "pvesh \(text)"))
        }
        switch outcome.ending {
        case .exited(0): return answered(outcome, command)
        case .exited(let status):
            // A task that was begun has its own say, whatever became of the program around it.
            if !command.isRead,
                let upid = UPIDScan.last(in: String(decoding: outcome.output, as: UTF8.self), of: command)
            {
                return .success(success(.string(upid.description)))
            }
            return PveshRefusal(outcome.errors, status: status, isRead: command.isRead).answer
        case .killed(let signal): return broken(.reset, "was ended by signal \(signal)")
        case .timedOut:
            return broken(.timeout, "did not end within \(limit.boundedMilliseconds / 1000) s and was ended")
        case .printedTooMuch: return broken(.garbled, "printed more than is taken")
        case .cancelled: return broken(.cancelled, "was given up")
        }
    }

    private static func answered(
        _ outcome: ProgramRun.Outcome, _ command: PveshCommand
    ) -> Result<HTTPResponse, TransportFailure> {
        guard let text = String(validating: outcome.output, as: UTF8.self) else {
            return .failure(TransportFailure(.garbled, mayHaveBeenSent: true, "pvesh printed what is no UTF-8"))
        }
        let whole = TextCleaning.trimmed(text)
        // Of a call that returns nothing, nothing is printed.
        if whole.isEmpty { return .success(success(.null)) }
        if let value = try? JSONValue(parsing: whole) {
            return .success(success(command.isRead ? value : result(value, command)))
        }
        guard !command.isRead else {
            return .failure(TransportFailure(.garbled, mayHaveBeenSent: true, "pvesh printed what is no JSON"))
        }
        // A task's log comes first, what the call returns last. Where it returns nothing, the log's own last line stands
        // there: only what cannot be taken for one counts.
        let last = TextCleaning.trimmed(String(whole.split(separator: "\n").last ?? ""))
        if let upid = UPIDScan.last(in: last, of: command) ?? UPIDScan.last(in: whole, of: command) {
            return .success(success(.string(upid.description)))
        }
        if let value = try? JSONValue(parsing: last), value.object != nil { return .success(success(value)) }
        if last == "OK" || last == "\"OK\"" { return .success(success("OK")) }
        return .failure(TransportFailure(.garbled, mayHaveBeenSent: true, "pvesh printed a log and no result"))
    }

    /// What a write returns; what another node's pvesh printed comes as one string, its log and all.
    private static func result(_ value: JSONValue, _ command: PveshCommand) -> JSONValue {
        guard case .string(let inner) = value, UPID(inner) == nil, let upid = UPIDScan.last(in: inner, of: command)
        else {
            return value
        }
        return .string(upid.description)
    }

    /// The API's envelope around these data.
    static func success(_ data: JSONValue) -> HTTPResponse {
        HTTPResponse(
            status: 200, reason: "OK", body: JSONValue.object(JSONObject([("data", data)])).encoded())
    }
}

/// Finds a task's name in a text that holds other things as well.
enum UPIDScan {
    /// The last UPID that a command may have brought about, since a log that mentions other tasks comes before the result.
    ///
    /// A log holds what guests and backups say (names of files, for one), so only a task of the command's own node that
    /// root started is taken, for `pvesh` acts as nobody else.
    static func last(in text: String, of command: PveshCommand) -> UPID? {
        let mark = Array("UPID:".utf8)
        let bytes = Array(text.utf8.suffix(1 << 20))
        guard bytes.count > mark.count else { return nil }
        for start in stride(from: bytes.count - mark.count, through: 0, by: -1)
        where bytes[start] == mark[0] && bytes[start...].starts(with: mark) {
            var colons = 0
            let length = bytes[start...].prefix(512).prefix { byte in
                if colons == 8 { return false }
                if byte == UInt8(ascii: ":") { colons += 1 }
                return true
            }
            if let upid = UPID(String(decoding: length, as: UTF8.self)), isPossible(upid, command) { return upid }
        }
        return nil
    }

    private static func isPossible(_ upid: UPID, _ command: PveshCommand) -> Bool {
        let isOurs = upid.user == "root@pam" || upid.user.hasPrefix("root@pam!")
        guard let node = command.node, node != "localhost" else { return isOurs }
        return isOurs && upid.node.rawValue == node
    }
}
