"""A root file system with nothing of ours in it, and commands that run inside it, without a network. Needs root."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import project

FOLDER = project.BUILD / "bare"
MIRROR = "http://deb.debian.org/debian"
USER = "clinician"
HOME = f"/home/{USER}"
PATIENCE = 900  # seconds a command may take on a slow, busy machine
_INSIDE = """
mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && mkdir -p "$0/tmp/.X11-unix" "$0/run/display" &&
mount --bind /tmp/.X11-unix "$0/tmp/.X11-unix" && mount --bind "$DISPLAY_FOLDER" "$0/run/display" &&
root=$0 && exec chroot $USERSPEC "$root" env -i "$@"
"""


class BareRoot:
    """A throw-away copy of a minimal Debian."""

    def __init__(self, name: str, base: Path) -> None:
        self.path = FOLDER / name
        self.display_folder = FOLDER / "display"
        self.display_folder.mkdir(parents=True, exist_ok=True)
        self.remove()
        subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(self.path)], check=True)
        self._enter(["useradd", "--create-home", "--shell", "/bin/sh", USER], network=True)

    def run(self, *words: str, user: str = USER, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run inside as `user`, with no network and no variables but these; output as text."""
        return self._enter(words, user=user, variables=variables)

    def start(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """The same, without waiting for its end."""
        command, environment = self._command(words, USER, variables, network=False)
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def apt(self, *words: str) -> None:
        """apt-get inside, with the network, as root. Raises CalledProcessError, having said why."""
        shutil.copy("/etc/resolv.conf", self.path / "etc" / "resolv.conf")
        common = ["apt-get", "-y", "-qq", "-o", "Acquire::Check-Valid-Until=false", "-o", "APT::Sandbox::User=root"]
        variables = {"DEBIAN_FRONTEND": "noninteractive"}
        done = self._enter([*common, *words], user="root", variables=variables, network=True)
        if done.returncode:
            print(done.stdout[-2000:], done.stderr[-2000:])
            done.check_returncode()

    def packages(self) -> set[str]:
        """What dpkg says is installed."""
        done = self.run("dpkg-query", "-W", "-f", "${Package}\\n", user="root")
        return set(done.stdout.split())

    def sonames(self) -> set[str]:
        """Libraries that the dynamic linker of this root finds."""
        done = self.run("/sbin/ldconfig", "-p", user="root")
        return {line.split()[0] for line in done.stdout.splitlines()[1:] if line.strip()}

    def remove(self) -> None:
        """The copy goes; what was mounted in it went with its processes."""
        shutil.rmtree(self.path, ignore_errors=True)

    def _enter(
        self, words: Sequence[str], *, user: str = "root", variables: Mapping[str, str] | None = None,
        network: bool = False,
    ) -> subprocess.CompletedProcess[str]:  # fmt: skip
        command, environment = self._command(words, user, variables or {}, network=network)
        return subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace",
                              timeout=PATIENCE, stdin=subprocess.DEVNULL)  # fmt: skip

    def _command(
        self, words: Sequence[str], user: str, variables: Mapping[str, str], *, network: bool
    ) -> tuple[list[str], dict[str, str]]:
        home = HOME if user == USER else "/root"
        inside = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": home, "LANG": "C.UTF-8"} | variables
        spaces = ["--mount", "--pid", "--fork", "--kill-child", *([] if network else ["--net"])]
        command = ["unshare", *spaces, "sh", "-c", _INSIDE, str(self.path),
                   *(f"{name}={value}" for name, value in inside.items()), *words]  # fmt: skip
        userspec = "" if user == "root" else f"--userspec={user}"
        return command, os.environ | {"USERSPEC": userspec, "DISPLAY_FOLDER": str(self.display_folder)}


def minimal_root(suite: str) -> Path:
    """A minimal Debian by debootstrap, made once and never run."""
    base = FOLDER / f"base-{suite}"
    if not (base / "made").exists():
        shutil.rmtree(base, ignore_errors=True)
        base.mkdir(parents=True)
        with (FOLDER / f"debootstrap-{suite}.log").open("w", encoding="utf-8") as log:
            command = ["debootstrap", "--variant=minbase", suite, str(base), MIRROR]
            subprocess.run(command, check=True, stdout=log, stderr=subprocess.STDOUT)
        (base / "made").touch()
    return base
