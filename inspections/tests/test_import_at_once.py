"""manage.py import_rows on two connections at once: the later one is told in a sentence and writes nothing."""

import threading
import time

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction

from documents.models import ImportBatch
from inspections.actions.imports import is_clash
from inspections.models import EnforcementAction, PenaltyCase, Trip, Visit
from inspections.tests.sheets import ACTION, BUREAU, CODE, OTHER_CODE, PENALTY, ROW, VISIT, run
from lib.tests.workbooks import workbook
from organizations.models import AuditEntry, Enterprise
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "同时有其他导入写入了相同的记录，未写入任何数据，请待其完成后重新运行"


@pytest.fixture(autouse=True)
def cast():
    make.enterprise(uscc=CODE)
    make.enterprise("荣成别家食品有限公司", uscc=OTHER_CODE)
    make.unit(BUREAU)


def visits(*rows):
    return workbook([VISIT, *rows])


def waiting_for_another():
    """Whether a connection waits for a row that another one of this database has written and not committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # a transaction keeps what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def wait_for(rival):
    """Until it waits for this connection; half a minute is long even for a busy machine."""
    for _ in range(600):
        if waiting_for_another() or not rival.is_alive():
            return
        time.sleep(0.05)


def beside(act, path, kind):
    """(what the command said) of one run while `act` has been done on this connection and is committed only then."""
    told = []

    def other():
        try:
            told.append(run(kind, path))
        finally:
            connection.close()

    rival = threading.Thread(target=other)
    with transaction.atomic():
        act()
        rival.start()
        wait_for(rival)
        assert rival.is_alive()
    rival.join(60)
    return told[0]


def test_trip_that_another_file_creates_at_the_same_moment(given):
    path = given(visits(ROW))
    unit = make.unit(BUREAU)

    trip = {"date": "2023-06-06", "unit": unit, "team": "1组", "officers": 4}

    code, said = beside(lambda: Trip.objects.create(**trip), path, "visits")

    assert (code, said[-1]) == (1, TOLD)
    assert not any("Traceback" in line for line in said)
    assert (Trip.objects.count(), Visit.objects.count(), ImportBatch.objects.count()) == (1, 0, 0)
    assert not AuditEntry.objects.filter(verb="import.apply").exists()


def test_run_again_it_finds_the_trip_and_writes(given):
    path = given(visits(ROW))
    unit = make.unit(BUREAU)
    same = {"officers": 4, "experts": 1, "mode": "执法检查"}
    beside(lambda: Trip.objects.create(date="2023-06-06", unit=unit, team="1组", **same), path, "visits")

    assert run("visits", path)[0] == 0
    assert (Trip.objects.count(), Visit.objects.count()) == (1, 1)


def test_rows_before_the_one_that_clashes_go_back_too(given):
    """Three trips, the second of them is being written by somebody else."""
    unit = make.unit(BUREAU)
    days = [["2023.06.05", *ROW[1:]], ROW, ["2023.06.07", *ROW[1:]]]
    path = given(visits(*days))

    code, said = beside(lambda: Trip.objects.create(date="2023-06-06", unit=unit, team="1组"), path, "visits")

    assert (code, said[-1]) == (1, TOLD)
    assert [f"{trip.date:%m-%d}" for trip in Trip.objects.all()] == ["06-06"]


def test_case_that_another_file_creates_at_the_same_moment(given):
    path = given(workbook([ACTION, PENALTY]))
    firm, unit = Enterprise.objects.get(uscc=CODE), make.unit(BUREAU)
    number = PENALTY[ACTION.index("案号")]

    code, said = beside(lambda: PenaltyCase.objects.create(number=number, enterprise=firm, unit=unit), path, "actions")

    assert (code, said[-1]) == (1, TOLD)
    assert EnforcementAction.objects.count() == 0


def test_other_refusals_of_the_database_are_no_clash():
    """A check constraint that does not hold is a mistake of ours, and must be seen as one."""
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Trip.objects.create(date="2023-06-06", unit=make.unit(BUREAU), team="1组", officers=-1)
    assert not is_clash(refused.value)
    assert not is_clash(OperationalError("server closed the connection"))
    with pytest.raises(IntegrityError) as twice, transaction.atomic():
        for _ in range(2):
            Trip.objects.create(date="2023-06-06", unit=make.unit(BUREAU), team="1组")
    assert is_clash(twice.value)


def test_two_that_wait_for_each_other_are_told_too(given):
    """This one has the trip of the 7th and then wants that of the 5th; the command has the 5th and wants the 7th."""
    unit = make.unit(BUREAU)
    first, last = ["2023.06.05", *ROW[1:]], ["2023.06.07", *ROW[1:]]
    path = given(visits(first, last))
    told = []

    def other():
        try:
            told.append(run("visits", path))
        finally:
            connection.close()

    rival = threading.Thread(target=other)
    mine = None
    try:
        with transaction.atomic():
            Trip.objects.create(date="2023-06-07", unit=unit, team="1组")
            rival.start()
            wait_for(rival)
            Trip.objects.create(date="2023-06-05", unit=unit, team="1组")
    except (OperationalError, IntegrityError) as error:
        mine = error
    rival.join(60)

    if mine is None:
        assert told == [(1, [TOLD])]
        assert (Trip.objects.count(), Visit.objects.count()) == (2, 0)
    else:
        assert is_clash(mine)
        assert told[0][0] == 0
        assert (Trip.objects.count(), Visit.objects.count()) == (2, 2)
