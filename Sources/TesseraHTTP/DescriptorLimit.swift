#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// How many file descriptors the system lets this process have.
package struct DescriptorLimit {
  /// What the process needs besides connections: listeners, the store, event loops, the log.
  private static let reserve = 64

  /// The limit that is in force.
  package let current: Int

  /// How many connections fit.
  package var connections: Int { max(1, current - DescriptorLimit.reserve) }

  /// The limit a process has to have for so many connections.
  package static func needed(for connections: Int) -> Int { connections + reserve }

  /// The limit of this process, raised for so many connections as far as the process may raise it.
  package static func raised(for connections: Int) -> DescriptorLimit {
    var limit = rlimit()
    guard getrlimit(descriptors, &limit) == 0 else { return DescriptorLimit(current: .max) }
    let needed = rlim_t(needed(for: connections))
    if limit.rlim_cur < needed {
      var raised = limit
      raised.rlim_cur = min(needed, limit.rlim_max)
      if setrlimit(descriptors, &raised) == 0 { limit = raised }
    }
    return DescriptorLimit(current: Int(clamping: limit.rlim_cur))
  }

  #if canImport(Glibc)
    private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let descriptors = RLIMIT_NOFILE
  #endif
}
