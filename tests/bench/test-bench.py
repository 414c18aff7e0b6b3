# SPDX-License-Identifier: LGPL-2.1-or-later
"""The benchmarks measure what they say: the generator gets right answers from
the bare echo, notices every wrong one, and disturbed runs are thrown away.
Nothing here is timed."""
import json
import socket
import subprocess
import sys
import threading
import types
import unittest
import unittest.mock

import count
import measure
import run

FOLDER = None
ACK, NON, CONTENT, NOT_FOUND = 2, 1, 0x45, 0x84


class Responder(threading.Thread):
    """A server whose every tenth answer goes through spoil (bytearray), which may return None for silence."""

    def __init__(self, spoil):
        super().__init__(daemon=True)
        self.spoil = spoil
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((measure.HOST, 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        served = 0
        while True:
            request, peer = self.socket.recvfrom(2048)
            if not request:
                return
            answer = bytearray([0x40 | ACK << 4 | request[0] & 15, CONTENT]) + request[2:12]
            served += 1
            if served % 10 == 0:
                answer = self.spoil(answer)
            if answer is not None:
                self.socket.sendto(answer, peer)

    def stop(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as waker:
            waker.sendto(b"", (measure.HOST, self.port))
        self.join()
        self.socket.close()


def set_byte(at, value):
    def spoil(answer):
        answer[at] = value(answer[at]) if callable(value) else value
        return answer
    return spoil


class GeneratorAndEcho(unittest.TestCase):
    def load(self, count=200, **arguments):
        with measure.Server(FOLDER, "echo") as server:
            return measure.generate(FOLDER, server, count=count, block=True, **arguments)

    def assert_clean(self, report, count=200):
        self.assertEqual(report["errors"], 0)
        self.assertGreaterEqual(report["requests"], count)
        self.assertEqual(report["sent"], report["answered"])

    def test_con(self):
        report = self.load(outstanding=16)
        self.assert_clean(report)
        self.assertLess(0, report["p50_ns"])
        self.assertLessEqual(report["p50_ns"], report["p99_ns"])

    def test_one_outstanding(self):
        self.assert_clean(self.load(outstanding=1))

    def test_non(self):
        self.assert_clean(self.load(outstanding=16, non=True))

    def test_endpoints(self):
        self.assert_clean(self.load(outstanding=16, endpoints=50))

    def test_warmup_is_not_measured(self):
        report = self.load(outstanding=1, warmup=100)
        self.assertEqual(report["requests"], 200)
        self.assertEqual(report["answered"], 300)

    def test_usage(self):
        with measure.Server(FOLDER, "echo") as server:
            before = server.usage()
            measure.generate(FOLDER, server, outstanding=16, count=200, block=True)
            self.assertLess(0, (server.usage() - before).run_time)
            self.assertLess(0, server.resident_bytes())


class BodiesAndObservers(unittest.TestCase):
    """The bare echo serves blocks and observers rightly, and the generators check that."""

    def test_transfers(self):
        for put in False, True:
            with measure.Server(FOLDER, "echo") as server:
                report = measure.transfer(FOLDER, server, put=put, clients=3, kilobytes=1024, seconds=0.5)
            self.assertGreater(report["blocks"], 3)
            self.assertEqual((report["wrong"], report["timeouts"]), (0, 0))

    def test_wrong_block_is_noticed(self):
        # This one thinks that a body ends at 1 MiB.
        with measure.Server(FOLDER, "echo") as server:
            with self.assertRaisesRegex(measure.BenchError, "wrong"):
                measure.transfer(FOLDER, server, kilobytes=2, seconds=0.5)

    def test_observers(self):
        for confirmable in False, True:
            with measure.Server(FOLDER, "echo") as server:
                report = measure.observe(FOLDER, server, observers=50, confirmable=confirmable, seconds=0.2)
            self.assertGreaterEqual(report["rounds"], 1)
            self.assertEqual(report["notifications"] + report["lost"], 50 * report["rounds"])
            self.assertEqual(report["confirmable"] > 0, confirmable)

    def test_without_notifications(self):
        responder = Responder(lambda answer: answer)
        responder.start()
        server = types.SimpleNamespace(name="responder", port=responder.port, source_port=0, alive=True)
        with self.assertRaisesRegex(measure.BenchError, "wrong"):
            measure.observe(FOLDER, server, observers=5, seconds=0)
        responder.stop()


class WrongAnswers(unittest.TestCase):
    """The generator must count what a broken server does, and say so by its exit status."""

    def spoiled(self, spoil):
        responder = Responder(spoil)
        responder.start()
        done = subprocess.run([str(FOLDER / "bench-generator"), "--port", str(responder.port), "--outstanding", "4",
                               "--count", "100", "--timeout", "100", "--block"], capture_output=True, text=True)
        responder.stop()
        report = json.loads(done.stdout)
        self.assertEqual(done.returncode, 1)
        self.assertGreaterEqual(report["errors"], 10)
        return report

    def test_code(self):
        self.assertGreaterEqual(self.spoiled(set_byte(1, NOT_FOUND))["wrong_code"], 10)

    def test_token(self):
        self.assertGreaterEqual(self.spoiled(set_byte(9, lambda byte: byte ^ 1))["unmatched"], 10)

    def test_slot_that_does_not_exist(self):
        self.assertGreaterEqual(self.spoiled(set_byte(4, 0xff))["unmatched"], 10)

    def test_message_id(self):
        self.assertGreaterEqual(self.spoiled(set_byte(3, lambda byte: byte ^ 1))["unmatched"], 10)

    def test_type(self):
        self.assertGreaterEqual(self.spoiled(set_byte(0, 0x40 | NON << 4 | 8))["unmatched"], 10)

    def test_truncated(self):
        self.assertGreaterEqual(self.spoiled(lambda answer: answer[:3])["malformed"], 10)

    def test_silence(self):
        self.assertGreaterEqual(self.spoiled(lambda answer: None)["timeouts"], 10)

    def test_wrong_answers_void_the_figure(self):
        responder = Responder(set_byte(1, NOT_FOUND))
        responder.start()
        server = types.SimpleNamespace(name="responder", port=responder.port, source_port=0, alive=True)
        with self.assertRaisesRegex(measure.BenchError, "wrong_code"):
            measure.generate(FOLDER, server, outstanding=4, count=100, block=True)
        responder.stop()


class StreamResponder(threading.Thread):
    """Greets one connection over TCP (RFC 8323) and answers each request by answer (token), which may return None to
    end the connection."""

    def __init__(self, answer):
        super().__init__(daemon=True)
        self.answer = answer
        self.socket = socket.create_server((measure.HOST, 0))
        self.port = self.socket.getsockname()[1]

    def run(self):
        connection, _ = self.socket.accept()
        with self.socket, connection:
            connection.sendall(b"\x00\xe1")
            while request := connection.recv(2048):
                # A CSM may come first, alone or not; the request behind it has a token of eight bytes.
                request = request.removeprefix(b"\x00\xe1")
                answer = self.answer(request[2:10]) if request else b""
                if answer is None:
                    return
                connection.sendall(answer)


class SessionsGenerator(unittest.TestCase):
    def load(self, answer):
        responder = StreamResponder(answer)
        responder.start()
        server = types.SimpleNamespace(name="responder", port=responder.port, scheme="coap+tcp", alive=True)
        return measure.request_over_sessions(FOLDER, server, count=20, block=True)

    def test_right_answers(self):
        # Content-Format 0, and a payload of one byte.
        report = self.load(lambda token: b"\x38\x45" + token + b"\xc0\xffx")
        self.assertEqual((report["requests"], report["wrong"], report["failed"]), (20, 0, 0))

    def test_code(self):
        with self.assertRaisesRegex(measure.BenchError, "wrong"):
            self.load(lambda token: b"\x38\x84" + token + b"\xc0\xffx")

    def test_token(self):
        with self.assertRaisesRegex(measure.BenchError, "wrong"):
            self.load(lambda token: b"\x38\x45" + bytes([token[0] ^ 1]) + token[1:] + b"\xc0\xffx")

    def test_signal(self):
        with self.assertRaisesRegex(measure.BenchError, "wrong"):
            self.load(lambda token: b"\x00\xe5")

    def test_end(self):
        with self.assertRaisesRegex(measure.BenchError, "failed"):
            self.load(lambda token: None)

    def test_ours(self):
        if not measure.available_peers(FOLDER, ["ours"]):
            self.skipTest("our server is not built")
        for scheme in "coap+tcp", "coaps+tcp", "coaps":
            with measure.Server(FOLDER, "ours", scheme=scheme) as server:
                report = measure.request_over_sessions(FOLDER, server, connections=3, outstanding=4, count=100,
                                                       block=True)
                self.assertGreaterEqual(report["requests"], 100)
                self.assertEqual((report["handshakes"], report["wrong"], report["failed"]), (3, 0, 0))
                report = measure.request_over_sessions(FOLDER, server, connections=3, reconnect=True, count=10,
                                                       block=True)
                self.assertGreaterEqual(report["handshakes"], 10)
                with measure.IdleSessions(FOLDER, server, 5) as sessions:
                    sessions.request()


class Protected(unittest.TestCase):
    """Requests protected by OSCORE, which ours answers if they are from a client that it knows."""

    def setUp(self):
        if not measure.available_peers(FOLDER, ["ours"]):
            self.skipTest("our server is not built")

    def load(self, server, client, **arguments):
        return measure.generate(FOLDER, server, outstanding=16, count=200, block=True, oscore=client, **arguments)

    def test_ours(self):
        with measure.Server(FOLDER, "ours-oscore") as server:
            for endpoints in 1, 4:
                report = self.load(server, server.take_client(), endpoints=endpoints)
                self.assertEqual((report["requests"], report["errors"]), (200, 0))
            # Plain ones are answered as well.
            report = measure.generate(FOLDER, server, outstanding=16, count=200, block=True)
            self.assertEqual(report["errors"], 0)

    def test_numbers_again(self):
        with measure.Server(FOLDER, "ours-oscore") as server:
            self.load(server, 0)
            with self.assertRaisesRegex(measure.BenchError, "wrong_code"):
                self.load(server, 0, timeout_ms=100)

    def test_unknown_client(self):
        with measure.Server(FOLDER, "ours-oscore") as server:
            with self.assertRaisesRegex(measure.BenchError, "wrong_code"):
                self.load(server, measure.OSCORE_CLIENTS, timeout_ms=100)

    def test_plain_answer(self):
        # Right but for its protection.
        with measure.Server(FOLDER, "echo") as server:
            with self.assertRaisesRegex(measure.BenchError, "wrong_code"):
                self.load(server, 0, timeout_ms=100)

    def test_clients_run_out(self):
        server = measure.Server(FOLDER, "ours-oscore")
        self.assertEqual([server.take_client() for _ in range(measure.OSCORE_CLIENTS)],
                         list(range(measure.OSCORE_CLIENTS)))
        with self.assertRaisesRegex(measure.BenchError, "no more"):
            server.take_client()
        self.assertIsNone(measure.Server(FOLDER, "ours").take_client())


class Runs(unittest.TestCase):
    """run.py with runs made up."""

    def bench(self, delays, runs=3):
        bench = object.__new__(run.Bench)
        bench.arguments = types.SimpleNamespace(runs=runs, max_delay=2.0)
        delays = iter(delays)
        bench.run_once = lambda scenario, server: {"server_delay": next(delays), "generator_delay": 0.0}
        return bench

    def take(self, delays, peers):
        with unittest.mock.patch("time.sleep"):
            return self.bench(delays).take_runs(None, dict.fromkeys(peers))

    def test_disturbed_runs_are_repeated(self):
        kept, thrown_away = self.take([0.0, 0.03, 0.01, 0.5, 0.02], ["a"])
        self.assertEqual([r["server_delay"] for r in kept["a"]], [0.0, 0.01, 0.02])
        self.assertEqual(thrown_away, {"a": 2})

    def test_repeating_is_bounded(self):
        kept, thrown_away = self.take([1.0] * 100, ["a", "b"])
        self.assertEqual(kept, {"a": [], "b": []})
        self.assertEqual(thrown_away, {"a": 3 * run.ATTEMPTS, "b": 3 * run.ATTEMPTS})

    def test_peers_take_turns(self):
        kept, _ = self.take([0.001, 0.002, 0.003, 0.004, 0.005, 0.006], ["a", "b"])
        self.assertEqual([r["server_delay"] for r in kept["b"]], [0.002, 0.004, 0.006])

    def test_medians_and_ratios(self):
        def runs(*rates):
            return [{"rate": rate, "cpu_ns": 1e9 / rate, "p50_ns": 1, "p99_ns": 2, "lost": 1} for rate in rates]
        ours, echo = run.summarize(runs(100, 900, 200)), run.summarize(runs(400, 10, 500))
        self.assertEqual((ours["rate"], echo["rate"], ours["lost"]), (200, 400, 3))
        ratios = run.compare({"ours": ours, "echo": echo, "libcoap": run.summarize([])})
        self.assertEqual(list(ratios), ["ours/echo"])
        self.assertAlmostEqual(ratios["ours/echo"]["rate"], 0.5)
        self.assertAlmostEqual(ratios["ours/echo"]["cpu_ns"], 2.0)
        self.assertEqual(ratios["ours/echo"]["runs"], 3)


class Counts(unittest.TestCase):
    def test_difference(self):
        totals = {5: {"total": 1050, "read": 5}, 15: {"total": 1150, "read": 15, "write": 5}}
        self.assertEqual(count.per_request(lambda folder, name, outstanding, n: totals[n], None, "ours", 1, (5, 15)),
                         {"total": 10, "read": 1, "write": 0.5})

    def test_goals(self):
        kept = {"instructions": {"16": {"total": 2999}},
                "system_calls": {"1": {"total": 2.0}, "16": {"total": 0.2}}}
        self.assertEqual(count.check({"ours": kept}), [])
        kept["instructions"]["16"]["total"] = 3001
        self.assertEqual(len(count.check({"ours": kept})), 1)
        self.assertEqual(len(count.check({})), 3)


if __name__ == "__main__":
    FOLDER = measure.bench_folder(sys.argv.pop())
    unittest.main()
