"""A machine of its own for what is shipped to be started by systemd: it begins with this one's files, and nobody keeps what it changes.

Its first process is the real systemd, in namespaces of its own: processes, files, network, names. Its root is this machine's under a layer that is
thrown away, so that a guide can be followed in it as it is written, as root, and nothing of it is left.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from tests.support.nodes import PATIENCE, ROOT, wait_until

Result = TypeVar("Result")
SYSTEMD = "/lib/systemd/systemd"
NAMESPACES = ("--mount", "--pid", "--ipc", "--uts", "--cgroup", "--net")
#: Where this project, the Python that runs the tests, and its libraries are in it: where this machine has them may be closed to the units.
SOURCE, PYTHON, LIBRARIES = Path("/opt/source"), Path("/opt/python"), Path("/opt/libraries")
#: What is mounted for systemd to begin; of what a machine starts with, only its journal is left.
BOOT = f"""
base=$1 source=$2 python=$3 libraries=$4
mount --make-rprivate /
mount -t tmpfs -o mode=0755 tmpfs "$base"
mkdir "$base/changed" "$base/work" "$base/root"
mount -t overlay -o "lowerdir=/,upperdir=$base/changed,workdir=$base/work" overlay "$base/root"
root=$base/root
mkdir -p "$root{SOURCE}" "$root{PYTHON}" "$root{LIBRARIES}" "$root/opt/old"
mount --bind "$source" "$root{SOURCE}"
mount --bind "$python" "$root{PYTHON}"
mount --bind "$libraries" "$root{LIBRARIES}"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=0755 tmpfs "$root/run"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
find "$root/lib/systemd/system/" "$root/etc/systemd/system/" -path '*.wants/*' ! -name '*journald*' ! -name 'dbus*' -delete
cd "$root"
pivot_root . opt/old
umount -l /opt/old
export container=test
exec {SYSTEMD} --system --unit=multi-user.target --show-status=no
"""


def why_not() -> str:
    """Why no such machine can be had here; empty where it can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "needs root on Linux"
    missing = [
        name
        for name in ("unshare", "nsenter", "pivot_root", "dbus-daemon", SYSTEMD)
        if not shutil.which(name)
    ]
    if missing:
        return f"needs {', '.join(missing)}"
    if subprocess.run(
        ["unshare", *NAMESPACES, "--fork", "true"], capture_output=True, check=False
    ).returncode:
        return "needs namespaces of its own"
    return "" if "overlay" in Path("/proc/filesystems").read_text() else "needs a kernel with overlay"


@dataclass
class Machine:
    """A machine that runs; ``systemd`` is the number of its first process, as it is called out here."""

    systemd: int

    @property
    def root(self) -> Path:
        """Its files, as they are seen from out here."""
        return Path(f"/proc/{self.systemd}/root")

    def run(self, *words: str, check: bool = True, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command in it as root, where the project is; what it wrote is in its result, and in the error where it failed."""
        inside = ["nsenter", "--target", str(self.systemd), "--all", f"--wd={self.root}{SOURCE}", *words]
        # Where nothing is typed there is no pipe: "systemd-run --pty" ends before its output where one ends at once.
        given = {"input": typed} if typed else {"stdin": subprocess.DEVNULL}
        done = subprocess.run(inside, **given, capture_output=True, text=True, check=False, timeout=PATIENCE)
        assert not check or done.returncode == 0, f"{' '.join(words)}: {done.stdout}{done.stderr}"
        return done

    def within(self, act: Callable[[], Result]) -> Result:
        """Do something whose connections are made in its network."""
        with ThreadPoolExecutor(1, initializer=self._enter) as inside:
            return inside.submit(act).result()

    def _enter(self) -> None:
        with Path(f"/proc/{self.systemd}/ns/net").open() as network:
            if ctypes.CDLL(None, use_errno=True).setns(network.fileno(), 0):
                raise OSError(ctypes.get_errno(), "its network cannot be entered")


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """A machine that is up; ends with the block. ``folder`` is empty, and is so again afterwards."""
    words = [str(folder), str(ROOT), sys.base_prefix, sysconfig.get_path("purelib")]
    begun = subprocess.Popen(
        ["unshare", *NAMESPACES, "--fork", "--kill-child", "sh", "-euc", BOOT, "boot", *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        made = Machine(_first_process(begun))
        made.run("systemctl", "is-system-running", "--wait", check=False)
        yield made
    finally:
        begun.kill()  # and with it, by the kernel, every process of the machine
        begun.wait(PATIENCE)


def _first_process(begun: subprocess.Popen[str]) -> int:
    """The number of systemd, once it answers."""
    children = Path(f"/proc/{begun.pid}/task/{begun.pid}/children")
    found: list[str] = []

    def is_up() -> bool:
        assert begun.poll() is None, f"no machine: {begun.stderr.read() if begun.stderr else ''}"
        found[:] = children.read_text().split()
        return bool(found) and Path(f"/proc/{found[0]}/root/run/systemd/private").exists()

    wait_until(is_up, "systemd did not come up")
    return int(found[0])
