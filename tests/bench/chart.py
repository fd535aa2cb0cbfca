"""chart.py RESULTS.json CHART.svg: the results of bench.py as bars, a panel a job. Colours follow the reader's light or dark theme."""
import html
import json
import pathlib
import sys

import table

WIDTH, LABELS, BARS, ROW, GAP = 860, 230, 430, 22, 34
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #3d444d }
.title { font-weight: 600; fill: #1f2328 }
.ours { fill: #0a7d4f } .lane { fill: #0a7d4f; opacity: .55 } .peer { fill: #8c959f } .limit { fill: none; stroke: #8c959f; stroke-dasharray: 3 2 }
@media (prefers-color-scheme: dark) {
  text { fill: #b7bdc8 } .title { fill: #f0f6fc } .ours, .lane { fill: #3fb27f } .peer { fill: #656c76 } .limit { stroke: #9198a1 }
}
"""


def kind_of(name):
    if name == table.FIRST:
        return "ours"
    if name.startswith("stampmill"):
        return "lane"
    return "limit" if name.startswith("codec limit") else "peer"


def text(x, y, words, kind="", anchor="start"):
    return f'<text x="{x}" y="{y}" class="{kind}" text-anchor="{anchor}">{html.escape(words)}</text>'


def bar(top, name, row, job, fastest):
    speed = table.speed(row)
    width = max(1, round(BARS * speed / fastest))
    said = f"{speed:.1f}"
    if name != table.FIRST and table.FIRST in job["rows"]:
        said += f" (1 : {table.times(row, job['rows'][table.FIRST]):.2f})"
    return [text(LABELS - 10, top + 15, name, anchor="end"),
            f'<rect x="{LABELS}" y="{top + 3}" width="{width}" height="{ROW - 6}" rx="2" class="{kind_of(name)}"/>',
            text(LABELS + width + 8, top + 15, said)]


def panel(top, job):
    fastest = max(map(table.speed, job["rows"].values()))
    lines = [text(0, top + 15, f"{job['key']}: {job['title']}", "title")]
    for index, (name, row) in enumerate(job["rows"].items()):
        lines += bar(top + ROW * (index + 1), name, row, job, fastest)
    return lines, top + ROW * (len(job["rows"]) + 1) + GAP


def draw(results):
    machine = results["machine"]
    lines, top = [text(0, 15, f"Pictures a second (and how many times that stampmill makes), {machine['cpus']} processors, {machine['system']}")], 36
    for job in results["jobs"]:
        drawn, top = panel(top, job)
        lines += drawn
    height = top - GAP + 8
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img">',
                      "<title>How fast stampmill is, beside its peers</title>", f"<style>{STYLE}</style>", *lines, "</svg>"]) + "\n"


if __name__ == "__main__":
    source, target = map(pathlib.Path, sys.argv[1:])
    target.write_text(draw(json.loads(source.read_text())))
