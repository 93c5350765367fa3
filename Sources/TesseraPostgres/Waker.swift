import CLibPQ

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Wakes a thread that waits for a connection.
final class Waker: Sendable {
  /// The two ends of a pipe; -1 when the system had none left, and then waiting ends by its time only.
  private let ends: (read: Int32, write: Int32)

  init() {
    var descriptors: [Int32] = [-1, -1]
    let isMade = pipe(&descriptors) == 0
    ends = isMade ? (descriptors[0], descriptors[1]) : (-1, -1)
    for end in descriptors where isMade { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
  }

  deinit {
    if ends.read >= 0 { close(ends.read) }
    if ends.write >= 0 { close(ends.write) }
  }

  /// Makes this wait and all later ones end at once.
  func wake() {
    _ = write(ends.write, [1], 1)
  }

  /// Waits until something comes on the connection, or `wake` is called: then true.
  ///
  /// Blocks.
  @discardableResult
  func wait(for connection: Connection?, milliseconds: Int64) -> Bool {
    var polled = [
      pollfd(fd: ends.read, events: Int16(POLLIN), revents: 0),
      pollfd(fd: connection.map { PQsocket($0.handle) } ?? -1, events: Int16(POLLIN), revents: 0),
    ]
    return poll(&polled, 2, Int32(clamping: milliseconds)) != 0
  }
}
