# The rules, in plain Python: their doctests and tests/rules_*_test.py, without Odoo.
stage_rules() {
    local counts=$OUT/rules.counts status=0 targets=()
    rm -f "$counts"
    say "rules (plain Python)"
    [ ! -d "$MODULE_DIR/rules" ] || targets+=("$MODULE_DIR/rules")
    targets+=("$MODULE_DIR"/tests/rules_*_test.py)
    [ -e "${targets[-1]}" ] || unset 'targets[-1]'
    if [ ${#targets[@]} = 0 ]; then
        record rules "0 1"
        return
    fi
    run_group env -u PYTHONPATH CE_COUNTS="$counts" HYPOTHESIS_STORAGE_DIRECTORY="$DEV/hypothesis" \
        PYTHONDONTWRITEBYTECODE=1 CE_MODULE="$MODULE" CE_MODULE_PARENT="$MODULE_PARENT" \
        "$VENV_PY" -m pytest -q -c "$REPO/pyproject.toml" --rootdir "$REPO" --confcutdir "$REPO" \
        -p "no:cacheprovider" --import-mode=importlib --doctest-modules \
        "$@" "${targets[@]}" >"$OUT/rules.log" 2>&1 </dev/null || status=$?
    [ "$status" = 0 ] || cat "$OUT/rules.log" >&2
    record rules "$(cat "$counts" 2>/dev/null || echo 0 1)"
}
