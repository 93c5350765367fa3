extension UInt8 {
  /// RFC 6749 Appendix A: `VSCHAR = %x20-7E`.
  package var isVSCHAR: Bool { (0x20...0x7E).contains(self) }

  /// RFC 6749 Appendix A: `NQCHAR = %x21 / %x23-5B / %x5D-7E`, the characters of a scope token.
  package var isNQCHAR: Bool { (0x21...0x7E).contains(self) && self != 0x22 && self != 0x5C }
}
