#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Makes a static site of the documentation, with pandoc.

    build.py FOLDER

Each page of Markdown becomes one of HTML, docs/README.md the first. What a page links to comes with it: pictures as
they are, source files as pages. GitHub shows the same text, so formulas are what it understands too: `$...$` in a
line, a block of the language `math` on lines of its own.
"""
import concurrent.futures
import html
import json
import os
import pathlib
import re
import shutil
import string
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DOCS = HERE.parent
ROOT = DOCS.parent
SECTIONS = {"Learn": "tutorial", "Understand": "explanation", "Do": "how-to", "Reference": "reference"}
LANGUAGES = {".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".sh": "bash", ".txt": "cmake", ".cmake": "cmake"}
PICTURES = (".svg", ".png")
TEMPLATE = string.Template((HERE / "page.html").read_text())


def markdown_pages():
    return [DOCS / "README.md", ROOT / "README.md",
            *sorted(p for p in DOCS.rglob("*.md") if p != DOCS / "README.md")]


def target(path):
    """Where a file of the repository is in the site."""
    if path == ROOT / "README.md":
        return pathlib.PurePosixPath("overview.html")
    inside = path.relative_to(DOCS) if path.is_relative_to(DOCS) else "source" / path.relative_to(ROOT)
    if path.name == "README.md":
        inside = inside.parent / "index.html"
    elif path.suffix == ".md":
        inside = inside.with_suffix(".html")
    elif path.suffix not in PICTURES:
        inside = inside.with_name(inside.name + ".html")
    return pathlib.PurePosixPath(inside)


def relative(page, path, anchor=""):
    """The link from one file to another, in the site."""
    return os.path.relpath(target(path), target(page).parent) + (anchor and "#" + anchor)


def pandoc(text, *options):
    return subprocess.run(["pandoc", "--fail-if-warnings", *options], input=text, check=True, text=True,
                          stdout=subprocess.PIPE).stdout


def navigation(page):
    """The same on every page: the first page's links, by folder."""
    text = (DOCS / "README.md").read_text()
    parts = []
    for title, folder in SECTIONS.items():
        names = dict((DOCS / link, name) for name, link in re.findall(rf"\[([^\]]+)\]\(({folder}/[^)#]+\.md)\)", text))
        if absent := set((DOCS / folder).glob("*.md")) - set(names):
            sys.exit(f"docs/README.md has no link to {', '.join(p.name for p in sorted(absent))}")
        parts.append((title, names))
    first = {DOCS / "README.md": "Documentation", ROOT / "README.md": "Overview"}
    lines = []
    for title, names in [("tapeless", first), *parts]:
        lines.append(f"<h2>{title}</h2>\n<ul>")
        for path, name in names.items():
            current = ' aria-current="page"' if path == page else ""
            lines.append(f'<li><a href="{relative(page, path)}"{current}>{html.escape(name)}</a></li>')
        lines.append("</ul>")
    return "\n".join(lines)


def formula(match):
    """A formula with the spaces of TeX: parentheses keep their size, names of functions are close to what follows."""
    before, text, after = match.groups()
    if not re.search(r"\\left\b", text):
        text = text.replace('stretchy="true" form', 'stretchy="false" form')
    text = before + re.sub(r"<mo>(?=[a-z]{2})", '<mo lspace="0.1em" rspace="0">', text) + after
    return f'<span class="formula">{text}</span>' if before or after else text


def bodies(pages):
    """What pandoc makes of several pages at once: most of its time goes into reading languages' syntax."""
    mark = "<!-- next page -->"
    blocks = [block for page in pages for block in [{"t": "RawBlock", "c": ["html", mark]}, *page]]
    document = json.loads(pandoc("", "-t", "json")) | {"blocks": blocks}
    text = pandoc(json.dumps(document), "-f", "json", "-t", "html5", "--mathml", "--wrap=preserve")
    return re.sub(r"(\(?)(<math.*?</math>)([.,;:)]*)", formula, text, flags=re.DOTALL).split(mark)[1:]


