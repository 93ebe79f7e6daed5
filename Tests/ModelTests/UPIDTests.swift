// SPDX-License-Identifier: Apache-2.0
import Model
import Testing

struct UPIDTests {
    struct Example: Sendable {
        var text: String
        var node: String
        var pid: UInt32
        var processStart: UInt64
        var startTime: Int
        var type: String
        var id: String
        var user: String
    }

    @Test(arguments: [
        Example(
            text: "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:", node: "pve1", pid: 0xC530,
            processStart: 0x1C_9BEC, startTime: 0x677E_934A, type: "qmstart", id: "100", user: "root@pam"),
        Example(
            text: "UPID:pve2:00010D94:001CA6EA:6124E1B9:vzdump:100:automation@pve!swift:", node: "pve2", pid: 0x10D94,
            processStart: 0x1C_A6EA, startTime: 0x6124_E1B9, type: "vzdump", id: "100", user: "automation@pve!swift"),
        Example(
            text: "UPID:node-3:0003A1B2:1A2B3C4D5:68F0C0DE:aptupdate::root@pam:", node: "node-3", pid: 0x3A1B2,
            processStart: 0x1A_2B3C_4D5, startTime: 0x68F0_C0DE, type: "aptupdate", id: "", user: "root@pam"),
        Example(
            text: "UPID:pve1:00001F40:0000ABCD:68F0C0DE:qmmove:100-scsi0>101-scsi1:jo@corp.example@ldap!ci-1:",
            node: "pve1", pid: 8000, processStart: 43981, startTime: 0x68F0_C0DE, type: "qmmove",
            id: "100-scsi0>101-scsi1", user: "jo@corp.example@ldap!ci-1"),
        Example(
            text: "UPID:pve1:00001F41:0000ABCE:68F0C0DE:imgdel:100@local-lvm:root@pam:", node: "pve1", pid: 8001,
            processStart: 43982, startTime: 0x68F0_C0DE, type: "imgdel", id: "100@local-lvm", user: "root@pam"),
        Example(
            text: "UPID:pve1:0000c530:001c9bec:677e934a:qmstart:100:root@pam:", node: "pve1", pid: 0xC530,
            processStart: 0x1C_9BEC, startTime: 0x677E_934A, type: "qmstart", id: "100", user: "root@pam"),
    ])
    func readsEveryPart(_ example: Example) throws {
        let upid = try #require(UPID(example.text))
        #expect(upid.description == example.text)
        #expect(upid.node.rawValue == example.node)
        #expect(upid.pid == example.pid)
        #expect(upid.processStart == example.processStart)
        #expect(upid.startTime == example.startTime)
        #expect(upid.type == example.type)
        #expect(upid.id == example.id)
        #expect(upid.user == example.user)
    }

    @Test(arguments: [
        "", "OK", "UPID:", "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:x",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam::",
        "upid:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:+000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C53G:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC00:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:1677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A::100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100::",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qm/start:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:1 0:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:\n",
        "UPID:../x:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:-pve:0000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID::0000C530:001C9BEC:677E934A:qmstart:100:root@pam:",
        "UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:" + String(repeating: "9", count: 600) + ":root@pam:",
    ])
    func refusesWhatIsNone(_ text: String) {
        #expect(UPID(text) == nil)
    }

    @Test(
        arguments: [
            ("root@pam", "root@pam", nil), ("automation@pve!swift", "automation@pve", "swift"),
            ("jo@corp.example@ldap!ci-1", "jo@corp.example@ldap", "ci-1"), ("a!b@pve", "a!b@pve", nil),
            ("a!b@pve!c", "a!b@pve", "c"), ("nobody", "nobody", nil),
        ] as [(String, String, String?)])
    func theUserIsSplitFromItsToken(_ user: String, _ userID: String, _ token: String?) throws {
        let upid = try #require(UPID("UPID:pve1:0000C530:001C9BEC:677E934A:qmstart:100:\(user):"))
        #expect(upid.userID == userID)
        #expect(upid.tokenName == token)
    }
}
