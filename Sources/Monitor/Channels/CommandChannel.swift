// SPDX-License-Identifier: Apache-2.0
internal import Dispatch
internal import JSON
internal import Programs

/// A program that finds the event as one line of JSON on its standard input; run without a shell.
public struct CommandChannel: AlertChannel {
    let words: [String]
    let environment: [String: String]
    let timeout: Double

    /// The most bytes that are kept of what the program prints.
    private static let maximumOutput = 16 << 10

    /// Makes a channel.
    ///
    /// - Parameter timeout: How many seconds the program may take; then it is ended, with all that it started.
    public init(words: [String], environment: [String: String], timeout: Double) {
        self.words = words
        self.environment = environment
        self.timeout = timeout
    }

    /// Runs the program to its end; any status but 0 means that the event was not told.
    public func deliver(_ event: AlertEvent) async throws(DeliveryFailure) {
        let run = program(event)
        let result: Result<ProgramRun.Outcome, ProgramFailure> = await withCheckedContinuation { continuation in
            // The run blocks its thread, which must not be one of the few that tasks share.
            DispatchQueue.global().async {
                do throws(ProgramFailure) {
                    continuation.resume(returning: .success(try run.run()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        let name = words.first ?? ""
        switch result {
        case .failure(let failure): throw DeliveryFailure("\(name) cannot be started: \(failure)")
        case .success(let outcome):
            let last = String(decoding: outcome.errors, as: UTF8.self).split(separator: "\n").last
            let said = last.map { ": \($0)" } ?? ""
            switch outcome.ending {
            case .exited(0): return
            case .exited(let status): throw DeliveryFailure("\(name) ended with status \(status)\(said)")
            case .killed(let signal): throw DeliveryFailure("\(name) was ended by signal \(signal)\(said)")
            case .timedOut: throw DeliveryFailure("\(name) took longer than \(Int(timeout)) s and was ended")
            case .printedTooMuch, .cancelled: throw DeliveryFailure("\(name) was ended")
            }
        }
    }

    private func program(_ event: AlertEvent) -> ProgramRun {
        var run = ProgramRun(
            words.first ?? "", Array(words.dropFirst()), environment: environment,
            maximumOutput: Self.maximumOutput, seconds: timeout)
        run.input = event.json.encoded() + [0x0a]
        run.searchesPath = true
        run.overflow = .keepEnd
        run.collectsErrors = true
        run.grace = 1
        return run
    }
}
