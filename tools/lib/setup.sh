# What a command needs before it starts, in the order in which it can be made.

set_up_python() {
    mkdir -p "$DEV" "$OUT"
    find_python
}
set_up_base() {
    set_up_python
    ensure_packages
    ensure_run_venv
}
set_up_odoo() {
    set_up_base
    ensure_odoo
}
set_up_server() {
    set_up_odoo
    # The lock must not be held by PostgreSQL for ever: it is closed for its children.
    use_postgres
    write_odoo_conf
}
set_up_databases() {
    set_up_server
    ensure_template ce_tpl
}
set_up_demo_databases() {
    set_up_databases
    ensure_template ce_tpl_demo --with-demo
}
