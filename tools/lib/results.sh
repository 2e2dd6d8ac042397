# Stages of ./dev test: what each found, and the sum.

PASSED=0
FAILED=0
STAGE_LINES=()
LAST_SECONDS=$SECONDS

# record STAGE "PASSED FAILED"
record() {
    local passed=${2% *} failed=${2#* } took=$((SECONDS - LAST_SECONDS))
    LAST_SECONDS=$SECONDS
    PASSED=$((PASSED + passed))
    FAILED=$((FAILED + failed))
    STAGE_LINES+=("$(printf '%-28s %5d passed %5d failed %5d s' "$1" "$passed" "$failed" "$took")")
    say "${STAGE_LINES[-1]}"
}

# record_log STAGE clean|tests|half LOGNAME EXITCODE: judges a log and records it.
# An exit code that the log does not explain is a failure too. Returns 1 if anything failed.
record_log() {
    local stage=$1 mode=$2 log status=$4 counts
    log=$(log_of "$3")
    counts=$("$VENV_PY" "$TOOLS/odoo_log.py" "$mode" "$log")
    if [ "$status" != 0 ] && [ "${counts#* }" = 0 ]; then
        echo "  ✗ Odoo exited with $status: see $log" >&2
        counts="0 1"
    fi
    record "$stage" "$counts"
    [ "${counts#* }" = 0 ]
}

print_results() {
    printf '%s\n' "" "${STAGE_LINES[@]}"
    echo "$PASSED passed, $FAILED failed"
}
