# What runs beside a command: the mail sink and Odoo's web server. Both end with it.

# start_mail_sink FOLDER: sets SMTP_PORT and SMTP_ARGS (for Odoo)
start_mail_sink() {
    local port_file=$DEV/tmp.smtp.$$ tries
    mkdir -p "$1"
    rm -f "$port_file"
    start_group "$VENV_PY" "$TOOLS/smtp_sink.py" "$1" "$port_file" >"$(log_of mail-sink)" 2>&1 </dev/null
    for tries in {1..100}; do
        [ ! -s "$port_file" ] || break
        sleep 0.1
    done
    [ -s "$port_file" ] || die "the mail sink does not start: $(tail -n1 "$(log_of mail-sink)")"
    SMTP_PORT=$(cat "$port_file")
    rm -f "$port_file"
    SMTP_ARGS=(--smtp 127.0.0.1 --smtp-port "$SMTP_PORT")
    export CE_SMTP_PORT=$SMTP_PORT CE_MAIL_DIR=$1
}

mails_in() { find "$1" -maxdepth 1 -name '[0-9]*.eml' 2>/dev/null | wc -l; }

# start_server LOGNAME DB PORT [ODOO ARGS]: returns when the server answers; pid in SERVER_PID
start_server() {
    local log=$1 db=$2 port=$3
    shift 3
    start_group "$VENV_PY" -m odoo -d "$db" --db-filter "^$db\$" --no-database-list --http-port "$port" \
        "${SMTP_ARGS[@]}" "$@" >"$(log_of "$log")" 2>&1 </dev/null
    SERVER_PID=$STARTED
    "$VENV_PY" - "$port" "$SERVER_PID" <<'PY' || die "Odoo does not answer: $(why_of "$log")"
import os, sys, time, urllib.request
port, pid = int(sys.argv[1]), int(sys.argv[2])
for _ in range(240):
    try:
        os.kill(pid, 0)
        if urllib.request.urlopen(f"http://127.0.0.1:{port}/web/health", timeout=5).status == 200:
            sys.exit(0)
    except ProcessLookupError:
        break
    except OSError:
        time.sleep(0.5)
sys.exit(1)
PY
}

stop_server() {
    local kept=() pid
    stop_process_group "$SERVER_PID"
    for pid in "${CHILDREN[@]}"; do [ "$pid" = "$SERVER_PID" ] || kept+=("$pid"); done
    CHILDREN=("${kept[@]}")
}
