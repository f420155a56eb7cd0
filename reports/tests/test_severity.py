"""Handing in at each severity of 勾稽关系, in both windows; what goes on from month to month."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.actions import submissions
from hazards.models import Hazard
from lib.transitions import MoveRefused
from organizations.models import AuditEntry
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import Cell, basis_of, earlier_figures, entry_of, filling, new_return
from reports.dispatch.identities import IDENTITIES, Level, Sign, breaches, graver, plain
from reports.dispatch.tables import TABLES
from reports.indicators import INDICATORS
from reports.models import DispatchReturn, Figure
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import WORDS, Entry, entries, handed_in, opened, values

pytestmark = pytest.mark.django_db


@pytest.fixture
def mines():
    return campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)


@pytest.fixture
def mine():
    return factories.enterprise("某矿", in_sector="非煤矿山")


def codes(returned, clerk, **typed):
    """The figures at which handing in is refused; none if it is taken."""
    try:
        handed_in(returned, clerk, **typed)
    except actions.ReturnRefused as refused:
        return [code for code, _ in refused.problems]
    return []


# A month (trade) and since the start (mines)


@pytest.mark.parametrize(
    ("typed", "month", "start"),
    [
        # 发现=自查+部门; 完成=自查+部门: printed under the form
        ({"x2_1": 1}, ["2.1"], []),
        ({"x2_2": 1}, ["2.2", "2.2"], []),
        # 中已完成整改的: a month may close more than it found, if it says why
        ({"x2_3": 1, "x2_1": 1, "x2_4": 2, "x2_2": 2}, ["2.4", "2.2"], ["2.4"]),
        ({"x2_8": 1}, ["2.8"], ["2.8"]),
        # 其中: never more than the whole
        ({"x1_7": 1}, ["1.7"], ["1.7"]),
        ({"x1_15": 2, "x1_6": 1}, ["1.15"], ["1.15"]),
        ({"x3_10": 1}, ["3.10"], ["3.10"]),
        # only unusual: handed in
        ({"x3_5": 1}, [], []),
        ({"x3_4": "0.5"}, [], []),
        ({"x2_7": 1}, [], []),
        # what agrees
        ({"x1_6": 3, "x1_7": 3, "x3_9": 1, "x3_10": 1}, [], []),
    ],
)
def test_identities_stop_ask_or_let_pass(owed, mines, clerk, typed, month, start):
    mines_codes = {f"x{code.replace('.', '_')}" for code in TABLES["mines"].codes}
    since_start = {name: value for name, value in typed.items() if name in mines_codes}

    assert codes(opened(owed, clerk), clerk, **typed) == month
    assert codes(opened(obligation(mines), clerk), clerk, **since_start, **WORDS) == start


def test_only_figures_that_are_all_the_systems_explain_themselves(owed, clerk):
    """Two of May closed in June, one of June found: as counted that is clear; with 发现 typed over it is not."""
    firm = factories.enterprise()
    for day in (20, 21):
        hazard(firm, on=date(2023, 5, day), closed=date(2023, 6, 10))
    hazard(firm)
    none = Entry(Decimal(0), reason="重复登记")

    assert codes(opened(owed, clerk), clerk, x2_1=none, x2_5=none) == ["2.6", "2.2"]
    assert codes(opened(owed, clerk), clerk, x2_1=1, x2_5=1) == []


def test_reward_for_unnamed_reports_is_part_of_all_rewards(mines, clerk):
    returned = opened(obligation(mines), clerk)
    part = {"x党政-5a": Entry(Decimal("1.00")), "x党政-5b": Entry(Decimal("1.01"))}

    assert codes(returned, clerk, **part, **WORDS) == ["党政-5b"]
    assert codes(returned, clerk, **part | {"x党政-5b": Entry(Decimal("1.00"))}, **WORDS) == []


def test_refusal_names_everything_at_once_gravest_anywhere(owed, clerk):
    hazard(factories.enterprise())
    returned = opened(owed, clerk)
    typed = entries(filling(returned), x2_5=2) | {"1.1": Entry()}
    seen = actions.fill(returned, by=clerk, entries=typed).seen

    with pytest.raises(actions.ReturnRefused) as caught:
        actions.hand_in(returned, by=clerk, seen=seen)
    assert caught.value.problems == [
        ("1.1", "“派出检查组”未填写，没有的请填0。"),
        ("2.5", "“部门检查发现的重大事故隐患”与系统数不一致，请写明原因。"),
        (
            "2.1",
            "“发现重大事故隐患数量”1个应等于“企业自查发现的重大事故隐患”0个＋“部门检查发现的重大事故隐患”2个。",
        ),
    ]
    assert str(caught.value).count("；") == 2


def test_blank_reason_is_no_reason(owed, clerk, signed_in):
    hazard(factories.enterprise())
    shown = filling(opened(owed, clerk))
    data = {"seen": shown.seen, "hand_in": "yes"}
    for cell in shown.cells:
        data[f"v_{cell.indicator.alias}"] = "0" if cell.entry.reported is None else f"{cell.entry.reported:.0f}"
    data |= {"v_n_1_4": "3", "r_n_1_4": "   "}
    page = signed_in(clerk).post(reverse("reports:dispatch_return", args=[owed.pk]), data)

    assert list(page.context["form"].errors) == ["r_n_1_4"]
    assert not owed.submissions.exists()


@pytest.mark.parametrize("each", IDENTITIES, ids=lambda each: f"{each.left}{each.sign.name}")
def test_every_identity_holds_for_zeros_and_at_its_edge(each):
    zeros = dict.fromkeys(each.codes, Decimal(0))
    edge = dict.fromkeys(each.codes, Decimal(1)) | {each.left: Decimal(len(each.right))}
    above = (
        edge | {each.left: Decimal(len(each.right)) + 1}
        if each.sign is not Sign.NEEDS
        else zeros | {each.left: Decimal(1)}
    )

    for kind in ("monthly", "cumulative"):
        assert [found.code for found in breaches(zeros, kind) if found.codes == each.codes] == []
        assert [found.code for found in breaches(edge, kind) if found.codes == each.codes] == []
        assert [found.code for found in breaches(above, kind) if found.codes == each.codes] == [each.left]


def test_severities_are_told_apart():
    found = breaches({"2.7": Decimal(2), "2.1": Decimal(1), "2.2": Decimal(3)}, "monthly")

    assert [each.code for each in graver(found, Level.EXPLAIN)] == ["2.2"]
    assert [each.code for each in graver(found, Level.WARN)] == ["2.7"]
    assert graver(found, Level.BLOCK) == []


@pytest.mark.parametrize(
    ("value", "text"), [("3", "3"), ("3.00", "3"), ("3.50", "3.50"), ("1000000000000", "1" + "0" * 12)]
)
def test_numbers_in_messages_have_no_useless_places(value, text):
    assert plain(Decimal(value)) == text


# From month to month (cumulative tables)


def may(mines, clerk, **typed):
    owed = obligation(mines, period="2023-05")
    handed_in(opened(owed, clerk), clerk, **typed, **WORDS)
    return owed


def test_what_was_given_back_is_not_compared_with(mines, mine, clerk, city):
    """5月 reported 3, was given back, and is not there until it comes again."""
    hazard(mine, on=date(2023, 5, 10))
    owed = may(mines, clerk, x2_5=Entry(Decimal(3), reason="2项未录入"))
    june = new_return(obligation(mines))
    assert values(filling(june))["2.5"] == 3
    submissions.return_submission(owed.submissions.get(), by=city, reason="请核对")

    assert earlier_figures(june) == {}
    assert values(filling(june))["2.5"] == 1


def test_month_before_last_is_not_the_month_before(mines, mine, clerk):
    hazard(mine, on=date(2023, 5, 10))
    may(mines, clerk, x2_5=Entry(Decimal(3), reason="2项未录入"))

    assert values(filling(new_return(obligation(mines, period="2023-07"))))["2.5"] == 1


def test_months_of_a_monthly_table_stand_alone(owed, clerk):
    hazard(factories.enterprise(), on=date(2023, 5, 10))
    reason = Entry(Decimal(3), reason="2项未录入")
    before = obligation(owed.deliverable.campaign, period="2023-05")
    handed_in(opened(before, clerk), clerk, x2_1=reason, x2_5=reason, x1_4=reason)

    june = new_return(owed)
    assert (earlier_figures(june), values(filling(june))) == ({}, {})


def test_reported_less_than_counted_is_carried_too_but_never_below_nothing(mines, mine, clerk):
    """2项 of May counted wrongly: reported 0. They are then dismissed; what is still too much goes on."""
    one, two = hazard(mine, on=date(2023, 5, 10)), hazard(mine, on=date(2023, 5, 11))
    may(mines, clerk, x2_5=Entry(Decimal(0), reason="2项待核实"))
    june = new_return(obligation(mines))
    assert {cell.code: cell.entry for cell in filling(june).cells}["2.5"] == Entry(Decimal(0), reason="2项待核实")

    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)
    assert values(filling(june)).get("2.5") is None
    hazard(mine, on=date(2023, 6, 11))
    assert values(filling(june))["2.5"] == 1  # 2 counted, 1 of them too much
    Hazard.objects.filter(pk=two.pk).update(state=Hazard.State.DISMISSED)
    assert values(filling(june))["2.5"] == 1  # as counted: nothing stands any more


def test_what_agreed_is_not_carried(mines, mine, clerk):
    hazard(mine, on=date(2023, 5, 10))
    may(mines, clerk)
    june = new_return(obligation(mines))
    found = filling(june)

    assert basis_of(june).gaps(found.row) == {}


def test_fall_is_told_for_flows_only(mines, clerk):
    """党政-7 is a stock: fewer inspectors than last month need no reason; 党政-1 is a flow."""
    may(mines, clerk, **{"x党政-7": Entry(Decimal(9)), "x党政-1": Entry(Decimal(2))})
    june = opened(obligation(mines), clerk)

    fewer = {"x党政-7": Entry(Decimal(8)), "x党政-1": Entry(Decimal(1))}
    assert codes(june, clerk, **fewer, **WORDS) == ["党政-1"]
    assert codes(june, clerk, **fewer | {"x党政-1": Entry(Decimal(1), reason="5月误报1次")}, **WORDS) == []


def test_fall_by_the_systems_own_count_needs_a_reason_all_the_same(mines, mine, clerk):
    one = hazard(mine, on=date(2023, 5, 10))
    hazard(mine, on=date(2023, 5, 11))
    may(mines, clerk)
    Hazard.objects.filter(pk=one.pk).update(state=Hazard.State.DISMISSED)

    assert codes(opened(obligation(mines), clerk), clerk, **WORDS) == ["2.5"]


# One cell


def cell(system, reported, code="2.1", **rest):
    return Cell(INDICATORS[code], system, entry=Entry(reported), **rest)


@pytest.mark.parametrize(
    ("system", "reported", "differs", "follows"),
    [
        (Decimal(1), Decimal(1), False, True),
        (Decimal(1), Decimal(2), True, False),
        (Decimal(0), None, True, False),
        (None, Decimal(2), False, False),
        (None, None, False, False),
    ],
)
def test_cell_differs_from_a_system_value_only(system, reported, differs, follows):
    one = cell(system, reported)

    assert (one.differs, one.is_systems) == (differs, follows)


@pytest.mark.parametrize(
    ("stored", "system", "shown"),
    [
        # what followed the system follows it on; what was typed stays
        ((Decimal(1), Decimal(1)), Decimal(3), Decimal(3)),
        ((Decimal(1), Decimal(2)), Decimal(3), Decimal(2)),
        ((None, Decimal(2)), Decimal(3), Decimal(2)),
        ((None, None), Decimal(3), None),
        ((Decimal(1), Decimal(1)), None, None),
    ],
)
def test_stored_value_follows_or_stays(stored, system, shown):
    figure = Figure(code="2.1", system=stored[0], reported=stored[1])

    assert entry_of(figure, system).reported == shown


def test_figure_below_zero_does_not_get_into_the_database(owed, clerk):
    returned = opened(owed, clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.fill(returned, by=clerk, entries={"1.1": Entry(Decimal(-1))})
    assert not Figure.objects.exists()


# Handing in by mail, and the trail


def test_return_that_came_by_mail_is_in_time_by_the_day_it_came(owed, clerk):
    returned = opened(owed, clerk)
    seen = actions.fill(returned, by=clerk, entries=entries(filling(returned))).seen
    came = owed.due_at - timedelta(minutes=1)
    actions.hand_in(returned, by=clerk, seen=seen, received_at=came)

    owed.refresh_from_db()
    assert owed.handed_in_at == came
    assert owed.submissions.get().channel == "mail"
    assert DispatchReturn.objects.get().frozen_at > came


def test_every_act_on_a_return_is_in_the_log(owed, clerk, city):
    handed_in(opened(owed, clerk), clerk)
    with pytest.raises(MoveRefused):
        handed_in(opened(owed, clerk), clerk)
    other = new_return(obligation(owed.deliverable.campaign, period="2023-07"))
    actions.withdraw_by_system(actions.report_by_system(other, by=city, reason=" 断网 "), by=city)

    verbs = AuditEntry.objects.filter(verb__startswith="return.").order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["return.fill", "return.hand_in", "return.by_system", "return.by_system_withdrawn"]
    with pytest.raises(MoveRefused, match="该行没有以系统数代报"):
        actions.withdraw_by_system(other, by=city)


def test_reason_for_standing_in_is_cut_to_its_column(owed, city):
    actions.report_by_system(new_return(owed), by=city, reason="断" * 300)

    assert DispatchReturn.objects.get().by_system_reason == "断" * 200
