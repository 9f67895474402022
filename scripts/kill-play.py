"""Kills `play` with signal 9 at random moments, while a script plays with real keys on a virtual display, and checks the study file after each
kill: what was acknowledged is there, at most one step in flight is missing, SQLite finds the file whole, and `--resume` goes on until the
session is done. Then `verify` plays all of it again. Exports are killed as well.

usage: kill-play.py BINARY [KILLS] [SEED]. Needs Xvfb and xdotool."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

BINARY = Path(sys.argv[1]).resolve()
KILLS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
RANDOM = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
# Seconds within which a page must react to a key; the machine may be busy.
PATIENCE = 60
ITEMS = ["stages", "plays", "steps", "keys", "events", "answers", "consents", "annotations"]

PLAN = """
name = "kills"
title = "Kills"

[[stages]]
kind = "consent"
id = "consent"
title = "Consent"
text = "A test."
[[stages.boxes]]
id = "game"
label = "The game"
about = "All of it."
required = true

[[stages]]
kind = "play"
id = "practice"
practice = true
env = "MiniGrid-Empty-5x5-v0"
pace = "key"
seed = 3
steps = 6

[[stages]]
kind = "play"
id = "play"
env = "crafter-simple"
pace = "20/s"
countdown = 1
seed = 5
steps = 60

[[stages]]
kind = "survey"
id = "survey"
title = "Questions"
[[stages.questions]]
id = "curious"
kind = "scale"
label = "How curious were you?"
min = 1
max = 7
required = true

