// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

@testable import Proxmox

/// What becomes of a request on `pvesh`'s command line.
struct PveshCommandTests {
    private func words(_ method: HTTPMethod, _ target: String, _ body: String? = nil) throws -> [String] {
        let command = try PveshCommand(HTTPRequest(method, "/api2/json" + target, body: body.map { Array($0.utf8) }))
        #expect(command.words.suffix(2) == ["--output-format", "json"])
        return command.words.dropLast(2)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/version", nil, ["get", "/version"]),
        (
            .get, "/nodes/pve1/tasks?source=active&limit=5", nil,
            ["get", "/nodes/pve1/tasks", "--source=active", "--limit=5"]
        ),
        (.delete, "/nodes/pve1/qemu/101?purge=1", nil, ["delete", "/nodes/pve1/qemu/101", "--purge=1"]),
        (.post, "/nodes/pve1/qemu/101/status/start", nil, ["create", "/nodes/pve1/qemu/101/status/start"]),
        (
            .put, "/nodes/pve1/qemu/101/config",
            #"{"cores":2,"onboot":true,"balloon":1.5,"description":"a\nb; $(id) '"}"#,
            [
                "set", "/nodes/pve1/qemu/101/config", "--cores=2", "--onboot=1", "--balloon=1.5",
                "--description=a\nb; $(id) '",
            ]
        ),
        (.post, "/x", #"{"a":"-rf","b":"--c=d","e":""}"#, ["create", "/x", "--a=-rf", "--b=--c=d", "--e", ""]),
        (.post, "/x", #"{"ids":["1","-2"]}"#, ["create", "/x", "--ids=1", "--ids=-2"]),
        (.get, "/x/a%20b%2Bc:d?q=%3D%26%2B", nil, ["get", "/x/a b+c:d", "--q==&+"]),
    ])
    func aRequestBecomesWords(_ method: HTTPMethod, _ target: String, _ body: String?, _ expected: [String]) throws {
        #expect(try words(method, target, body) == expected)
    }

    @Test(arguments: [
        (HTTPMethod.get, "/a/../b", nil), (.get, "/a//b", nil), (.get, "/a%2Fb", nil), (.get, "/a%00b", nil),
        (.get, "/a%zz", nil), (.get, "/a%FF", nil), (.get, "/x?-rf=1", nil), (.get, "/x?a%20b=1", nil),
        (.get, "/x?output-format=text", nil), (.post, "/x", #"{"noproxy":1}"#), (.post, "/x", #"{"quiet":1}"#),
        (.post, "/x", #"{"a":{"b":1}}"#), (.post, "/x", #"{"a":null}"#), (.post, "/x", #"{"a":[[1]]}"#),
        (.post, "/x", "[1]"), (.post, "/x", "nonsense"), (.post, "/x", #"{"a":"b\u0000c"}"#),
        (.put, "/access/password", #"{"password":"hunter2"}"#), (.put, "/x", #"{"cipassword":"hunter2"}"#),
        (.post, "/x", #"{"encryption-key":"autogen","key":"hunter2"}"#), (.post, "/x", #"{"Secret":"hunter2"}"#),
        (.post, "/storage", #"{"encryption-key":"hunter2"}"#), (.post, "/storage", #"{"keyring":"hunter2"}"#),
        (.post, "/x", #"{"client-key":"hunter2"}"#), (.post, "/x", #"{"eab-hmac-key":"hunter2"}"#),
    ])
    func whatCannotBeToldSafelyIsNotSent(_ method: HTTPMethod, _ target: String, _ body: String?) throws {
        let failure = #expect(throws: TransportFailure.self) { try words(method, target, body) }
        #expect(failure?.mayHaveBeenSent == false)
        #expect(failure?.cause == .garbled)
        #expect(failure?.message.contains("hunter2") == false)
    }

    @Test func aWordLongerThanLinuxTakesIsRefused() throws {
        let long = String(repeating: "x", count: 200_000)
        #expect(throws: TransportFailure.self) { try words(.post, "/x", #"{"a":"\#(long)"}"#) }
        #expect(throws: TransportFailure.self) { try PveshCommand(HTTPRequest(.get, "/other/json/x")) }
    }

    @Test(arguments: [
        ("UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:", "qmstart"),
        (
            "log UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam: and\"UPID:pve2:0000C531:001C9BEC:677E934A:qmstop:100:root@pam:\"",
            "qmstop"
        ),
        ("UPID:pve1:0000C530:001C9BEC:677E934A:hastart:100:root@pam:UPID:", "hastart"),
        ("UPID:UPID:pve1:0000C530:001C9BEC:677E934A:imgcopy::root@pam!ci:\n", "imgcopy"),
        ("UPID:pve1:0000C530:001C9BEC:677E934A:imgcopy::jo@corp@ldap!ci:\n", nil),
        ("UPID:pve1:0000C530:", nil), ("", nil), ("UPID:", nil), ("no task here", nil),
    ])
    func theLastTaskInATextIsFound(text: String, type: String?) throws {
        let command = try PveshCommand(HTTPRequest(.post, "/api2/json/cluster/x"))
        #expect(UPIDScan.last(in: text, of: command)?.type == type)
    }
}
