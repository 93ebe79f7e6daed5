// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Proxmox

/// Error texts, with every status, of reads, changes and tasks.
enum ClassifierTarget {
    static func run(_ bytes: [UInt8]) -> Int32 {
        guard bytes.count >= 2 else { return 0 }
        let statuses: [Int?] = [
            nil, 400, 401, 403, 404, 500, 500, 501, 502, 506, 595, 596, 597, 598, 599, 0, 999, .min,
        ]
        let status = statuses[Int(bytes[0]) % statuses.count]
        let text = String(decoding: bytes.dropFirst(2), as: UTF8.self)
        let isRead = bytes[1] & 1 == 1
        let fields = bytes[1] & 2 == 2 ? [Failure.Field("vmid", text)] : []
        let refusal = Refusal(status: status, text: text, fields: fields, isRead: isRead, isTask: status == nil)
        let failure = ErrorClassifier.classify(refusal)
        require(failure.raw == text, "the raw text was altered")
        require(failure.status == status, "the status was altered")
        require(!failure.message.isEmpty, "no message")
        BodyTarget.checkLine(failure.message)
        require(ErrorClassifier.classify(refusal) == failure, "another verdict the second time")
        if status == 401 { require(failure.kind == .auth, "401 is \(failure.kind)") }
        if let status, (597...599).contains(status) {
            require(failure.kind == (isRead ? .nodeUnreachable : .outcomeUnknown), "\(status) is \(failure.kind)")
        }
        let exit = TaskStatus(exitText: text)
        if exit.isSuccess { require(text == "OK" || text.hasPrefix("WARNINGS: "), "\(text) is a success") }
        require(exit.hasEnded, "an exit text that says running")
        return 0
    }
}
