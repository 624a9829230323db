package oci

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// pageSize is what ECR takes at most.
const pageSize = 1000

// Tags returns the tags of a repository, sorted; a repository that does not
// exist has none.
func (c *Client) Tags(ctx context.Context, repository string) ([]string, error) {
	s, err := c.reading(ctx, repository)
	if err != nil {
		return nil, explain(repository, "", err)
	}
	var tags []string
	r := request{method: http.MethodGet, path: "tags/list", query: url.Values{"n": {strconv.Itoa(pageSize)}}, want: []int{http.StatusOK}, limit: 16 << 20}
	for {
		a, err := s.do(ctx, r)
		if missing(err) && len(tags) == 0 {
			return nil, nil
		}
		if err != nil {
			return nil, explain(repository, "", err)
		}
		var page struct {
			Tags []string `json:"tags"`
		}
		if err := json.Unmarshal(a.body, &page); err != nil {
			return nil, explain(repository, "", fmt.Errorf("the list of tags is not JSON: %w", err))
		}
		tags = append(tags, page.Tags...)
		next, err := nextPage(a)
		if err != nil {
			return nil, explain(repository, "", err)
		}
		if next == "" || next == r.path {
			slices.Sort(tags)
			return slices.Compact(tags), nil
		}
		r.path = next
	}
}

// nextPage reads the Link header of a list; it must stay on its host.
func nextPage(a answer) (string, error) {
	link := a.header.Get("Link")
	if link == "" {
		return "", nil
	}
	target, _, ok := strings.Cut(strings.TrimPrefix(link, "<"), ">")
	u, err := url.Parse(target)
	if !ok || err != nil {
		return "", errors.New("the list has a link to its next page that cannot be read")
	}
	u = a.url.ResolveReference(u)
	if u.Host != a.url.Host || u.Scheme != a.url.Scheme {
		return "", fmt.Errorf("the next page of the list is at another address, %s", u.Host)
	}
	return u.String(), nil
}
