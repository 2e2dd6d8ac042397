"""Finds what must not be in the repository: package hosts and paths of one machine.

Looks at the tracked files and at new ones that git does not ignore.
"""

import re
import subprocess
import sys
from pathlib import Path

# Written in pieces, so that this file does not find itself.
HOSTS = ["pypi." + "org", "pythonhosted." + "org", "registry.npmjs." + "org", "deb.debian." + "org",
         "ftp.debian." + "org", "security.debian." + "org", "snapshot.debian." + "org"]  # fmt: skip
PATHS = ["/ro" + "ot/", "/wo" + "rk/", "/ho" + "me/"]
PATTERN = re.compile(
    "|".join(re.escape(host) for host in HOSTS)
    + r"|(?<![\w.*)}\]-])(?:" + "|".join(re.escape(path) for path in PATHS) + r")(?=[\w.])"
)  # fmt: skip


def main() -> int:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout.decode()
    found = 0
    for name in sorted(set(filter(None, listed.split("\0")))):
        path = Path(name)
        if not path.is_file():
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(text.splitlines(), 1):
            if match := PATTERN.search(line):
                found += 1
                print(f"{name}:{number}: names {match[0]}")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
