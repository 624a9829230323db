package graph

import (
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

const (
	maxStages   = 12
	maxClusters = 6 // shown by name in a stage
)

// stage is a column of the picture: an environment or, where there are too
// many, all environments that are as far along the promotion path.
type stage struct {
	id       string
	name     string
	envs     string // the names of what is summarised; empty for one environment
	parent   int    // index of the stage it is promoted from; -1: the releases
	move     string // what a promotion to here does
	gates    []gate
	prefix   string // what stands before team/app where it reads; no host
	clusters []string
	more     int // clusters that are not shown by name
	tip      string
}

// addStages orders the environments so that each follows the one it is
// promoted from, directly where it is the first to do so.
func (b *builder) addStages() {
	var path [][]*model.Env
	depth := map[*model.Env]int{}
	var walk func(e *model.Env, d int)
	walk = func(e *model.Env, d int) {
		depth[e] = d
		path = append(path, []*model.Env{e})
		for _, next := range e.Next {
			walk(next, d+1)
		}
	}
	for _, e := range b.m.Envs {
		if e.From == nil {
			walk(e, 0)
		}
	}
	if len(path) > maxStages {
		path = byDepth(path, depth)
	}
	for i, envs := range path {
		for _, e := range envs {
			b.stageOf[e] = i
		}
		b.stages = append(b.stages, b.newStage(i, envs))
	}
}

// byDepth puts environments of the same distance from the start together and,
// where the path itself is too long, neighbouring distances.
func byDepth(path [][]*model.Env, depth map[*model.Env]int) [][]*model.Env {
	deepest := 0
	for _, d := range depth {
		deepest = max(deepest, d)
	}
	steps := make([][]*model.Env, min(deepest+1, maxStages))
	for _, one := range path {
		i := depth[one[0]] * len(steps) / (deepest + 1)
		steps[i] = append(steps[i], one[0])
	}
	return steps
}

func (b *builder) newStage(i int, envs []*model.Env) stage {
	s := stage{id: "step" + strconv.Itoa(i+1), parent: i - 1, move: b.move(envs), gates: b.gates(envs)}
	if len(envs) == 1 {
		e := envs[0]
		s.id, s.name, s.prefix, s.parent = ident(e.Name), e.Name, b.prefix(e.Name), -1
		if e.From != nil {
			s.parent = b.stageOf[e.From]
		}
	} else {
		s.name, s.envs = count(len(envs), "environment"), list(names(envs), 3)
	}
	for _, e := range envs {
		for _, c := range e.Clusters {
			s.clusters = append(s.clusters, c.Name)
		}
	}
	all := s.clusters
	if len(all) > maxClusters {
		s.clusters, s.more = all[:maxClusters-1], len(all)-maxClusters+1
	}
	s.tip = b.stageTip(s, envs, all)
	return s
}

func (b *builder) stageTip(s stage, envs []*model.Env, clusters []string) string {
	tip := "Environment " + s.name
	if s.envs != "" {
		tip = s.name + ": " + list(names(envs), 40)
	}
	if e := envs[0]; len(envs) == 1 {
		if e.NeedsPerson {
			tip += "; approval by " + list(e.Approvers, len(e.Approvers))
		}
		for _, f := range freezes(e.Freeze) {
			tip += "; " + f
		}
	}
	return tip + "; " + count(len(clusters), "cluster") + ": " + list(clusters, 40)
}

// move says what a promotion to these environments is.
func (b *builder) move(envs []*model.Env) string {
	request := b.m.Forge.Words.Request
	switch {
	case !slices.ContainsFunc(envs, b.pins) && b.m.Registry.PerEnvironment():
		return "promote: copy"
	case !slices.ContainsFunc(envs, b.pins):
		return "promote: move the tag"
	case b.m.Registry.PerEnvironment():
		return "promote: copy and " + request
	default:
		return "promote: " + request
	}
}

// prefix is what stands before team/app, without host, in the repositories
// that an environment reads or, for "", that CI pushes to.
func (b *builder) prefix(env string) string {
	const team = "x"
	repo := b.m.Registry.ReleasesPrefix(team)
	if env != "" {
		repo = b.m.Registry.TeamPrefix(env, team)
	}
	_, path, _ := strings.Cut(strings.TrimSuffix(repo, team+"/"), "/")
	return clean(path)
}

func names(envs []*model.Env) []string {
	var out []string
	for _, e := range envs {
		out = append(out, e.Name)
	}
	return out
}
