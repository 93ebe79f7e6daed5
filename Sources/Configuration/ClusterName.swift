// SPDX-License-Identifier: Apache-2.0
internal import Model

/// What a cluster may be called.
public enum ClusterName {
    /// The longest name: files are named after it.
    static let longest = 64

    /// What is wrong with a name, or nil where nothing is.
    public static func fault(_ name: String) -> String? {
        let isProper = name.utf8.allSatisfy { $0.isASCIIAlphanumeric || "-_.".utf8.contains($0) }
        guard !name.isEmpty, isProper else {
            return "a cluster's name is made of letters, digits, `-`, `_` and `.`"
        }
        guard name.utf8.count <= longest else { return "a cluster's name has at most \(longest) characters" }
        return name == "demo" ? "`demo` is the cluster that is built in; choose another name" : nil
    }
}
