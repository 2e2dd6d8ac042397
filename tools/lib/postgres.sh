# PostgreSQL: $PGHOST, or a cluster of our own that listens on a Unix socket only.
# Several ./dev may run at once: each holds a shared lock while it uses the server, and only the
# last one stops it.

PG_SUPERUSER=odoo

# A server started by root must run as somebody else, who must be able to reach its folder.
pg_owner() {
    if [ "$(id -u)" != 0 ]; then
        id -un
    elif getent passwd postgres >/dev/null; then
        echo postgres
    else
        echo nobody
    fi
}

as_pg_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid="$PG_OWNER" --regid="$(id -g "$PG_OWNER")" --clear-groups env -C / "$@"
    else
        "$@"
    fi
}

# .dev/pg itself, or, when its path is closed to that user (a repository below /root, say),
# a folder in /var/tmp to which .dev/pg is then a link: the one thing outside .dev/ and out/.
prepare_pg_home() {
    PG_HOME=$DEV/pg
    mkdir -p "$DEV"
    if [ ! -e "$PG_HOME" ]; then
        if as_pg_owner test -x "$DEV" 2>/dev/null; then
            mkdir -p "$PG_HOME"
        else
            local elsewhere
            elsewhere=$(mktemp -d /var/tmp/collection-escalation-pg.XXXXXX)
            chmod 711 "$elsewhere"
            rm -f "$PG_HOME"
            ln -s "$elsewhere" "$PG_HOME"
        fi
    fi
    PG_HOME=$(cd "$PG_HOME" && pwd -P)
    chmod 711 "$PG_HOME"
    # A socket's path may have 107 bytes.
    PG_SOCKET=$PG_HOME/run
    if [ ${#PG_SOCKET} -gt 85 ]; then PG_SOCKET=/tmp/ce-pg-$(echo "$PG_HOME" | hash_of); fi
    mkdir -p "$PG_SOCKET"
    chmod 700 "$PG_SOCKET"
    if [ "$(id -u)" = 0 ]; then chown "$PG_OWNER" "$PG_HOME" "$PG_SOCKET"; fi
}

use_postgres() {
    if [ -n "${PGHOST:-}" ]; then
        PG_BIN=$(dirname "$(command -v psql)")
        export PGHOST PGUSER=${PGUSER:-$(id -un)}
        "$PG_BIN/psql" -XAtqc 'SELECT 1' postgres >/dev/null 2>"$DEV/pg-start.log" ||
            die "cannot reach PostgreSQL at PGHOST=$PGHOST: $(head -n1 "$DEV/pg-start.log")"
        return
    fi
    PG_BIN=$(postgres_bin)
    PG_OWNER=$(pg_owner)
    prepare_pg_home
    export PGHOST=$PG_SOCKET PGPORT=5432 PGUSER=$PG_SUPERUSER
    CE_OWN_PG=1
    exec 8>"$DEV/pg.users.lock"
    exec 7>"$DEV/pg.switch.lock"
    flock 7
    flock -s 8
    start_postgres
    flock -u 7
    on_exit release_postgres
}

pg_running() { as_pg_owner "$PG_BIN/pg_ctl" -D "$PG_HOME/data" status >/dev/null 2>&1; }

start_postgres() {
    local attempt
    if pg_running; then return; fi
    for attempt in first second; do
        [ -f "$PG_HOME/data/.complete" ] || init_postgres
        say "starting PostgreSQL"
        if as_pg_owner "$PG_BIN/pg_ctl" -D "$PG_HOME/data" -l "$PG_HOME/server.log" -w -t 60 start >"$DEV/pg-start.log" 2>&1 7>&- 8>&- 9>&-; then
            return
        fi
        # It runs without fsync, so a power cut may have broken it; nothing in it is worth more
        # than a minute.
        [ "$attempt" = first ] || break
        say "PostgreSQL did not start ($(tail -n1 "$PG_HOME/server.log")); making a new cluster"
        rm -rf "$PG_HOME/data"
    done
    die "PostgreSQL does not start: see $PG_HOME/server.log"
}

init_postgres() {
    check_disk
    say "making a PostgreSQL cluster"
    rm -rf "$PG_HOME/data"
    as_pg_owner "$PG_BIN/initdb" -D "$PG_HOME/data" -U "$PG_SUPERUSER" -A trust -E UTF8 --locale=C.UTF-8 \
        --no-sync >"$DEV/pg-start.log" 2>&1 || die "initdb failed: $(tail -n1 "$DEV/pg-start.log")"
    # Made to be thrown away: speed before safety. No TCP; the socket's folder is ours alone.
    as_pg_owner tee -a "$PG_HOME/data/postgresql.conf" >/dev/null <<EOF
listen_addresses = ''
unix_socket_directories = '$PG_SOCKET'
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
shared_buffers = 512MB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
checkpoint_timeout = 30min
random_page_cost = 1.1
jit = off
max_connections = 120
timezone = 'UTC'
EOF
    as_pg_owner touch "$PG_HOME/data/.complete"
}

# Runs at exit. Whoever gets the users' lock alone is the last.
release_postgres() {
    [ -n "${CE_OWN_PG:-}" ] || return 0
    flock 7
    if flock -n -x 8; then stop_postgres; fi
    exec 7>&- 8>&-
}

stop_postgres() {
    as_pg_owner "$PG_BIN/pg_ctl" -D "$PG_HOME/data" -m fast -w -t 60 stop >/dev/null 2>&1 || true
}

sql() { "$PG_BIN/psql" -XAtq -v ON_ERROR_STOP=1 -d "${2:-postgres}" -c "$1"; }
