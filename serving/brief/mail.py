"""A brief as mail: HTML that loads nothing from anywhere, and the same as plain text."""

from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from serving.brief.writing import Brief, Paragraph
from serving.web.render import ENVIRONMENT

WIDTH: Final = 76


@dataclass(frozen=True)
class Mail:
    """A message ready to be sent."""

    title: str
    text: str
    html: str


def mail_of(brief: Brief, public_url: str) -> Mail:
    """The brief with full addresses, below the address at which people reach the service."""
    base = public_url.rstrip("/")
    html = ENVIRONMENT.get_template("brief/mail.html").render(brief=brief, base=base, page=_page(brief))
    return Mail(f"{brief.title}: exceptions and cash", as_text(brief, base), html)


def as_text(brief: Brief, base: str = "") -> str:
    """Plain text, wrapped; addresses stand on lines of their own where ``base`` is given."""
    lines = [brief.title, f"As known on {brief.known}.", ""]
    for section in brief.sections:
        lines += [section.title, "-" * len(section.title)]
        for paragraph in section.paragraphs:
            lines += [*wrap(paragraph.text, WIDTH), *_address(paragraph, base), ""]
    return "\n".join([*lines, f"{base}{_page(brief)}" if base else ""]).rstrip() + "\n"


def _page(brief: Brief) -> str:
    return f"/brief?week={brief.week}"


def _address(paragraph: Paragraph, base: str) -> list[str]:
    return [f"  {base}{paragraph.link}"] if base and paragraph.link else []
