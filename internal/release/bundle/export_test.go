package bundle

// For the tests outside of the package.
var (
	Sum      = sum
	Required = required
)
