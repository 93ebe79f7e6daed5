// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

/// The pvesh transport with programs that behave, and with those that do not.
struct PveshTransportTests {
    private static let upid = "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:"
    private static let start = HTTPRequest(.post, "/api2/json/nodes/pve1/qemu/100/status/start")
    private static let read = HTTPRequest(.get, "/api2/json/version")

    private func failure(_ transport: any Transport, _ request: HTTPRequest) async -> TransportFailure? {
        do throws(TransportFailure) {
            _ = try await transport.send(request)
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: [
        ("echo '{\"release\":\"8.4\"}'", #"{"data":{"release":"8.4"}}"#), ("true", #"{"data":null}"#),
        ("echo '[]'; echo warning >&2", #"{"data":[]}"#), ("echo null", #"{"data":null}"#),
        ("echo 100", #"{"data":100}"#),
        ("printf '\"gr\\303\\274n\"'", #"{"data":"grün"}"#),
    ])
    func whatAReadPrintsIsTheData(script: String, body: String) async throws {
        let answer = try await StandInPvesh(script: script).transport().send(Self.read)
        #expect(answer.status == 200)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
    }

    @Test(arguments: [
        "echo starting; echo '\"\(upid)\"'", "echo starting; echo '\(upid)'",
        "echo '\"\(upid)\"'; echo 'it failed' >&2",
        #"echo '"log\nUPID:pve9:0000C530:001C9BEC:677E934A:x::root@pam: \"\#(upid)\""'"#,
        "printf 'one\\ntwo%s' '\"\(upid)\"'", "echo '\"\(upid)\"'; exit 13",
    ])
    func aTaskIsFoundBehindItsLog(script: String) async throws {
        let answer = try await StandInPvesh(script: script).transport().send(Self.start)
        #expect(answer.status == 200)
        #expect(try JSONValue(parsing: answer.body)["data"] == .string(Self.upid))
    }

    @Test(arguments: [
        ("No 'get' handler defined for '/x'", 1, 501, "No 'get' handler defined for '/x'"),
        ("proxy loop detected - aborting", 255, 500, "proxy loop detected - aborting"),
        (
            "403 Permission check failed (/vms/100, VM.PowerMgmt)", 255, 403,
            "Permission check failed (/vms/100, VM.PowerMgmt)"
        ),
        (
            "Configuration file 'nodes/pve1/qemu-server/1.conf' does not exist", 2, 500,
            "Configuration file 'nodes/pve1/qemu-server/1.conf' does not exist"
        ),
        ("a warning of Perl at line 3.\nVM is locked (backup)", 255, 500, "VM is locked (backup)"),
        ("please run as root", 255, 500, "please run as root"),
        ("", 3, 500, "pvesh ended with status 3 and said nothing"),
        (
            "Unknown option: nonsense\n400 unable to parse option\npvesh get <api_path> [OPTIONS]", 255, 400,
            "Unknown option: nonsense"
        ),
        (
            "ssh: connect to host 10.0.0.2 port 22: Connection refused\nproxy handler failed: command failed: exit code 255",
            255, 595, "ssh: connect to host 10.0.0.2 port 22: Connection refused"
        ),
        (
            "Connection to 10.0.0.2 closed by remote host.\nproxy handler failed: exit code 255", 255, 596,
            "Connection to 10.0.0.2 closed by remote host."
        ),
        (
            "VM 101 already running\nproxy handler failed: command failed: exit code 255", 255, 500,
            "VM 101 already running"
        ),
    ])
    func aRefusalHasItsStatusAndText(errors: String, exit: Int, status: Int, text: String) async throws {
        let folder = try StandInPvesh(script: "cat \"$(dirname \"$0\")/errors\" >&2; exit \(exit)")
        _ = try folder.folder.write("errors", errors)
        let answer = try await folder.transport().send(Self.read)
        #expect(answer.status == status)
        #expect(try JSONValue(parsing: answer.body)["message"] == .string(text + "\n"))
    }

    @Test func wrongParametersAreNamed() async throws {
        let script = """
            echo "400 Parameter verification failed." >&2
            echo "vmid: type check ('integer') failed - got 'x'" >&2
            echo "node: property is missing: really" >&2
            echo "pvesh create <api_path> --vmid <integer> [OPTIONS]" >&2; exit 255
            """
        let client = client(try StandInPvesh(script: script).transport())
        let failure = await #expect(throws: Failure.self) {
            try await client.send(APICall(.post, try APIPath("nodes", "pve1", "qemu")))
        }
        #expect(failure?.kind == .parameter)
        #expect(failure?.status == 400)
        #expect(failure?.fields.map(\.name) == ["node", "vmid"])
        #expect(failure?.fields.first?.text == "property is missing: really")
    }

    @Test(arguments: [
        (HTTPMethod.get, ErrorKind.connection), (.post, .outcomeUnknown), (.put, .outcomeUnknown),
        (.delete, .outcomeUnknown),
    ])
    func whatTakesTooLongIsEndedWithAllThatItStarted(method: HTTPMethod, kind: ErrorKind) async throws {
        let pvesh = try StandInPvesh(
            script:
                "cd \"$(dirname \"$0\")\"; sleep 300 & echo $! >> children; trap 'echo asked >> term' TERM; while :; do sleep 0.1; done"
        )
        let client = client(
            pvesh.transport {
                $0.writeTimeout = .seconds(4)
                $0.grace = .seconds(4)
            }, ClientSettings(requestTimeout: .seconds(4), readAttempts: 1))
        let failure = await #expect(throws: Failure.self) {
            try await client.send(APICall(method, try APIPath("version")))
        }
        #expect(failure?.kind == kind)
        #expect(pvesh.note("term")?.hasPrefix("asked") == true, "it was asked before it was forced")
        let children = try #require(pvesh.note("children")).split(separator: "\n")
        #expect(!children.isEmpty)
        for child in children {
            let state = try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)
            #expect(state == nil || state?.contains(") Z ") == true, "\(state ?? "")")
        }
    }

    @Test func aReadThatPrintsWithoutEndIsEnded() async throws {
        let pvesh = try StandInPvesh(script: "yes")
        let failure = await failure(pvesh.transport { $0.maximumOutput = 100_000 }, Self.read)
        #expect(failure?.cause == .garbled)
    }

    @Test func ofALongLogTheEndIsRead() async throws {
        let pvesh = try StandInPvesh(
            script:
                "i=0; while [ $i -lt 3000 ]; do echo \"line $i of a long log\"; i=$((i+1)); done; echo '\"\(Self.upid)\"'"
        )
        let answer = try await pvesh.transport { $0.maximumOutput = 1000 }.send(Self.start)
        #expect(try JSONValue(parsing: answer.body)["data"] == .string(Self.upid))
    }

    @Test(arguments: [
        ("printf '\\377\\376'", TransportFailure.Cause.garbled), ("echo no json", .garbled),
        ("echo a log; echo 100", .garbled), ("echo a log; echo true", .garbled), ("kill -9 $$", .reset),
    ])
    func nonsenseOfAWriteIsInDoubtAndNeverAnAnswer(script: String, cause: TransportFailure.Cause) async throws {
        let failure = await failure(try StandInPvesh(script: script).transport(), Self.start)
        #expect(failure?.cause == cause)
        #expect(failure?.mayHaveBeenSent == true)
    }

    @Test func aProgramThatIsNotThereSentNothing() async throws {
        let failure = await failure(PveshTransport(settings: PveshSettings(program: "/nonexistent/pvesh")), Self.start)
        #expect(failure?.cause == .connect)
        #expect(failure?.mayHaveBeenSent == false)
    }

    @Test func itsWorldIsCleanAndItsInputEmpty() async throws {
        setenv("PVELUA_TEST_LEAK", "hunter2", 1)
        let pvesh = try StandInPvesh(
            script:
                "cd \"$(dirname \"$0\")\"; env | cut -d= -f1 | sort > env; cat > in; ls /proc/self/fd | wc -l > fds; echo 1"
        )
        _ = try await pvesh.transport().send(Self.read)
        let names = Set(try #require(pvesh.note("env")).split(separator: "\n").map(String.init))
        #expect(names.subtracting(["PWD", "OLDPWD", "_", "SHLVL"]) == ["HOME", "LC_ALL", "PATH", "PERL5OPT", "TERM"])
        #expect(pvesh.note("in") == "")
        #expect(try number(pvesh, "fds") <= 4)
    }

    /// Perl itself, with the options of PVE::JSONSchema::get_options.
    private static let perl = """
        #!/usr/bin/perl
        use strict; use Getopt::Long;
        my ($command, $path) = splice(@ARGV, 0, 2);
        Getopt::Long::Configure('prefix_pattern=(--|-)');
        my $o = {};
        Getopt::Long::GetOptionsFromArray(\\@ARGV, $o, 'archive=s', 'forceStop:s', 'description=s', 'ids=s@', 'output-format=s')
            or do { print STDERR "400 unable to parse option\\n"; exit 255 };
        if (@ARGV) { print STDERR "400 too many arguments\\n"; exit 255 }
        print '"' . join(',', map { "$_=" . (ref $o->{$_} ? join('|', @{$o->{$_}}) : $o->{$_}) } sort keys %$o) . '"', "\\n";
        """

    @Test(arguments: [
        (#"{"archive":"x"}"#, "archive=x,output-format=json"), (#"{"archiv":"x"}"#, nil), (#"{"ARCHIVE":"x"}"#, nil),
        (#"{"force":true}"#, nil), (#"{"forceStop":true}"#, "forceStop=1,output-format=json"),
        (#"{"description":"","ids":["-a","b=c"]}"#, "description=,ids=-a|b=c,output-format=json"),
        (#"{"description":"--archive=y"}"#, "description=--archive=y,output-format=json"),
    ])
    func perlTakesNamesAsTheyAreJudged(body: String, expected: String?) async throws {
        let pvesh = try StandInPvesh(source: Self.perl)
        let answer = try await pvesh.transport().send(
            HTTPRequest(.post, "/api2/json/nodes/pve1/qemu", body: Array(body.utf8)))
        #expect(answer.status == (expected == nil ? 400 : 200))
        if let expected { #expect(try JSONValue(parsing: answer.body)["data"] == .string(expected)) }
    }

    @Test func aPveshThatShortensNamesGetsNoWrites() async throws {
        let pvesh = try StandInPvesh(source: Self.perl)
        let transport = pvesh.transport { $0.environment["PERL5OPT"] = nil }
        let failure = await failure(
            transport, HTTPRequest(.post, "/api2/json/nodes/pve1/qemu", body: Array(#"{"archiv":"x"}"#.utf8)))
        #expect(failure?.mayHaveBeenSent == false)
        #expect(failure?.message.contains("shortened") == true)
    }

    @Test(arguments: ["echo 'please run as root' >&2; exit 255", "kill -9 $$"])
    func aPveshThatDoesNotWorkProvesNothing(script: String) async throws {
        let pvesh = try StandInPvesh(source: "#!/bin/sh\n\(script)\n")
        let failure = await failure(
            pvesh.transport(),
            HTTPRequest(.put, "/api2/json/nodes/pve1/qemu/101/config", body: Array(#"{"cores":2}"#.utf8)))
        #expect(failure?.cause == .connect)
        #expect(failure?.mayHaveBeenSent == false)
    }

    /// A pvesh whose worker runs on for a while, as a child of its own; the task list is what it wrote.
    private static let slow = """
        cd "$(dirname "$0")"
        case "$*" in
        *tasks*) cat list 2>/dev/null || echo '[]'; exit 0;;
        esac
        sleep 300 & worker=$!
        ticks=$(cut -d')' -f2 /proc/$worker/stat | cut -d' ' -f21)
        upid=$(printf 'UPID:pve1:%08X:%08X:677E934A:qmigrate:100:root@pam:' $worker $ticks)
        other=$(printf 'UPID:pve1:%08X:%08X:677E934A:qmigrate:100:root@pam:' $worker 1)
        echo $worker > worker; echo "[{\\"upid\\":\\"$other\\"},{\\"upid\\":\\"$upid\\"}]" > list
        wait; echo "$upid"
        """

    @Test func aLongTaskIsAnsweredWithWhileItRuns() async throws {
        let pvesh = try StandInPvesh(script: Self.slow)
        let answer = try await pvesh.transport { $0.firstLook = .milliseconds(50) }.send(Self.start)
        let worker = try number(pvesh, "worker")
        defer { kill(worker, SIGKILL) }
        let upid = try #require((try JSONValue(parsing: answer.body)["data"]?.string).flatMap(UPID.init))
        #expect(upid.pid == UInt32(worker))
        #expect(upid.processStart != 1)
        #expect(kill(worker, 0) == 0, "it goes on")
    }

    @Test func givingUpAWriteLeavesItRunningAndGivingUpAReadDoesNot() async throws {
        let script = "cd \"$(dirname \"$0\")\"; echo $$ > pid; exec sleep 300"
        for request in [Self.start, Self.read] {
            let pvesh = try StandInPvesh(script: script)
            let transport = pvesh.transport()
            let task = Task { await failure(transport, request) }
            try await eventually("pvesh runs") { pvesh.note("pid")?.hasSuffix("\n") == true }
            let process = try number(pvesh, "pid")
            defer { kill(process, SIGKILL) }
            task.cancel()
            #expect(await task.value?.cause == .cancelled)
            #expect((kill(process, 0) == 0) == !request.method.isRead)
        }
    }

    /// A method with a parameter of the name of one of pvesh's own options has none of these (PVE/CLI/pvesh.pm).
    @Test func aMethodThatTakesNoFormatIsRunWithoutOne() async throws {
        let pvesh = try StandInPvesh(
            script: """
                echo "$*" >> "$(dirname "$0")/calls"
                case "$*" in *output-format*)
                  echo "Unknown option: output-format" >&2; echo "400 unable to parse option" >&2; exit 255;;
                esac
                echo "INFO: starting new backup job"; echo '\(Self.upid)'
                """)
        let answer = try await pvesh.transport().send(HTTPRequest(.post, "/api2/json/nodes/pve1/vzdump"))
        #expect(try JSONValue(parsing: answer.body)["data"] == .string(Self.upid))
        #expect(
            pvesh.note("calls") == "create /nodes/pve1/vzdump --output-format json\ncreate /nodes/pve1/vzdump\n")
    }

    /// What a hook script says once something was done is no refusal of an option.
    @Test(arguments: [
        "echo 'hook: Unknown option: output-format' >&2; echo 'hook failed' >&2",
        "echo starting; echo 'Unknown option: output-format' >&2; echo '400 unable to parse option' >&2",
        "echo 'Unknown option: output-format' >&2; echo 'hook script failed' >&2",
    ])
    func aWriteThatFailsWithSuchWordsIsNotRunAgain(script: String) async throws {
        let pvesh = try StandInPvesh(script: "echo x >> \"$(dirname \"$0\")/calls\"; \(script); exit 255")
        _ = try? await pvesh.transport().send(Self.start)
        #expect(pvesh.note("calls") == "x\n")
    }

    /// A backup's log names files of the guest, and who is root in there may call them what he likes.
    @Test(arguments: [
        "UPID:pve2:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:eve@pve:",
    ])
    func aTaskThatALogMentionsIsNotTakenForTheResult(other: String) async throws {
        let pvesh = try StandInPvesh(script: "echo 'tar: ./\(other): changed'; exit 255")
        let answer = try await pvesh.transport().send(Self.start)
        #expect(answer.status == 500)
        let silent = try StandInPvesh(script: "echo 'tar: ./\(other): changed'")
        #expect(await failure(silent.transport(), Self.start)?.mayHaveBeenSent == true)
    }

    @Test func aWriteThatPrintsWithoutEndKeepsNoMoreThanItsEnd() async throws {
        let pvesh = try StandInPvesh(
            script: """
                head -c 40000000 /dev/zero | tr '\\0' x; sleep 0.2
                stat -L -c %b /proc/$$/fd/1 > "$(dirname "$0")/blocks"; echo; echo '\(Self.upid)'
                """)
        let answer = try await pvesh.transport { $0.maximumOutput = 1 << 20 }.send(Self.start)
        #expect(try JSONValue(parsing: answer.body)["data"] == .string(Self.upid))
        #expect(try number(pvesh, "blocks") < 20_000)
    }

    @Test func noMoreRunAtATimeThanAreAllowed() async throws {
        let pvesh = try StandInPvesh(
            script:
                "cd \"$(dirname \"$0\")\"; echo x >> running; wc -l < running >> peaks; sleep 0.05; sed -i 1d running; echo 1"
        )
        let transport = pvesh.transport { $0.parallel = 1 }
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<5 { group.addTask { try await transport.send(Self.read).status } }
            for try await status in group { #expect(status == 200) }
        }
        #expect(pvesh.note("peaks")?.split(separator: "\n").allSatisfy { $0 == "1" } == true)
    }

    private func number(_ pvesh: StandInPvesh, _ name: String) throws -> Int32 {
        let text = try #require(pvesh.note(name)).trimmingCharacters(in: .whitespacesAndNewlines)
        return try #require(Int32(text))
    }

    private func client(_ transport: any Transport, _ settings: ClientSettings = ClientSettings()) -> ProxmoxClient {
        ProxmoxClient(
            hosts: [ProxmoxHost(name: "pvesh", transport: transport)], credential: LocalAccess(), settings: settings)
    }
}
