// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// Why a worker is gone.
public struct WorkerEnd: Sendable, Hashable, CustomStringConvertible {
    /// The cause, as the end of a sentence: `it crashed (SIGSEGV)`.
    public let description: String
    /// Whether it had used up what it was allowed.
    public let isLimit: Bool
    /// Whether it died of something else than its script, its limits or our word: the run can go on in another one.
    let isAccident: Bool

    init(_ description: String, isLimit: Bool = false, isAccident: Bool = false) {
        self.description = description
        self.isLimit = isLimit
        self.isAccident = isAccident
    }

    /// What an exit status, as `waitpid` gives it, means to a person.
    init(status: Int32) {
        let signal = status & 0x7f
        switch signal {
        case 0:
            let code = (status >> 8) & 0xff
            self.init(code == 0 ? "it ended by itself" : "it ended with status \(code)")
        case SIGSYS: self.init("it was killed for a forbidden system call (SIGSYS)")
        case SIGXCPU: self.init("it used up its processor time (SIGXCPU)", isLimit: true)
        case SIGKILL: self.init("it was killed (SIGKILL), perhaps for want of memory", isAccident: true)
        case SIGSEGV: self.init("it crashed (SIGSEGV)", isAccident: true)
        case SIGABRT: self.init("it gave up (SIGABRT)")
        case SIGILL, SIGTRAP: self.init("it trapped (signal \(signal))")
        default: self.init("it died of signal \(signal)", isAccident: true)
        }
    }
}

/// The system's words for an error number.
func errorText(_ number: Int32) -> String { String(cString: strerror(number)) }
