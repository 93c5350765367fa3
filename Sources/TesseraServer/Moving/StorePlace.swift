import Foundation
package import TesseraCore

/// One end of a move: a store, and the data directory that it is in, if it is in one.
package struct StorePlace: Sendable {
  /// What it is called in messages, without a password.
  package let name: String
  let location: String
  private let mover: StoreMover
  /// The files that the store is in.
  let files: [String]
  let layout: DataDirectoryLayout?
  /// The password of the store, where its URL has none.
  private let password: StorePassword?
  /// Whether it is of a kind that takes a password.
  package let takesPassword: Bool

  init(
    name: String,
    location: String,
    mover: StoreMover,
    files: [String],
    layout: DataDirectoryLayout?,
    password: StorePassword?
  ) {
    self.name = name
    self.location = location
    self.mover = mover
    self.files = files
    self.layout = layout
    self.password = password
    takesPassword = password != nil
  }

  /// What `sqlite:DIR` or another URL of a store names.
  ///
  /// `sqlite:` is followed by a data directory, or by the file of a database that is there. `option` is what gave it,
  /// `passwordFile` has the password of a kind of store that takes one.
  package init(
    _ text: String,
    option: String,
    passwordFile: String? = nil,
    openers: [StoreOpener] = .all
  ) throws(StoreMoveError) {
    let known = openers.filter { $0.mover != nil }.map(\.scheme)
    guard let url = StoreURL(text) else {
      // It may have a password in it.
      throw .usage("\(option) is no store; it is written sqlite:DIR or postgres://host/database")
    }
    guard let opener = openers.opener(of: url), let mover = opener.mover else {
      throw .usage("\(option) has to begin with one of \(known.map { "\($0):" }.joined(separator: ", "))")
    }
    guard !url.location.isEmpty else {
      throw .usage("\(option) names no place; it is written sqlite:DIR or postgres://host/database")
    }
    // What is wrong with a URL that is not shown, the store says itself.
    name = "\(url.scheme):\(opener.shown(url.location) ?? "")"
    self.mover = mover
    takesPassword = opener.takesPassword
    password = opener.takesPassword ? passwordFile.map { StorePasswordFile(path: $0).password } : nil
    if let fileName = opener.fileName {
      let isFile = StorePlace.isFile(url.location)
      layout = DataDirectoryLayout(path: isFile ? NewFile.folder(of: url.location) : url.location)
      location = isFile ? url.location : "\(url.location)/\(fileName)"
    } else {
      layout = nil
      location = url.location
    }
    files = opener.files(location)
  }

  func snapshot() throws(StoreOpeningError) -> any StoreSnapshot {
    try mover.snapshot(location, password: password)
  }

  func writer() throws(StoreOpeningError) -> any StoreWriter {
    try mover.writer(location, password: password)
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
