import ArgumentParser
import Foundation
import TesseraCore
import TesseraServer

/// The files that declare what there is to be.
struct DeclarationFiles: ParsableArguments {
  @Option(
    name: [.customShort("f"), .customLong("file")],
    help: ArgumentHelp(
      "A YAML file, a folder of such files, or - for standard input; may be repeated.",
      valueName: "file"
    ),
    completion: .file(extensions: ["yaml", "yml"])
  )
  var paths: [String]

  /// What all of them declare.
  func read() throws -> Declaration {
    var declaration = Declaration()
    for path in try paths.flatMap(DeclarationFiles.files) {
      declaration.add(try DeclarationFiles.read(path))
    }
    return declaration
  }

  /// The files that a path stands for: those of a folder in the order of their names.
  private static func files(at path: String) throws -> [String] {
    var isFolder: ObjCBool = false
    guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder),
      isFolder.boolValue
    else { return [path] }
    let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
      .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
    guard !names.isEmpty else { throw CommandFailure("there is no file *.yaml or *.yml in \(path)") }
    return names.map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
  }

  private static func read(_ path: String) throws -> Declaration {
    let name = path == "-" ? "standard input" : path
    let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw CommandFailure("cannot read \(name): \(SystemError.last)") }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: path != "-")
    guard let data = try? handle.read(upToCount: DeclarationFile.maximumSize + 1) ?? Data() else {
      throw CommandFailure("cannot read \(name)")
    }
    return try DeclarationFile.parse(data, named: name)
  }
}

/// Whether what the files do not list goes.
struct Pruning: ParsableArguments {
  @Flag(
    name: .customLong("prune"),
    help: """
      Also remove the clients and retire the scopes and resources that are not listed, of each kind that the files do \
      list. (default: they are left alone)
      """
  )
  var isWanted = false
}
