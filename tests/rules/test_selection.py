"""Globs on the path below the watch: what is a document, and by which rule the rest is left alone."""

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flexorchd.rules.naming import temporary_name
from flexorchd.rules.selection import (
    DEFAULT_EXCLUDE,
    NOT_INCLUDED,
    TEMPORARY,
    Ignored,
    Selection,
    check_pattern,
    supported_kinds,
)

DEFAULT_INCLUDE = tuple(f"*.{kind}" for kind in supported_kinds("embedded"))
usual = Selection(DEFAULT_INCLUDE, DEFAULT_EXCLUDE)


def takes(path, include=("*",), exclude=()):
    return Selection(include, exclude).decide(path) is None


@pytest.mark.parametrize(
    "path",
    [
        b"a.pdf",
        b"A.PDF",
        b"a b/c.Docx",
        b"x.xml.p7m",
        b"\xff.pdf",
        "Übersicht.PDF".encode(),
        b"-a.tif",
        b"\n.txt",
    ],
)
def test_documents(path):
    assert usual.decide(path) is None


@pytest.mark.parametrize(
    ("path", "rule"),
    [
        (b"a.csv", NOT_INCLUDED),
        (b"pdf", NOT_INCLUDED),
        (b"a.pdf.exe", NOT_INCLUDED),
        (b".a.pdf", "exclude .*"),
        (b".hidden/a.pdf", "exclude .*"),
        (b"deep/.hidden/b/a.pdf", "exclude .*"),
        (b"~$a.docx", "exclude ~$*"),
        (b"a.pdf.part", "exclude *.part"),
        (b"A.TMP", "exclude *.tmp"),
        (b"a.pdf~", "exclude *~"),
        (b"x/@EADIR/a.pdf", "exclude @eaDir/"),
        (b"#recycle/a.pdf", "exclude #recycle/"),
        (b"\xff.tmp", "exclude *.tmp"),
        (temporary_name("0123456789abcdef").encode(), TEMPORARY),
    ],
)
def test_what_is_left_alone_by_default(path, rule):
    assert usual.decide(path) == Ignored(rule)


def test_a_name_of_ours_is_left_alone_whatever_is_configured():
    name = temporary_name("0123456789abcdef").encode()
    assert Selection(("*",), ()).decide(b"a/" + name) == Ignored(TEMPORARY)
    assert takes(b".flexorchd-notes.txt")


def test_folders_only():
    assert takes(b"drafts", exclude=["drafts/"])
    assert not takes(b"drafts/a", exclude=["drafts/"])
    assert not takes(b"a/Drafts/b/c", exclude=["drafts/"])
    assert not takes(b"drafts", exclude=["drafts"])


def test_a_path_is_tried_from_the_watch_on():
    assert not takes(b"a/b.pdf", exclude=["a/*.pdf"])
    assert takes(b"x/a/b.pdf", exclude=["a/*.pdf"])
    assert takes(b"a/x/b.pdf", exclude=["a/*.pdf"])
    assert not takes(b"b.pdf", exclude=["/b.pdf"])
    assert takes(b"a/b.pdf", exclude=["/b.pdf"])


def test_two_stars_span_folders():
    for path in (b"a/b.pdf", b"a/x/b.pdf", b"a/x/y/b.pdf"):
        assert not takes(path, exclude=["a/**/b.pdf"])
    assert takes(b"ab.pdf", exclude=["a/**/b.pdf"])
    assert not takes(b"x/y/b", exclude=["**/b"])
    assert not takes(b"a/x", exclude=["a/**"])
    assert takes(b"a", exclude=["a/**"])


def test_a_folder_that_matches_speaks_for_what_lies_in_it():
    assert takes(b"invoices/2024/a.bin", include=["invoices/"])
    assert takes(b"invoices/2024/a.bin", include=["invoices"])
    assert not takes(b"other/a.bin", include=["invoices/"])
    assert not takes(b"old/deep/a.pdf", include=["*.pdf"], exclude=["old"])


def test_exclude_wins():
    assert not takes(b"a.pdf", include=["a.pdf"], exclude=["*.pdf"])


def test_classes_and_question_marks():
    assert takes(b"scan1.pdf", include=["scan[0-9].pdf"])
    assert not takes(b"scanx.pdf", include=["scan[0-9].pdf"])
    assert takes(b"scanx.pdf", include=["scan[!0-9].pdf"])
    assert takes(b"A1", include=["a?"])
    assert not takes(b"a/b", include=["a?b"])


