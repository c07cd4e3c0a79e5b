"""Every row of the table, through this library: what it says, and whether a trigger is in doubt rightly."""
import os
import re

import clients
import pytest
import world

ROWS = world.rows()
SLOW = os.environ.get("FRONTS") == "slow"
# A call has 3 s; a machine may be slow. A page of 10 MB is not read.
LONGEST_S, LARGEST_MB = 20, 64


def test_there_are_enough_rows_and_no_two_are_alike():
    assert len(ROWS) >= 30
    assert len({row.title for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if SLOW or not row.is_slow], ids=lambda row: row.key)
def test_what_is_said_of_a_front_is_true(row):
    said, triggers = clients.run(row, clients.ours)
    assert said.status == row.status, said
    assert re.search(row.names, said.text), said
    assert said.in_doubt == row.in_doubt, said
    assert "server says" not in said.text, said
    assert (said.status == "OK") == said.is_done, said
    assert row.moment == world.WAIT or said.seconds < LONGEST_S, said
    assert said.grew_mb < LARGEST_MB, said
    assert clients.judged(row, said, triggers) != "wrong", (said, triggers)
    assert triggers <= 1, "a trigger is sent once"
