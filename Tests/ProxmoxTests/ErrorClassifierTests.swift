// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

struct ErrorClassifierTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var text: String
        var kind: ErrorKind
        var hint: String?
        var testDescription: String { text }
        init(_ text: String, _ kind: ErrorKind, _ hint: String? = nil) {
            self.text = text
            self.kind = kind
            self.hint = hint
        }
    }

    /// Texts that come as a 500 or as a task's end; the kind is the same for both.
    static let everywhere: [Row] = [
        Row("Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist", .notFound, "look it up"),
        Row("Configuration file 'nodes/pve1/lxc/101.conf' does not exist", .notFound, "guest 101 on node pve1"),
        Row("unable to find configuration file for VM 100 on node 'pve1'", .notFound),
        Row(
            "hostname lookup 'nosuch' failed - failed to get address info for: nosuch: Name or service not known",
            .notFound,
            "no node 'nosuch'"),
        Row("unable to get remote IP address for node 'x'", .notFound),
        Row("no such cluster node 'pve2'", .notFound, "no node 'pve2'"),
        Row("CT 101 not running", .alreadyInState, "moved"), Row("VM 110 not running", .alreadyInState),
        Row("VM 100 already running", .alreadyInState), Row("CT 101 already running", .alreadyInState),
        Row("cluster not ready - no quorum?", .noQuorum),
        Row("create pool failed: cfs-lock 'file-user_cfg' error: no quorum!", .noQuorum),
        Row("unable to open file '/etc/pve/nodes/alpha/qemu-server/301.conf.tmp.31025' - Permission denied", .noQuorum),
        Row("cfs-lock 'file-user_cfg' error: got lock request timeout", .busy),
        Row("'file-user_cfg'-locked command timed out - aborting", .outcomeUnknown),
        Row("ipcc_send_rec[1] failed: Connection refused", .server, "pve-cluster"),
        Row("pve cluster filesystem not online.", .server),
        Row("can't lock file '/var/lock/qemu-server/lock-110.conf' - got timeout", .busy, "wait"),
        Row("unable to create VM 100 - can't lock file '/var/lock/qemu-server/lock-100.conf' - got timeout", .busy),
        Row("VM is locked (backup)", .locked, "backup holds the guest"),
        Row("CT is locked (snapshot)", .locked, "'snapshot'"),
        Row("clone failed: VM is locked (migrate)", .locked, "migrated"),
        Row("VM quit/powerdown failed - got timeout", .guestTimeout), Row("VM quit/powerdown failed", .guestTimeout),
        Row("container did not stop", .guestTimeout),
        Row("VM 100 qmp command 'guest-ping' failed - got timeout", .guestTimeout),
        Row("VM 100 qmp command 'guest-exec' failed - got timeout", .outcomeUnknown, "look"),
        Row("VM 100 qmp command 'guest-set-user-password' failed - got timeout", .outcomeUnknown, "look"),
        Row("VM 100 qmp command 'guest-network-get-interfaces' failed - got timeout", .guestTimeout),
        Row("VM 100 qmp command 'query-status' failed - got timeout", .guestTimeout),
        Row("VM 100 qmp command 'query-backup' failed - got timeout", .guestTimeout),
        Row("VM 100 qmp command 'guest-shutdown' failed - got timeout", .guestTimeout),
        Row("VM 100 qmp command 'snapshot-drive' failed - got timeout", .outcomeUnknown, "look"),
        Row("VM 100 qmp command 'savevm-start' failed - got timeout", .outcomeUnknown),
        Row("VM 100 qmp command 'backup' failed - got timeout", .outcomeUnknown),
        Row("unable to connect to VM 100 qmp socket - timeout after 51 retries", .guestTimeout),
        Row("QEMU guest agent is not running", .guestTimeout), Row("No QEMU guest agent configured", .unsupported),
        Row("snapshot name 's1' already used", .conflict), Row("snapshot 'nosuch' does not exist", .notFound),
        Row("snapshot feature is not available", .unsupported),
        Row("unable to use snapshot name 'current' (reserved name)", .parameter),
        Row("can't remove VM 100 - protection mode enabled", .protected),
        Row("cannot remove protected volume 'local:backup/x' on 'local'", .protected),
        Row("checksum mismatch (file change by other user?)", .conflict, "read it again"),
        Row("detected modified configuration - file changed by other user? Try again.", .conflict),
        Row("unable to create VM 100 - VM 100 already exists on node 'pve1'", .conflict, "another id"),
        Row("unable to create CT 100 - CT 100 already exists on node 'pve1'", .conflict),
        Row("unable to create VM 101: config file already exists", .conflict),
        Row("storage 'nosuch' does not exist", .storageUnavailable),
        Row("storage 'x' is disabled", .storageUnavailable),
        Row("storage 'x' is not online", .storageUnavailable),
        Row("storage 'x' is not available on node 'y'", .storageUnavailable),
        Row("connection check for storage 'x' failed - refused", .storageUnavailable),
        Row(
            "unable to activate storage 'x' - directory '/mnt/x' does not exist or is unreachable", .storageUnavailable),
        Row("could not activate storage 'nosuch': storage 'nosuch' does not exist", .storageUnavailable),
        Row("There is a replication job '100-0' for guest '100' - Please remove that first.", .conflict),
        Row("Failed to obtain guest migration lock - replication running?", .busy),
        Row("unable to remove VM 100 - used in HA resources and purge parameter not set.", .haState),
        Row("service 'vm:100' in error state, must be disabled and fixed first", .haState),
        Row("resource 'vm:100' is not HA managed", .haState),
        Row("cannot index groups: ha groups have been migrated to rules", .haState),
        Row("only root can set 'args' config", .permission),
        Row("Permission check failed (/vms/100, VM.PowerMgmt)", .permission, "VM.PowerMgmt on /vms/100"),
        Row("Permission check failed (/vms/100, VM.Snapshot|VM.Snapshot.Rollback)", .permission),
        Row("Permission check failed", .permission), Row("Permission check failed (user != root@pam)", .permission),
        Row("VM is paused - cannot shutdown", .conflict), Row("VM 100 is running - destroy failed", .conflict),
        Row("unable to destroy CT 200 - container is running", .conflict), Row("VM 100 is not running", .conflict),
        Row("you can't start a vm if it's a template", .conflict),
        Row("you can't convert a template to a template", .conflict),
        Row("can't migrate running VM without --online", .conflict),
        Row("lxc live migration is currently not implemented", .unsupported),
        Row("disk 'scsi1' does not exist", .notFound), Row("pool 'nosuch' does not exist", .notFound),
        Row("create pool failed: pool 'p1' already exists", .conflict),
        Row("delete pool failed: pool 'p1' is not empty (contains VM 100)", .conflict),
    ]

    @Test(arguments: everywhere)
    func textsOfCallsAreKnown(_ row: Row) {
        check(ErrorClassifier.classify(Refusal(status: 500, text: row.text)), row)
    }

    @Test(arguments: everywhere)
    func textsOfTasksAreKnownAlike(_ row: Row) { check(ErrorClassifier.classify(.task(row.text)), row) }

    @Test(arguments: [
        Row("unexpected status", .outcomeUnknown), Row("unable to read tail (got 0 bytes)", .outcomeUnknown),
        Row("unable to extract last line", .outcomeUnknown),
        Row("unable to get last line from task log - x", .outcomeUnknown),
        Row("unable to open file - No such file or directory", .outcomeUnknown), Row("received interrupt", .cancelled),
        Row("interrupted by signal", .cancelled), Row("clone failed: interrupted by signal", .cancelled),
        Row("migration aborted", .taskFailed, "still on its node"), Row("migration problems", .outcomeUnknown, "moved"),
        Row("job errors", .taskFailed), Row("start failed: QEMU exited with code 1", .taskFailed),
        Row("403 Permission check failed (/vms/100, VM.Backup)", .permission, "VM.Backup on /vms/100"),
        Row("400 Parameter verification failed. timeout: type check ('integer') failed - got 'x'", .parameter),
        Row("something nobody has seen before", .taskFailed),
        Row("start failed: org.freedesktop.systemd1.UnitExists: Unit 100.scope already exists.", .taskFailed),
    ])
    func endsOfTasksAreKnown(_ row: Row) { check(ErrorClassifier.classify(.task(row.text)), row) }

    private func check(_ failure: Failure, _ row: Row) {
        #expect(failure.kind == row.kind)
        #expect(failure.raw == row.text)
        if let hint = row.hint { #expect(failure.hint?.contains(hint) == true) }
    }

    @Test(arguments: [
        (401, "No ticket", ErrorKind.auth, ErrorKind.auth), (401, "Authentication failed!", .auth, .auth),
        (401, "permission denied - invalid PVE ticket", .auth, .auth), (401, "", .auth, .auth),
        (401, "Permission denied - invalid csrf token", .auth, .auth), (401, "no such user ('x@pve')", .auth, .auth),
        (403, "Permission check failed", .permission, .permission), (403, "", .permission, .permission),
        (
            403, "Permission check failed (URI '/access/ticket' not available with API token, need proper ticket.",
            .permission, .permission
        ),
        (404, "nope", .notFound, .notFound), (400, "bad request", .parameter, .parameter),
        (500, "something else", .server, .server), (500, "", .server, .server),
        (501, "Method 'GET /nope' not implemented", .unsupported, .unsupported),
        (501, "for data too large", .parameter, .parameter), (506, "x", .unsupported, .unsupported),
        (595, "Connection refused", .nodeUnreachable, .nodeUnreachable),
        (595, "No route to host", .nodeUnreachable, .nodeUnreachable),
        (596, "Connection timed out", .nodeUnreachable, .outcomeUnknown),
        (596, "Connection reset by peer", .nodeUnreachable, .outcomeUnknown),
        (596, "error:0A000086:SSL routines::certificate verify failed", .tls, .tls),
        (597, "x", .nodeUnreachable, .outcomeUnknown), (598, "x", .nodeUnreachable, .outcomeUnknown),
        (599, "Too many redirections", .nodeUnreachable, .outcomeUnknown),
        (502, "Bad Gateway", .connection, .outcomeUnknown),
        (503, "x", .connection, .outcomeUnknown), (504, "Gateway Timeout", .connection, .outcomeUnknown),
    ])
    func statusesAreKnownForReadsAndWrites(_ status: Int, _ text: String, _ read: ErrorKind, _ write: ErrorKind) {
        let seen = ErrorClassifier.classify(Refusal(status: status, text: text, isRead: true))
        #expect(seen.kind == read)
        #expect(seen.status == status)
        #expect(ErrorClassifier.classify(Refusal(status: status, text: text, isRead: false)).kind == write)
    }

    @Test(arguments: [
        ("upid", "no such task", ErrorKind.outcomeUnknown), ("upid", "unable to parse worker upid", .parameter),
        ("vmid", "VM 100 already exists", .conflict), ("skiplock", "Only root may use this option.", .permission),
        ("tokenid", "Token already exists.", .conflict), ("target", "target is local node.", .parameter),
        ("foo", "property is not defined in schema and the schema does not allow additional properties", .parameter),
        ("vmid", "property is missing and it is not optional", .parameter),
        ("timeout", "type check ('integer') failed - got 'abc'", .parameter),
        ("overrule-shutdown", "Not applicable for HA resources.", .haState),
    ])
    func namedParametersAreKeptAndUnderstood(_ name: String, _ text: String, _ kind: ErrorKind) {
        let field = Failure.Field(name, text)
        let failure = ErrorClassifier.classify(
            Refusal(status: 400, text: "Parameter verification failed.", fields: [field]))
        #expect(failure.kind == kind)
        #expect(failure.fields == [field])
        #expect(failure.message == "Parameter verification failed. \(name): \(text)")
    }

    @Test func guestAndNodeAreReadFromTheText() {
        let failure = ErrorClassifier.classify(
            Refusal(status: 500, text: "Configuration file 'nodes/pve1/qemu-server/999.conf' does not exist"))
        #expect(failure.node == "pve1")
        #expect(failure.vmid == 999)
    }

    @Test func terminalControlCharactersStayInRawOnly() {
        let failure = ErrorClassifier.classify(Refusal(status: 500, text: "a\u{1b}[31mb\nc\u{9b}d"))
        #expect(failure.message == "a [31mb c d")
        #expect(failure.raw == "a\u{1b}[31mb\nc\u{9b}d")
    }

    /// Real answers, each with the kind it must have.
    @Test func everyRecordedErrorHasAFittingKind() async throws {
        guard let reference = Places.reference else {
            print("skipped: shared/reference is not there, so recorded answers cannot be read")
            return
        }
        let transcript = try String(
            contentsOf: reference.appendingPathComponent("transcripts/errors.txt"), encoding: .utf8)
        var count = 0
        for answer in RecordedAnswer.read(transcript) where answer.response.status >= 400 {
            count += 1
            let transport = ScriptedTransport([.success(answer.response)])
            let call = APICall(answer.method, try APIPath("recorded"))
            let found = try #require(
                await failure { () async throws(Failure) in try await ProxmoxClient.scripted(transport).send(call) })
            let expected = RecordedAnswer.kind(answer.response)
            #expect(found.kind == expected, "\(answer.response.status) \(answer.response.reason)")
            #expect(found.status == answer.response.status)
            #expect(found.raw?.isEmpty == false)
            if found.message.hasPrefix("Parameter verification") { #expect(!found.fields.isEmpty) }
        }
        #expect(count > 30)
    }
}

