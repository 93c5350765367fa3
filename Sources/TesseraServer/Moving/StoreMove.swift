package import TesseraCore

/// The move of everything that a store has into another, which is empty.
package struct StoreMove: Sendable {
  /// What came of it.
  package struct Outcome: Sendable {
    /// What was copied, and was the same when it was read back.
    package let records: [RecordTally]
    /// What an operator has to do about the master key, which is in no store; nil when it is in its place.
    package let keyAdvice: String?
  }

  private let source: StorePlace
  private let target: StorePlace

  package init(from source: StorePlace, to target: StorePlace) {
    self.source = source
    self.target = target
  }

  /// Moves it; `progress` hears of each batch.
  package func run(
    progress: @escaping @Sendable (StoreCopy.Progress) -> Void
  ) async throws(StoreMoveError) -> Outcome {
    try await BlockingWork.run { () throws(StoreMoveError) in try copy(progress) }
  }

  private func copy(
    _ progress: @escaping (StoreCopy.Progress) -> Void
  ) throws(StoreMoveError) -> Outcome {
    let snapshot = try openSource()
    let state = try serverState(of: snapshot)
    let writer = try target.openToFill()
    let keyAdvice = try keyAdvice(state)
    do throws(StoreCopyError) {
      let records = try StoreCopy(from: snapshot, to: writer, progress: progress).run()
      return Outcome(records: records, keyAdvice: keyAdvice)
    } catch {
      throw StoreMoveError(error, from: source.name, to: target.name)
    }
  }

  private func openSource() throws(StoreMoveError) -> any StoreSnapshot {
    do throws(DataDirectoryError) {
      if let layout = source.layout {
        guard try layout.exists else { throw .noData(path: layout.path) }
        try layout.check(source.files)
      }
    } catch {
      throw .failed(error.description)
    }
    if let path = source.layout?.path, ServerRecord.read(in: path)?.isRunning ?? false {
      throw .conflict("a server runs on \(path); stop it, and run this again")
    }
    do throws(StoreOpeningError) {
      return try source.snapshot()
    } catch {
      switch error {
      case .absent: throw .noData(source.name)
      case .unreachable(let text), .failed(let text): throw .failed(text)
      }
    }
  }

  /// What tells which the master key of the source is.
  private func serverState(of snapshot: any StoreSnapshot) throws(StoreMoveError) -> ServerState {
    let record: StoreRecord?
    do throws(StoreError) {
      record = try snapshot.records(of: .serverState, after: nil, limit: 1).first
    } catch {
      throw StoreMoveError(.source(error), from: source.name, to: target.name)
    }
    guard let state = record.flatMap({ ServerState($0) }) else { throw .noData(source.name) }
    return state
  }

  /// What is left to do; throws when the data directory of the target has another key.
  private func keyAdvice(_ state: ServerState) throws(StoreMoveError) -> String? {
    let known = source.layout.map(\.keyFile).flatMap { $0.exists ? $0.path : nil }
    guard let layout = target.layout else {
      return known.map { "servers on \(target.name) need the master key of the source, \($0)" }
    }
    guard layout.keyFile.exists else {
      return "copy \(known ?? "the master key of the source") to \(layout.keyFile.path)"
    }
    let key: MasterKey
    do throws(MasterKeyFileError) {
      key = try layout.keyFile.read()
    } catch {
      throw .failed(error.description)
    }
    guard state.isProtected(by: key) else {
      throw .conflict(
        "\(layout.keyFile.path) is not the master key of \(source.name); put that in its place, or name another folder"
      )
    }
    return nil
  }
}