def write_page(folder, page, body):
    title = re.sub(r"<.*?>", "", re.search(r"<h1.*?>(.*?)</h1>", body, re.DOTALL)[1])
    headings = re.findall(r'<h([23]) id="([^"]+)">(.*?)</h\1>', body, re.DOTALL)
    contents = "\n".join(f'<li class="level{level}"><a href="#{anchor}">{re.sub("</?a.*?>", "", text)}</a></li>'
                         for level, anchor, text in headings)
    body = re.sub(r'<h([2-6]) id="([^"]+)">(.*?)</h\1>',
                  r'<h\1 id="\2">\3 <a class="anchor" href="#\2" aria-label="This section">#</a></h\1>',
                  body, flags=re.DOTALL)
    path = folder / target(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    style = os.path.relpath("style.css", target(page).parent)
    path.write_text(TEMPLATE.substitute(
        title=title, style=style, home=relative(page, DOCS / "README.md"), navigation=navigation(page),
        contents=f"<h2>On this page</h2>\n<ul>\n{contents}\n</ul>" if len(headings) > 1 else "", body=body))


class Page:
    """A page of Markdown as pandoc's tree, with the links of the site."""

    def __init__(self, path):
        self.path = path
        self.linked = set()  # files that the site needs too
        text = pandoc(path.read_text(), "-f", "gfm+tex_math_dollars-emoji", "-t", "json")
        self.blocks = self.changed(json.loads(text)["blocks"])

    def link(self, url):
        if re.match(r"[a-z]+:", url) or url.startswith("#"):
            return url
        name, _, anchor = url.partition("#")
        path = pathlib.Path(os.path.normpath(self.path.parent / name))
        if not path.is_file():
            sys.exit(f"{self.path.relative_to(ROOT)}: there is no {url}")
        self.linked.add(path)
        return relative(self.path, path, anchor)

    def caption(self, comment):
        """A line above a block of code: the example it comes from. None for another comment."""
        match = re.match(r"<!-- (?:(output|error|listing) of )?(?:docs/examples/)?([\w./]+)(?:: | )?(.*?) -->", comment)
        path = DOCS / "examples" / (match[2] if "." in match[2] else match[2] + ".cpp") if match else None
        if not path or not path.is_file():
            return None
        kind, part = match[1], match[3]
        self.linked.add(path)
        line = 0
        if not kind:
            marks = rf"\s*(?:(?://|#) \[{re.escape(part)}\]|#ifdef {re.escape(part)}\b.*)"
            line = next((i for i, text in enumerate(path.read_text().splitlines(), 1) if re.fullmatch(marks, text)), 0)
        url = relative(self.path, path, f"line-{line}" if line else "")
        link = {"t": "Link", "c": [["", [], []], [{"t": "Str", "c": path.name}], [url, ""]]}
        words = [{"t": "Str", "c": f"{kind} of "}] if kind else []
        return {"t": "Div", "c": [["", ["caption"], []], [{"t": "Plain", "c": [*words, link]}]]}

    def changed(self, node):
        if isinstance(node, list):
            result, caption = [], None
            for child in node:
                if isinstance(child, dict) and child.get("t") == "RawBlock" and child["c"][1].startswith("<!--"):
                    caption = self.caption(child["c"][1])
                    continue
                child = self.changed(child)
                if caption and child["t"] == "CodeBlock":
                    child = {"t": "Div", "c": [["", ["example"], []], [caption, child]]}
                caption = None
                result.append(child)
            return result
        if not isinstance(node, dict):
            return node
        kind, content = node.get("t"), self.changed(node.get("c"))
        node = {**node, "c": content} if "c" in node else node
        if kind in ("Link", "Image"):
            content[2][0] = self.link(content[2][0])
        if kind == "Image":  # a link to itself: some are larger than the column
            return {"t": "Link", "c": [["", ["picture"], []], [node], [content[2][0], ""]]}
        if kind == "CodeBlock" and content[0][1] == ["math"]:
            return {"t": "Para", "c": [{"t": "Math", "c": [{"t": "DisplayMath"}, content[1]]}]}
        if kind == "Table":
            return {"t": "Div", "c": [["", ["table"], []], [node]]}
        return node


def source_blocks(path):
    name = {"t": "Code", "c": [["", [], []], str(path.relative_to(ROOT))]}
    code = [["line", [LANGUAGES.get(path.suffix, "text"), "numberLines"], []], path.read_text()]
    return [{"t": "Header", "c": [1, ["", [], []], [name]]}, {"t": "CodeBlock", "c": code}]


def main(folder):
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "style.css").exists():
            sys.exit(f"{folder} has something else in it")
        shutil.rmtree(folder)
    cores = os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        pages = list(pool.map(Page, markdown_pages()))
        linked = set().union(*(page.linked for page in pages)) - {page.path for page in pages}
        blocks = {page.path: page.blocks for page in pages}
        blocks |= {path: source_blocks(path) for path in sorted(linked) if path.suffix not in PICTURES}
        shares = [list(blocks)[i::cores] for i in range(cores)]
        for share, made in zip(shares, pool.map(bodies, [[blocks[path] for path in share] for share in shares])):
            for path, body in zip(share, made):
                write_page(folder, path, body)
    shutil.copy(HERE / "style.css", folder)
    for path in linked:
        if path.suffix in PICTURES:
            (folder / target(path)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, folder / target(path))
    print(f"{len(blocks)} pages in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
