// SPDX-License-Identifier: Apache-2.0
// Lists the guests, starts one, waits for the task and makes sure that the guest runs.
import Glibc
import Proxmox

do {
    let words = CommandLine.arguments
    guard words.count == 5, let endpoint = HTTPEndpoint(words[1]), let vmid = Int(words[4]).flatMap(VMID.init),
        let secret = getenv("PVE_TOKEN_SECRET")
    else { throw Failure(.usage, "PVE_TOKEN_SECRET=… start-guest HOST[:PORT] CA-FILE USER@REALM!TOKEN VMID") }
    let client = ProxmoxClient(
        hosts: [ProxmoxHost(endpoint, settings: CurlSettings(trust: .authority(file: words[2])))],
        credential: try APIToken(id: words[3], secret: Secret(String(cString: secret))))
    for guest in try await client.resources(type: .vm) { print(guest.id, guest.name ?? "", guest.status ?? "unknown") }
    let guest = try await client.locate(vmid)
    let answer = try await client.send(APICall(.post, guest.path("status", "start")))
    if case .task(let upid) = try TaskReference(answer.data) { print(try await client.wait(for: upid).status.text) }
    print("guest \(vmid) is now \(try await client.verify(ExpectedEffect(.running), of: guest).observed)")
} catch {
    print("\(error)\n\(error.hint ?? "")")
    exit(1)
}
