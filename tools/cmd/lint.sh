# ./dev lint [--fix] [LINTER…]: each linter prints its findings; the last line counts them
. "$TOOLS/lib/results.sh"
. "$TOOLS/stages/module.sh"
. "$TOOLS/lib/linters.sh"

LINTERS=(ruff format pylint oca layers prettier shell names store odoo)

main() {
    local linter chosen=() count total=0
    if [ "${1:-}" = --fix ]; then
        shift
        with_setup_lock set_up_linters
        fix_all
    fi
    chosen=("$@")
    [ $# != 0 ] || chosen=("${LINTERS[@]}")
    for linter in "${chosen[@]}"; do
        declare -F "lint_$linter" >/dev/null || die "no linter '$linter': ${LINTERS[*]}"
    done
    with_setup_lock set_up_linters
    cd "$REPO"
    mkdir -p "$OUT/lint"
    for linter in "${chosen[@]}"; do
        count=$(findings_of "$linter")
        total=$((total + count))
        say "$(printf '%-9s %4d' "$linter" "$count")"
    done
    echo "lint: $total findings"
    [ "$total" = 0 ]
}

# Prints the findings (stderr) and their number. A linter that breaks is a finding as well:
# exit code 0 means clean, 1 means findings were printed, one a line, anything else is trouble.
findings_of() {
    local linter=$1 out=$OUT/lint/$1.txt status=0 count
    # In a shell of its own, which must also leave tidily: it may have started PostgreSQL.
    (
        ON_EXIT=(stop_children)
        trap run_exit_functions EXIT
        "lint_$linter"
    ) >"$out" 2>"$out.err" </dev/null || status=$?
    count=$(grep -c . "$out" || true)
    if [ "$status" != 0 ] && [ "$count" = 0 ]; then
        echo "$linter failed ($status): $(tail -n3 "$out.err" | tr '\n' ' ')" >"$out"
        count=1
    fi
    sed "s/^/  /" "$out" >&2
    echo "$count"
}
