"""report.py -- what all test scripts print, so that tools/test can add it up.

One line per test, "ok NAME", "FAIL NAME: why" or "SKIP NAME: why", and a closing line
"N passed, N failed, N skipped"."""
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
CLOSING = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


class Report:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def ok(self, name, note=""):
        self.passed += 1
        print("ok " + name + (" (%s)" % note if note else ""), flush=True)

    def fail(self, name, why):
        self.failed += 1
        print("FAIL %s: %s" % (name, why), flush=True)

    def skip(self, name, why):
        self.skipped += 1
        print("SKIP %s: %s" % (name, why), flush=True)

    def add(self, passed, failed, skipped=0):
        self.passed += passed
        self.failed += failed
        self.skipped += skipped

    def closing(self):
        return "%d passed, %d failed, %d skipped" % (self.passed, self.failed, self.skipped)

    def close(self):
        """Prints the closing line; returns the exit status: 1 if a test failed, or none was run and none skipped."""
        print(self.closing(), flush=True)
        return 1 if self.failed or not (self.passed or self.skipped) else 0


def run(args, **options):
    """A command's (exit status, output), both streams together; 127 if there is no such command."""
    try:
        done = subprocess.run(args, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                              text=True, errors="replace", cwd=options.pop("cwd", ROOT), **options)
    except FileNotFoundError as e:
        return 127, str(e)
    except subprocess.TimeoutExpired as e:
        out = e.stdout or ""
        return 124, (out if isinstance(out, str) else out.decode(errors="replace")) + "\ntoo slow"
    return done.returncode, done.stdout


def sources(*suffixes, generated=False, folders=("src", "include", "cmd", "examples", "bench", "tests")):
    """Our files with these suffixes; those that protoc-gen-gg wrote (in a folder gen/) only if asked."""
    found = []
    for folder in folders:
        for where, _, names in os.walk(os.path.join(ROOT, folder)):
            if not generated and "gen" in where.split(os.sep):
                continue
            found += [os.path.relpath(os.path.join(where, n), ROOT) for n in names if n.endswith(suffixes)]
    return sorted(found)


class Clock:
    """How long something took, for the reader of a log."""
    def __init__(self):
        self.start = time.monotonic()

    def __str__(self):
        return "%.0f s" % (time.monotonic() - self.start)


def main(steps, argv):
    """Runs the named steps of a table {name: function(report)}, all of them if none is named."""
    unknown = [a for a in argv if a not in steps]
    if unknown:
        sys.exit("unknown: %s (there is: %s)" % (", ".join(unknown), ", ".join(steps)))
    report = Report()
    for name in argv or steps:
        steps[name](report)
    return report.close()