[[stages]]
kind = "end"
id = "end"
title = "Thank you"
"""

# Keys that take a page on. In play, keys that move and do.
PAGE_KEYS = {
    "consent": [["space"], ["Tab"], ["Tab"], ["Return"]],
    "survey": [["Tab"], ["4"], ["Tab"], ["Return"]],
    "end": [["Return"], ["Tab"], ["space"]],
}
PLAY_KEYS = ["w", "a", "s", "d", "space", "Up", "Left", "Down", "Right", "t", "1"]


class Failed(Exception):
    """A check that did not hold."""


def display():
    """Starts a display of its own, and returns its process and its name."""
    read, write = os.pipe()
    size = ["-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"]
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), *size], pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        return process, ":" + pipe.readline().strip()


class Play:
    """A program that plays a participant."""

    def __init__(self, folder, participant, resume, env):
        how = ["--resume"] if resume else []
        command = [BINARY, "play", "--study", folder / "plan.toml", "--participant", participant, "--db", folder / "a.study.sqlite"]
        command += ["--window-size", "1000x640", "--progress", *how]
        self.env = env
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env, text=True)
        self.progress = {"stage": None, "paused": False, "committed": 0, "given": 0, "row_before": 0}
        self.lines = 0
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            try:
                self.progress = {**self.progress, **json.loads(line)}
                self.lines += 1
            except json.JSONDecodeError:
                # The line that is told at the end, or one that a kill cut off.
                pass

    def focus(self):
        """Gives the window the focus; a display without a window manager does not. Returns whether there is a window."""
        find = ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)]
        found = subprocess.run(find, env=self.env, capture_output=True, text=True, check=False).stdout.split()
        return bool(found) and subprocess.run(["xdotool", "windowfocus", found[0]], env=self.env, check=False).returncode == 0

    def press(self, key, held=0.0):
        subprocess.run(["xdotool", "keydown", key], env=self.env, check=False)
        time.sleep(held)
        subprocess.run(["xdotool", "keyup", key], env=self.env, check=False)

    def act(self, turn):
        """Presses what helps in the stage that is open."""
        stage = self.progress["stage"]
        if stage in PAGE_KEYS:
            for key in PAGE_KEYS[stage][turn % len(PAGE_KEYS[stage])]:
                self.press(key)
            time.sleep(0.05)
        elif stage is None:
            time.sleep(0.05)
        elif self.progress["paused"]:
            self.press("Return")
            time.sleep(0.1)
        else:
            self.press(RANDOM.choice(PLAY_KEYS), RANDOM.random() * 0.1)

    def until(self, end):
        """Plays until a time, or until the program ends. Returns whether it ended by itself."""
        turn = 0
        focused = False
        while time.monotonic() < end:
            if self.process.poll() is not None:
                self.reader.join(PATIENCE)
                return True
            if not focused:
                focused = self.focus()
                # A key that is pressed before the window knows of its focus is lost, and the next ones would mean something else.
                time.sleep(0.6 if focused else 0.02)
                continue
            self.act(turn)
            turn += 1
        return False

    def kill(self):
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.reader.join(PATIENCE)


def check(folder, session, progress):
    """Checks the study file after a kill. Returns the number of items of the session."""
    with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file:
        said = file.execute("PRAGMA integrity_check").fetchone()[0]
        if said != "ok":
            raise Failed(f"integrity: {said}")
        numbers = sorted(n for table in ITEMS for (n,) in file.execute(f"SELECT n FROM {table} WHERE session = ?", [session]))
    if numbers != list(range(1, len(numbers) + 1)):
        raise Failed(f"session {session}: numbers have a gap or one is there twice")
    if len(numbers) < progress["committed"]:
        raise Failed(f"session {session}: {progress['committed']} items were acknowledged, {len(numbers)} are there")
    if len(numbers) < progress["row_before"]:
        raise Failed(f"session {session}: the row with number {progress['row_before']} is missing, and another was made after it")
    return len(numbers)


def verify(folder):
    with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file:
        if not has_tables(file) or not file.execute("SELECT count(*) FROM steps").fetchone()[0]:
            return "nobody has played\n"
    done = subprocess.run([BINARY, "verify", folder / "a.study.sqlite"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Failed(f"verify: {done.stdout}{done.stderr}")
    return done.stdout


def control(folder, session):
    """A file in which an item is missing, or one value was changed, must not pass. Returns what passed all the same."""
    with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file:
        n = file.execute("SELECT max(n) FROM steps WHERE session = ?", [session]).fetchone()[0]
    changes = {
        "a step is missing": "DELETE FROM steps WHERE session = ? AND n = ?",
        "a step was changed": "UPDATE steps SET x = x + 1 WHERE session = ? AND n = ?",
    }
    passed = []
    for what, change in changes.items():
        with tempfile.TemporaryDirectory() as temporary:
            copy = Path(temporary)
            with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file, sqlite3.connect(copy / "a.study.sqlite") as to:
                file.backup(to)
                to.execute(change, [session, n])
                to.commit()
            try:
                check(copy, session, {"committed": n, "row_before": 0})
                verify(copy)
                passed.append(what)
            except Failed:
                pass
    return passed


def kill_export(folder, number):
    """Kills an export. What is there afterwards is a whole export or none."""
    to = folder / f"export-{number}"
    process = subprocess.Popen([BINARY, "study", "export", folder / "a.study.sqlite", "-o", to], stdout=subprocess.DEVNULL)
    time.sleep(RANDOM.random() * 0.08)
    process.kill()
    process.wait()
    if to.exists() and not (to / "explorarium-export.json").exists():
        raise Failed(f"{to} is a part of an export")


def main():
    server, name = display()
    env = {**os.environ, "DISPLAY": name, "RUST_BACKTRACE": "1"}
    env.pop("WAYLAND_DISPLAY", None)
    kills = sessions = resumed = failed = 0
    stages = {}
    try:
        with tempfile.TemporaryDirectory() as temporary:
            folder = Path(temporary)
            (folder / "plan.toml").write_text(PLAN)
            while kills < KILLS:
                sessions += 1
                participant, resume = f"P{sessions:03}", False
                while True:
                    play = Play(folder, participant, resume, env)
                    last = kills >= KILLS
                    over = play.until(time.monotonic() + (10 * PATIENCE if last else 0.2 + RANDOM.random() * 5))
                    if over:
                        if play.process.returncode != 0:
                            raise Failed(f"play ended with {play.process.returncode}: {play.process.stderr.read()}")
                        break
                    play.kill()
                    if last:
                        raise Failed(f"{participant} does not get to the end: {play.progress}")
                    kills += 1
                    stages[play.progress["stage"]] = stages.get(play.progress["stage"], 0) + 1
                    if (folder / "a.study.sqlite").exists():
                        # A kill before the first item leaves a participant without a session.
                        with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file:
                            query = "SELECT session, state FROM sessions WHERE participant = ?"
                            found = file.execute(query, [participant]).fetchone() if has_tables(file) else None
                        if found:
                            check(folder, found[0], play.progress)
                            resumed += 1
                        resume = bool(found) and found[1] == "active"
                        if found and not resume:
                            break
                    kill_export(folder, kills)
                verify(folder)
            said = verify(folder)
            with sqlite3.connect(folder / "a.study.sqlite", timeout=30) as file:
                played = file.execute("SELECT max(session) FROM steps").fetchone()[0]
            if played is None:
                raise Failed("nobody got as far as to play")
            passed = control(folder, played)
            if passed:
                raise Failed(f"not noticed: {', '.join(passed)}")
    except Failed as why:
        failed = 1
        print(why)
    finally:
        server.terminate()
    print(f"killed in: {', '.join(f'{stage} {n}' for stage, n in sorted(stages.items(), key=str))}; {sessions} sessions, {resumed} resumed")
    if not failed:
        print(said.splitlines()[0])
    print(f"kill: {kills} passed, {failed} failed")
    return failed


def has_tables(file):
    return file.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'sessions'").fetchone()[0] > 0


if __name__ == "__main__":
    sys.exit(main())
