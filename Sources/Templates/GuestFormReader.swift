// SPDX-License-Identifier: Apache-2.0
internal import JSON
internal import Model
internal import YAML

/// Reads a guest out of a mapping, key by key.
struct GuestFormReader {
    let kind: GuestKind

    static func read(_ root: YAMLNode) throws(YAMLError) -> GuestForm {
        let kind = try Self.kind(root)
        return try GuestFormReader(kind: kind).form(root)
    }

    /// What a mapping says it describes; nothing said is a virtual machine.
    static func kind(_ root: YAMLNode) throws(YAMLError) -> GuestKind {
        guard case .mapping = root.kind, let node = root["kind"] else { return .qemu }
        return GuestKind(rawValue: try node.word(of: GuestKind.allCases.map(\.rawValue))) ?? .qemu
    }

    private func form(_ root: YAMLNode) throws(YAMLError) -> GuestForm {
        let reader = try YAMLReader(
            root, of: kind == .qemu ? "a virtual machine" : "a container", keys: GuestKeys.ofFiles + GuestKeys.of(kind),
            explanations: GuestKeys.explanations(kind, isFile: root.line > 0))
        if let version = reader.optional("version") { _ = try version.integer(in: 1...1) }
        if let summary = reader.optional("summary") { _ = try summary.plainText() }
        var form = GuestForm(kind: kind)
        form.name = try reader.placed("name") { (node) throws(YAMLError) in try node.plainText() }
        form.memory = try reader.placed("memory") { (node) throws(YAMLError) in try node.memory(from: 16) }
        form.starts = try reader.optional("start")?.boolean() ?? false
        for scalar in GuestKeys.scalars {
            guard let node = reader.optional(scalar.key), !node.isNull else { continue }
            form.options.append((scalar.parameter, try scalar.read(node)))
        }
        form.disks = try disks(reader.optional("disks"))
        form.cards = try cards(reader.optional("network"))
        if kind == .qemu {
            try readMachine(reader, &form)
        } else {
            form.image = try reader.placed("image") { (node) throws(YAMLError) in try node.volume() }
            guard form.image != nil else {
                throw root.error("a container needs the key `image`, such as local:vztmpl/…")
            }
            guard !form.disks.isEmpty else { throw root.error("a container needs the key `disks`: at least its root") }
        }
        return form
    }

    private func readMachine(_ reader: YAMLReader, _ form: inout GuestForm) throws(YAMLError) {
        form.cdrom = try reader.placed("cdrom") { (node) throws(YAMLError) in try node.volume() }
        if let node = reader.optional("serial"), try node.boolean() { form.options.append(("serial0", "socket")) }
        let isSCSI = form.disks.contains { $0.key.hasPrefix("scsi") }
        if isSCSI, !form.options.contains(where: { $0.name == "scsihw" }) {
            form.options.append(("scsihw", "virtio-scsi-single"))
        }
        guard let node = reader.optional("cloud_init"), !node.isNull else { return }
        let cloud = try CloudInitReader.read(node)
        form.options += cloud.options
        form.cloudInitStorage = cloud.storage
    }

    // MARK: - Disks

    private func disks(_ node: YAMLNode?) throws(YAMLError) -> [GuestForm.DiskForm] {
        guard let node, !node.isNull else { return [] }
        var result: [GuestForm.DiskForm] = []
        var numbers: [String: Int] = [:]
        for element in try node.elements() {
            if kind == .qemu {
                result.append(try disk(element, &numbers))
            } else {
                result.append(try volume(element, number: result.count))
            }
        }
        return result
    }

    /// How many disks each bus has.
    private static let buses = ["scsi": 31, "virtio": 16, "sata": 6, "ide": 2]

