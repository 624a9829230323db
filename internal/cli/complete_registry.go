package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/delivery"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

const (
	// registryPatience is how long a person waits behind a tab.
	registryPatience = 900 * time.Millisecond
	// tagsAge is how old a list of tags may be that is shown again.
	tagsAge = time.Minute
	// mostTags is what a shell shows at most.
	mostTags = 100
)

// tagLists are the lists of tags that an answer may ask for.
type tagLists func(repository string) []string

// ofRegistry completes with what the registry holds of an app.
func ofRegistry(list func(completing, *model.App, *model.AppEnv, tagLists) []string) answer {
	return func(q completing) ([]string, cobra.ShellCompDirective) {
		c, hint := q.contract()
		if hint != "" {
			return cobra.AppendActiveHelp(nil, hint), words
		}
		app, ae := q.appEnv(c)
		switch {
		case app == nil:
			return cobra.AppendActiveHelp(nil, "name the app before: --app TEAM/APP"), words
		case !app.OCI:
			return nil, words
		}
		ctx := q.cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, registryPatience)
		defer cancel()
		failed := false
		found := list(q, app, ae, func(repository string) []string {
			tags, err := tagsOf(ctx, c.Spec.Registry, repository)
			failed = failed || err != nil
			return tags
		})
		found = slices.Clip(matching(found, q.word))
		if failed && len(found) == 0 {
			return cobra.AppendActiveHelp(nil, c.Spec.Registry.Host+" does not answer in time, or not to you"), words
		}
		return found[:min(len(found), mostTags)], ordered
	}
}

// releases lists what can be promoted, the newest first.
func releases(_ completing, app *model.App, _ *model.AppEnv, tags tagLists) []string {
	return releaseTags(tags(app.Releases), "")
}

func releaseTags(tags []string, about string) []string {
	list := slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return promotion.CheckRelease(t) != nil })
	slices.SortFunc(list, func(a, b string) int {
		switch {
		case a == b:
			return 0
		case promotion.Newer(a, b):
			return -1
		}
		return 1
	})
	for i := range list {
		list[i] += about
	}
	return list
}

// bundles lists what "bundle show" and "bundle diff" take.
func bundles(q completing, app *model.App, _ *model.AppEnv, tags tagLists) []string {
	if most := map[string]int{"show": 1, "diff": 2}[q.cmd.Name()]; len(q.args) >= most {
		return nil
	}
	list := releases(q, app, nil, tags)
	for _, ae := range app.Envs {
		list = append(list, ae.Env.Name+"\twhat runs there")
	}
	return list
}

// rollbacks lists what an environment can go back to: its promotion tags, the
// newest first, then all releases; of an app delivered by Git, its commits.
func rollbacks(q completing) ([]string, cobra.ShellCompDirective) {
	if c, hint := q.contract(); hint == "" {
		if app, ae := q.appEnv(c); app != nil && ae != nil && !app.OCI {
			return commitsOf(q, c, ae), ordered
		}
	}
	return ofRegistry(func(_ completing, app *model.App, ae *model.AppEnv, tags tagLists) []string {
		if ae == nil {
			return releaseTags(tags(app.Releases), "\trelease")
		}
		claims, _ := promotion.Claims(tags(ae.Repository), ae.Env.Name)
		var list []string
		for _, c := range slices.Backward(claims) {
			if c.Action == promotion.ActionPromotion || c.Action == promotion.ActionRollback {
				list = append(list, c.Tag()+"\t"+string(c.Action)+" of "+c.Date)
			}
		}
		return append(list, releaseTags(tags(app.Releases), "\trelease")...)
	})(q)
}

// commitsOf lists the commits of an overlay that a rollback can go back to.
func commitsOf(q completing, c contract.Contract, ae *model.AppEnv) []string {
	file, err := site.FindContract(cmp.Or(q.flag("app-dir"), "."))
	if err != nil {
		return nil
	}
	clones := delivery.Clones{AppDir: q.flag("app-dir"), Warnings: io.Discard}
	h, err := clones.GitHistory(site.Loaded{Contract: c, File: cmp.Or(q.flag("contract"), file)}, ae)
	if err != nil {
		return nil
	}
	var list []string
	for _, e := range h.Entries {
		if !e.Current {
			list = append(list, e.Tag+"\t"+e.Release+", "+when(e.Time))
		}
	}
	return matching(list, q.word)
}

// tagsOf lists a repository's tags, from a minute's memory where it has them.
func tagsOf(ctx context.Context, r contract.Registry, repository string) ([]string, error) {
	file := tagsFile(repository)
	if tags, ok := rememberedTags(file); ok {
		return tags, nil
	}
	type result struct {
		tags []string
		err  error
	}
	got := make(chan result, 1)
	go func() { // a program that keeps credentials does not look at the context
		tags, err := registryClient(IO{Out: io.Discard, Err: io.Discard}, r).Tags(ctx, repository)
		got <- result{tags, err}
	}()
	select {
	case a := <-got:
		if a.err == nil {
			rememberTags(file, a.tags)
		}
		return a.tags, a.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func tagsFile(repository string) string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	name := sha256.Sum256([]byte(repository))
	return filepath.Join(dir, "penstock", "tags", hex.EncodeToString(name[:8])+".json")
}

func rememberedTags(file string) (tags []string, ok bool) {
	info, err := os.Stat(file)
	if err != nil || now().Sub(info.ModTime()).Abs() > tagsAge {
		return nil, false
	}
	data, err := os.ReadFile(file)
	return tags, err == nil && json.Unmarshal(data, &tags) == nil
}

// rememberTags keeps a list. That it can't is no reason to fail.
func rememberTags(file string, tags []string) {
	data, err := json.Marshal(tags)
	if err != nil || file == "" || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), "tags-*")
	if err != nil {
		return
	}
	_, err = tmp.Write(data)
	if tmp.Close() != nil || err != nil || os.Rename(tmp.Name(), file) != nil {
		_ = os.Remove(tmp.Name())
	}
}
