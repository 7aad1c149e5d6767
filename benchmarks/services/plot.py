"""Small plots in SVG: one figure over the number of Services, a line a peer with least and greatest as whiskers.

Both axes are logarithmic, as both the numbers of Services and some figures lie powers of ten apart.
"""
import math
import statistics

WIDTH, HEIGHT = 480, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 110, 36, 44
COLOURS = {"iptables": "#b3541e", "iptables-nft": "#b59a1e", "nftables": "#3a6ea5", "ringway": "#2b8a3e"}
APART = 5


def ticks(low, high):
    """1, 2 and 5 times powers of ten around the values; the powers alone when they span much."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    steps = (1,) if last - first > 2 else (1, 2, 5)
    all_ticks = [step * 10.0 ** power for power in range(first, last + 1) for step in steps]
    below = [tick for tick in all_ticks if tick <= low][-1]
    above = [tick for tick in all_ticks if tick >= high][0]
    return [tick for tick in all_ticks if below <= tick <= above]


def scale(marks, start, end):
    low, high = math.log10(marks[0]), math.log10(marks[-1])
    span = high - low or 1
    return lambda value: start + (math.log10(value) - low) / span * (end - start)


def number(value):
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def axes(counts, marks, x, y):
    for mark in marks:
        yield (f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(mark):.1f}" y2="{y(mark):.1f}" stroke="#ddd"/>'
               f'<text x="{LEFT - 8}" y="{y(mark) + 4:.1f}" text-anchor="end">{number(mark)}</text>')
    for count in counts:
        yield f'<text x="{x(count):.1f}" y="{HEIGHT - BOTTOM + 22}" text-anchor="middle">{number(count)}</text>'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2}" y="{HEIGHT - 6}" text-anchor="middle">Services</text>'


def curve(peer, shift, points, x, y):
    colour = COLOURS.get(peer, "#555")
    middles = [(x(count) + shift, y(statistics.median(values))) for count, values in points]
    path = " ".join(f"{px:.1f},{py:.1f}" for px, py in middles)
    yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
    for (px, py), (_, values) in zip(middles, points):
        yield (f'<circle cx="{px:.1f}" cy="{py:.1f}" r="3.5" fill="{colour}"/>'
               f'<line x1="{px:.1f}" x2="{px:.1f}" y1="{y(min(values)):.1f}" y2="{y(max(values)):.1f}"'
               f' stroke="{colour}"/>')


def legend(peers):
    for i, peer in enumerate(peers):
        y = TOP + 10 + 20 * i
        yield (f'<circle cx="{WIDTH - RIGHT + 22}" cy="{y}" r="4" fill="{COLOURS.get(peer, "#555")}"/>'
               f'<text x="{WIDTH - RIGHT + 32}" y="{y + 4}">{peer}</text>')


def write(path, heading, counts, series):
    """series: for each peer the list of values for each count; no file if there are no values."""
    everything = [value for lists in series.values() for values in lists for value in values]
    if not everything or min(everything) <= 0:
        return
    marks = ticks(min(everything), max(everything))
    x = scale(counts, LEFT + 20, WIDTH - RIGHT - 20)
    y = scale(marks, HEIGHT - BOTTOM, TOP)
    parts = list(axes(counts, marks, x, y))
    for i, (peer, lists) in enumerate(series.items()):
        points = [(count, values) for count, values in zip(counts, lists) if values]
        parts += curve(peer, (i - (len(series) - 1) / 2) * APART, points, x, y)
    parts += legend(series)
    with open(path, "w", encoding="ascii") as out:
        out.write(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}"'
                  f' height="{HEIGHT}" font-family="sans-serif" font-size="12" fill="#333">\n'
                  f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
                  f'<text x="{LEFT}" y="20" font-size="14" font-weight="bold">{heading}</text>\n'
                  + "\n".join(parts) + "\n</svg>\n")
