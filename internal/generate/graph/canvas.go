package graph

import (
	"fmt"
	"strings"
)

// The colours of the picture, on white: a picture with its own background reads
// the same in a light and in a dark page.
const (
	ink      = "#1f2328"
	muted    = "#57606a"
	rule     = "#d0d7de"
	paper    = "#ffffff"
	panel    = "#f6f8fa"
	gitLine  = "#b26a00"
	gitFill  = "#fff8ec"
	ociLine  = "#2f6bd0"
	ociFill  = "#eef4ff"
	runLine  = "#23804c"
	runFill  = "#eaf7f0"
	gateLine = "#b3254f"
)

const (
	sans = `system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif`
	mono = `ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace`
)

// canvas writes static SVG 1.1.
type canvas struct{ out strings.Builder }

func (c *canvas) printf(format string, args ...any) { fmt.Fprintf(&c.out, format+"\n", args...) }

func (c *canvas) open(w, h int, title, desc string) {
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="title desc" font-family="%s">`, w, h, w, h, sans)
	c.printf(`<title id="title">%s</title>`, xmlText(title))
	c.printf(`<desc id="desc">%s</desc>`, xmlText(desc))
	c.printf(`<rect width="%d" height="%d" rx="8" fill="%s"/>`, w, h, paper)
}

func (c *canvas) close() { c.printf("</svg>") }

// group holds shapes that share the whole text as a tooltip.
func (c *canvas) group(tip string, draw func()) {
	c.printf("<g><title>%s</title>", xmlText(tip))
	draw()
	c.printf("</g>")
}

func (c *canvas) rect(r rect, fill, line string, radius int) {
	c.printf(`<rect x="%d" y="%d" width="%d" height="%d" rx="%d" fill="%s" stroke="%s"/>`, r.x, r.y, r.w, r.h, radius, fill, line)
}

func (c *canvas) frame(r rect, fill, line string) {
	c.printf(`<rect x="%d" y="%d" width="%d" height="%d" rx="10" fill="%s" fill-opacity="0.6" stroke="%s" stroke-dasharray="5 4"/>`, r.x, r.y, r.w, r.h, fill, line)
}

func (c *canvas) text(x, y int, f face, colour, s string) {
	style := ""
	if f.bold {
		style += ` font-weight="600"`
	}
	if f.mono {
		style += fmt.Sprintf(` font-family="%s"`, mono)
	}
	c.printf(`<text x="%d" y="%d" font-size="%d"%s fill="%s">%s</text>`, x, y, f.size, style, colour, xmlText(s))
}

// pair is a name with a remark behind it: how wide the name is need not be
// known.
func (c *canvas) pair(x, y int, colour, name, remark string) {
	c.printf(`<text x="%d" y="%d" font-size="%d" font-weight="600" fill="%s">%s<tspan dx="8" font-size="%d" font-weight="400" fill="%s">%s</tspan></text>`,
		x, y, nameFace().size, colour, xmlText(name), textFace().size, muted, xmlText(remark))
}

// wire is a line through points; its end carries an arrow head where tip is set.
func (c *canvas) wire(colour string, tip bool, points ...point) {
	var d strings.Builder
	for i, p := range points {
		op := "L"
		if i == 0 {
			op = "M"
		}
		fmt.Fprintf(&d, "%s%d %d", op, p.x, p.y)
	}
	c.printf(`<path d="%s" fill="none" stroke="%s" stroke-width="1.6" stroke-linejoin="round"/>`, d.String(), colour)
	if !tip {
		return
	}
	end, before := points[len(points)-1], points[len(points)-2]
	dx, dy := sign(end.x-before.x), sign(end.y-before.y)
	back := point{end.x - 8*dx, end.y - 8*dy}
	c.printf(`<path d="M%d %dL%d %dL%d %dZ" fill="%s"/>`, end.x, end.y, back.x-4*dy, back.y-4*dx, back.x+4*dy, back.y+4*dx, colour)
}

func (c *canvas) dot(p point, colour string) {
	c.printf(`<circle cx="%d" cy="%d" r="4" fill="%s"/>`, p.x, p.y, colour)
}

// icon draws a gate's sign in a square of 12 pixels.
func (c *canvas) icon(k gateKind, x, y int, colour string) {
	d, fill := "", "none"
	switch k {
	case automatic:
		d = "M1 6H10M6.5 2.5L10 6L6.5 9.5"
	case approval: // a lock
		d = "M2.5 5.5H9.5V11H2.5ZM4 5.5V3.5A2 2 0 0 1 8 3.5V5.5"
	case freeze: // a snowflake
		d = "M6 0.5V11.5M1.2 3.2L10.8 8.8M10.8 3.2L1.2 8.8"
	case pinned: // a pin
		d = "M3.5 1H8.5L8 5L10 7.5H2L4 5ZM6 7.5V11.5"
	}
	c.printf(`<path transform="translate(%d %d)" d="%s" fill="%s" stroke="%s" stroke-width="1.4" stroke-linejoin="round" stroke-linecap="round"/>`, x, y, d, fill, colour)
}

type point struct{ x, y int }

type rect struct{ x, y, w, h int }

func (r rect) right() int  { return r.x + r.w }
func (r rect) middle() int { return r.y + r.h/2 }

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	default:
		return 0
	}
}

// xmlText escapes text; what XML cannot hold was taken out by clean.
func xmlText(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
