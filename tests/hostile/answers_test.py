"""A platform that answers wrong: each answer ends its call with a clear error, and nothing else."""

import json
import os
import socketserver
import threading

from harness import DOCUMENTED_SHOP
from hostile_caller import SHOPS
from hostile_case import ADMIN, HERE, HostileCase
from local_pair import Program, wait_until, write_config
from local_pair import Sidecar
from harness import BUILD

MEMORY_MAX_MB = 512
LIMITS = f"limits {{ memory_max_mb: {MEMORY_MAX_MB} }}"
CALL_SECONDS = 3
TOKEN = "4c0ffee5{:08d}decafbad4c0ffee5"


class Elsewhere(socketserver.ThreadingTCPServer):
    """Where nobody has any business."""

    daemon_threads = True

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.server.visits.append(self.request.recv(65536))

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.visits = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class AnswersTest(HostileCase):
    def start(self):
        elsewhere = Elsewhere()
        self.addCleanup(elsewhere.server_close)
        self.addCleanup(elsewhere.shutdown)
        env = {**os.environ, "HOSTILE_ELSEWHERE": f"http://127.0.0.1:{elsewhere.server_address[1]}"}
        upstream = self._until_cleanup(Program(["/usr/bin/python3", HERE / "hostile_upstream.py"], env))
        port = wait_until(lambda: upstream.lines or upstream.require_running(), "the upstream")[0]
        tokens = {shop: TOKEN.format(shop) for shop in [DOCUMENTED_SHOP, *SHOPS.values()]}
        config = write_config(self.folder, f"http://127.0.0.1:{port}", tokens, more=[ADMIN, LIMITS])
        sidecar = self._until_cleanup(Sidecar(BUILD, config))
        return sidecar, elsewhere

    def test_all(self):
        sidecar, elsewhere = self.start()
        found = {}
        attacker = self.attacker("hostile_caller.py", sidecar.target)

        def attack():
            found.update(attacker.ask(str(CALL_SECONDS)))

        with self.memory_below(sidecar, MEMORY_MAX_MB):
            self.assert_answers_beside(sidecar, attack)
        for name, end in found.items():
            print(f"{name:28} {end['seconds']:.2f} {end['end']} {end.get('text')[:150]!r} {str(end.get('more'))[:200]}")
        self.assert_ready(sidecar)
        self.assertEqual(elsewhere.visits, [])
