"""h2spec.py -- runs h2spec against a listener and judges what it says."""
import re
import subprocess

MODES = {"plain": ([], 145), "strict": (["-S"], 146)}  # flags, cases
PATH = "/v1/books"  # of test-server: answers a plain request with a body
CASE_S, SUITE_S = 5, 120
CLOSING = re.compile(r"^(\d+) tests, (\d+) passed, (\d+) skipped, (\d+) failed$", re.M)


def verdict(tool, address, mode, tls=False):
    """(whether every case passed, what there is to say)."""
    flags, cases = MODES[mode]
    host, _, port = address.rpartition(":")
    command = [tool, "-h", host, "-p", port, "-P", PATH, "-o", str(CASE_S), *flags, *(["-t", "-k"] if tls else [])]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=SUITE_S)
    out = done.stdout.decode(errors="replace")  # it prints the bytes of PINGs
    counts = CLOSING.search(out)
    if counts is None:
        return False, "no result, exit status %d\n%s" % (done.returncode, out[-2000:])
    total, passed, skipped, failed = (int(n) for n in counts.groups())
    if (total, passed, skipped, failed) == (cases, cases, 0, 0):
        return True, "%d of %d" % (passed, cases)
    return False, "%s\n%s" % (counts.group(), out[out.find("Failures:"):][:4000])
