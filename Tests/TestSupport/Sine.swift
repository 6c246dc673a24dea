import Foundation

/// `sin`, for numbers that fixtures are made of, without Foundation in every test.
public func sinOf(_ x: Double) -> Double { sin(x) }
