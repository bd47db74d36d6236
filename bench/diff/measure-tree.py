"""Runs a command and tells, as one JSON line on fd 3, what all of its processes took together.

Usage: measure-tree.py CPU_SECONDS_MAX COMMAND [ARGUMENT ...]

CPU is user and system time of each process of the tree, also of those whose parent did not wait for them: we are their
reaper. Peak memory is the largest sum of the resident memory of all processes that live at once, looked at every few
milliseconds, or the peak of the largest one, where that is more; memory that they share counts for each. At the bound of CPU all of them are killed.
"""

import ctypes
import json
import os
import signal
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
TICKS = os.sysconf("SC_CLK_TCK")
SAMPLE_SECONDS = 0.005


def descendants(pid):
    found = []
    waiting = [pid]
    while waiting:
        parent = waiting.pop()
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    children = [int(word) for word in file.read().split()]
                found += children
                waiting += children
        except OSError:
            pass  # It has ended.
    return found


def resident_bytes(pid):
    """The resident memory of a process; 0 for one that has ended."""
    try:
        with open(f"/proc/{pid}/status") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def cpu_seconds(pid):
    """Of a process that still runs, with those that it has waited for."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return sum(int(ticks) for ticks in fields[11:15]) / TICKS
    except OSError:
        return 0


def main():
    bound = float(sys.argv[1])
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.monotonic()
    # Not fork: what copying ourselves takes would be counted.
    child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_CLOSE, 3)])
    status = None
    killed = False
    peak = 0
    reaped = 0.0
    while True:
        alive = descendants(os.getpid())
        peak = max(peak, sum(resident_bytes(pid) for pid in alive))
        if not killed and reaped + sum(cpu_seconds(pid) for pid in alive) > bound:
            killed = True
        if killed:
            for pid in alive:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        try:
            while True:
                pid, ended, usage = os.wait4(-1, os.WNOHANG)
                if pid == 0:
                    break
                reaped += usage.ru_utime + usage.ru_stime
                peak = max(peak, usage.ru_maxrss * 1024)
                if pid == child:
                    status = ended
        except ChildProcessError:
            break
        time.sleep(SAMPLE_SECONDS)
    answer = {
        "cpuSeconds": reaped,
        "wallSeconds": time.monotonic() - started,
        "peakBytes": peak,
        "exitCode": os.waitstatus_to_exitcode(status),
        "killed": killed,
    }
    os.write(3, (json.dumps(answer) + "\n").encode())


main()
