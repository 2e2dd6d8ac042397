# ./dev serve [DATABASE]: serves the demo database (or another) with scheduled actions and mail sink
. "$TOOLS/lib/services.sh"

# serve_demo PORT [DB]
serve_demo() {
    local port=$1 db=${2:-ce_demo}
    start_server serve "$db" "$port" --max-cron-threads 1
    say "Odoo's log: ${OUT#"$REPO"/}/log/serve.log; mails: ${CE_MAIL_DIR#"$REPO"/}/; Ctrl-C stops"
    echo "http://127.0.0.1:$port  user: admin  password: admin"
    wait "$SERVER_PID" || die "Odoo ended: $(why_of serve)"
}

main() {
    local db=${1:-ce_demo} port
    with_setup_lock set_up_server
    db_exists "$db" || die "no database $db: run ./dev demo first"
    claim_db_only "$db"
    port=$(port_for CE_PORT 8069)
    start_mail_sink "$OUT/mail"
    serve_demo "$port" "$db"
}
