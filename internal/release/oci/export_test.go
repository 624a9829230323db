package oci

// Sum is for the tests outside of the package.
var Sum = sum
