"""Chromium without a window, driven through a pipe: opens a page and answers what a script in it says."""
import json
import os
import shutil
import subprocess
import tempfile

NAMES = ("chromium", "chromium-browser", "google-chrome")


class Chromium:
    """One browser with one tab. It reaches no network: the site has to work without."""

    def __init__(self, width=1280, height=1000, dark=False):
        self.program = next(filter(None, map(shutil.which, NAMES)), None)
        assert self.program, "Chromium is missing: install Debian's package chromium"
        self.size, self.dark, self.number = (width, height), dark, 0

    def __enter__(self):
        to_browser, self.to = os.pipe()
        self.out, from_browser = os.pipe()
        self.profile = tempfile.TemporaryDirectory()

        def descriptors():
            # The browser reads from 3 and writes to 4.
            reads, writes = os.dup(to_browser), os.dup(from_browser)
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        self.process = subprocess.Popen(
            [self.program, "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "--hide-scrollbars",
             f"--window-size={self.size[0]},{self.size[1]}", f"--user-data-dir={self.profile.name}",
             "--host-resolver-rules=MAP * ~NOTFOUND", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, close_fds=False, preexec_fn=descriptors)
        os.close(to_browser)
        os.close(from_browser)
        self.answers, self.events = b"", []
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        self.session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable", session=True)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if self.dark else "light"}
        self.ask("Emulation.setEmulatedMedia", {"features": [scheme]}, session=True)
        self.ask("Emulation.setDeviceMetricsOverride", {"width": self.size[0], "height": self.size[1], "deviceScaleFactor": 1, "mobile": False}, session=True)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=20)
        os.close(self.to)
        os.close(self.out)
        self.profile.cleanup()

    def message(self):
        while b"\0" not in self.answers:
            more = os.read(self.out, 1 << 20)
            assert more, "Chromium ended"
            self.answers += more
        one, _, self.answers = self.answers.partition(b"\0")
        return json.loads(one)

    def ask(self, method, parameters=None, session=False):
        self.number += 1
        question = {"id": self.number, "method": method, "params": parameters or {}}
        if session:
            question["sessionId"] = self.session
        os.write(self.to, json.dumps(question).encode() + b"\0")
        while True:
            answer = self.message()
            if answer.get("id") == self.number:
                assert "error" not in answer, answer
                return answer["result"]
            self.events.append(answer)

    def open(self, address):
        """Opens a page and waits until it is loaded; returns what went wrong in it."""
        self.events.clear()
        self.ask("Page.navigate", {"url": address}, session=True)
        while not any(event["method"] == "Page.loadEventFired" for event in self.events):
            self.events.append(self.message())
        told = [event for event in self.events if event["method"] in ("Runtime.exceptionThrown", "Log.entryAdded", "Network.loadingFailed")]
        asked = [event["params"]["request"]["url"] for event in self.events if event["method"] == "Network.requestWillBeSent"]
        return [json.dumps(event["params"])[:400] for event in told] + [url for url in asked if not url.startswith(("file:", "data:", "blob:"))]

    def evaluate(self, script):
        """What a script in the page says; promises are waited for."""
        told = self.ask("Runtime.evaluate", {"expression": script, "awaitPromise": True, "returnByValue": True}, session=True)
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")
