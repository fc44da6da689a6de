#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Keeps the documentation true: every block of its pages is what a program says.

    check.py blocks [--write]                     the text of examples, links, formulas
    check.py output NAME PROGRAM [--write]        what PROGRAM, built from examples/NAME.cpp, prints
    check.py listing COMPILER [--write]           machine code; COMPILER is the one named in the page
    check.py numbers TEXT STORED                  two files; their numbers may differ by 2 %

A comment in front of a fenced block names its source:

    <!-- docs/examples/NAME.cpp PART -->          the lines between `// [PART]` and `// [end]`
    <!-- tests/compile_fail/NAME.cpp MISTAKE_1 -->    the lines between `#ifdef` and `#endif`
    <!-- error of docs/examples/NAME.cpp MISTAKE_1 -->    the text that `// EXPECT:` states
    <!-- output of NAME -->                       all that the program prints
    <!-- output of NAME: PART -->                 what it prints between the line `[PART]` and the next
    <!-- listing of NAME: FUNCTION FUNCTION, COMPILER FLAGS -->    functions of examples/NAME.cpp side by side

Blocks of C++ need a source. --write replaces what differs.
"""
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

ROOT = pathlib.Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "docs" / "examples"
BLOCK = re.compile(r"(?:^<!-- (?P<source>[^\n]*) -->\n)?^```(?P<language>[\w+-]*)\n(?P<text>.*?)^```$",
                   re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
SOURCE = re.compile(r"(?:docs|tests)/\S+$")


class Wrong(Exception):
    pass


def pages():
    return [ROOT / "README.md"] + sorted((ROOT / "docs").rglob("*.md"))


def lines_between(path, begin, end):
    """The dedented lines between two lines; nothing if there is no such place."""
    found = None
    for line in path.read_text().splitlines():
        if found is not None and re.match(end, line.strip()):
            return textwrap.dedent("\n".join(found)).strip("\n") + "\n"
        if found is not None:
            found.append(line)
        elif re.match(begin, line.strip()):
            found = []
    return None


def part_of(name, part):
    path = ROOT / name
    if not path.exists():
        raise Wrong(f"there is no {name}")
    if part.startswith("MISTAKE"):
        text = lines_between(path, rf"#ifdef {part}\b", "#endif")
    else:
        text = lines_between(path, rf"(//|#) \[{re.escape(part)}\]$", r"(//|#) \[end\]$")
    if text is None:
        raise Wrong(f"{name} has no part {part}")
    return text


def error_of(name, part):
    expected = re.search(rf"#ifdef {part}\s+// EXPECT: (.*)", (ROOT / name).read_text())
    if not expected:
        raise Wrong(f"{name} expects nothing of {part}")
    return textwrap.fill(expected[1], 98) + "\n"


def wanted_text(source):
    """What stands in an example; None if another command checks the block."""
    words = source.split()
    if SOURCE.match(words[0]) and len(words) == 2:
        return part_of(*words)
    if source.startswith("error of ") and len(words) == 4:
        return error_of(*words[2:])
    if match := re.match(r"(?:output|listing) of (\w+)", source):
        if not (EXAMPLES / f"{match[1]}.cpp").exists():
            raise Wrong(f"there is no program {match[1]}")
        return None
    raise Wrong(f"what is `{source}`?")


def printed_part(output, part):
    if part is None:
        return output
    match = re.search(rf"^\[{re.escape(part)}\]\n(.*?)(?=^\[[\w ]+\]$|\Z)", output,
                      re.MULTILINE | re.DOTALL)
    if not match:
        raise Wrong(f"the program prints no part [{part}]")
    return match[1]


def listing(compiler, name, functions, named, flags):
    """The instructions of functions side by side."""
    version = subprocess.run([compiler, "--version"], check=True, text=True,
                             stdout=subprocess.PIPE).stdout.splitlines()[0]
    if f"g++ {version.split()[-1].split('.')[0]}" != named:
        print(f"listing: written for {named}, not compared with {version}")
        sys.exit(77)
    with tempfile.TemporaryDirectory() as folder:
        assembly = pathlib.Path(folder) / "listing.s"
        subprocess.run([compiler, "-std=c++20", *flags, f"-I{ROOT / 'include'}", "-masm=intel",
                        "-fno-asynchronous-unwind-tables", "-S", "-o", assembly,
                        EXAMPLES / f"{name}.cpp"], check=True)
        text = assembly.read_text()
    columns = []
    for function in functions:
        body = re.search(rf"^{function}:\n(.*?)^\s+\.size\s+{function},", text,
                         re.MULTILINE | re.DOTALL)
        if not body:
            raise Wrong(f"{name}.cpp has no function {function}")
        column = [f"{function}:"]
        for line in body[1].splitlines():
            if line.startswith("\t.") or re.match(r"\.LF[BE]\d+:", line):
                continue
            line = re.sub(r"(QWORD|XMMWORD|DWORD) PTR ", "", line.split("#")[0].strip())
            mnemonic, _, operands = line.partition("\t")
            column.append(line if line.endswith(":") else f"  {mnemonic:8}{operands}".rstrip())
        columns.append(column)
    height = max(map(len, columns))
    columns = [column + [""] * (height - len(column)) for column in columns]
    width = max(len(line) for column in columns[:-1] for line in column) + 4
    return "".join("".join(line.ljust(width) for line in row).rstrip() + "\n"
                   for row in zip(*columns))


def compare(wanted, write):
    """Compares all blocks with wanted(source, language), which is None where it has no say."""
    complaints, compared = [], 0
    for page in pages():
        text = page.read_text()
        name = page.relative_to(ROOT)

        def replacement(match):
            nonlocal compared
            place = f"{name}:{text[:match.start()].count(chr(10)) + 1}"
            try:
                want = wanted(match["source"], match["language"])
            except Wrong as wrong:
                complaints.append(f"{place}: {wrong}")
                return match[0]
            if want is None:
                return match[0]
            compared += 1
            if want == match["text"]:
                return match[0]
            if not write:
                complaints.append(f"{place}: differs from {match['source']}:\n"
                                  + textwrap.indent(want, "    + ")
                                  + textwrap.indent(match["text"], "    - "))
            return f"<!-- {match['source']} -->\n```{match['language']}\n{want}```"

        result = BLOCK.sub(replacement, text)
        if write and result != text:
            page.write_text(result)
            print(f"{name} written")
    return complaints, compared


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in re.findall(r"^#+ (.*?) *$", text, re.MULTILINE)}


def dead_links():
    for page in pages():
        text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        for link in LINK.findall(text):
            if re.match(r"\w+:", link):
                continue
            target, _, anchor = link.partition("#")
            target = (page.parent / target).resolve() if target else page
            if not target.exists():
                yield f"{page.relative_to(ROOT)}: no file {link}"
            elif anchor and anchor not in anchors(target):
                yield f"{page.relative_to(ROOT)}: no heading {link}"


def fragile_formulas():
    """Formulas in a line, `$...$`, of which GitHub's Markdown would take a part for something else."""
    for page in pages():
        text = re.sub(r"^```.*?^```$|`[^`\n]*`", "`", page.read_text(), flags=re.MULTILINE | re.DOTALL)
        name = page.relative_to(ROOT)
        for before, formula, after in re.findall(r"(.?)\$([^$\n]+)\$(.?)", text):
            if not (re.fullmatch(r"[ (]?", before) and re.fullmatch(r"[ .,;:)]?", after)):
                yield f"{name}: GitHub wants spaces or punctuation around ${formula}$"
            if re.search(r"\\[^a-zA-Z]|[*<>|\[\]`]|(?<!\w)_|^ | $", formula):
                yield f"{name}: GitHub reads Markdown in ${formula}$; write it as a block"
        if "$" in re.sub(r"\$[^$\n]+\$", "", text):
            yield f"{name}: a formula without its end"


