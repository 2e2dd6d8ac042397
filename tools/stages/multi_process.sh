# Checks that need several real connections: tests/multiprocess/check_*.py, each on a fresh copy.
# Each prints `N passed, M failed` as its last line.

stage_multi_process() {
    local folder=$MODULE_DIR/tests/multiprocess only=${1:-} check name status log counts found=0
    LAST_SECONDS=$SECONDS
    if [ ! -d "$folder" ]; then
        record multi-process "0 0"
        return
    fi
    with_setup_lock ensure_installed || return 0
    for check in "$folder"/check_*.py; do
        name=$(basename "$check" .py)
        name=${name#check_}
        [ -e "$check" ] || continue
        [ -z "$only" ] || [ "$only" = "$name" ] || [ "$only" = "check_$name" ] || continue
        found=1
        say "multi-process: $name"
        claim_db ce_mp
        copy_db ce_installed "$DB"
        log=$(log_of "multi-process-$name")
        status=0
        run_group env CE_DB="$DB" CE_OUT="$OUT" "$VENV_PY" "$check" >"$log" 2>&1 </dev/null || status=$?
        counts=$(tail -n1 "$log" | sed -nE 's/^([0-9]+) passed, ([0-9]+) failed$/\1 \2/p')
        if [ -z "$counts" ]; then
            counts="0 1"
        elif [ "$status" != 0 ] && [ "${counts#* }" = 0 ] || [ "$counts" = "0 0" ]; then
            counts="${counts% *} 1"
        fi
        [ "${counts#* }" = 0 ] || tail -n 60 "$log" >&2
        drop_db "$DB"
        record "multi-process $name" "$counts"
    done
    if [ "$found" = 0 ]; then
        echo "  ✗ no check ${only:+named $only }in $folder" >&2
        record multi-process "0 1"
    fi
}
