# ./dev stop: ends what other ./dev of this repository left running (their scripts, then PostgreSQL)
main() {
    local pid
    # Our own processes carry this repository's path in their command line.
    for pid in $(processes_of_this_repository); do
        say "stopping $pid: $(tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | cut -c1-100)"
        kill -TERM "$pid" 2>/dev/null || true
    done
    for _ in {1..50}; do
        [ -n "$(processes_of_this_repository)" ] || break
        sleep 0.2
    done
    [ -n "${PGHOST:-}" ] && return
    PG_BIN=$(postgres_bin)
    PG_OWNER=$(pg_owner)
    PG_HOME=$DEV/pg
    [ -d "$PG_HOME/data" ] || return 0
    PG_HOME=$(cd "$PG_HOME" && pwd -P)
    if pg_running; then
        say "stopping PostgreSQL"
        stop_postgres
    fi
}

# Odoo, mail sink, checks and other ./dev scripts: every process whose command line names the
# venv's Python of this repository, or which runs this very script.
processes_of_this_repository() {
    local entry pid line
    for entry in /proc/[0-9]*/cmdline; do
        pid=${entry#/proc/}
        pid=${pid%/cmdline}
        [ "$pid" != $$ ] && [ "$pid" != "$PPID" ] && [ "$pid" != "$BASHPID" ] || continue
        line=$(tr '\0' ' ' <"$entry" 2>/dev/null) || continue
        case $line in
        "$VENV_PY "*) echo "$pid" ;;
        esac
    done
}
