// SPDX-License-Identifier: Apache-2.0
internal import Glibc
internal import LuaBridge
internal import LuaSources
internal import Wire

/// The program `pvelua-worker`: a locked process that runs Lua and speaks frames on descriptor 3.
public enum WorkerProcess {
    /// How the process ends.
    enum Status: Int32 {
        /// The host closed the channel.
        case done = 0
        /// The kernel refused a part of the sandbox, or Lua did not open.
        case refused = 70
        /// The host sent something that is no frame, or a frame out of place.
        case garbled = 71
    }

    /// Reads the boot frame, locks the process and runs chunks until the host closes the channel.
    public static func run() -> Never {
        let channel = Channel(descriptor: 3)
        guard let boot = Boot(channel.next()) else { leave(.garbled) }
        guard let session = Session(boot, channel) else { refuse(channel, "not enough memory") }
        var sandbox = lb_sandbox()
        if let problem = lb_lock(boot.limits.memory, boot.hardSeconds, boot.hole, &sandbox) {
            refuse(channel, "the sandbox cannot be set up: \(String(cString: problem))")
        }
        if let selftest = boot.selftest {
            if selftest == "refuse" { refuse(channel, "the sandbox cannot be set up: refused for a test") }
            lb_try_forbidden(selftest)
        }
        if let problem = session.open(boot) { refuse(channel, "the Lua layer does not start: \(problem)") }
        channel.send(Frame(.ready, payload: ready(sandbox).encoded()))
        session.serve()
    }

    /// Ends the process at once.
    static func leave(_ status: Status) -> Never { _exit(status.rawValue) }

    private static func refuse(_ channel: Channel, _ message: String) -> Never {
        let report: PackedValue = ["message": PackedValue(message)]
        channel.send(Frame(.error, payload: report.encoded()))
        leave(.refused)
    }

    private static func ready(_ sandbox: lb_sandbox) -> PackedValue {
        [
            "lua": PackedValue(String(cString: lb_lua_version())),
            "sandbox": [
                "seccomp": .bool(true), "no_new_privs": .bool(true),
                "system_calls": .integer(Int64(sandbox.system_calls)), "proved": .integer(Int64(sandbox.proved)),
                "address_space": .integer(Int64(clamping: sandbox.address_space)),
                "cpu": .integer(Int64(clamping: sandbox.cpu)),
            ],
        ]
    }
}
