"""Each test runs once per server; a server is shared by the tests of this folder and stopped after them."""
import pytest
import worlds


@pytest.fixture(scope="module", params=list(worlds.ALL))
def world(request):
    world = worlds.ALL[request.param]()
    yield world
    world.close()
