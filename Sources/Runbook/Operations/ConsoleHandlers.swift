// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// The addresses of consoles in Proxmox's web interface; they hold no ticket, so whoever opens one must log in there.
enum ConsoleHandlers {
    static let all: [String: OperationHandlers.Handler] = [
        "console": console,
        "node_console": nodeConsole,
    ]

    static func console(_ call: OperationCall) async throws(Failure) -> JSONValue {
        let vmid = try call.arguments.guest()
        let request = try APICall.get("nodes", "localhost", "qemu", vmid.description, "status", "current")
        let guest = try await call.gate.read(request) { _ throws(Failure) in try await call.gate.resolve(vmid) }
        let isMachine = guest.kind == .qemu
        let viewer = call.arguments.options().text("viewer") ?? (isMachine ? "novnc" : "xtermjs")
        var object = try address(
            call,
            [
                ("console", isMachine ? "kvm" : "lxc"), (viewer, "1"), ("vmid", vmid.description),
                ("vmname", guest.name),
                ("node", guest.node.rawValue),
            ] + (viewer == "novnc" ? [("resize", "off")] : []) + [("cmd", "")])
        object["vmid"] = JSONValue(vmid.rawValue)
        object["node"] = .string(guest.node.rawValue)
        if isMachine, viewer == "xtermjs", !guest.config.keys.contains(where: { $0.hasPrefix("serial") }) {
            throw .parameter(
                "options.viewer", "xtermjs shows a serial port, and guest \(vmid) has none", hint: "take novnc")
        }
        return .object(object)
    }

    static func nodeConsole(_ call: OperationCall) async throws(Failure) -> JSONValue {
        guard let node = call.arguments.node() else { throw .parameter("node", "must be a node name") }
        try await call.checkNode(node)
        var object = try address(
            call,
            [
                ("console", "shell"), ("xtermjs", "1"), ("vmid", "0"), ("vmname", ""), ("node", node.rawValue),
                ("cmd", ""),
            ])
        object["node"] = .string(node.rawValue)
        return .object(object)
    }

    private static func address(_ call: OperationCall, _ query: [(String, String)]) throws(Failure) -> JSONObject {
        // Whichever member is asked, it forwards the console of every node.
        guard let host = call.environment.client.webAddress else {
            throw Failure(
                .unsupported,
                "cluster \(call.environment.clusterName) is not reached over the network, so it has no address",
                hint: "a cluster of the configuration, with hosts, has consoles")
        }
        let text = query.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }.joined(
            separator: "&")
        return JSONObject([
            ("url", .string("\(host)/?\(text)")),
            ("needs", "open it in a browser that is logged in to Proxmox; VM.Console or Sys.Console is needed there"),
        ])
    }
}
