// SPDX-License-Identifier: Apache-2.0
internal import EmbeddedAssets
public import JSON
public import Model
internal import Text
internal import YAML

/// The templates that guests are made from: those that are shipped and the user's own, which go before.
public struct TemplateShelf: Sendable {
    /// A template file.
    public struct File: Sendable {
        /// The template's name: the file's, without `.yaml`.
        public var name: String
        /// The file, as errors name it.
        public var path: String
        /// Its text.
        public var bytes: [UInt8]

        /// Makes a file.
        public init(name: String, path: String, bytes: [UInt8]) {
            self.name = name
            self.path = path
            self.bytes = bytes
        }
    }

    private let own: @Sendable () throws(Failure) -> [File]

    /// Makes a shelf.
    ///
    /// - Parameter own: Reads the user's own files; called anew each time, so that a changed file counts.
    public init(own: @escaping @Sendable () throws(Failure) -> [File]) { self.own = own }

    /// The shipped templates alone.
    public static let shipped = TemplateShelf { [] }

    private static var shippedFiles: [File] {
        (0..<embedded_template_count()).map { index in
            let template = embedded_template(index)
            let name = String(cString: template.name)
            return File(
                name: name, path: "templates/\(name).yaml (shipped)",
                bytes: Array(UnsafeBufferPointer(start: template.file.bytes, count: template.file.count)))
        }
    }

    private func files() throws(Failure) -> [File] {
        let own = try own()
        let names = Set(own.map(\.name))
        return (own + Self.shippedFiles.filter { !names.contains($0.name) }).sorted { $0.name < $1.name }
    }

    /// What there is: name, kind, summary and file of each; of one that cannot be read the error.
    public func list() throws(Failure) -> [JSONObject] {
        try files().map { file in
            var row = JSONObject([("name", .string(file.name)), ("file", .string(file.path))])
            do throws(YAMLError) {
                let root = try Self.root(file)
                row["kind"] = .string(try GuestFormReader.kind(root).rawValue)
                if let summary = root["summary"] { row["summary"] = .string(try summary.plainText()) }
                _ = try GuestFormReader.read(root)
            } catch {
                row["error"] = .string(error.description)
            }
            return row
        }
    }

    /// One template as a table, with its name and file.
    public func show(_ name: String) throws(Failure) -> JSONObject {
        let file = try named(name)
        do throws(YAMLError) {
            let root = try Self.root(file)
            _ = try GuestFormReader.read(root)
            var table = root.json.object ?? JSONObject()
            table["name"] = .string(file.name)
            table["file"] = .string(file.path)
            return table
        } catch {
            throw error.failure()
        }
    }

    /// A guest by a template and a call's own wishes; without a template by the wishes alone.
    ///
    /// - Parameters:
    ///   - template: The template's name.
    ///   - wishes: What the call says; goes before what the template says.
    ///   - argument: The argument that the wishes came in, for errors.
    public func form(
        template: String?, wishes: JSONObject, argument: String
    ) throws(Failure) -> GuestForm {
        do throws(YAMLError) {
            let asked = YAMLNode(argument: .object(wishes), at: argument)
            guard let template else { return try GuestFormReader.read(asked) }
            let file = try file(template, argument)
            let root = try Self.root(file)
            // Read by itself first, so that what is wrong in the file is not hidden by a wish.
            _ = try GuestFormReader.read(root)
            return try GuestFormReader.read(root.overridden(by: asked))
        } catch {
            throw error.failure()
        }
    }

    private func file(_ name: String, _ argument: String) throws(YAMLError) -> File {
        do throws(Failure) {
            return try named(name)
        } catch {
            let text = error.hint.map { "\(error.message); \($0)" } ?? error.message
            throw YAMLError(file: "\(argument).template", line: 0, column: 0, message: text)
        }
    }

    private func named(_ name: String) throws(Failure) -> File {
        let files = try files()
        if let file = files.first(where: { $0.name == name }) { return file }
        let names = files.map(\.name)
        throw Failure(
            .notFound, "there is no template \(name)",
            hint: Spelling.suggestion(for: name, among: names) ?? "there are " + names.joined(separator: ", "))
    }

    private static func root(_ file: File) throws(YAMLError) -> YAMLNode {
        let root = try YAMLDocument(parsing: file.bytes, file: file.path).root
        guard case .mapping = root.kind else { throw root.error("a template is a mapping") }
        guard root["version"] != nil else { throw root.error("a template needs the key `version: 1`") }
        return root
    }
}
