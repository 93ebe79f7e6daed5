# SPDX-License-Identifier: Apache-2.0
"""Points and the straight line through them, as small pictures side by side."""
from measure import fit

WIDTH, HEIGHT, LEFT, TOP, GAP = 260, 150, 52, 34, 26


def panel(number, what, unit, points):
    column, line = number % 3, number // 3
    x0, y0 = LEFT + column * (WIDTH + LEFT + GAP), TOP + line * (HEIGHT + 70)
    widest, highest = max(x for x, _ in points), max(y for _, y in points) * 1.08
    slope, offset, square = fit(points)

    def place(x, y):
        return x0 + x / widest * WIDTH, y0 + HEIGHT - max(0, y) / highest * HEIGHT

    (ax, ay), (bx, by) = place(0, offset), place(widest, offset + slope * widest)
    parts = [f'<rect x="{x0}" y="{y0}" width="{WIDTH}" height="{HEIGHT}" class="frame"/>',
             f'<line x1="{ax:.1f}" y1="{ay:.1f}" x2="{bx:.1f}" y2="{by:.1f}" class="fit"/>',
             f'<text x="{x0}" y="{y0 - 10}" class="title">{what}, {unit}  R² {square:.4f}</text>',
             f'<text x="{x0 - 6}" y="{y0 + 8}" class="tick" text-anchor="end">{highest:.3g}</text>',
             f'<text x="{x0 - 6}" y="{y0 + HEIGHT}" class="tick" text-anchor="end">0</text>',
             f'<text x="{x0 + WIDTH}" y="{y0 + HEIGHT + 16}" class="tick" text-anchor="end">{widest:,}</text>']
    parts += ['<circle cx="%.1f" cy="%.1f" r="3.5" class="dot"/>' % place(x, y) for x, y in points]
    return "\n".join(parts)


def svg(series):
    lines = (len(series) + 2) // 3
    width, height = 3 * (WIDTH + LEFT + GAP), TOP + lines * (HEIGHT + 70)
    style = (".frame{fill:none;stroke:#8888}.fit{stroke:#d70;stroke-width:1.5}.dot{fill:#07c}"
             "text{font:12px sans-serif;fill:#777}.title{font-weight:bold}.tick{font-size:11px}")
    body = "\n".join(panel(number, *each) for number, each in enumerate(series))
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
            f'aria-label="measured growth with straight fits"><style>{style}</style>\n{body}\n</svg>\n')
