"""A file as an answer: always saved, never shown or run by a browser."""

from urllib.parse import quote

from fastapi import Response

from serving.sql import Row

# Even a browser that showed it all the same would give it no scripts, no origin and no network.
SANDBOX = "default-src 'none'; sandbox"


def download(row: Row) -> Response:
    """The content, under its name, as something to save."""
    plain = "".join(sign if (sign.isascii() and sign.isalnum()) or sign in "._- " else "_" for sign in row["file_name"])
    headers = {
        "content-disposition": f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(row['file_name'])}",
        "content-security-policy": SANDBOX,
        "x-content-type-options": "nosniff",
        "cache-control": "private, no-store",
    }
    return Response(bytes(row["content"]), media_type="application/octet-stream", headers=headers)
