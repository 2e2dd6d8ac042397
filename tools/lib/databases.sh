# Databases with their filestores: templates are built once, everything else is a fast copy.
# Each database carries, as its comment, the hash of what it was made from; it gets its final
# name only when complete.

DATA=$DEV/data

db_exists() { [ "$(sql "SELECT 1 FROM pg_database WHERE datname = '$1'")" = 1 ]; }
db_key() { sql "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = '$1'"; }
set_db_key() { sql "COMMENT ON DATABASE \"$1\" IS '$2'"; }

drop_db() {
    sql "DROP DATABASE IF EXISTS \"$1\" WITH (FORCE)" 2>/dev/null
    rm -rf "${DATA:?}/filestore/$1"
}

# copy_db FROM TO: database and filestore; TO is replaced.
copy_db() {
    local strategy=
    drop_db "$2"
    # Since PostgreSQL 15 the default writes every page to the log; a file copy is faster here.
    if [ "$(sql 'SHOW server_version_num')" -ge 150000 ]; then strategy='STRATEGY file_copy'; fi
    sql "CREATE DATABASE \"$2\" TEMPLATE \"$1\" $strategy" ||
        die "cannot copy database $1: is somebody connected to it (./dev stop)?"
    if [ -d "$DATA/filestore/$1" ]; then
        mkdir -p "$DATA/filestore"
        cp -a --reflink=auto "$DATA/filestore/$1" "$DATA/filestore/$2"
    fi
}

rename_db() {
    drop_db "$2"
    sql "ALTER DATABASE \"$1\" RENAME TO \"$2\""
    if [ -d "$DATA/filestore/$1" ]; then mv "$DATA/filestore/$1" "$DATA/filestore/$2"; fi
}

# claim_db NAME: sets DB to NAME, or to NAME_2, NAME_3 … when another ./dev is working on it.
claim_db() {
    local number name fd
    for number in "" _2 _3 _4 _5 _6; do
        name=$1$number
        exec {fd}>"$DEV/db.$name.lock"
        if flock -n "$fd"; then
            DB=$name
            return
        fi
        exec {fd}>&-
    done
    die "six other ./dev work on $1 copies: wait for them, or ./dev stop"
}

# claim_db_only NAME: for databases that exist once (the one being served, the one inspected).
claim_db_only() {
    local fd
    exec {fd}>"$DEV/db.$1.lock"
    flock -n "$fd" || die "another ./dev is using the database $1: wait for it, or ./dev stop"
    DB=$1
}

# --- templates -------------------------------------------------------------------------------

# What every database has: the module's own dependencies, and what its tests look for.
template_modules() {
    "$VENV_PY" "$TOOLS/manifest.py" template-modules "$MODULE_DIR"
}

# ensure_template NAME [--with-demo]
ensure_template() {
    local name=$1 option=${2:-} modules key new=$1_new
    modules=$(template_modules) || exit 1
    key=$(echo "$ODOO_VERSION $ODOO_PATH $option $modules" | cat - "$TOOLS/requirements-run.txt" | hash_of)
    db_exists "$name" && [ "$(db_key "$name")" = "$key" ] && return 0
    check_disk
    say "building the template database $name ($modules)"
    drop_db "$new"
    run_odoo "template-$name" -d "$new" -i "$modules" $option --stop-after-init --no-http ||
        die "Odoo could not build $name: $(why_of "template-$name") — all of it in $(log_of "template-$name")"
    set_db_key "$new" "$key"
    rename_db "$new" "$name"
}

template_key() { db_key "$1"; }
