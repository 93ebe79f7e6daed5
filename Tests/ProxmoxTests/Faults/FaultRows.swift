// SPDX-License-Identifier: Apache-2.0
import JSON
import Model

/// One row of the fault matrix: what goes wrong, and what must come of it.
struct FaultRow: Sendable {
    /// What a caller gets: a kind of failure, or nil where all is well.
    typealias End = ErrorKind?

    /// What goes wrong, for people.
    var name: String
    /// The server's port, where the connection itself is the trouble.
    var port = "good"
    /// What the server does, as hostile_server.py reads it.
    var fault: JSONValue = .null
    /// What a read that meets it ends with, and how often it is sent.
    var read: End
    var reads: Int
    /// What a change that meets it ends with, and how often it is sent.
    var write: End
    var writes: Int
    /// What waiting for a task ends with if the fault stays, and if it comes once.
    var poll: End = .outcomeUnknown
    var once: End
    /// What a task that ends with this text is; nil where the fault is no text.
    var end: ErrorKind?
    /// Whether time has to pass until it is noticed, so that the limits are short.
    var isSlow = false

    /// Trouble on the way, for which a read is tried four times.
    static func passing(
        _ name: String, port: String = "good", _ fault: JSONValue = .null, read: ErrorKind, write: ErrorKind,
        reads: Int = 4, writes: Int = 1, once: End = nil, isSlow: Bool = false
    ) -> FaultRow {
        FaultRow(
            name: name, port: port, fault: fault, read: read, reads: reads, write: write, writes: writes, once: once,
            isSlow: isSlow)
    }

    /// An answer that is final: nothing is tried again, and nobody can follow a task on such terms.
    static func final(
        _ name: String, _ fault: JSONValue, read: ErrorKind, write: ErrorKind, once: End = .outcomeUnknown,
        end: ErrorKind? = nil
    ) -> FaultRow {
        FaultRow(name: name, fault: fault, read: read, reads: 1, write: write, writes: 1, once: once, end: end)
    }

    /// An error text of Proxmox as a 500 and as the end of a task.
    static func text(_ text: String, _ kind: ErrorKind, asEnd: ErrorKind? = nil) -> FaultRow {
        // While a task is waited for, what may pass is looked at again.
        let mayPass: Set<ErrorKind> = [.busy, .noQuorum, .server, .guestTimeout]
        return final(
            "500 \(text)", answer(500, text), read: kind, write: kind,
            once: mayPass.contains(kind) ? nil : .outcomeUnknown, end: asEnd ?? (kind == .server ? .server : kind))
    }

    /// A text that only tasks end with.
    static func onlyEnd(_ text: String, _ kind: ErrorKind) -> FaultRow {
        FaultRow(
            name: "task ends: \(text)", fault: answer(200, text), read: nil, reads: 0, write: nil, writes: 0,
            once: nil, end: kind)
    }

    /// Whether only the end of a task is looked at.
    var isOnlyEnd: Bool { reads == 0 && writes == 0 && port == "good" }

    static func answer(_ status: Int, _ reason: String, body: String = "") -> JSONValue {
        ["status": JSONValue(status), "reason": .string(reason), "body": .string(body)]
    }

    static func behaviour(_ name: String, _ argument: Int? = nil) -> JSONValue {
        var object = JSONObject([("behaviour", .string(name))])
        if let argument { object["argument"] = JSONValue(argument) }
        return .object(object)
    }
}

extension FaultRow {
    static let all: [FaultRow] = connections + answers + texts + ends

