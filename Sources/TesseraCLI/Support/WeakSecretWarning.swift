import TesseraCore
import TesseraServer

extension ClientSecret {
  /// Says on standard error what follows when an imported secret could be guessed.
  func warnWhenWeak(of client: ClientID) {
    guard isWeak else { return }
    let command = "tessera client secret add \(client.rawValue.shellQuoted)"
    Console.warn(
      """
      this secret can be guessed: it has some \(Int(estimatedBits)) bits, and a new one has 160. Guesses are slowed \
      down, to about 16 a minute from everywhere, but never end; while somebody guesses, sources that have not \
      succeeded before have to wait with the right secret too. '\(command)' makes a secret that nobody guesses.
      """
    )
  }
}
