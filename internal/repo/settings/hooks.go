package settings

import (
	"maps"
	"slices"
	"strings"
)

// Hooks reports whether the configuration names a command for an event.
func (s Settings) Hooks(event string) bool {
	if !s.Is("hook."+event+".enabled", true) {
		return false
	}
	for _, key := range slices.Sorted(maps.Keys(s)) {
		name, ok := strings.CutSuffix(key, hookEvent)
		if ok && strings.HasPrefix(name, "hook.") && slices.Contains(strings.Split(s[key], "\n"), event) &&
			s.Get(name+".command") != "" && s.Is(name+".enabled", true) {
			return true
		}
	}
	return false
}

const hookEvent = ".event"

// addHook keeps what a "hook" section of the configuration says: its events
// add up, of the rest the last counts.
func (s Settings) addHook(name, key, value string) {
	key = "hook." + name + "." + strings.ToLower(key)
	if was := s[key]; strings.HasSuffix(key, hookEvent) && was != "" && value != "" {
		value = was + "\n" + value
	}
	s[key] = value
}
