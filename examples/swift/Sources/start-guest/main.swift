// SPDX-License-Identifier: Apache-2.0
// Lists the guests, starts one, follows the task and tells what is true of the guest afterwards.
import Glibc
import Proxmox

do throws(Failure) {
    let words = CommandLine.arguments
    guard words.count == 5, let endpoint = HTTPEndpoint(words[1]), let vmid = Int(words[4]).flatMap(VMID.init),
        let secret = getenv("PVE_TOKEN_SECRET")
    else { throw Failure(.usage, "PVE_TOKEN_SECRET=… start-guest HOST[:PORT] CA-FILE USER@REALM!TOKEN VMID") }
    let client = ProxmoxClient(
        hosts: [ProxmoxHost(endpoint, settings: CurlSettings(trust: .authority(file: words[2])))],
        credential: try APIToken(id: words[3], secret: Secret(String(cString: secret))))
    for guest in try await client.resources(type: .vm) { print(guest.id, guest.name ?? "", guest.status ?? "unknown") }
    let guest = try await client.facts(of: vmid)
    let start = APICall(.post, try guest.reference.path("status", "start"))
    let result = try await client.make(ChangeRequest(start, before: guest))
    print("guest \(vmid) is now \(result.effect?.observed ?? "unknown")")
} catch {
    print("\(error)\n\(error.hint ?? "")")
    exit(1)
}
