// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import Proxmox

/// Turns guests of the overview into what scripts see; records with the same members share their names.
struct GuestRecords {
    /// Where in a row of the overview each of `shown` stands.
    private var places = NameMemo<[Int?]>()
    /// The names of a record by which members it has of those that not every guest has, as bits.
    private var names: [Int: [String]] = [:]

    private static let always = ["vmid", "name", "node", "kind", "status", "template", "tags"]
    private static let labels = ["pool", "lock", "hastate"]
    private static let capacities: Set = ["maxcpu", "maxmem", "maxdisk"]
    private static let figures = [
        "cpu", "maxcpu", "mem", "maxmem", "disk", "maxdisk", "uptime", "netin", "netout", "diskread", "diskwrite",
    ]
    private static let shown = labels + figures
    /// Which of `shown` still tell something of a guest whose node is away.
    private static let areLasting = shown.map { labels.contains($0) || capacities.contains($0) }
    private static let sometimes = shown + ["note", "last_status"]

    /// The records of those guests that are wanted, in their order.
    static func all(_ guests: consuming GuestList, where isWanted: (ListedGuest) -> Bool) -> JSONValue {
        var records = GuestRecords()
        var found: [JSONValue] = []
        found.reserveCapacity(guests.count)
        guests.forEachOnce { guest in
            if isWanted(guest) { found.append(records.record(of: guest)) }
        }
        return .array(found)
    }

    /// The record of one guest.
    mutating func record(of guest: ListedGuest) -> JSONValue {
        let row = guest.row
        var values: [JSONValue] = []
        values.reserveCapacity(Self.always.count + Self.shown.count)
        values.append(row.vmid.map { JSONValue($0.rawValue) } ?? .null)
        values.append(JSONValue(row.name))
        values.append(JSONValue(row.node?.rawValue))
        values.append(JSONValue(row.guest?.kind.rawValue))
        values.append(.string(guest.status))
        values.append(.bool(row.isTemplate))
        values.append(.array(row.tags.map(JSONValue.string)))
        var has = 0
        func add(_ value: JSONValue, _ number: Int) {
            values.append(value)
            has |= 1 << number
        }
        for (number, place) in places(in: row.members).enumerated() {
            guard let place, Self.areLasting[number] || !guest.isLost else { continue }
            let value = row.members.values[place]
            if number < Self.labels.count {
                if let text = value.perlText { add(.string(text), number) }
            } else if !value.isNull {
                add(value, number)
            }
        }
        if let note = guest.note { add(.string(note), Self.shown.count) }
        if let last = guest.lastStatus { add(.string(last), Self.shown.count + 1) }
        return .object(JSONObject(keys: names(has), values: values))
    }

    private mutating func places(in members: JSONObject) -> [Int?] {
        if let known = places[members] { return known }
        let found = Self.shown.map { members.keys.lastIndex(of: $0) }
        places[members] = found
        return found
    }

    private mutating func names(_ has: Int) -> [String] {
        if let known = names[has] { return known }
        let made = Self.always + Self.sometimes.enumerated().filter { has & 1 << $0.offset != 0 }.map(\.element)
        names[has] = made
        return made
    }
}
