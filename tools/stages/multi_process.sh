# Checks that need several real connections: tests/multiprocess/check_*.py, each on a fresh copy.
# Each prints `N passed, M failed` as its last line.

stage_multi_process() {
    local folder=$MODULE_DIR/tests/multiprocess only=${1:-} jobs job found=0
    if [ ! -d "$folder" ]; then
        record multi-process "0 0"
        return
    fi
    with_setup_lock ensure_installed || return 0
    # One after the other: they look for collisions, and should not wait for each other.
    mapfile -t jobs < <(multi_process_checks)
    for job in "${jobs[@]}"; do
        [ -z "$only" ] || [ "multi_process_check ${only#check_}" = "$job" ] || continue
        found=1
        $job
    done
    if [ "$found" = 0 ]; then
        echo "  ✗ no check ${only:+named $only }in $folder" >&2
        record multi-process "0 1"
    fi
}

# A job for each check.
multi_process_checks() {
    local check name
    for check in "$MODULE_DIR"/tests/multiprocess/check_*.py; do
        [ -e "$check" ] || continue
        name=$(basename "$check" .py)
        echo "multi_process_check ${name#check_}"
    done
}

multi_process_check() {
    local name=$1 log status=0 counts
    LAST_SECONDS=$SECONDS
    say "multi-process: $name"
    claim_db ce_mp
    with_setup_lock copy_db ce_installed "$DB"
    log=$(log_of "multi-process-$name")
    run_group env CE_DB="$DB" CE_OUT="$OUT" "$VENV_PY" "$MODULE_DIR/tests/multiprocess/check_$name.py" \
        >"$log" 2>&1 </dev/null || status=$?
    counts=$(tail -n1 "$log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p')
    if [ -z "$counts" ]; then
        counts="0 1"
    elif [ "$status" != 0 ] && [ "${counts#* }" = 0 ] || [ "$counts" = "0 0" ]; then
        counts="${counts% *} 1"
    fi
    [ "${counts#* }" = 0 ] || tail -n 60 "$log" >&2
    drop_db "$DB"
    record "multi-process $name" "$counts"
}
