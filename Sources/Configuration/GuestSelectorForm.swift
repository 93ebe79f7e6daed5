// SPDX-License-Identifier: Apache-2.0
internal import Model
internal import YAML

/// Which guests are meant: `{ tag: web, pool: [a, b], name: "web-*", vmid: [101], onboot: true }`.
enum GuestSelectorForm {
    static func read(_ node: YAMLNode) throws(YAMLError) -> GuestSelector {
        let reader = try YAMLReader(node, of: "a choice of guests", keys: ["tag", "pool", "name", "vmid", "onboot"])
        var selector = GuestSelector()
        selector.tags = try Globs.read(reader.optional("tag"))
        selector.pools = try Globs.read(reader.optional("pool"))
        selector.names = try Globs.read(reader.optional("name"))
        if let value = reader.optional("vmid") {
            let list = if case .sequence(let elements) = value.kind { elements } else { [value] }
            for element in list { selector.vmids.insert(try element.integer(in: VMID.range)) }
        }
        selector.onboot = try reader.optional("onboot")?.boolean()
        guard !selector.isEveryGuest else { throw node.error("the choice is empty: leave it out for all guests") }
        return selector
    }
}