    /// No connection, or one that breaks.
    static let connections: [FaultRow] = [
        passing(
            "connect refused", port: "closed", read: .connection, write: .connection, reads: 0, writes: 0,
            once: .outcomeUnknown),
        FaultRow(
            name: "TLS failure (certificate not accepted)", port: "other", read: .tls, reads: 0, write: .tls, writes: 0,
            once: .outcomeUnknown),
        passing(
            "reset in the TLS handshake", port: "hangup", read: .connection, write: .connection, reads: 0, writes: 0,
            once: .outcomeUnknown),
        passing(
            "reset before the request is read", port: "quits", read: .connection, write: .outcomeUnknown, reads: 0,
            writes: 0, once: .outcomeUnknown),
        passing("reset after the request", behaviour("reset"), read: .connection, write: .outcomeUnknown),
        passing("closed without an answer", behaviour("empty"), read: .connection, write: .outcomeUnknown),
        passing("truncated body", behaviour("cut"), read: .connection, write: .outcomeUnknown),
        passing("no answer in time", behaviour("silent"), read: .connection, write: .outcomeUnknown, isSlow: true),
        passing("slow drip", behaviour("drip"), read: .connection, write: .outcomeUnknown, isSlow: true),
    ]

    /// Answers that are wrong, and those of the layers around the API.
    static let answers: [FaultRow] = [
        final("huge body", behaviour("huge", 3_000_000), read: .server, write: .outcomeUnknown, once: nil),
        final("decompression bomb", behaviour("bomb", 30_000_000), read: .server, write: .outcomeUnknown, once: nil),
        final("200 and no JSON", answer(200, "OK", body: "<html>"), read: .server, write: .outcomeUnknown, once: nil),
        final(
            "200 and half of the JSON", answer(200, "OK", body: #"{"data":{"status""#), read: .server,
            write: .outcomeUnknown, once: nil),
        final(
            "200 without data", answer(200, "OK", body: #"{"success":1}"#), read: .server, write: .outcomeUnknown,
            once: nil),
        final(
            "200 and wrong JSON types", answer(200, "OK", body: #"{"data":"UPID:pve1:0:[]"}"#), read: .server,
            write: .outcomeUnknown, once: nil),
        final("401 in mid-run", answer(401, "Authentication failed!"), read: .auth, write: .auth),
        final("403", answer(403, "Permission check failed"), read: .permission, write: .permission),
        final("501", answer(501, "Method 'GET /x' not implemented"), read: .unsupported, write: .unsupported),
        passing("502 of a proxy in front", answer(502, "Bad Gateway"), read: .connection, write: .outcomeUnknown),
        passing("504 of a proxy in front", answer(504, "Gateway Timeout"), read: .connection, write: .outcomeUnknown),
        passing(
            "595 no route to the node", answer(595, "No route to host"), read: .nodeUnreachable, write: .nodeUnreachable
        ),
        passing(
            "596 the node did not answer", answer(596, "Connection timed out"), read: .nodeUnreachable,
            write: .outcomeUnknown),
        passing(
            "596 reset between nodes", answer(596, "Connection reset by peer"), read: .nodeUnreachable,
            write: .outcomeUnknown),
        final(
            "596 certificate between nodes",
            answer(596, "error:0A000086:SSL routines::certificate verify failed"), read: .tls, write: .tls, once: nil),
        passing("597", answer(597, "read error"), read: .nodeUnreachable, write: .outcomeUnknown),
        passing("598", answer(598, "aborted"), read: .nodeUnreachable, write: .outcomeUnknown),
        passing("599", answer(599, "Too many redirections"), read: .nodeUnreachable, write: .outcomeUnknown),
        final(
            "400 root only",
            answer(
                400, "Parameter verification failed.",
                body: #"{"data":null,"errors":{"skiplock":"Only root may use this option."}}"#),
            read: .permission, write: .permission),
        final(
            "400 no such task",
            answer(400, "Parameter verification failed.", body: #"{"data":null,"errors":{"upid":"no such task"}}"#),
            read: .outcomeUnknown, write: .outcomeUnknown),
    ]

    /// Every error text of pve-facts §7.
    static let texts: [FaultRow] = [
        text("Configuration file 'nodes/pve1/qemu-server/100.conf' does not exist", .notFound),
        text("Configuration file 'nodes/pve1/lxc/101.conf' does not exist", .notFound),
        text("unable to find configuration file for VM 100 on node 'pve1'", .notFound),
        text("CT 101 not running", .alreadyInState), text("VM 100 not running", .alreadyInState),
        text(
            "hostname lookup 'x' failed - failed to get address info for: x: Name or service not known", .notFound),
        text("unable to get remote IP address for node 'x'", .notFound),
        text("unable to get remote IP address for node", .notFound),
        text("cluster not ready - no quorum?", .noQuorum),
        text("cfs-lock 'file-user_cfg' error: no quorum!", .noQuorum),
        text("unable to open file '/etc/pve/nodes/pve1/qemu-server/100.conf.tmp.31025' - Permission denied", .noQuorum),
        text("cfs-lock 'file-user_cfg' error: got lock request timeout", .busy),
        text("'file-user_cfg'-locked command timed out - aborting", .outcomeUnknown),
        text("ipcc_send_rec[1] failed: Connection refused", .server),
        text("pve cluster filesystem not online.", .server),
        text("can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", .busy),
        text("unable to create VM 100 - can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", .busy),
        text("VM is locked (backup)", .locked), text("CT is locked (snapshot)", .locked),
        text("clone failed: VM is locked (migrate)", .locked), text("VM 100 already running", .alreadyInState),
        text("CT 101 already running", .alreadyInState), text("VM quit/powerdown failed - got timeout", .guestTimeout),
        text("container did not stop", .guestTimeout),
        text("VM 100 qmp command 'query-status' failed - got timeout", .guestTimeout),
        text("unable to connect to VM 100 qmp socket - timeout after 51 retries", .guestTimeout),
        text("snapshot name 'x' already used", .conflict), text("snapshot 'x' does not exist", .notFound),
        text("snapshot feature is not available", .unsupported),
        text("can't remove VM 100 - protection mode enabled", .protected),
        text("checksum mismatch (file change by other user?)", .conflict),
        text("detected modified configuration - file changed by other user? Try again.", .conflict),
        text("unable to create VM 100 - VM 100 already exists on node 'pve1'", .conflict),
        text("unable to create CT 101 - CT 101 already exists on node 'pve1'", .conflict),
        text("config file already exists", .conflict), text("storage 'x' does not exist", .storageUnavailable),
        text("storage 'x' is disabled", .storageUnavailable), text("storage 'x' is not online", .storageUnavailable),
        text("storage 'x' is not available on node 'pve1'", .storageUnavailable),
        text("connection check for storage 'x' failed - Connection refused", .storageUnavailable),
        text(
            "unable to activate storage 'x' - directory '/mnt/x' does not exist or is unreachable",
            .storageUnavailable),
        text("There is a replication job '100-0' for guest '100' - Please remove that first.", .conflict),
        text("Failed to obtain guest migration lock - replication running?", .busy),
        text("unable to remove VM 100 - used in HA resources and purge parameter not set.", .haState),
        text("service 'vm:100' in error state, must be disabled and fixed first", .haState),
        text("resource 'vm:100' is not HA managed", .haState), text("only root can set 'args' config", .permission),
        text("Permission check failed (/vms/100, VM.PowerMgmt)", .permission),
    ]

    /// Texts of §7 that only a task ends with.
    static let ends: [FaultRow] = [
        onlyEnd("403 Permission check failed (/vms/100, VM.Backup)", .permission),
        onlyEnd("unexpected status", .outcomeUnknown), onlyEnd("received interrupt", .cancelled),
        onlyEnd("interrupted by signal", .cancelled), onlyEnd("migration aborted", .taskFailed),
        onlyEnd("migration problems", .outcomeUnknown), onlyEnd("job errors", .taskFailed),
        onlyEnd("start failed: VM is locked (backup)", .locked),
        onlyEnd("storage migration failed: storage 'x' is not online", .storageUnavailable),
        onlyEnd("something nobody has seen before", .taskFailed),
    ]
}
