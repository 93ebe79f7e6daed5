// SPDX-License-Identifier: Apache-2.0
internal import EmbeddedAssets
public import YAML

extension ClusterSeed {
    /// The cluster behind `--cluster demo`, which travels inside the program.
    public static func demo() -> ClusterSeed {
        let file = embedded_demo_cluster()
        let text = String(decoding: UnsafeBufferPointer(start: file.bytes, count: file.count), as: UTF8.self)
        // A test reads this very file, so the fallback is never seen.
        return (try? ClusterSeed(yaml: text, file: "demo.yaml")) ?? .generated(nodes: 3, guests: 8)
    }

    /// Reads a cluster from YAML, as `assets/clusters/demo.yaml` has it.
    ///
    /// - Throws: ``YAMLError`` that names the place of what is wrong.
    public init(yaml text: String, file: String) throws(YAMLError) {
        let document = try YAMLDocument(parsing: text, file: file)
        var reader = try SeedReader(document.root)
        self = try reader.seed()
    }
}
