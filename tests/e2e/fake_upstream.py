"""A stand-in for Shopee that keeps no state: it answers as a test says, and keeps what was asked."""

import dataclasses
import http.server
import json
import threading
import urllib.parse

COMMON_PARAMETERS = {"partner_id", "timestamp", "sign", "access_token", "shop_id", "merchant_id"}
REFUSAL = {"error": "error_param", "message": "no answer is prepared for this path", "request_id": "refused"}


@dataclasses.dataclass
class Asked:
    """One HTTP request; business parameters of the query and the JSON body."""

    verb: str
    path: str
    query: dict
    body: dict


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # one write per answer
    disable_nagle_algorithm = True

    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True, strict_parsing=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        business = {name: text for name, text in query.items() if name not in COMMON_PARAMETERS}
        asked = Asked(self.command, url.path, business, json.loads(body) if body else {})
        prepared = self.server.prepared.get(url.path)
        answer = prepared(asked) if prepared else REFUSAL
        is_file = isinstance(answer, bytes)
        payload = answer if is_file else json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/pdf" if is_file else "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class FakeUpstream(http.server.ThreadingHTTPServer):
    """Serves until it is closed; `prepared` has a function from Asked to an answer for each path."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.prepared = {}
        self.base_url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()
