import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A source of unpredictable bytes.
///
/// Tests bring their own.
package struct RandomSource: Sendable {
  private let draw: @Sendable (UnsafeMutableRawBufferPointer) -> Void

  /// A source that fills buffers by this function.
  package init(_ fill: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) {
    draw = fill
  }

  /// This many random bytes.
  package func bytes(count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count))
      initialized = count
    }
  }

  /// Overwrites the buffer with random bytes.
  package func fill(_ buffer: UnsafeMutableRawBufferPointer) {
    draw(buffer)
  }

  /// The operating system's generator.
  package static let system = pool()

  /// The same with a pool of its own, for one event loop.
  ///
  /// Small draws come from a pool of 4 KiB, because a system call for each would cost more than everything
  /// else in a token. What was handed out is wiped from the pool.
  package static func pool() -> RandomSource {
    let pool = RandomPool()
    return RandomSource { pool.fill($0) }
  }
}

private final class RandomPool: Sendable {
  private struct State {
    var bytes = [UInt8](repeating: 0, count: 4096)
    var position = 4096
  }

  private let state = Mutex(State())

  func fill(_ destination: UnsafeMutableRawBufferPointer) {
    guard destination.count <= 256 else { return RandomPool.fillFromSystem(destination) }
    state.withLock { state in
      if state.position + destination.count > state.bytes.count {
        state.bytes.withUnsafeMutableBytes(RandomPool.fillFromSystem)
        state.position = 0
      }
      let range = state.position..<state.position + destination.count
      state.bytes.withUnsafeMutableBytes { pool in
        destination.copyMemory(from: UnsafeRawBufferPointer(rebasing: pool[range]))
        for index in range { pool[index] = 0 }
      }
      state.position = range.upperBound
    }
  }

  /// Not by `SystemRandomNumberGenerator`, which is a system call for every eight bytes.
  private static func fillFromSystem(_ buffer: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc) || canImport(Musl)
      // As many as it gives at a time.
      for start in stride(from: 0, to: buffer.count, by: 256) {
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<min(start + 256, buffer.count)])
        guard let address = piece.baseAddress else { continue }
        precondition(getentropy(address, piece.count) == 0, "the system has no random bytes")
      }
    #else
      arc4random_buf(buffer.baseAddress, buffer.count)
    #endif
  }
}
