package tree

import "bytes"

// LF returns a text with a newline alone at the end of each line. Bytes that
// are no text, and texts that are so already, come back as they are.
//
// Line ends are no content: Git may give a file others in each checkout. So
// everything is compared and merged in this form, and only what reads and
// writes a work tree sees another one.
func LF(data []byte) []byte {
	if !bytes.Contains(data, []byte("\r\n")) || bytes.IndexByte(data, 0) >= 0 {
		return data
	}
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}

// Text returns the file of a work tree that holds these bytes.
func Text(raw []byte, m Mode) File {
	f := File{Data: LF(raw), Mode: m}
	if len(f.Data) != len(raw) {
		f.Raw = raw
	}
	return f
}

// Bytes returns what stands in the work tree.
func (f File) Bytes() []byte {
	if f.Raw != nil {
		return f.Raw
	}
	return f.Data
}
