"""Numbers are given in order, apart by area and year, and never twice even when two ask at once."""

import threading

import pytest
from django.db import connection, transaction

from hazards.actions.numbers import allocate
from organizations.tests.factories import county

pytestmark = pytest.mark.django_db


def test_allocate_counts_within_area_and_year():
    rongcheng, rushan = county("荣成市"), county("乳山市")

    given = [allocate(rongcheng, 2023), allocate(rongcheng, 2023), allocate(rushan, 2023), allocate(rongcheng, 2024)]

    assert given == [["荣成市-2023-0001"], ["荣成市-2023-0002"], ["乳山市-2023-0001"], ["荣成市-2024-0001"]]


def test_allocate_gives_a_block_in_order():
    rongcheng = county()
    allocate(rongcheng, 2023)

    assert allocate(rongcheng, 2023, 3) == ["荣成市-2023-0002", "荣成市-2023-0003", "荣成市-2023-0004"]


def test_allocate_goes_past_four_digits():
    rongcheng = county()
    allocate(rongcheng, 2023, 9999)

    assert allocate(rongcheng, 2023) == ["荣成市-2023-10000"]


def test_allocate_takes_back_what_a_failed_caller_took():
    rongcheng = county()
    allocate(rongcheng, 2023)

    with pytest.raises(RuntimeError), transaction.atomic():
        allocate(rongcheng, 2023)
        raise RuntimeError

    assert allocate(rongcheng, 2023) == ["荣成市-2023-0002"]


@pytest.mark.django_db(transaction=True)
def test_allocate_makes_a_second_asker_wait():
    rongcheng, given = county(), []

    def ask():
        try:
            given.extend(allocate(rongcheng, 2023))
        finally:
            connection.close()

    with transaction.atomic():
        mine = allocate(rongcheng, 2023)
        other = threading.Thread(target=ask)
        other.start()
        other.join(0.3)
        waited = not given
    other.join(10)

    assert waited
    assert mine + given == ["荣成市-2023-0001", "荣成市-2023-0002"]
