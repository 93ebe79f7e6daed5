// SPDX-License-Identifier: Apache-2.0
internal import Runbook
internal import Synchronization

/// Which lines of the runbooks ran, over all tests.
public final class CoverageBook: Sendable {
    /// One file's lines.
    public struct File: Sendable {
        /// The file's absolute path.
        public var path: String
        /// How often each line ran that can, by its number.
        public var lines: [Int: Int]

        /// How many lines ran.
        public var covered: Int { lines.values.count { $0 > 0 } }
        /// The lines that did not run, in order.
        public var missed: [Int] { lines.filter { $0.value == 0 }.keys.sorted() }
        /// The share that ran, in percent; 100 where there is nothing to run.
        public var percent: Double { lines.isEmpty ? 100 : Double(covered) * 100 / Double(lines.count) }
    }

    private let known = Mutex<[String: [Int: Int]]>([:])

    /// Makes an empty book.
    public init() {}

    /// The files in order of their paths.
    public var files: [File] {
        known.withLock { $0.map { File(path: $0.key, lines: $0.value) } }.sorted { $0.path < $1.path }
    }

    /// Takes what a run of a runbook counted, in it and in the modules that lie beside it.
    func sink(for path: String) -> any CoverageSink { Sink(book: self, path: path) }

    private func add(_ path: String, _ lines: [Int: Int]) {
        known.withLock { known in
            known[path, default: [:]].merge(lines) { (old, new) in
                let (sum, overflow) = old.addingReportingOverflow(new)
                return overflow ? Int.max : sum
            }
        }
    }

    private struct Sink: CoverageSink {
        let book: CoverageBook
        let path: String

        func take(_ lines: [String: [Int: Int]]) {
            let slash = path.lastIndex(of: "/") ?? path.startIndex
            for (name, counts) in lines {
                // A script may give a chunk any name: only files that are there and lie below the runbook's folder count.
                let place = String(path[..<slash]) + "/" + name
                guard !name.hasPrefix("pvelua/"), let real = TestFile.real(place), real == place,
                    let source = try? FileReader.read(path: place, maximum: Chunk.maximumSize)
                else { continue }
                book.add(place, SourceLines(source).countable(counts))
            }
        }
    }
}

/// Which lines of a source say anything by themselves.
struct SourceLines {
    private let lines: [ArraySlice<UInt8>]

    init(_ source: [UInt8]) {
        lines = source.split(separator: 0x0a, omittingEmptySubsequences: false)
    }

    /// The counts without those of lines that only end something: Lua runs an `end` for the return that nobody wrote.
    func countable(_ counts: [Int: Int]) -> [Int: Int] {
        counts.filter { number, _ in
            guard number > 0, number <= lines.count else { return false }
            let words = lines[number - 1].split { byte in
                !(byte == UInt8(ascii: "_") || (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
                    || (0x61...0x7a).contains(byte) || byte >= 0x80)
            }
            return !words.allSatisfy { $0.elementsEqual("end".utf8) || $0.elementsEqual("else".utf8) }
        }
    }
}
