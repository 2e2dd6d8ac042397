# Ground floor of ./dev: where things are, how to speak, how to clean up after ourselves.
# Sourced, never run. Everything this file makes lies in .dev/ and out/.

DEV=$REPO/.dev
OUT=$REPO/out
MODULE=${CE_MODULE:-collection_escalation}
MODULE_PARENT=${CE_MODULE_PARENT:-$REPO}
MODULE_DIR=$MODULE_PARENT/$MODULE
TOOLS=$REPO/tools
# Room for Odoo (1.3 GB), the venvs (0.7 GB), Debian's packages and some databases.
NEEDED_MB=4000

say() { printf '%s\n' "· $*" >&2; }
die() {
    printf '%s\n' "dev: $*" >&2
    exit 1
}

# --- leaving ---------------------------------------------------------------------------------
# Functions named here run once, last added first, however the script ends.
ON_EXIT=()
on_exit() { ON_EXIT=("$1" "${ON_EXIT[@]}"); }
run_exit_functions() {
    local status=$? task
    trap - EXIT INT TERM HUP
    set +e
    for task in "${ON_EXIT[@]}"; do "$task"; done
    exit "$status"
}
trap run_exit_functions EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# Background processes of this run (by pid; each in its own process group).
CHILDREN=()
stop_children() {
    local pid
    for pid in "${CHILDREN[@]}"; do stop_process_group "$pid"; done
    CHILDREN=()
}
stop_process_group() {
    local pid=$1 tries
    kill -TERM -- "-$pid" 2>/dev/null || return 0
    for tries in {1..50}; do
        kill -0 -- "-$pid" 2>/dev/null || return 0
        sleep 0.2
    done
    kill -KILL -- "-$pid" 2>/dev/null || true
}
on_exit stop_children

# run_group COMMAND...: runs COMMAND in its own process group and waits for it, so that leaving
# this script (Ctrl-C, a kill) also takes the browser and the workers that COMMAND started.
# PostgreSQL's and the databases' lock descriptors (8, 9, >= 10 by bash) are not handed down.
run_group() {
    start_group "$@"
    local pid=$STARTED status=0
    wait "$pid" || status=$?
    stop_process_group "$pid"
    CHILDREN=("${CHILDREN[@]/#$pid/}")
    local kept=() child
    for child in "${CHILDREN[@]}"; do [ -z "$child" ] || kept+=("$child"); done
    CHILDREN=("${kept[@]}")
    return "$status"
}
# start_group COMMAND...: the same without waiting; the pid is in STARTED.
start_group() {
    # setsid(1) execs in place when it is not a group leader: the pid stays the one we know.
    setsid "$@" 7>&- 8>&- 9>&- &
    STARTED=$!
    CHILDREN+=("$STARTED")
}

# --- locks -----------------------------------------------------------------------------------
# Only one ./dev sets things up at a time; others wait. Descriptor 9.
with_setup_lock() {
    mkdir -p "$DEV"
    exec 9>"$DEV/setup.lock"
    if ! flock -n 9; then
        say "another ./dev is setting up; waiting for it"
        flock 9
    fi
    "$@"
    local status=$? # reached with a failure only where the caller looks at it
    exec 9>&-
    return "$status"
}

# --- small things ----------------------------------------------------------------------------
hash_of() { sha256sum | cut -c1-16; }

# stamped DIR KEY: is DIR complete, and made from these inputs?
stamped() { [ "$(cat "$1/.stamp" 2>/dev/null)" = "$2" ]; }

check_disk() {
    local free
    free=$(df -Pm "$REPO" | awk 'NR == 2 { print $4 }')
    [ "$free" -ge "$NEEDED_MB" ] ||
        die "only $free MB free where $REPO lies, $NEEDED_MB MB needed: free some space and run again"
}

free_port() {
    "$PYTHON" - "${1:-0}" <<'PY'
import socket, sys
for port in (int(sys.argv[1]), 0):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError:
            continue
        print(s.getsockname()[1])
        break
PY
}

# port_for VARIABLE DEFAULT: a port the user named must be free; without a wish, any free one.
port_for() {
    local wish=${!1:-} port
    port=$(free_port "${wish:-$2}")
    if [ -n "$wish" ] && [ "$port" != "$wish" ]; then
        die "port $wish is in use: stop what listens there, or set $1 to another port"
    fi
    echo "$port"
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "need root for '$*': run as root or install sudo"
    fi
}

seconds() { echo $((SECONDS - ${1:-0})); }
