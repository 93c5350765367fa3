/// What one request and one process may use up.
package struct HTTPLimits: Sendable {
  /// The most bytes of a request body.
  package var maximumBodySize = 16_384
  /// The most bytes of the request line's target, and of one header field.
  package var maximumFieldSize = 8192
  /// The most bytes of all header fields together.
  package var maximumHeaderSize = 16_384
  /// The most header fields.
  package var maximumHeaderCount = 100
  /// The most chunks of a chunked body.
  package var maximumChunkCount = 256
  /// The most bytes of what is around them: their sizes, extensions and the trailer.
  package var maximumChunkFraming = 8192
  /// The most connections at a time.
  ///
  /// For one above, the one is closed that has been idle for longest; where none is, it is told to come again later.
  package var maximumConnections = 10_000
  /// The most connections of one address, or of one /64 of IPv6; 0 for as many as of all together.
  package var maximumConnectionsPerAddress = 0
  /// The most TLS handshakes at a time.
  ///
  /// Half of them are for those whose client has not said hello. For one above, the oldest of its half is cut.
  package var maximumHandshakes = 1000
  /// From a connection to the end of its TLS handshake, and to the end of its PROXY header, in seconds.
  package var handshakeTimeout = 10
  /// The most requests that wait for the store at a time, of which one network gets a share.
  package var maximumWaiting = 2048
  /// From the first byte of a request to its answer, in seconds.
  package var requestTimeout = 10
  /// From one answer to the end of the next request on a connection that is kept open, in seconds.
  package var idleTimeout = 60
  /// After the last answer of a connection its peer gets this long to read it before the connection is cut, in seconds.
  package var lingerTime = 2
  /// How long requests in flight may take once the server stops, in seconds.
  package var drainTimeout = 30

  package init() {}
}
