#!/usr/bin/env python3
"""Holds the two tables of tests/scenarios/README.md complete and true: every row of both lists is there, and
its tests exist, ask for the paths that the row names, and are all in a table. Only the rows below may
have no test, by a decision that the table names.
"""

import re

import sources

FOLDER = "tests/scenarios"
HISTORIC = [f"H{number}" for number in range(1, 41)]
ETCD = """
single_node campaign campaign_learner_must_vote checkquorum prevote prevote_checkquorum forget_leader
forget_leader_prevote_checkquorum forget_leader_read_only_lease_based probe_and_replicate
heartbeat_resp_recovers_from_probing lagging_commit replicate_pause slow_follower_after_compaction
snapshot_succeed_via_app_resp snapshot_succeed_via_app_resp_behind confchange_v1_add_single
confchange_v2_add_single_auto confchange_v2_add_single_explicit confchange_v2_add_double_implicit
confchange_v2_add_double_auto confchange_v1_remove_leader confchange_v1_remove_leader_stepdown
confchange_v2_replace_leader confchange_v2_replace_leader_stepdown confchange_disable_validation
async_storage_writes async_storage_writes_append_aba_race
""".split()
MAY_HAVE_NONE = {
    "H15",
    "forget_leader",
    "forget_leader_prevote_checkquorum",
    "forget_leader_read_only_lease_based",
    "confchange_disable_validation",
}
TEST = re.compile(r"^TEST\((Scenarios|EtcdScenarios), (\w+)\) \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)


def prefix(row):
    """With which the names of a row's tests begin, in small letters."""
    if row in HISTORIC:
        return f"h{int(row[1:]):02}_"
    return row.replace("_", "") + "_"


def check_row(row, tests, paths, known):
    """What is wrong with a row's cells."""
    if tests[:1] == ["none:"]:
        if row not in MAY_HAVE_NONE:
            yield f"{row}: must have a test"
        return
    for name in tests:
        if name not in known:
            yield f"{row}: no test {name}"
        elif not name.lower().startswith(prefix(row)):
            yield f"{row}: {name} is of another row"
    for path in paths:
        if not any(f"RarePath::k{path}" in known.get(name, "") for name in tests):
            yield f"{row}: no test of it asks for {path}"


def check(root):
    page = root / FOLDER / "README.md"
    if not page.exists():
        return
    known = {}
    for path in sources.files(root, ".cc"):
        if path.as_posix().startswith(FOLDER + "/"):
            known |= {m.group(2): m.group(3) for m in TEST.finditer((root / path).read_text())}
    text = page.read_text()
    listed = set()
    for heading, rows in (("number", HISTORIC), ("file", ETCD)):
        table = {row[heading][0]: row for row in sources.table(text, heading)}
        problems = [f"{row}: no such row" for row in table if row not in rows]
        for row in rows:
            if row not in table:
                problems.append(f"{row}: missing")
                continue
            tests = table[row]["tests"]
            listed.update(tests)
            problems += check_row(row, tests, table[row]["paths"], known)
        for problem in problems:
            yield sources.Finding(page.relative_to(root), 1, problem)
    for name in sorted(known.keys() - listed):
        yield sources.Finding(page.relative_to(root), 1, f"{name}: in no row")


if __name__ == "__main__":
    sources.run(check, __doc__)
