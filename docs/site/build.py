#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Makes a static site of the documentation, with pandoc.

    build.py FOLDER

Each page of Markdown becomes one of HTML, with what it links to: pictures as they are, source files as pages.
Formulas are as GitHub reads them: `$...$` in a line, a block of the language `math` on lines of its own.
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
LANGUAGES = {".cpp": "cpp", ".hpp": "cpp", ".py": "python", ".txt": "cmake", ".cmake": "cmake"}
PICTURES = (".svg", ".png")
COMMENT = re.compile(r"<!-- ((?:output|error|listing) of )?(?:docs/examples/)?([\w./]+):? ?(.*?) -->")
TEMPLATE = string.Template((HERE / "page.html").read_text())


def target(path):
    """Where a file of the repository is in the site."""
    if path == ROOT / "README.md":
        return pathlib.Path("overview.html")
    inside = path.relative_to(DOCS) if path.is_relative_to(DOCS) else "source" / path.relative_to(ROOT)
    if path.name == "README.md":
        return inside.with_name("index.html")
    if path.suffix in PICTURES:
        return inside
    return inside.with_name((path.stem if path.suffix == ".md" else path.name) + ".html")


def relative(page, path, anchor=""):
    """The link from one file to another, in the site."""
    return os.path.relpath(target(path), target(page).parent) + (anchor and "#" + anchor)


def pandoc(text, *options):
    command = ["pandoc", "--fail-if-warnings", *options]
    result = subprocess.run(command, input=text, text=True, stdout=subprocess.PIPE)
    return result.stdout if result.returncode == 0 else sys.exit("pandoc has refused a page")


def div(name, *blocks):
    return {"t": "Div", "c": [["", [name], []], blocks]}


def navigation(page):
    """The same on every page: the first page's links, by folder."""
    text = (DOCS / "README.md").read_text()
    sections = {"tapeless": {DOCS / "README.md": "Documentation", ROOT / "README.md": "Overview"}}
    for title, folder in SECTIONS.items():
        links = re.findall(rf"\[([^]]+)\]\(({folder}/[^)#]+)\)", text)
        sections[title] = {DOCS / link: name for name, link in links}
    lines = []
    for title, names in sections.items():
        links = [f'<li><a href="{relative(page, path)}"' + ' aria-current="page"' * (path == page)
                 + f">{html.escape(name)}</a></li>" for path, name in names.items()]
        lines += [f"<h2>{title}</h2>\n<ul>", *links, "</ul>"]
    return "\n".join(lines)


def formula(match):
    """A formula as TeX spaces it, with the punctuation around it on the same line."""
    before, text, after = match.groups()
    if not re.search(r"\\left\b", text):  # all parentheses would grow
        text = text.replace('stretchy="true" form', 'stretchy="false" form')
    text = before + re.sub(r"<mo>(?=[a-z]{2})", '<mo lspace="0.1em" rspace="0">', text) + after
    return f'<span class="formula">{text}</span>' if before or after else text


def bodies(pages):
    """What pandoc makes of several pages at once: most of its time goes into reading languages' syntax."""
    mark = "<!-- next page -->"
    blocks = [block for page in pages for block in [{"t": "RawBlock", "c": ["html", mark]}, *page]]
    document = json.loads(pandoc("", "-t", "json")) | {"blocks": blocks}
    text = pandoc(json.dumps(document), "-f", "json", "-t", "html5", "--mathml", "--wrap=preserve")
    text = re.sub(r' id="cb[\d-]+"|<a href="#cb[^>]*></a>', "", text)  # lines that nothing links to
    return re.sub(r"(\(?)(<math.*?</math>)([.,;:)]*)", formula, text, flags=re.DOTALL).split(mark)[1:]


def write_page(folder, page, body):
    heading = re.compile(r'<h([2-6]) id="([^"]+)">(.*?)</h\1>', re.DOTALL)
    contents = [f'<li class="level{level}"><a href="#{anchor}">{re.sub("</?a.*?>", "", text)}</a></li>'
                for level, anchor, text in heading.findall(body) if level < "4"]
    path = folder / target(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TEMPLATE.substitute(
        title=re.sub(r"<.*?>", "", re.search(r"<h1.*?>(.*?)</h1>", body, re.DOTALL)[1]),
        style=os.path.relpath("style.css", target(page).parent), home=relative(page, DOCS / "README.md"),
        navigation=navigation(page),
        contents="\n".join(["<h2>On this page</h2>\n<ul>", *contents, "</ul>"] if contents[1:] else []),
        body=heading.sub(r'<h\1 id="\2">\3 <a class="anchor" href="#\2">#</a></h\1>', body)))


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
        self.linked.add(path)
        return relative(self.path, path, anchor)

    def caption(self, comment):
        """A line above a block of code: the example it comes from. None for another comment."""
        if not (match := COMMENT.match(comment)):
            return None
        kind, name, part = match.groups(default="")
        path = DOCS / "examples" / (name if "." in name else name + ".cpp")
        if not path.is_file():
            return None
        self.linked.add(path)
        begin = re.compile(rf"\s*(?:(?://|#) \[{re.escape(part)}\]|#ifdef {re.escape(part)}\b.*)")
        lines = [i for i, line in enumerate(path.read_text().splitlines(), 1) if begin.fullmatch(line)]
        url = relative(self.path, path, f"line-{lines[0]}" if lines else "")
        link = {"t": "Link", "c": [["", [], []], [{"t": "Str", "c": path.name}], [url, ""]]}
        return div("caption", {"t": "Plain", "c": [{"t": "Str", "c": kind}, link]})

    def changed(self, node):
        if isinstance(node, list):
            result, caption = [], None
            for child in node:
                if isinstance(child, dict) and child.get("t") == "RawBlock":  # a comment
                    caption = self.caption(child["c"][1])
                    continue
                child = self.changed(child)
                if caption and child["t"] == "CodeBlock":
                    child = div("example", caption, child)
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
            return div("table", node)
        return node


def source_page(path):
    name = {"t": "Code", "c": [["", [], []], str(path.relative_to(ROOT))]}
    code = [["line", [LANGUAGES.get(path.suffix, "text"), "numberLines"], []], path.read_text()]
    return [{"t": "Header", "c": [1, ["", [], []], [name]]}, {"t": "CodeBlock", "c": code}]


def main(folder):
    if folder.exists():
        if any(folder.iterdir()) and not (folder / "style.css").exists():
            sys.exit(f"{folder} has something else in it")
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    shutil.copy(HERE / "style.css", folder)
    cores = os.cpu_count()
    with concurrent.futures.ThreadPoolExecutor(cores) as pool:
        pages = list(pool.map(Page, [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]))
        linked = set().union(*(page.linked for page in pages)) - {page.path for page in pages}
        blocks = {page.path: page.blocks for page in pages}
        blocks |= {path: source_page(path) for path in sorted(linked) if path.suffix not in PICTURES}
        shares = [list(blocks)[i::cores] for i in range(cores)]
        texts = pool.map(bodies, [[blocks[path] for path in share] for share in shares])
        for share, made in zip(shares, texts):
            for path, body in zip(share, made):
                write_page(folder, path, body)
    for path in linked - set(blocks):
        (folder / target(path)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, folder / target(path))
    print(f"{len(blocks)} pages in {folder}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
