// SPDX-License-Identifier: Apache-2.0
public import JSON
public import Model

/// What one identity may do where, as `GET /access/permissions` tells it.
///
/// The answer lists the tops of the tree, every path with an entry of its own and every member of a pool. A privilege that is
/// listed is held there, whatever its number; the number only says whether it reaches below (pve-facts §2).
public struct Permissions: Hashable, Sendable {
    /// For each path the privileges, each with whether it reaches below.
    public let entries: [ACLPath: [Privilege: Bool]]

    /// Takes what is known.
    public init(_ entries: [ACLPath: [Privilege: Bool]]) { self.entries = entries }

    /// Reads an answer, or nil where it is no map of maps.
    public init?(_ answer: JSONValue) {
        // Perl writes an empty map as a list where it cannot know better.
        if let list = answer.array, list.isEmpty {
            entries = [:]
            return
        }
        guard let paths = answer.object else { return nil }
        var entries: [ACLPath: [Privilege: Bool]] = [:]
        for (path, value) in paths.members {
            guard let privileges = value.object else { return nil }
            for (name, flag) in privileges.members {
                entries[ACLPath(path), default: [:]][Privilege(name)] = flag.perlBool
            }
        }
        self.entries = entries
    }

    /// Whether there is no privilege anywhere.
    public var isEmpty: Bool { entries.allSatisfy { $0.value.isEmpty } }

    /// Whether any of the privileges is held at the path, by an entry there, one above, or one of a pool.
    ///
    /// - Parameter pool: The pool the guest or storage is in, for servers that do not list members.
    public func holds(_ anyOf: [Privilege], at path: ACLPath, pool: String? = nil) -> Bool {
        let held = privileges(at: path)
        if anyOf.contains(where: { held[$0] != nil }) { return true }
        guard let pool else { return false }
        let lent = privileges(at: .pool(pool))
        return anyOf.contains { lent[$0] != nil }
    }

    /// The privileges at a path, each with whether it reaches below.
    ///
    /// Entries on a deeper path hide those above it. A path that is not listed has what the nearest one above passes on; one
    /// that passes on nothing hides nothing (PVE::AccessControl::roles).
    public func privileges(at path: ACLPath) -> [Privilege: Bool] {
        if let own = entries[path] { return own }
        var above = path.parent
        while let current = above {
            let passed = entries[current]?.filter(\.value) ?? [:]
            if !passed.isEmpty { return passed }
            above = current.parent
        }
        return [:]
    }

    /// The needs that are not met; those with a condition are left out, for the condition may not hold.
    ///
    /// - Parameters:
    ///   - values: What stands in the gaps of paths: `vmid`, `node`, `storage`. A gap without a value asks for the whole branch.
    ///   - pool: The pool the guest is in.
    public func missing(
        for needs: [PrivilegeNeed], values: [String: String] = [:], pool: String? = nil
    ) -> [PrivilegeNeed] {
        needs.compactMap { need in
            guard need.condition == nil else { return nil }
            var asked = need
            asked.path = need.path.filled(values)
            if asked.path.hasGap { return reach(of: need) == .everywhere(except: []) ? nil : asked }
            return holds(need.anyOf, at: asked.path, pool: pool) ? nil : asked
        }
    }
}

extension Permissions {
    /// Where a need is met.
    public enum Reach: Hashable, Sendable {
        /// On every path of the need's form, but for these.
        case everywhere(except: [ACLPath])
        /// On these paths only: pools stand for their members.
        case only([ACLPath])
        /// Nowhere.
        case nowhere
    }

    /// Where a need is met, over all paths of its form.
    public func reach(of need: PrivilegeNeed) -> Reach {
        func isMet(_ held: [Privilege: Bool]) -> Bool { need.anyOf.contains { held[$0] != nil } }
        guard need.path.hasGap else {
            return isMet(privileges(at: need.path)) ? .everywhere(except: []) : .nowhere
        }
        let listed = entries.keys.filter(need.path.matches).sorted()
        let branch = privileges(at: need.path.branch).filter(\.value)
        if isMet(branch) { return .everywhere(except: listed.filter { !isMet(entries[$0] ?? [:]) }) }
        let isPooled = [ACLPath.guests, ACLPath("/storage")].contains(need.path.branch)
        let pools = entries.keys.filter { path in
            isPooled && path.segments.first == "pool" && path.segments.count > 1
                && isMet((entries[path] ?? [:]).filter(\.value))
        }.sorted()
        let found = pools + listed.filter { isMet(entries[$0] ?? [:]) }
        return found.isEmpty ? .nowhere : .only(found)
    }
}