def unused_parts():
    used = {match["source"] for page in pages() for match in BLOCK.finditer(page.read_text())}
    for path in sorted(EXAMPLES.rglob("*.cpp")):
        name = path.relative_to(ROOT)
        for part in re.findall(r"^\s*// \[([\w -]+)\]$", path.read_text(), re.MULTILINE):
            if part != "end" and f"{name} {part}" not in used:
                yield f"{name}: part {part} is shown nowhere"


def same_number(a, b):
    try:
        return abs(float(a) - float(b)) <= 0.02 * abs(float(b))
    except ValueError:
        return False


def changed_lines(text, stored):
    """Numbers are words between spaces; rounding, which is another one on every compiler, may add up."""
    text, stored = text.splitlines(), stored.splitlines()
    if len(text) != len(stored):
        yield f"{len(text)} lines are {len(stored)} in the stored file"
    for number, (line, want) in enumerate(zip(text, stored), 1):
        words, wanted = line.split(), want.split()
        if len(words) != len(wanted) or not all(a == b or same_number(a, b)
                                                for a, b in zip(words, wanted)):
            yield f"line {number}: `{line}`, stored `{want}`"


def main(arguments):
    write = "--write" in arguments
    command, *rest = [a for a in arguments if a != "--write"]
    if command == "blocks":

        def wanted(source, language):
            if source is None:
                if language in ("cpp", "c++", "C++"):
                    raise Wrong("a block of C++ without a source")
                return None
            return wanted_text(source)

        complaints, compared = compare(wanted, write)
        complaints += [*dead_links(), *fragile_formulas(), *unused_parts()]
    elif command == "output":
        name, program = rest
        output = subprocess.run([program], check=True, text=True, stdout=subprocess.PIPE).stdout

        def wanted(source, _):
            match = re.fullmatch(rf"output of {name}(?:: (.+))?", source or "")
            return printed_part(output, match[1]) if match else None

        complaints, compared = compare(wanted, write)
    elif command == "listing":

        def wanted(source, _):
            match = re.fullmatch(r"listing of (\w+): ([\w ]+), (g\+\+ \d+) (.*)", source or "")
            if not match:
                return None
            return listing(rest[0], match[1], match[2].split(), match[3], match[4].split())

        complaints, compared = compare(wanted, write)
    elif command == "numbers":
        text, stored = (pathlib.Path(path).read_text() for path in rest)
        complaints, compared = list(changed_lines(text, stored)), 1
    else:
        sys.exit(__doc__)
    print(*complaints, f"{compared} blocks compared, {len(complaints)} complaints", sep="\n")
    return 1 if complaints and not write else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
