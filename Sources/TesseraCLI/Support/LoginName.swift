import Foundation

/// Who runs this process, as far as the system says.
enum LoginName {
  /// How the audit log calls whoever uses the command line.
  static var actor: String { "cli:\(name)" }

  /// By the user ID, because environment variables can say anything.
  private static var name: String {
    let user = getuid()
    guard let entry = getpwuid(user), let name = entry.pointee.pw_name else { return "uid-\(user)" }
    return String(cString: name)
  }
}
