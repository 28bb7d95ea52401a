#!/usr/bin/env python3
"""A receiver of webhooks: checks each signature, keeps what it was told, drops what it has already.

    python3 receiver.py SECRET [PORT] [FILE]

SECRET is what `motcua webhook add` printed. A message is noted, and only then answered: an answer that is lost brings
the message again, under the same id. What happened is printed once, in the order in which it happened.
"""

import json
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

BYTES_MAX = 64 * 1024

secret = sys.argv[1]
port = int(sys.argv[2]) if len(sys.argv) > 2 else 8090
kept = sqlite3.connect(sys.argv[3] if len(sys.argv) > 3 else "told.db")
kept.execute("create table if not exists told (id text primary key, event text not null)")
webhook = Webhook(secret)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("content-length", 0))
        if length > BYTES_MAX:
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            # Also refuses what was signed more than five minutes ago.
            event = webhook.verify(body, dict(self.headers))
        except WebhookVerificationError as error:
            print(f"refused: {error}", file=sys.stderr, flush=True)
            return self.answer(401)
        with kept:
            new = kept.execute("insert or ignore into told values (?, ?)", (event["id"], body.decode()))
        if new.rowcount:
            self.happened(event)
        self.answer(204)

    def happened(self, event):
        """Here a gateway would send its text message: it asks for the number of the applicant with a key of its own."""
        data = event["data"]
        print(json.dumps([data["position"], event["type"], data["code"], data["status"]]), flush=True)

    def answer(self, status):
        self.send_response(status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", port), Receiver)
print(f"listening on {server.server_address[1]}", flush=True)
server.serve_forever()
