# Jobs beside each other: as many at a time as there are cores, each in a shell of its own.
#
#     start_jobs JOB...   returns when the last one has begun
#     finish_jobs         waits for all, and adds what they found, in the order given
#
# A job is a command in one word ("multi_process_check one_slot") that records what it finds.
# The longest first makes the shortest run.

LANES=$(nproc)
[ "$LANES" -ge 2 ] || LANES=2
LANE_PIDS=()
JOBS=()
# What each job found: one file a job, gone with this run.
JOBS_DIR=$DEV/tmp.jobs.$$

start_jobs() {
    local job
    [ ${#JOBS[@]} -gt 0 ] || on_exit stop_lanes
    mkdir -p "$JOBS_DIR"
    for job in "$@"; do
        wait_for_lanes $((LANES - 1))
        run_job "$job" "$JOBS_DIR/${#JOBS[@]}" &
        LANE_PIDS+=($!)
        JOBS+=("$job")
    done
}

finish_jobs() {
    local number
    wait_for_lanes 0
    for number in "${!JOBS[@]}"; do take_results "${JOBS[number]}" "$JOBS_DIR/$number"; done
    JOBS=()
    rm -rf "$JOBS_DIR"
}

# The body of a job's shell. What the job starts ends with it.
run_job() {
    local words
    ON_EXIT=(stop_children)
    CHILDREN=() LANE_PIDS=()
    PASSED=0 FAILED=0 STAGE_LINES=() LAST_SECONDS=$SECONDS
    trap run_exit_functions EXIT
    trap 'exit 143' TERM
    read -ra words <<<"$1"
    "${words[@]}"
    printf '%s\n' "$PASSED $FAILED" "${STAGE_LINES[@]}" >"$2.part"
    mv "$2.part" "$2"
}

# A job that left nothing gave up on its way: that is a failure.
take_results() {
    local lines
    if [ ! -f "$2" ]; then
        LAST_SECONDS=$SECONDS
        record "$1: gave up" "0 1"
        return
    fi
    mapfile -t lines <"$2"
    PASSED=$((PASSED + ${lines[0]% *}))
    FAILED=$((FAILED + ${lines[0]#* }))
    STAGE_LINES+=("${lines[@]:1}")
}

# wait_for_lanes N: until at most N jobs are under way.
wait_for_lanes() {
    local pid running
    while [ ${#LANE_PIDS[@]} -gt "$1" ]; do
        wait -n "${LANE_PIDS[@]}" || true
        running=()
        for pid in "${LANE_PIDS[@]}"; do ! kill -0 "$pid" 2>/dev/null || running+=("$pid"); done
        LANE_PIDS=("${running[@]}")
    done
}

# Leaving early: each job stops what it started, before PostgreSQL is released.
stop_lanes() {
    if [ ${#LANE_PIDS[@]} -gt 0 ]; then
        kill -TERM "${LANE_PIDS[@]}" 2>/dev/null
        wait "${LANE_PIDS[@]}" 2>/dev/null
    fi
    LANE_PIDS=()
    rm -rf "$JOBS_DIR"
}
