# Running Odoo: one configuration file, one log per purpose in out/log/.

ODOO_CONF=$DEV/odoo.conf

write_odoo_conf() {
    mkdir -p "$DATA" "$OUT/log"
    {
        echo "[options]"
        echo "addons_path = $ODOO_ADDONS,$MODULE_PARENT"
        echo "data_dir = $DATA"
        echo "db_host = $PGHOST"
        echo "db_port = ${PGPORT:-5432}"
        echo "db_user = $PGUSER"
        [ -z "${PGPASSWORD:-}" ] || echo "db_password = $PGPASSWORD"
        echo "http_interface = 127.0.0.1"
        echo "max_cron_threads = 0"
        echo "limit_time_real = 600"
        echo "limit_time_cpu = 600"
    } >"$ODOO_CONF.$$"
    mv "$ODOO_CONF.$$" "$ODOO_CONF"
    export ODOO_RC=$ODOO_CONF
    export PYTHONPATH=$ODOO_PATH
    # Odoo reads files of the module while others may run it: leave no .pyc between them.
    export PYTHONDONTWRITEBYTECODE=1
    # Qt inside wkhtmltopdf complains when it has no such folder.
    export XDG_RUNTIME_DIR=$DEV/run
    mkdir -p "$XDG_RUNTIME_DIR"
    chmod 700 "$XDG_RUNTIME_DIR"
    export CE_ODOO_ARGS
    CE_ODOO_ARGS=$("$VENV_PY" -c 'import json, sys; print(json.dumps(sys.argv[1:]))' \
        --config="$ODOO_CONF" --addons-path="$ODOO_ADDONS,$MODULE_PARENT" --data-dir="$DATA" \
        --db_host="$PGHOST" --db_port="${PGPORT:-5432}" --db_user="$PGUSER")
}

log_of() { echo "$OUT/log/$1.log"; }
# The line of a log that says most about why Odoo gave up.
why_of() {
    local log
    log=$(log_of "$1")
    grep -E '^[A-Za-z_.]*(Error|Exception)\b' "$log" | tail -n1 | grep . ||
        grep -m1 -E ' (ERROR|CRITICAL) ' "$log" || tail -n1 "$log"
}

# run_odoo LOGNAME ARGS...: the server command, its output in out/log/LOGNAME.log
run_odoo() {
    local log
    log=$(log_of "$1")
    shift
    run_group "$VENV_PY" -m odoo "$@" >"$log" 2>&1 </dev/null
}

# odoo_command ARGS...: a sub-command (i18n, neutralize, module …), output as it comes
odoo_command() {
    run_group "$VENV_PY" -m odoo --addons-path="$ODOO_ADDONS,$MODULE_PARENT" "$@" </dev/null
}
