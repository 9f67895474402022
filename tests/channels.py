#!/usr/bin/env python3
"""Every subcommand with stdout and stderr closed, full, and as pipes that break at each of the first 50 writes.

A full stdout is exit code 1, a stdout whose reader has gone 0; stderr never matters, and nothing panics. usage: channels.py [--binary B]
"""

import argparse
import fcntl
import os
import pty
import shutil
import subprocess
import sys
import tempfile
import time

BREAKS = 50
TINY = ["gridlab/keys", "--num-envs", "4", "--steps", "400", "--backend", "cpu"]
# main sets these: a run to read from, and a path to write to.
RUN, NEW = "RUN", "NEW"

COMMANDS = {
    "run": ["run", *TINY, "-o", NEW],
    "run as JSON": ["run", *TINY, "--json", "-o", NEW],
    "run of seeds": ["run", *TINY, "--seeds", "0..30", "-o", NEW],
    "run goes on": ["run", "--resume", RUN, "--backend", "cpu"],
    "run refused": ["run", *TINY, "-o", RUN],
    "verify": ["verify", RUN],
    "measure": ["measure", RUN, "--measure", "entropy"],
    "map": ["map", "gridlab/keys", "--horizon", "1"],
    "map of visits": ["map", "gridlab/keys", "--measure", "visits", "--steps", "1k"],
    "trace": ["trace", "crafter", "--steps", "400"],
    "envs ls": ["envs", "ls"],
    "envs show": ["envs", "show", "crafter"],
    "envs show --toml": ["envs", "show", "crafter", "--toml"],
    "bench": ["bench", "gridlab/keys", "--num-envs", "4", "--seconds", "0.01", "--repeats", "1", "--backend", "cpu"],
    "doctor": ["doctor"],
    "help": ["--help"],
    "help of run": ["run", "--help"],
    "version": ["--version"],
    "a mistake": ["fly"],
}


class Failed(Exception):
    pass


class Channels:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.tried, self.failed = binary, folder, 0, 0
        self.run = os.path.join(folder, "run")
        subprocess.run([binary, "run", *TINY, "-q", "-o", self.run], check=True, stdout=subprocess.DEVNULL)

    def words(self, args):
        new = os.path.join(self.folder, "new")
        shutil.rmtree(new, ignore_errors=True)
        return [self.binary] + [{RUN: self.run, NEW: new}.get(word, word) for word in args]

    def code(self, args, **streams):
        with tempfile.TemporaryFile() as err:
            streams = {"stdout": subprocess.DEVNULL, "stderr": err, **streams}
            code = subprocess.run(self.words(args), stdin=subprocess.DEVNULL, timeout=120, **streams).returncode
            err.seek(0)
            if b"panicked" in err.read():
                raise Failed("it panicked")
        return code

    def closed(self, args, which):
        script = 'exec "$@" ' + {"stdout": ">&-", "stderr": "2>&-", "both": ">&- 2>&-"}[which]
        words = ["sh", "-c", script, "sh", *self.words(args)]
        nothing = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run(words, timeout=120, **nothing).returncode

    def full(self, args, which):
        with open("/dev/full", "wb") as full:
            return self.code(args, **{which: full})

    def broken(self, args, which, k):
        """The code when the reader goes after `k` writes, and whether it did; packets, of which one fits at a time."""
        read, write = os.pipe2(os.O_DIRECT | os.O_CLOEXEC)
        fcntl.fcntl(write, fcntl.F_SETPIPE_SZ, 4096)
        streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, which: write}
        child = subprocess.Popen(self.words(args), **streams)
        os.close(write)
        went = all(os.read(read, 1 << 16) for _ in range(k))
        os.close(read)
        return child.wait(timeout=120), went

    def hangup(self, args):
        """With the progress bar on a terminal that goes away."""
        master, slave = pty.openpty()
        child = subprocess.Popen(self.words(args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=slave)
        os.close(slave)
        time.sleep(0.2)
        os.close(master)
        return child.wait(timeout=120)

    def expect(self, name, how, found, expected):
        self.tried += 1
        if found != expected:
            self.failed += 1
            print(f"FAILED: {name}, {how}: exit code {found}, not {expected}")

    def all_of(self, name, args):
        usual = self.code(args)
        prints = self.prints(args)
        for which in ["stdout", "stderr", "both"]:
            self.expect(name, f"{which} closed", self.closed(args, which), usual)
        self.expect(name, "stdout full", self.full(args, "stdout"), 1 if prints else usual)
        self.expect(name, "stderr full", self.full(args, "stderr"), usual)
        for which in ["stdout", "stderr"]:
            for k in range(BREAKS):
                code, went = self.broken(args, which, k)
                self.expect(name, f"{which} breaks at write {k + 1}", code, usual)
                if not went:
                    break

    def prints(self, args):
        return bool(subprocess.run(self.words(args), stdin=subprocess.DEVNULL, capture_output=True, check=False).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default="target/release/explorarium")
    binary = os.path.abspath(parser.parse_args().binary)
    with tempfile.TemporaryDirectory() as folder:
        channels = Channels(binary, folder)
        for name, args in COMMANDS.items():
            try:
                channels.all_of(name, args)
            except Failed as why:
                channels.failed += 1
                print(f"FAILED: {name}: {why}")
        lasting = ["run", "crafter", "--num-envs", "16", "--steps", "200k", "--worlds", "pool:4", "--backend", "cpu", "-o", NEW]
        channels.expect("run", "its terminal goes away", channels.hangup(lasting), 0)
    print(f"channels: {channels.tried - channels.failed} passed, {channels.failed} failed")
    sys.exit(channels.failed > 0)


if __name__ == "__main__":
    main()
