"""Finds secrets in what programs write, whatever encoding they stand in."""

import base64
import html
import re

ESCAPE = re.compile(rb"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|\\([/\"'\\])")
LEVELS = 4  # of escapes within escapes


def forms(secret):
    """The secret as it is, in hexadecimal, and in base64 at each place that it can have in a longer text."""
    raw = secret if isinstance(secret, bytes) else secret.encode()
    found = {raw, raw.hex().encode(), raw.hex().upper().encode()}
    for before in range(3):
        first, last = (before * 8 + 5) // 6, (before + len(raw)) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            found.add(encode(bytes(before) + raw)[first:last])
    return found


def unescaped(content):
    """The content without one level of the escapes of JSON, of URLs and of HTML."""

    def plain(match):
        wide, narrow, percent, literal = match.groups()
        if literal:
            return literal
        if wide:
            return chr(int(wide, 16)).encode("utf-8", "replace")
        return bytes([int(narrow or percent, 16)])

    content = ESCAPE.sub(plain, content)
    return html.unescape(content.decode("latin-1")).encode("latin-1", "replace") if b"&" in content else content


def levels(content):
    """The content, and the content after each level of unescaping that changes it."""
    content = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogateescape")
    for _ in range(LEVELS):
        yield content
        plain = unescaped(content)
        if plain == content:
            return
        content = plain


class Canaries:
    """Secrets that must show nowhere."""

    def __init__(self):
        self._forms = {}

    def __len__(self):
        return len(self._forms)

    def remember(self, name, secret):
        """From now on this secret must not be found anywhere, in no form."""
        self._forms[name] = forms(secret)

    def found(self, content):
        """The names of those that the content shows."""
        texts = list(levels(content))
        return sorted(name for name, some in self._forms.items() if any(f in t for f in some for t in texts))


def echoes(secret):
    """The secret as software repeats it inside of a JSON text, by name; for answers that repeat what was sent."""
    raw = secret.encode()
    return {
        "plain": secret,
        "json": "".join(f"\\u{b:04x}" for b in raw),
        "json in json": "".join(f"\\\\u{b:04X}" for b in raw),
        "one escape": f"\\u{raw[0]:04x}{secret[1:]}",
        "percent": "".join(f"%{b:02X}" for b in raw),
        "percent twice": "".join(f"%25{b:02x}" for b in raw),
        "html": "".join(f"&#{b};" for b in raw),
        "hexadecimal": raw.hex(),
        "base64": base64.b64encode(raw).decode(),
        "base64 inside": base64.b64encode(b"x" + raw + b"yz").decode(),
        "base64 of urls": base64.urlsafe_b64encode(b"{?" + raw + b"}").decode(),
    }
