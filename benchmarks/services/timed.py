#!/usr/bin/env python3
"""Runs a command with a file as its input; prints how many seconds it took.

usage: timed.py FILE COMMAND...
"""
import subprocess
import sys
import time

with open(sys.argv[1], "rb") as source:
    began = time.monotonic()
    subprocess.run(sys.argv[2:], stdin=source, stdout=sys.stderr, check=True)
    print(f"{time.monotonic() - began:.4f}")
