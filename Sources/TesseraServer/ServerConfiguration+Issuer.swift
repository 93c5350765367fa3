import Logging

/// Which issuer is meant where none is configured.
extension ServerConfiguration {
  /// The issuer of a server that listens at this port.
  func issuer(listeningAt port: Int) -> String {
    issuer ?? ServerURL(scheme: scheme, host: http.hosts[0], port: port).reachable.text
  }

  /// Where this machine reaches a server of this configuration; nil when it listens only at a Unix socket.
  package var localURL: ServerURL? {
    guard http.listensAtAddresses else { return nil }
    return ServerURL(scheme: scheme, host: http.hosts[0], port: http.port).reachable
  }

  /// What its URLs begin with.
  var scheme: String { http.tls.isOn ? "https" : "http" }

  /// The issuer of the server on this data directory, as a command that runs beside it has to name it.
  ///
  /// A server that runs knows best: it may have been told otherwise on its own command line. Without one it is
  /// what the next would take by this configuration, and where that says nothing, what the last one took.
  package var issuerInUse: String {
    let last = isTrusted ? ServerRecord.read(in: dataDirectory) : nil
    if let last, last.isRunning { return last.record.issuer }
    let isSet = ["issuer", "http.host", "http.port", "http.tls.certificate"].contains { origins[$0] != nil }
    if isSet, issuer != nil || http.port != 0 { return issuer(listeningAt: http.port) }
    return last?.record.issuer ?? issuer(listeningAt: http.port)
  }

  /// Where this machine reaches the management listener of the server on this data directory; nil where there is none.
  ///
  /// A server that runs knows best here too.
  package var managementInUse: String? {
    let last = isTrusted ? ServerRecord.read(in: dataDirectory) : nil
    if let last, last.isRunning { return last.record.management }
    guard let port = management.port, port != 0 else { return nil }
    return management.url(port).text
  }

  /// Whether the data directory can be believed, since clients send their secrets where it says.
  ///
  /// Others must not be able to change it. Root believes a folder that somebody else may have laid out only when it was
  /// named.
  private var isTrusted: Bool {
    guard let folder = FileStatus(path: dataDirectory),
      FileTrust.current.danger(ofFolder: folder) == nil
    else { return false }
    return folder.owner == 0 || folder.owner == FileTrust.current.user || origins["data-dir"] != nil
  }

  /// Leaves the issuer where commands find it, and says what an operator must know about it.
  func announce(_ issuer: String, _ logger: Logger) -> ServerRecord.Lock? {
    if self.issuer == nil, http.isBehindTLSProxy || !http.listensAtAddresses {
      logger.warning(
        "issuer is not set, so clients are told a URL that only this machine can reach: set it to the URL they use",
        metadata: ["issuer": .string(issuer)]
      )
    }
    if let before = ServerRecord.read(in: dataDirectory)?.record.issuer, before != issuer {
      logger.warning(
        "the issuer has changed: tokens of the previous one are invalid",
        metadata: ["issuer": .string(issuer), "before": .string(before)]
      )
    }
    return write(ServerRecord(issuer: issuer), logger)
  }

  /// Leaves beside the issuer where the management listener is, which the system may have chosen.
  func announce(management url: ServerURL, of issuer: String, _ logger: Logger) -> ServerRecord.Lock? {
    write(ServerRecord(issuer: issuer, management: url.text), logger)
  }

  private func write(_ record: ServerRecord, _ logger: Logger) -> ServerRecord.Lock? {
    do throws(SystemError) {
      return try record.write(in: dataDirectory)
    } catch {
      logger.warning(
        "commands beside this server cannot find out its issuer",
        metadata: ["file": .string(ServerRecord.path(in: dataDirectory)), "detail": "\(error)"]
      )
      return nil
    }
  }

  /// Says what this configuration was made of and left out, where nobody asked for it.
  func announceSources(_ logger: Logger) {
    if let unnamedFile {
      logger.notice("using the configuration file in this folder", metadata: ["file": .string(unnamedFile)])
    }
    if !serviceLinks.isEmpty {
      logger.notice(
        "ignored variables that are Kubernetes' service links",
        metadata: ["variables": .string(serviceLinks.joined(separator: ","))]
      )
    }
  }
}
