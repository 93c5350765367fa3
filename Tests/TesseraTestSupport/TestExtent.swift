import Foundation

/// How often a test does what has to work every time: in full where `FULL_TESTS` is set.
package enum TestExtent {
  package static func times(_ few: Int, inFull all: Int) -> Int {
    ProcessInfo.processInfo.environment["FULL_TESTS"] == nil ? few : all
  }
}
