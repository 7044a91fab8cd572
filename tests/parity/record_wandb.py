"""Sends a run that WandbLogger wrote with `wandb sync`, to a server that is none, and records the file and what the
server was sent.

Run from the repository root, with a Python that has `wandb`: python tests/parity/record_wandb.py
"""

import base64
import gzip
import hashlib
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIXTURES = pathlib.Path("packages/fabric/src/loggers/fixtures")


class Server(BaseHTTPRequestHandler):
    """Says yes to everything, and remembers runs and their files."""

    buckets, files, exits = [], {}, []

    def log_message(self, *_):
        pass

    def reply(self, answer):
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.reply({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.headers.get("content-encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path.endswith("/graphql"):
            self.reply({"data": self.answer(json.loads(body))})
            return
        if self.path.endswith("/file_stream"):
            sent = json.loads(body)
            for name, part in sent.get("files", {}).items():
                lines = self.files.setdefault(name, [])
                lines[part["offset"]:] = part["content"]
            if sent.get("complete"):
                self.exits.append(sent["exitcode"])
        self.reply({"exitcode": None, "limits": {}})

    def answer(self, request):
        name, variables = request.get("operationName"), request.get("variables", {})
        if name == "UpsertBucket":
            self.buckets.append({key: value for key, value in variables.items() if value is not None})
            project = {"id": "p", "name": variables["project"], "entity": {"id": "e", "name": "me"}}
            counts = {"historyLineCount": 0, "eventsLineCount": 0, "logLineCount": 0}
            bucket = {"id": "x", "name": variables["name"], "displayName": "first", "description": "", "config": "{}", "sweepName": None}
            return {"upsertBucket": {"bucket": {**bucket, "project": project, **counts}, "inserted": True}}
        viewer = {"id": "v", "entity": "me", "username": "me", "flags": "{}", "teams": {"edges": []}, "email": "a"}
        info = {"cliVersionInfo": {"max_cli_version": "0.31.0"}, "latestLocalVersionInfo": None, "features": []}
        return {"viewer": viewer, "serverInfo": info, "createRunFiles": {"runID": "x", "uploadHeaders": [], "files": []}}


def main():
    with tempfile.TemporaryDirectory() as folder:
        command = ["npx", "tsx", "--conditions=lightning-ts-source", str(FIXTURES / "write-sample-wandb.ts"), folder]
        subprocess.run(command, check=True)
        (run,) = pathlib.Path(folder).glob("wandb/offline-run-*")
        raw = (run / "run-run1.wandb").read_bytes()
        server = ThreadingHTTPServer(("127.0.0.1", 0), Server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}"
        environment = {**os.environ, "WANDB_BASE_URL": address, "WANDB_API_KEY": "0" * 40, "WANDB_DIR": folder, "HOME": folder}
        subprocess.run([pathlib.Path(sys.executable).parent / "wandb", "sync", run], check=True, env=environment)
        server.shutdown()
    first, *later = Server.buckets
    history = [json.loads(line) for line in Server.files["wandb-history.jsonl"]]
    configs = [json.loads(bucket["config"]) for bucket in Server.buckets if "config" in bucket]
    reading = {
        "run": {key: first[key] for key in ("name", "project", "entity", "groupName", "displayName", "notes", "jobType", "tags", "host") if key in first},
        "config": {key: value["value"] for key, value in configs[-1].items() if key != "_wandb"},
        "metrics": configs[-1]["_wandb"]["value"]["m"],
        "rows": len(history),
        "first": history[:5],
        "last": history[-2:],
        "summary": json.loads(Server.files["wandb-summary.json"][-1]),
        "exits": Server.exits,
    }
    text = json.dumps({"sha256": hashlib.sha256(raw).hexdigest(), "start": base64.b64encode(raw[:300]).decode(), "reading": reading}, indent=1, ensure_ascii=False, sort_keys=True)
    # Python's words for what is no number are none of JSON's.
    for word in ("-Infinity", "Infinity", "NaN"):
        text = text.replace(f": {word}", f': "{word}"')
    (FIXTURES / "wandb.json").write_text(text + "\n")
    print(f"wandb sync sent {len(history)} rows")


if __name__ == "__main__":
    main()
