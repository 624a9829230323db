package index

import (
	"encoding/binary"
	"slices"
	"strings"
)

// join puts the entries of a split index and those of the file that it builds
// on together. data tells which of those it drops and which it replaces: two
// bitmaps, or nothing. What is written later is one whole index; where Git is
// set to split it does so again.
func (x *Index) join(base *Index, data []byte) error {
	var dropped, replaced []bool
	if len(data) > 0 {
		var err error
		if dropped, data, err = bitmap(data); err != nil {
			return err
		}
		if replaced, _, err = bitmap(data); err != nil {
			return err
		}
	}
	own := x.Entries
	var joined []Entry
	for i, e := range base.Entries {
		if at(replaced, i) {
			if len(own) == 0 || own[0].Path != "" {
				return errIndex
			}
			path := e.Path
			e, own = own[0], own[1:]
			e.Path = path
			e.setFlags(e.flags()&^maxName | uint16(min(len(path), maxName)))
		}
		if !at(dropped, i) {
			joined = append(joined, e)
		}
	}
	added := map[string]bool{}
	for _, e := range own {
		added[e.Path] = true
	}
	joined = slices.DeleteFunc(joined, func(e Entry) bool { return added[e.Path] })
	x.Entries, x.link = append(joined, own...), nil
	x.version = max(x.version, base.version)
	x.sort()
	return nil
}

func (x *Index) sort() {
	slices.SortFunc(x.Entries, func(a, b Entry) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return a.Stage() - b.Stage()
	})
}

func at(bits []bool, i int) bool { return i < len(bits) && bits[i] }

// bitmap reads a bitmap in Git's EWAH form, and returns what follows it: runs
// of words that are all zeros or ones, each with some words as they are.
func bitmap(data []byte) (bits []bool, rest []byte, err error) {
	if len(data) < 8 {
		return nil, nil, errIndex
	}
	words := int(binary.BigEndian.Uint32(data[4:]))
	data = data[8:]
	if len(data) < 8*words+4 {
		return nil, nil, errIndex
	}
	word := func(i int) uint64 { return binary.BigEndian.Uint64(data[8*i:]) }
	const most = 1 << 26 // entries of an index
	for i := 0; i < words; {
		mark := word(i)
		run, plain := int(mark>>1&0xffffffff), int(mark>>33)
		if i++; plain > words-i || len(bits)+64*(run+plain) > most {
			return nil, nil, errIndex
		}
		bits = append(bits, slices.Repeat([]bool{mark&1 == 1}, 64*run)...)
		for ; plain > 0; plain-- {
			w := word(i)
			for bit := range 64 {
				bits = append(bits, w>>bit&1 == 1)
			}
			i++
		}
	}
	return bits, data[8*words+4:], nil
}
