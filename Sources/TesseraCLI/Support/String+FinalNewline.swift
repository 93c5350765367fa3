extension String {
  /// This text without the one newline at its end that an editor or `echo` leaves there.
  var withoutFinalNewline: String {
    hasSuffix("\r\n") || hasSuffix("\n") ? String(dropLast()) : self
  }
}
