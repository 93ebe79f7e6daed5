// SPDX-License-Identifier: Apache-2.0
internal import Glibc

/// The two signals that end the server.
public enum Signals {
    private static func set() -> sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        return set
    }

    /// Holds both signals back in this thread and all that it starts; call it before anything else.
    public static func block() {
        var set = set()
        pthread_sigmask(SIG_BLOCK, &set, nil)
        signal(SIGPIPE, SIG_IGN)
    }

    /// Waits for one of them in this thread.
    static func wait() {
        var set = set()
        var number: Int32 = 0
        sigwait(&set, &number)
    }
}