    private func disk(_ node: YAMLNode, _ numbers: inout [String: Int]) throws(YAMLError) -> GuestForm.DiskForm {
        let reader = try YAMLReader(
            node, of: "a disk",
            keys: ["bus", "storage", "size", "import", "format", "cache", "discard", "ssd", "iothread", "backup"])
        let bus = try reader.optional("bus")?.word(of: Self.buses.keys.sorted()) ?? "scsi"
        let number = numbers[bus, default: 0]
        guard number < Self.buses[bus, default: 0] else { throw node.error("there are too many \(bus) disks") }
        numbers[bus] = number + 1
        var disk = GuestForm.DiskForm(
            key: "\(bus)\(number)", storage: try reader.storage(),
            size: try reader.placed("size") { (node) throws(YAMLError) in try node.size() },
            image: try reader.placed("import") { (node) throws(YAMLError) in try node.volume() })
        guard disk.size != nil || disk.image != nil else { throw node.error("a disk needs the key `size`") }
        if let format = try reader.optional("format")?.word(of: ["raw", "qcow2", "vmdk"]) {
            disk.options.append("format=\(format)")
        }
        if let cache = try reader.optional("cache")?.word(
            of: ["none", "writethrough", "writeback", "unsafe", "directsync"])
        {
            disk.options.append("cache=\(cache)")
        }
        if let discard = try reader.optional("discard")?.boolean() {
            disk.options.append("discard=\(discard ? "on" : "ignore")")
        }
        for key in ["ssd", "iothread", "backup"] {
            if let flag = try reader.optional(key)?.boolean() { disk.options.append("\(key)=\(flag ? 1 : 0)") }
        }
        return disk
    }

    /// The first is the root; the others are mounted somewhere below it.
    private func volume(_ node: YAMLNode, number: Int) throws(YAMLError) -> GuestForm.DiskForm {
        let reader = try YAMLReader(node, of: "a container's disk", keys: ["storage", "size", "path", "backup"])
        guard let size = try reader.placed("size", { (node) throws(YAMLError) in try node.size() }) else {
            throw node.error("a disk needs the key `size`")
        }
        var disk = GuestForm.DiskForm(
            key: number == 0 ? "rootfs" : "mp\(number - 1)", storage: try reader.storage(), size: size)
        let path = reader.optional("path")
        if number == 0 {
            if let path { throw path.error("the first disk is the root; the others have a path") }
        } else {
            guard let path else { throw node.error("a further disk needs the key `path`: where it is mounted") }
            let text = try path.optionText()
            guard text.hasPrefix("/"), !text.split(separator: "/").contains("..") else {
                throw path.error("`\(text)` is no absolute path")
            }
            disk.options.append("mp=\(text)")
        }
        if let flag = try reader.optional("backup")?.boolean() { disk.options.append("backup=\(flag ? 1 : 0)") }
        return disk
    }

    // MARK: - Network cards

    private func cards(_ node: YAMLNode?) throws(YAMLError) -> [GuestForm.CardForm] {
        guard let node, !node.isNull else { return [] }
        var result: [GuestForm.CardForm] = []
        for element in try node.elements() {
            guard result.count < 32 else { throw element.error("there are too many network cards") }
            result.append(try CardReader(kind: kind, number: result.count).read(element))
        }
        return result
    }
}

extension YAMLReader {
    /// A value with its place, where it is given.
    func placed<Value: Sendable>(
        _ key: String, _ read: (YAMLNode) throws(YAMLError) -> Value
    ) throws(YAMLError) -> Placed<Value>? {
        guard let node = optional(key), !node.isNull else { return nil }
        return Placed(try read(node), at: node)
    }

    /// The name of the storage, which must be given.
    func storage() throws(YAMLError) -> Placed<String> {
        let node = try required("storage")
        let name = try node.text()
        guard StorageID(name) != nil else { throw node.error("`\(name)` is no storage id") }
        return Placed(name, at: node)
    }
}

extension YAMLNode {
    /// The name of a volume.
    func volume() throws(YAMLError) -> String {
        let name = try optionText()
        guard VolumeID(name) != nil else { throw error("`\(name)` is no volume; it looks like local:iso/debian.iso") }
        return name
    }
}
