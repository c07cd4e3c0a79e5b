"""A hundred real compactions from one event loop. Filling the collections takes two minutes, so it is one of the slow
proofs (tools/deep.sh): its name keeps it from being collected with the others."""

import seed
from test_async import collections, run


def test_the_epoll_example_drives_a_hundred_compactions_on_the_real_server(plain_server):
    pymilvus, names = collections(plain_server.uri, 100)
    assert [len(seed.ids_of(pymilvus, name)) for name in names] == [3] * 100
    code, out, _ = run("epoll", plain_server.uri, "", *names)
    assert code == 0 and "100 of 100 collections" in out and out.count(": succeeded, 1 plans") == 100
    assert [len(seed.ids_of(pymilvus, name)) for name in names] == [1] * 100
