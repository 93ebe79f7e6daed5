// SPDX-License-Identifier: Apache-2.0
internal import Configuration
internal import Glibc
internal import Model
internal import Templates

/// Finds the user's templates of guests on disk.
enum TemplateFiles {
    private static let maximumSize = 1 << 20
    private static let mostFiles = 500

    /// The files `*.yaml` of a folder, ordered by name; none where the folder is missing.
    ///
    /// - Throws: ``Failure`` of kind `config` where one cannot be read, or somebody else could have written it.
    static func load(_ folder: String) throws(Failure) -> [TemplateShelf.File] {
        guard let directory = opendir(folder) else {
            guard errno == ENOENT || errno == ENOTDIR else {
                throw Failure(.config, "\(folder): \(String(cString: strerror(errno)))")
            }
            return []
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".yaml"), !name.hasPrefix(".") { names.append(name) }
        }
        guard names.count <= mostFiles else { throw Failure(.config, "\(folder): more than \(mostFiles) templates") }
        var files: [TemplateShelf.File] = []
        for name in names.sorted() {
            let path = "\(folder)/\(name)"
            guard let bytes = try FileContent.read(path, most: maximumSize) else { continue }
            files.append(TemplateShelf.File(name: String(name.dropLast(5)), path: path, bytes: bytes))
        }
        return files
    }
}
