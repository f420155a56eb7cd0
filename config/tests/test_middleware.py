import pytest
from django.http import HttpResponse

from config.middleware import real_address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "10.0.0.9", "127.0.0.1"),
        (1, "6.6.6.6, 10.0.0.9", "10.0.0.9"),
        (2, "6.6.6.6, 10.0.0.9, 10.0.0.1", "10.0.0.9"),
        (2, "10.0.0.9", "127.0.0.1"),
        (1, "", "127.0.0.1"),
    ],
)
def test_real_address_believes_only_our_proxies(rf, settings, proxies, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    request = rf.get("/", headers={"X-Forwarded-For": forwarded})

    real_address(lambda request: HttpResponse())(request)

    assert request.META["REMOTE_ADDR"] == address
