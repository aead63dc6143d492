"""What files are taken for: by their content, never by their name."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.attachments.sniff import DOCX, ENDINGS, JPEG, PDF, PNG, TEXT, XLSX, UnknownKind, checked, safe_name


def package(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in ("[Content_Types].xml", *names):
            file.writestr(name, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.pdf", b"%PDF-1.7 ...", PDF),
        ("a.PNG", b"\x89PNG\r\n\x1a\n...", PNG),
        ("a.jpeg", b"\xff\xd8\xff\xe0...", JPEG),
        ("a.csv", "über;1\n".encode(), TEXT),
        ("a.docx", package("word/document.xml"), DOCX),
        ("a.xlsx", package("xl/workbook.xml"), XLSX),
    ],
)
def test_the_kind_is_told_from_the_content(name: str, content: bytes, kind: str) -> None:
    assert checked(name, content) == (name.replace(".PNG", ".png"), kind)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><script>alert(1)</script>"),
        ("page.txt", b"  <!DOCTYPE html><p>"),
        ("drawing.svg", b"<svg onload=alert(1)>"),
        ("invoice.pdf", b"MZ\x90\x00 a program"),
        ("invoice.pdf", b"plain text that is called a PDF"),
        ("macro.docx", package("word/document.xml", "word/vbaProject.bin")),
        ("archive.zip", package("anything.txt")),
        ("broken.docx", b"PK\x03\x04 and then nothing"),
        ("latin.txt", "über".encode("latin-1")),
        ("nul.txt", b"text\x00more"),
        ("script.txt", b"#!/bin/sh\nrm -rf"),
    ],
)
def test_what_a_browser_or_a_shell_could_run_or_what_lies_about_itself_is_refused(name: str, content: bytes) -> None:
    with pytest.raises(UnknownKind):
        checked(name, content)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a b.pdf", "a b.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202egpj.exe.pdf", "gpj.exe.pdf"),
        ("...", "file"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_loses_what_could_lead_astray(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


def test_a_file_without_an_ending_gets_one() -> None:
    assert checked("scan", b"%PDF-1.7") == ("scan.pdf", PDF)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.binary(max_size=64))
def test_whatever_is_sent_a_kept_file_has_a_plain_name_and_an_ending_of_its_kind(name: str, content: bytes) -> None:
    try:
        kept, kind = checked(name, content)
    except UnknownKind:
        return
    assert not set(kept) & set('/\\\x00\r\n"<>')
    assert kept.lower().endswith(ENDINGS[kind])
