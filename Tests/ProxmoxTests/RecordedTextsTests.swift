// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Proxmox
import TestSupport
import Testing

/// Every error text that real servers were recorded with, calls and tasks.
struct RecordedTextsTests {
    /// Texts that say nothing that a script could act on.
    static let plain: Set<String> = [
        "'\"' expected, at character offset 1 (before \"bad json\") at /usr/share/perl5/PVE/APIServer/AnyEvent.pm line 917.",
        "Agent error: Invalid parameter 'pid'",
        "Agent error: failed to open file '/nosuch' (mode: 'r'): No such file or directory",
        "could not load supported machine versions - can't open "
            + "'/usr/share/kvm/machine-versions-x86_64.json' - No such file or directory",
        "either 'maxworkers' parameter or max_workers in datacenter.cfg must be set!",
        "task: download failed: Connecting to 127.0.0.1:9... failed: Connection refused.", "task: job errors",
        "task: migration aborted",
    ]

    @Test func noRecordedRefusalIsUnknown() throws {
        guard let reference = Places.reference else {
            print("skipped: shared/reference is not there, so recorded answers cannot be read")
            return
        }
        let folder = reference.appendingPathComponent("transcripts")
        var unknown: Set<String> = []
        var count = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".txt") {
            let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
            for answer in RecordedAnswer.read(text) where answer.response.status >= 400 {
                count += 1
                let refusal = Refusal(
                    status: answer.response.status, text: answer.response.reason, isRead: answer.method.isRead)
                if ErrorClassifier.classify(refusal).kind == .server { unknown.insert(answer.response.reason) }
            }
            for piece in text.components(separatedBy: "\"exitstatus\":\"").dropFirst() {
                guard let exit = piece.components(separatedBy: "\"").first, !TaskStatus(exitText: exit).isSuccess else {
                    continue
                }
                count += 1
                if ErrorClassifier.classify(.task(exit)).kind == .taskFailed { unknown.insert("task: " + exit) }
            }
        }
        #expect(count > 100)
        #expect(unknown.subtracting(Self.plain).isEmpty)
    }
}
