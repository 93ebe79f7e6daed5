// SPDX-License-Identifier: Apache-2.0
import Foundation
import JSON
import Model
import Policy
import Simulator
import TestSupport
import Testing

/// The classifier against whole APIs: the simulator's and, where the reference is there, Proxmox's own.
struct ClassifiedEndpointTests {
    /// POSTs that change nothing, for history's sake.
    private static let looks: Set<String> = ["agent/ping", "agent/fsfreeze-status"]

    private func actions(_ method: String, _ path: String) -> Set<Action> {
        ActionClassifier.actions(method: method, path: path.split(separator: "/").map(String.init))
    }

    /// No write passes for a look, and no read for something that policy does not know.
    private func check(_ method: String, _ path: String) {
        let actions = actions(method, path)
        if method == "GET" {
            #expect(actions != [.unknown], "GET \(path)")
        } else if !Self.looks.contains(where: { path.hasSuffix($0) }) {
            #expect(actions.allSatisfy { !$0.isRead }, "\(method) \(path): \(actions)")
        }
        #expect(actions.isSubset(of: ActionClassifier.vocabulary))
    }

    @Test func everyCallOfTheSimulatorIsClassified() {
        let calls = SimulatedCluster.servedCalls
        #expect(calls.count > 100)
        for call in calls {
            for kind in ["qemu", "lxc"] {
                check(call.method, filledPath(call.path, kind: kind))
            }
        }
    }

    @Test func whatTheSimulatorChangesHasAName() {
        let unnamed = SimulatedCluster.servedCalls.filter {
            actions($0.method, filledPath($0.path, kind: "qemu")) == [.unknown]
        }.map { "\($0.method) \($0.path)" }
        #expect(unnamed == [])
    }

    @Test(arguments: [8, 9])
    func everyCallOfProxmoxIsClassifiedOrUnknown(version: Int) throws {
        guard let folder = Places.reference else {
            print("skipped: shared/reference is not there, so the official schema cannot be read")
            return
        }
        let text = try String(contentsOf: folder.appendingPathComponent("apidoc-\(version).json"), encoding: .utf8)
        var count = 0
        func walk(_ node: JSONValue) {
            if let path = node["path"]?.string {
                for (method, _) in node["info"]?.object?.members ?? [] {
                    count += 1
                    check(method, path.replacing(#/{[a-z]+}/#, with: "x"))
                }
            }
            for child in node["children"]?.array ?? [] { walk(child) }
        }
        for node in try JSONValue(parsing: text).array ?? [] { walk(node) }
        #expect(count > 600)
    }

    /// Each guest's, disk's, snapshot's and backup's endpoint of Proxmox has a name of its own; what has none is listed here.
    @Test func onlyTheseCallsAboutGuestsAreUnknown() throws {
        guard let folder = Places.reference else {
            print("skipped: shared/reference is not there, so the official schema cannot be read")
            return
        }
        let text = try String(contentsOf: folder.appendingPathComponent("apidoc-9.json"), encoding: .utf8)
        var unknown: [String] = []
        func walk(_ node: JSONValue) {
            let isOfGuests = ["qemu", "lxc"].contains { node["path"]?.string?.hasPrefix("/nodes/{node}/\($0)") == true }
            if isOfGuests, let path = node["path"]?.string {
                for (method, _) in node["info"]?.object?.members ?? []
                where actions(method, path.replacing(#/{[a-z]+}/#, with: "x")) == [.unknown] {
                    unknown.append("\(method) \(path.dropFirst("/nodes/{node}".count))")
                }
            }
            for child in node["children"]?.array ?? [] { walk(child) }
        }
        for node in try JSONValue(parsing: text).array ?? [] { walk(node) }
        #expect(
            unknown.sorted() == [
                "POST /lxc/{vmid}/mtunnel", "POST /qemu/{vmid}/agent", "POST /qemu/{vmid}/dbus-vmstate",
                "POST /qemu/{vmid}/mtunnel",
            ])
    }
}
