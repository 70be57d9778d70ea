"""Files as the addresses of themselves, for pages that show or download them."""

import base64


def data_url(content: bytes, kind: str = "image/png") -> str:
    """The file `content`, of that MIME type, in a data address."""
    return f"data:{kind};base64," + base64.b64encode(content).decode()
