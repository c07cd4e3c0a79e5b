"""How the demo speaks."""
import os
import sys


class DemoError(Exception):
    """A sentence that says what is missing, or what is not as it should be."""


def say(text):
    bold, plain = ("\x1b[1m", "\x1b[0m") if has_colors() else ("", "")
    print(f"{bold}==> {text}{plain}", flush=True)


def has_colors():
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb" and not os.environ.get("NO_COLOR")
