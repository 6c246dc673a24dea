import Glibc

/// `{:.4f}` of Python and C: a fixed number of decimals, `nan` and `inf` in lower case.
func fixed(_ value: Double, digits: Int) -> String {
  if value.isNaN { return "nan" }
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 400) { buffer in
    withVaList([Int32(digits), value]) { _ = vsnprintf(buffer.baseAddress, buffer.count, "%.*f", $0) }
    return buffer.baseAddress.map { String(cString: $0) } ?? ""
  }
}
