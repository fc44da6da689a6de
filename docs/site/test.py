#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Tests the site that build.py has made.

    test.py links SITE                   files and anchors of all links, by their text
    test.py rendered SITE CHROMIUM       pictures, formulas, style and width, in a browser
"""
import functools
import html.parser
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse

import build

sys.path.insert(0, str(build.DOCS))
import check  # noqa: E402, the tests of the pages' text


class Links(html.parser.HTMLParser):
    """What a page links to, and its anchors."""

    def __init__(self, path):
        super().__init__()
        self.urls, self.anchors, self.navigation = [], [], []
        self.within = ""
        self.feed(path.read_text())

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag in ("main", "nav"):
            self.within = attributes.get("id", tag)
        if "id" in attributes:
            self.anchors.append(attributes["id"])
        for url in (attributes[name] for name in ("href", "src") if name in attributes):
            self.urls.append(url)
            if self.within == "navigation":
                self.navigation.append(url)


def links(site):
    pages = {path: Links(path) for path in sorted(site.rglob("*.html"))}
    targets = {}  # of each page, the files it links to
    navigations = set()
    for path, page in pages.items():
        name = path.relative_to(site)
        targets[path] = set()
        for anchor in {anchor for anchor in page.anchors if page.anchors.count(anchor) > 1}:
            yield f"{name}: two anchors #{anchor}"
        for url in page.urls:
            parts = urllib.parse.urlsplit(url)
            if parts.scheme:
                if not re.match(r"https?://[\w-]+(\.[\w-]+)+(/|$)", url):
                    yield f"{name}: not an address: {url}"
                continue
            file = path
            if parts.path:
                file = pathlib.Path(os.path.normpath(path.parent / urllib.parse.unquote(parts.path)))
            targets[path].add(file)
            if not file.is_relative_to(site) or not file.is_file():
                yield f"{name}: no file {url}"
            elif parts.fragment and urllib.parse.unquote(parts.fragment) not in pages[file].anchors:
                yield f"{name}: no anchor {url}"
        navigations.add(tuple(os.path.normpath(path.parent / url) for url in page.navigation))
    if len(navigations) != 1 or not min(navigations):
        yield "the navigation is not the same on all pages"
    reached, todo = set(), [site / "index.html"]
    while todo:
        path = todo.pop()
        if path not in reached:
            reached.add(path)
            todo += targets.get(path, ())
    for path in sorted(set(pages) - reached):
        yield f"{path.relative_to(site)}: index.html does not lead to it"
    for path in check.pages():
        if not (page := pages.get(site / build.target(path))):
            yield f"{path.relative_to(build.ROOT)}: not in the site"
            continue
        for anchor in sorted(check.anchors(path) - set(page.anchors)):
            yield f"{path.relative_to(build.ROOT)}: GitHub's anchor #{anchor} is not in the site"


# Each page is loaded in a frame, where the browser has measured it.
MEASURE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>Test</title>
<style>iframe { width: 1300px; height: 900px; }</style>
%s
<pre id="result"></pre>
<script>
function complaints(page) {
  const found = [], view = page.defaultView;
  for (const image of page.images)
    if (!image.complete || image.naturalWidth == 0 || image.getBoundingClientRect().width == 0)
      found.push('picture not shown: ' + image.getAttribute('src'));
  const formulas = page.querySelectorAll('math');
  for (const formula of formulas) {
    const text = formula.querySelector('annotation').textContent.trim();
    const box = formula.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || formula.namespaceURI != 'http://www.w3.org/1998/Math/MathML')
      found.push('formula without a box: ' + text);
    const row = formula.querySelector('semantics').firstElementChild.getBoundingClientRect();
    if (row.width < 2 || row.height < 2)
      found.push('formula without content: ' + text);
  }
  for (const element of page.querySelectorAll('pre.math, code.math, span.math, merror'))
    found.push('formula not rendered: ' + element.textContent.trim());
  const texts = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (!text.parentElement.closest('code, pre, annotation') && /\\$|\\\\[a-z]+/i.test(text.data))
      found.push('formula as text: ' + text.data.trim());
  }
  if (view.getComputedStyle(page.body).display != 'grid') found.push('without style');
  return {found, pictures: page.images.length, formulas: formulas.length};
}
function wide(page) {
  return page.documentElement.scrollWidth > page.documentElement.clientWidth;
}
addEventListener('load', () => {
  const result = {};
  for (const frame of document.querySelectorAll('iframe')) {
    const name = frame.getAttribute('src'), page = frame.contentDocument;
    result[name] = complaints(page);
    for (const width of [1300, 700, 360]) {
      frame.style.width = width + 'px';
      if (wide(page)) result[name].found.push('wider than a window of ' + width);
    }
  }
  document.getElementById('result').textContent = JSON.stringify(result);
});
</script>
"""


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves the site, and the page that loads all others."""
    test = b""

    def do_GET(self):
        if self.path != "/test":
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(self.test)

    def log_message(self, *_):
        pass


def rendered(site, chromium):
    names = sorted(str(path.relative_to(site)) for path in site.rglob("*.html"))
    Handler.test = (MEASURE % "\n".join(f'<iframe src="/{name}"></iframe>' for name in names)).encode()
    handler = functools.partial(Handler, directory=site)
    with (http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
          tempfile.TemporaryDirectory() as profile):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        shown = subprocess.run(
            [chromium, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             "--dump-dom", f"http://127.0.0.1:{server.server_port}/test"],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120)
        server.shutdown()
    match = re.search(r'<pre id="result">(\{.*?)</pre>', shown.stdout)
    if not match:
        sys.exit(f"{chromium} has shown nothing:\n{shown.stderr[-2000:]}")
    result = json.loads(html.unescape(match[1]))
    for name in names:
        for complaint in result["/" + name]["found"]:
            yield f"{name}: {complaint}"
    pictures, formulas = (sum(page[what] for page in result.values()) for what in ("pictures", "formulas"))
    print(f"{len(names)} pages with {pictures} pictures and {formulas} formulas")
    if not pictures or not formulas:
        yield "the site has no pictures or no formulas"


def main(command, site, *rest):
    complaints = list({"links": links, "rendered": rendered}[command](pathlib.Path(site).resolve(), *rest))
    print(*complaints, f"{len(complaints)} complaints", sep="\n")
    return 1 if complaints else 0


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
