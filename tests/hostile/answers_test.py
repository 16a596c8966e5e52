"""A platform with wrong answers: each one ends its call with the matching error, and has no other effect."""

import base64
import os
import re
import socketserver
import threading

from harness import BUILD, DOCUMENTED_NUMBER, DOCUMENTED_SHOP
from hostile_caller import SHOPS
from hostile_case import ADMIN, HERE, HostileCase
from local_pair import DEMO_PARTNER_KEY, Program, Sidecar, wait_until, write_config

MEMORY_MAX_MB = 1024  # the default
CALL_SECONDS = 3
TOKEN = "4c0ffee5{:08d}decafbad4c0ffee5"
LINE_BYTES_MAX = 16 * 1024
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # a terminal would obey
CONTROL_ESCAPED = re.compile(r"\\u00(1b|7f|8[0-9a-f]|9[0-9a-f])")

RIGHT = "the right answer"
EMPTY = "OK without a number"
UNREADABLE, TOO_LARGE = "INTERNAL ANSWER_UNREADABLE", "INTERNAL ANSWER_TOO_LARGE"
NO_ANSWER = "UNAVAILABLE UPSTREAM_NO_ANSWER"
REFUSED = "UNKNOWN UPSTREAM_ERROR"
DENIED = "PERMISSION_DENIED ACCESS_DENIED"
MISSING = "FAILED_PRECONDITION ENDPOINT_MISSING"
LATE = "DEADLINE_EXCEEDED"  # from the caller's own timer or the sidecar's

# How the call of each answer may end: in two ways where the HTTP library may repair the answer.
ENDS = {
    (UNREADABLE,): """
        empty null list number text object_without_members response_is_a_number response_is_a_list depth_of_lists
        depth_of_objects depth_closed depth_closed_far nan infinity hexadecimal leading_zero utf_16 utf_16_unmarked
        utf_32 nul_before nul_behind two_objects html comments gzip_unasked echo_unreadable length_too_short
        status_600 status_999 no_content_with_content""",
    (REFUSED,): """
        error_is_an_object error_is_a_list error_is_a_number request_id_of_1_mb code_of_1_mb message_of_7_mb
        terminal_escapes echo_in_code asks_as_a_proxy asks_for_an_upgrade""",
    (DENIED,): "error_twice member_with_escapes asks_for_a_login",
    (MISSING,): """
        redirect_300 redirect_301 redirect_302 redirect_303 redirect_305 redirect_307 redirect_308
        not_modified_with_content""",
    (RIGHT,): "byte_order_mark million_blanks dates_wrong date_of_1970 cookie hsts informational_then_good",
    (EMPTY,): "error_is_null members warnings",
    (RIGHT, NO_ANSWER, UNREADABLE): """
        deflate_unasked encodings_many headers_20000 header_with_cr header_with_lf_alone header_folded
        blank_before_colon media_type_of_90_kb two_lengths two_lengths_alike lengths_in_a_list length_and_chunks
        chunk_extension_of_10_mb encoding_twice status_299 status_glued version_0 version_2 version_3 version_lower
        partial_content""",
    (NO_ANSWER,): """
        header_of_1_mb header_name_of_1_mb header_without_colon header_with_nul header_folded_first length_below_zero
        length_is_no_number length_of_8_eb length_too_long chunk_size_no_number chunk_size_below_zero
        chunk_size_of_64_bits chunk_size_of_17_digits chunk_size_zeros chunk_without_size chunk_without_end
        chunks_that_stop encoding_unknown headers_endless informational_endless hints_endless status_line_endless
        status_abc status_99 status_1000 status_000 version_9 shoutcast rtsp http_0_9 http_2_settings http_2_preface
        tls_alert ssh random closes_at_once closes_in_the_head closes_in_the_body
        resets_the_connection""",
    (NO_ANSWER, LATE): "length_beyond_64_bits trailers_endless switches_protocols",
    (TOO_LARGE, LATE): "chunks_endless",
    (TOO_LARGE,): "broken_31_mb digits_31_mb controls_31_mb beyond_the_limit body_endless",
    (UNREADABLE, TOO_LARGE): "gzip_bomb_unasked number_of_7_mb million_digits",
    ("another number",): """
        exponent_400 exponent_9_digits minus_zero beyond_64_bits bad_utf_8 lone_surrogate nul_in_a_text nul_escaped""",
    (LATE,): "never drip_head drip_body",
    ("RESOURCE_EXHAUSTED RATE_LIMITED", LATE): "retry_after_forever",
    ("UNAUTHENTICATED TOKEN_REJECTED",): "echo",
}
EXPECTED = {name: ends for ends, names in ENDS.items() for name in names.split()}


