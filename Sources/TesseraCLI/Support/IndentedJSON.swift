/// JSON text without white space between its parts, laid out as commands write it, with its members in their order.
struct IndentedJSON {
  private(set) var text = ""

  init(_ compact: String) {
    var (level, isInString, isEscaped) = (0, false, false)
    var previous: Unicode.Scalar = " "
    func lineBreak() -> String { "\n" + String(repeating: " ", count: level * 2) }
    for scalar in compact.unicodeScalars {
      let isEmpty = previous == "{" || previous == "["
      if isInString {
        text.unicodeScalars.append(scalar)
        isInString = isEscaped || scalar != "\""
        isEscaped = !isEscaped && scalar == "\\"
        previous = " "
        continue
      }
      if scalar == "}" || scalar == "]" {
        level -= 1
        if !isEmpty { text += lineBreak() }
      } else if isEmpty || previous == "," {
        text += lineBreak()
      }
      text.unicodeScalars.append(scalar)
      if scalar == ":" { text += " " }
      if scalar == "{" || scalar == "[" { level += 1 }
      isInString = scalar == "\""
      previous = scalar
    }
  }
}
