package registry

import (
	"bytes"
	"encoding/json"
)

// Items are where the values of a JSON file that is one list begin, in order.
// Of a file that is none, they are those up to where it stops being one.
func Items(data []byte) []int {
	var items []int
	d := json.NewDecoder(bytes.NewReader(data))
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return nil
	}
	for d.More() {
		at := int(d.InputOffset())
		for at < len(data) && bytes.IndexByte([]byte(" \t\r\n,"), data[at]) >= 0 {
			at++
		}
		items = append(items, at)
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break
		}
	}
	return items
}
