//go:build !linux

package stack

import "syscall"

// diesWithParent needs Linux; elsewhere servers outlive tests that are killed.
func diesWithParent() *syscall.SysProcAttr { return nil }
