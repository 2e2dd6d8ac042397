# ./dev shell [DATABASE [ODOO ARGS]]: a Python prompt with `env` (default database: ce_demo)
main() {
    with_setup_lock set_up_server
    local db=${1:-ce_demo}
    [ $# = 0 ] || shift
    db_exists "$db" || die "no database '$db'; ./dev demo makes ce_demo"
    "$VENV_PY" -m odoo --addons-path="$ODOO_ADDONS,$MODULE_PARENT" shell -d "$db" --no-http "$@"
}