class Elsewhere(socketserver.ThreadingTCPServer):
    """A host that must receive no request."""

    daemon_threads = True

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            self.server.visits.append(self.request.recv(65536))

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.visits = []
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()


def end_of(found):
    """How a call ended, in the format of EXPECTED."""
    if found["end"] != "OK":
        return LATE if found["end"].startswith(LATE) else found["end"]
    return {DOCUMENTED_NUMBER: RIGHT, "": EMPTY}.get(found["number"], "another number")


class AnswersTest(HostileCase):
    def start(self, limits=f"limits {{ max_memory_mib: {MEMORY_MAX_MB} }}"):
        self.elsewhere = Elsewhere()
        self.addCleanup(self.elsewhere.server_close)
        self.addCleanup(self.elsewhere.shutdown)
        env = {**os.environ, "HOSTILE_ELSEWHERE": self.elsewhere.address}
        upstream = self._until_cleanup(Program(["/usr/bin/python3", HERE / "hostile_upstream.py"], env))
        port = wait_until(lambda: upstream.lines or upstream.require_running(), "the upstream")[0]
        tokens = {shop: TOKEN.format(shop) for shop in [DOCUMENTED_SHOP, *SHOPS.values()]}
        config = write_config(self.folder, f"http://127.0.0.1:{port}", tokens, more=[ADMIN, limits])
        return self._until_cleanup(Sidecar(BUILD, config))

    def test_every_answer_ends_its_call_and_nobody_elses(self):
        sidecar = self.start()
        attacker = self.attacker("hostile_caller.py", sidecar.target)
        found = {}
        with self.memory_below(sidecar, MEMORY_MAX_MB):
            self.assert_answers_beside(sidecar, lambda: found.update(attacker.ask(str(CALL_SECONDS))))
        self.assert_ready(sidecar)
        self.assertEqual(sorted(found), sorted(EXPECTED))
        wrong = {name: f"{end_of(end)}: {end['text'][:200]}" for name, end in found.items() if end_of(end) not in EXPECTED[name]}
        self.assertEqual(wrong, {})
        self.assertEqual(self.elsewhere.visits, [], "something was sent elsewhere")
        self.assert_nothing_leaks(self.whole_log(sidecar), found)

    def assert_nothing_leaks(self, lines, found):
        """Neither tokens nor control characters reach a log or a caller, and no line is long."""
        texts = [f"{end['text']} {end.get('more')}" for end in found.values() if end["end"] != "OK"]
        for name, shop in SHOPS.items():
            token = TOKEN.format(shop)
            for disguise in (token, token[4:-4], base64.b64encode(token.encode()).decode()[:-4], percent(token)):
                self.assertEqual([t[:300] for t in [*lines, *texts] if disguise in t], [], name)
        self.assertEqual([t[:300] for t in [*lines, *texts] if DEMO_PARTNER_KEY in t], [])
        self.assertEqual([t[:300] for t in [*lines, *texts] if CONTROL.search(t)], [])
        self.assertEqual([line[:300] for line in lines if CONTROL_ESCAPED.search(line)], [])
        self.assertLess(max(map(len, lines)), LINE_BYTES_MAX)


def percent(text):
    return "".join(f"%{ord(character):02x}" for character in text)
