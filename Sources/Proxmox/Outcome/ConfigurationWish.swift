// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model

/// What a call wants a guest's configuration to be.
public struct ConfigurationWish: Hashable, Sendable {
    /// Options by name, as text.
    public var set: [String: String] = [:]
    /// Options that shall not be there.
    public var deleted: Set<String> = []

    /// Nothing.
    public init() {}

    /// Reads the wish off a call that changes a configuration.
    public init(_ call: APICall) {
        for parameter in call.parameters {
            switch parameter.name {
            case "digest", "force", "skiplock", "revert", "background_delay": continue
            case "delete":
                let words = parameter.value.texts.flatMap { text in
                    text.unicodeScalars.split { ",;\0".unicodeScalars.contains($0) || $0.properties.isWhitespace }
                }
                deleted.formUnion(words.map(String.init))
            default: set[parameter.name] = parameter.value.texts.first ?? ""
            }
        }
    }

    var names: String { (set.keys.sorted() + deleted.sorted().map { "without \($0)" }).joined(separator: ", ") }

    /// Whether a configuration is as wished.
    ///
    /// Proxmox writes many values anew in its own words: a new disk becomes a volume, a card gets an address, a password is
    /// masked. Such an option counts where it has changed at all.
    func holds(_ now: GuestFacts, since before: GuestFacts?) -> Bool {
        deleted.allSatisfy { now.config[$0] == nil || now.config[$0] != before?.config[$0] }
            && set.allSatisfy { name, wanted in
                guard let value = now.config[name]?.perlText else { return wanted.isEmpty || Self.isSecret(name) }
                if Self.isSecret(name) || Self.words(value) == Self.words(wanted) { return true }
                return before.map { $0.config[name]?.perlText != value } ?? Self.isRewritten(name)
            }
    }

    private static func isSecret(_ name: String) -> Bool { name.contains("password") }

    /// Whether the server completes what it is given.
    private static func isRewritten(_ name: String) -> Bool {
        GuestDisks.disk(name, "", .qemu) != nil || GuestDisks.disk(name, "", .lxc) != nil || name.hasPrefix("net")
    }

    /// The parts of a value whose order does not matter.
    private static func words(_ text: String) -> [String] {
        text.split { ",; \n".contains($0) }.map(String.init).sorted()
    }
}

/// What a call wants a disk to be.
public struct DiskWish: Hashable, Sendable {
    /// The disk's key in the configuration.
    public var key: String
    /// How large it shall be.
    public var size: DiskSize?
    /// The storage it shall be on.
    public var storage: String?

    /// Makes a wish, or nothing where no disk is named.
    init?(_ key: String?, size: String? = nil, storage: String? = nil) {
        guard let key else { return nil }
        self.key = key
        self.size = size.flatMap(DiskSize.init)
        self.storage = storage
    }

    private func disk(_ facts: GuestFacts) -> GuestDisk? {
        facts.config[key]?.perlText.flatMap { GuestDisks.disk(key, $0, facts.kind) }
    }

    /// Whether the disk has at least that size; how much a growth came to only shows beside what was before.
    func isGrown(_ now: GuestFacts, since before: GuestFacts?) -> Bool {
        guard let size, let present = disk(now)?.size else { return true }
        guard size.isGrowth else { return present >= size.bytes }
        guard let before, let old = disk(before)?.size else { return false }
        return present > old && present - old >= size.bytes
    }

    /// Whether the disk's volume is on that storage.
    func isMoved(_ now: GuestFacts) -> Bool {
        guard let storage else { return true }
        return disk(now)?.storage?.rawValue == storage && now.lock != "disk"
    }
}
