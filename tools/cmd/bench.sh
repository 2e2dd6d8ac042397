# ./dev bench [OPTIONS]: the performance figures, each beside its reference in the same run
. "$TOOLS/lib/services.sh"

BENCH=$DEV/bench
BENCH_PY=$TOOLS/bench.py
REFERENCE=account_credit_control

main() {
    case ${1:-} in
    -h | --help)
        with_setup_lock set_up_base
        "$VENV_PY" "$BENCH_PY" --help
        return
        ;;
    esac
    local wishes
    with_setup_lock set_up_base
    wishes=$(bench_py --check "$@") || return
    with_setup_lock set_up_databases
    claim_db_only ce_bench
    ensure_reference
    rm -rf "$BENCH/figures"
    mkdir -p "$BENCH/figures"
    local invoices debtors parts large_invoices large_debtors
    read -r invoices debtors parts large_invoices large_debtors <<<"$wishes"
    bench_size "$invoices" "$debtors" "$parts"
    if [ "$large_invoices" != 0 ]; then bench_size "$large_invoices" "$large_debtors" e; fi
    bench_py --report "$BENCH/figures" "$@"
}

bench_py() { PYTHONPATH=$TOOLS "$VENV_PY" "$BENCH_PY" "$@"; }

# OCA's module, for comparison only: it is not part of what we distribute.
ensure_reference() {
    local lock=$TOOLS/requirements-bench.txt dir=$BENCH/reference key
    key=$(hash_of <"$lock")
    stamped "$dir" "$key" && return 0
    say "downloading the reference, OCA's $REFERENCE"
    rm -rf "$dir"
    # Its only requirement besides Odoo's own modules is Odoo, which is not to be had there.
    "$VENV_PY" -m pip install -q --disable-pip-version-check --no-input --no-deps \
        --only-binary=:all: --target "$dir" -r "$lock" >"$DEV/pip.log" 2>&1 ||
        die "pip could not download the reference (network?): $(tail -n1 "$DEV/pip.log")"
    echo "$key" >"$dir/.stamp"
}

# bench_size INVOICES DEBTORS PARTS
bench_size() {
    local invoices=$1 debtors=$2 parts=$3 ledger
    ensure_ledger
    case $parts in
    *[abcdfe]*) bench_install ;;
    esac
    case $parts in
    *[abce]*) bench_contacts ;;
    esac
    case $parts in
    *d*) bench_posting ;;
    esac
    case $parts in
    *[abf]*) bench_reference ;;
    esac
    drop_bench_copies
}

# The ledger is kept, as long as nothing changes of which it is made.
ensure_ledger() {
    local key new=ce_bench_new
    ledger=ce_bench_ledger_$invoices
    key=$(cat "$TOOLS"/bench/{ledger,multiply,proof}.py "$TOOLS/replay/books.py" | hash_of)
    key=$(template_key ce_tpl)-$key-$debtors
    db_exists "$ledger" && [ "$(db_key "$ledger")" = "$key" ] && return 0
    check_disk
    say "building a ledger of $invoices invoices of $debtors customers"
    copy_db ce_tpl "$new"
    step "$new" ledger
    sql 'VACUUM ANALYZE' "$new"
    set_db_key "$new" "$key"
    cp "$BENCH/figures/$invoices.ledger.json" "$BENCH/$ledger.json"
    rename_db "$new" "$ledger"
}

# (f), and what (a) to (d) work on
bench_install() {
    cp "$BENCH/$ledger.json" "$BENCH/figures/$invoices.ledger.json"
    say "$invoices invoices: installation"
    copy_db ce_tpl ce_bench_empty
    step ce_bench_empty install-empty
    copy_db "$ledger" ce_bench
    step ce_bench install
    copy_db ce_bench ce_bench_start
    step ce_bench_start first-start
}

# (a), (b), (c): one after the other, each in a process of its own; and the statement
bench_contacts() {
    local mails=$BENCH/mail
    say "$invoices invoices: evaluate, plan, send, evaluate again"
    copy_db ce_bench ce_bench_ours
    rm -rf "$mails"
    start_mail_sink "$mails"
    step ce_bench_ours start
    step ce_bench_ours evaluate-plan
    step ce_bench_ours dispatch
    step ce_bench_ours settle
    step ce_bench_ours nothing-due
    stop_children
    unset CE_SMTP_PORT CE_MAIL_DIR
    copy_db "$ledger" ce_bench_sql
    step ce_bench_sql sql
}

bench_posting() {
    say "$invoices invoices: posting"
    copy_db ce_bench ce_bench_with
    copy_db "$ledger" ce_bench_without
    CE_BENCH_OTHER_DB=ce_bench_without step ce_bench_with posting
}

bench_reference() {
    say "$invoices invoices: the reference"
    copy_db "$ledger" ce_bench_reference
    step ce_bench_reference reference-install
    case $parts in
    *[ab]*) ;;
    *) return 0 ;;
    esac
    rm -rf "$BENCH/mail"
    start_mail_sink "$BENCH/mail"
    step ce_bench_reference reference-decide
    case $parts in
    *b*) step ce_bench_reference reference-send ;;
    esac
    stop_children
    unset CE_SMTP_PORT CE_MAIL_DIR
}

drop_bench_copies() {
    local name
    for name in ce_bench{,_empty,_start,_ours,_sql,_with,_without,_reference}; do drop_db "$name"; done
}

# step DB NAME: one measure in a process of its own; its figures go to a file
step() {
    local db=$1 name=$2 addons=$ODOO_ADDONS,$MODULE_PARENT,$BENCH/reference/odoo/addons log
    log=$(log_of "bench-$name")
    rm -f "$log"
    run_group env CE_DB="$db" PYTHONPATH="$ODOO_PATH:$TOOLS" \
        CE_EXTRA_ARGS="[\"--logfile=$log\", \"--addons-path=$addons\"]" \
        CE_BENCH_FIGURES="$BENCH/figures/$invoices.$name.json" \
        "$VENV_PY" "$BENCH_PY" --step "$name" --invoices "$invoices" --debtors "$debtors" </dev/null ||
        die "bench: $name failed: $(why_of "bench-$name") — all of it in $log"
}
