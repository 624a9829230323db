package stack

import "syscall"

// diesWithParent keeps no server behind when the tests are killed.
func diesWithParent() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
