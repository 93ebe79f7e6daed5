// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox
internal import Wire

/// How long a block of `pve.timeout` may take.
struct BlockTime {
    private let seconds: Double

    init(_ arguments: [PackedValue]) throws(Failure) {
        let seconds: Double? =
            switch arguments.first {
            case .integer(let number)?: Double(number)
            case .number(let number)?: number
            default: nil
            }
        guard let seconds, seconds >= 0, seconds <= 1e9 else {
            throw .parameter("seconds", "must be a number of seconds, 0 or more")
        }
        self.seconds = seconds
    }

    /// Returns when the time is over.
    func wait(by clock: any ClientClock) async throws(Failure) -> JSONValue {
        do throws(CancellationError) { try await clock.sleep(for: .seconds(seconds)) } catch {
            throw Failure(.cancelled, "the block ended before its time")
        }
        return .null
    }

    /// What the script is told then.
    var isOver: Failure {
        Failure(
            .taskTimeout, "the block took longer than \(JSONValue.number(seconds).text) s",
            hint: "what it had sent goes on; changes without an end are named when the run ends")
    }
}