/// One answer of a transcript.
struct RecordedAnswer {
    var method: HTTPMethod
    var response: HTTPResponse

    static func read(_ transcript: String) -> [RecordedAnswer] {
        transcript.components(separatedBy: "\n### curl rc=").compactMap { part in
            let lines = part.split(separator: "\n", omittingEmptySubsequences: false).map {
                $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
            }
            guard let status = lines.firstIndex(where: { $0.hasPrefix("HTTP/1.1 ") }),
                let request = lines.first(where: { $0.hasPrefix("### ") && $0.contains("/api2/json") })
            else { return nil }
            let words = lines[status].split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count == 3, let code = Int(words[1]) else { return nil }
            let end = lines[status...].firstIndex(of: "") ?? lines.count
            let body = lines[min(end + 1, lines.count)...].joined(separator: "\n")
            let method = HTTPMethod(rawValue: String(request.split(separator: " ")[1])) ?? .get
            return RecordedAnswer(
                method: method,
                response: HTTPResponse(status: code, reason: words[2], body: Array(body.utf8)))
        }
    }

    /// What the recorded answers mean, read by hand from pve-facts §7.
    static func kind(_ response: HTTPResponse) -> ErrorKind {
        let text = response.reason + String(decoding: response.body, as: UTF8.self)
        let known: [(String, ErrorKind)] = [
            ("no such task", .outcomeUnknown), ("already exists", .conflict), ("Configuration file", .notFound),
            ("hostname lookup", .notFound), ("no such cluster node", .notFound),
            ("pool 'nosuch' does not exist", .notFound), ("no such user", .notFound), ("checksum mismatch", .conflict),
            ("storage 'no", .storageUnavailable), ("No QEMU guest agent", .unsupported),
            ("Parameter verification", .parameter), ("no options specified", .parameter),
        ]
        if let match = known.first(where: { text.contains($0.0) }) { return match.1 }
        return [501, 506].contains(response.status) ? .unsupported : response.status == 401 ? .auth : .server
    }
}
