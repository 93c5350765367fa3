import Foundation
import Testing

/// A target imports only targets to its left, and in the core a folder uses only types of folders to its left.
@Suite struct LayeringTests {
  private static let sources = URL(filePath: #filePath).appending(path: "../../../../Sources").standardized

  @Test func targetsImportInOneDirection() throws {
    let sources = try SwiftSource.all(below: LayeringTests.sources)
    #expect(sources.count > 100)
    #expect(Layers.wrongImports(in: sources) == [])
  }

  @Test func foldersOfTheCoreUseOnlyWhatIsToTheirLeft() throws {
    let core = try SwiftSource.all(below: LayeringTests.sources.appending(path: "TesseraCore"))
    #expect(core.count > 50)
    #expect(Layers.wrongUses(in: core) == [])
  }

  @Test(arguments: [
    ("TesseraCore/A.swift", "import TesseraServer", "TesseraServer"),
    ("TesseraCore/A.swift", "package import TesseraHTTP", "TesseraHTTP"),
    ("TesseraCore/A.swift", "#if os(Linux)\n  import NIOCore\n#endif", "NIOCore"),
    ("TesseraSupport/A.swift", "import AsyncHTTPClient", "AsyncHTTPClient"),
    ("TesseraSQLite/A.swift", "@testable import TesseraHTTP", "TesseraHTTP"),
    ("TesseraGuard/Offline/A.swift", "import struct TesseraCore.Client", "TesseraCore"),
    ("TesseraClient/A.swift", "public import TesseraGuard", "TesseraGuard"),
  ])
  func anImportAgainstTheDirectionIsFound(path: String, text: String, module: String) {
    #expect(Layers.wrongImports(in: [SwiftSource(path: path, text)]) == ["\(path) imports \(module)"])
  }

  @Test func aTargetWithoutAPlaceIsFound() {
    let source = SwiftSource(path: "TesseraMore/A.swift", "import TesseraCore")
    #expect(Layers.wrongImports(in: [source]) == ["TesseraMore/A.swift is in a target without a place"])
  }

  @Test(arguments: [
    ("TesseraServer/A.swift", "import NIOCore\nimport TesseraCore\nimport TesseraHTTP"),
    ("TesseraCore/A.swift", "// import TesseraHTTP\nimport Logging\npackage import TesseraJOSE"),
    (
      "TesseraCore/A.swift", "/* import TesseraHTTP\nimport TesseraServer */ let text = \"import TesseraCLI\""
    ),
  ])
  func anImportInTheDirectionIsNot(path: String, text: String) {
    #expect(Layers.wrongImports(in: [SwiftSource(path: path, text)]) == [])
  }

  private static func uses(_ text: String, of declaration: String) -> [String] {
    Layers.wrongUses(in: [
      SwiftSource(path: "Keys/Left.swift", text), SwiftSource(path: "Endpoints/Right.swift", declaration),
    ])
  }

  @Test(arguments: [
    "struct Left { let right: Right? }", "extension Right {}", "let left = [Right.self]",
    "// a comment\nfunc left() -> [String: Right] { [:] }",
  ])
  func aUseOfWhatIsToTheRightIsFound(text: String) {
    for declaration in [
      "struct Right {}", "package final class Right: Sendable {}", "package protocol Right {}",
      "@frozen enum Right {}", "typealias Right = Int",
      "struct Other {}\n\npackage struct Right: ~Copyable {}",
    ] {
      #expect(LayeringTests.uses(text, of: declaration) == ["Keys/Left.swift uses Right"])
    }
  }

  @Test(arguments: [
    ("// Right", "struct Right {}"), ("let text = \"Right\"", "struct Right {}"),
    ("let text = #\"a \"Right\" text\"#", "struct Right {}"),
    ("let text = \"\"\"\n  Right \"Right\"\n  \"\"\"", "struct Right {}"),
    ("/// A `Right`.\nstruct Left {}", "struct Right {}"),
    ("struct Left { let isRight: Bool }", "struct Right {}"), ("struct Right {}", "struct Right {}"),
    ("let right: Right", "private struct Right {}"),
    ("let right: Right", "struct Other {\n  struct Right {}\n}"),
    ("struct Left {}", "struct Right { let left: Left }"),
  ])
  func whatIsNoUseIsNot(text: String, declaration: String) {
    #expect(LayeringTests.uses(text, of: declaration) == [])
  }

  @Test func aFolderWithoutAPlaceIsFound() {
    let source = SwiftSource(path: "Elsewhere/A.swift", "struct A {}")
    #expect(Layers.wrongUses(in: [source]) == ["Elsewhere/A.swift is in a folder without a place"])
  }
}
