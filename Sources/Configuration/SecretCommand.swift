// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import Programs

/// A program whose standard output is a secret.
///
/// Standard error stays the terminal's, so that it may ask for a PIN.
struct SecretCommand {
    let words: [String]
    let environment: [String: String]

    /// Runs the program to its end.
    ///
    /// - Throws: ``Failure`` of kind `config` where it cannot be started, fails, prints too much or takes too long.
    func output(most: Int, seconds: Double) throws(Failure) -> [UInt8] {
        var run = ProgramRun(
            words.first ?? "", Array(words.dropFirst()), environment: environment, maximumOutput: most, seconds: seconds
        )
        run.searchesPath = true
        let outcome: ProgramRun.Outcome
        do {
            outcome = try run.run()
        } catch {
            throw failure("cannot be started: \(error)")
        }
        switch outcome.ending {
        case .exited(0): return outcome.output
        case .exited(let status): throw failure("ended with status \(status)")
        case .killed(let signal): throw failure("ended with status \(128 + signal)")
        case .printedTooMuch: throw failure("printed more than \(most) bytes")
        case .timedOut, .cancelled: throw failure("took too long")
        }
    }

    private func failure(_ text: String) -> Failure {
        Failure(.config, "the command \(words.first ?? "") \(text)")
    }
}
