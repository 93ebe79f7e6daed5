// SPDX-License-Identifier: Apache-2.0

/// What was worked out of the names of objects, kept for the next objects that share them.
///
/// The rows of a list share their names (``JSONObject``), so whatever depends on names only is worked out a few times for
/// fifty thousand rows.
///
/// Inlinable, since asking an unspecialised one for each row would take as long as working it out.
public struct NameMemo<Value> {
    /// The names stay alive here, so no others can come to lie at their place.
    @usableFromInline var known: [(names: [String], value: Value)] = []
    /// How many are kept: guests of a cluster differ in a few members only.
    @usableFromInline static var most: Int { 8 }

    /// Makes a memo that knows of no names.
    @inlinable public init() {}

    /// What is known of the names of the object; of many names only what was kept last.
    @inlinable public subscript(object: JSONObject) -> Value? {
        get {
            let place = Self.place(of: object.keys)
            var index = known.count - 1
            while index >= 0, Self.place(of: known[index].names) != place { index -= 1 }
            return index >= 0 ? known[index].value : nil
        }
        set {
            guard let newValue else { return }
            if known.count == Self.most { known.removeFirst() }
            known.append((object.keys, newValue))
        }
    }

    @inlinable static func place(of names: [String]) -> UnsafeRawPointer? { names.withUnsafeBytes(\.baseAddress) }
}
