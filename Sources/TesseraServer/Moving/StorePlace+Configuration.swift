package import TesseraCore

extension StorePlace {
  /// The store of a configuration.
  package init(of configuration: ServerConfiguration, openers: [StoreOpener] = .all) throws(StoreMoveError) {
    let folder = configuration.dataDirectory
    guard let url = configuration.store ?? openers.embeddedStore(in: folder),
      let opener = openers.opener(of: url), let mover = opener.mover
    else { throw .usage("this kind of store has no backups; correct 'store' in the configuration") }
    let isEmbedded = opener.fileName != nil
    self.init(
      name: (isEmbedded ? folder : "\(url.scheme):\(opener.shown(url.location) ?? "")").printable,
      location: url.location,
      mover: mover,
      files: opener.files(url.location),
      layout: isEmbedded ? DataDirectoryLayout(path: NewFile.folder(of: url.location)) : nil,
      password: configuration.storePassword
    )
  }

  /// The store as it is now, which has been initialised.
  func openToBackUp() throws(StoreMoveError) -> any StoreSnapshot {
    do throws(DataDirectoryError) {
      if let layout {
        guard try layout.exists else { throw .noData(path: layout.path) }
        try layout.check(files)
      }
    } catch {
      throw .failed(error.description)
    }
    let snapshot: any StoreSnapshot = try opening { () throws(StoreOpeningError) in try self.snapshot() }
    do throws(StoreError) {
      guard try snapshot.count(of: .serverState) > 0 else {
        throw StoreError.notFound("it is not initialised")
      }
    } catch {
      throw .failed("cannot read \(name): \(error)")
    }
    return snapshot
  }

  /// The store to be filled, which is made where there is none.
  func openToFill() throws(StoreMoveError) -> any StoreWriter {
    do throws(DataDirectoryError) {
      if let layout {
        try layout.makeFolder()
        try layout.check(files)
      }
    } catch {
      throw .failed(error.description)
    }
    return try opening { () throws(StoreOpeningError) in try self.writer() }
  }

  private func opening<Store>(
    _ open: () throws(StoreOpeningError) -> Store
  ) throws(StoreMoveError) -> Store {
    do throws(StoreOpeningError) {
      return try open()
    } catch {
      switch error {
      case .absent: throw .failed(DataDirectoryError.noData(path: name).description)
      case .unreachable(let text), .failed(let text): throw .failed(text)
      }
    }
  }
}