def test_names_that_are_composed_otherwise_match():
    assert takes("Gebu\u0308hr.pdf".encode(), include=["gebühr.*"])


def test_nothing_included_takes_nothing():
    assert Selection((), ()).decide(b"a.pdf") == Ignored(NOT_INCLUDED)


def test_pruned_folders():
    assert usual.prunes(b"") is None
    assert usual.prunes(b"a/b") is None
    assert usual.prunes(b"a/@eaDir") == "exclude @eaDir/"
    assert usual.prunes(b"a/.git/objects") == "exclude .*"
    assert Selection(("*",), ("a/b/",)).prunes(b"a/b/c") == "exclude a/b/"
    assert Selection(("*",), ("a/b/",)).prunes(b"a") is None


def test_very_deep_folders():
    assert usual.decide(b"a/" * 2_000 + b"a.pdf") is None
    assert usual.prunes(b"a/" * 2_000 + b".b") == "exclude .*"


names = st.text("aA.~$#-@\u212aſ*ü", min_size=1, max_size=6) | st.sampled_from(
    ["a.pdf", "A.PDF", "@eaDir", "x.tmp", "~$a.txt", ".flexorchd-0123456789abcdef.tmp"]
)
paths = st.lists(names, min_size=1, max_size=4).map(lambda parts: "/".join(parts).encode())
globs = st.lists(
    st.sampled_from(
        [
            "*",
            "*.pdf",
            "*.*",
            "a*",
            "A",
            "a/",
            "a/*",
            "*/a.pdf",
            "**/a",
            "[a]*",
            "?",
            "*k",
            ".*",
            "*~",
            "~$*",
        ]
    ),
    max_size=4,
)


def by_the_book(path, include, exclude):
    """The contract's rules for one part or one folder level at a time, without any shortcut."""
    parts = path.decode().split("/")

    def translated(glob):
        pieces = re.split(r"(\*\*/|\*|\?|\[a\])", glob)
        table = {"**/": "(?:[^/]+/)*", "*": "[^/]*", "?": "[^/]", "[a]": "[a]"}
        return re.compile("".join(table.get(p, re.escape(p)) for p in pieces), re.IGNORECASE)

    def matches(glob):
        for length in range(1, len(parts) + 1):
            if glob.endswith("/") and length == len(parts):
                continue
            bare = glob.strip("/")
            tried = "/".join(parts[:length]) if "/" in bare else parts[length - 1]
            if translated(bare).fullmatch(tried):
                return True
        return False

    if re.fullmatch(r"\.flexorchd-[0-9a-f]{16}\.tmp", parts[-1]) or any(map(matches, exclude)):
        return False
    return any(map(matches, include))


@given(paths, globs, globs)
@example("a\u212a".encode(), ["*"], ["*k"])  # the Kelvin sign is a k when case is ignored
@example(b"a", ["*"], ["a/", "[a]*/"])
@example(b"a", ["a/"], [])
def test_the_shortcut_changes_nothing(path, include, exclude):
    assert takes(path, include, exclude) == by_the_book(path, include, exclude)


@given(st.binary(min_size=1, max_size=40).filter(lambda path: b"\0" not in path), globs, globs)
def test_any_bytes_can_be_asked_about(path, include, exclude):
    selection = Selection(include, exclude)
    decision = selection.decide(path)
    folder = path.rpartition(b"/")[0]
    if (rule := selection.prunes(folder)) is not None:
        assert decision == Ignored(rule)


def test_a_hundred_thousand_names_cost_little():
    paths = [b"folder%d/invoice %d.pdf" % (number // 100, number) for number in range(100_000)]
    started = time.process_time()
    assert all(usual.decide(path) is None for path in paths)
    assert time.process_time() - started < 0.5  # 0.04 s where it was measured


@pytest.mark.parametrize("pattern", ["", "/", "//", "a//b", "../a", "./a", "a\0"])
def test_bad_patterns(pattern):
    with pytest.raises(ValueError):
        check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern", [*DEFAULT_EXCLUDE, *DEFAULT_INCLUDE, "a/b", "/a", "**/a/", "[", "[z-a]"]
)
def test_good_patterns(pattern):
    check_pattern(pattern)
    Selection((pattern,), (pattern,)).decide(b"a/b")
