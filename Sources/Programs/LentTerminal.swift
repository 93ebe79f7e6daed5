// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// A terminal while a program of ours asks there: lent to it, and taken back as it was.
final class LentTerminal {
    private let descriptor: Int32
    private let foreground: pid_t
    private let settings: termios

    init(_ path: String) throws(ProgramFailure) {
        let opened = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
        guard opened >= 0 else { throw ProgramFailure(number: errno) }
        var settings = termios()
        let foreground = tcgetpgrp(opened)
        // Whoever is in the background has nothing to lend.
        guard foreground == getpgrp(), tcgetattr(opened, &settings) == 0 else {
            close(opened)
            throw ProgramFailure(number: ENOTTY)
        }
        descriptor = opened
        self.foreground = foreground
        self.settings = settings
    }

    /// What the program finds.
    var descriptors: [ProgramStart.Descriptor] {
        [.terminal(of: descriptor, at: 0), .copy(of: descriptor, at: 2)]
    }

    /// Makes this process the terminal's again, and the terminal what it was: the program may have ended while it hid what is
    /// typed.
    func takeBack() {
        // From the background this would stop us.
        var (ours, before) = (sigset_t(), sigset_t())
        sigemptyset(&ours)
        sigaddset(&ours, SIGTTOU)
        pthread_sigmask(SIG_BLOCK, &ours, &before)
        tcsetpgrp(descriptor, foreground)
        var settings = settings
        tcsetattr(descriptor, TCSADRAIN, &settings)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        close(descriptor)
    }
}
