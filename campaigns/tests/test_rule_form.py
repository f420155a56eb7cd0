"""A duty whose rule cannot be meant is refused at its form, with the field and what to do: one such row would stop the
night's run for everybody."""

from datetime import date

import pytest

from campaigns.actions import editing
from campaigns.actions.opening import open_obligations
from campaigns.actions.terms import nominal_days
from campaigns.forms import DeliverableForm
from campaigns.models import Deliverable
from campaigns.tests import factories as campaigns
from lib.actor import Actor
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db

UNITS = {
    "name": "进展情况调度表",
    "form": "text",
    "respondent": "unit",
    "line": "emergency",
    "unit_kinds": ["bureau"],
    "area_levels": ["county", "zone"],
    "recurrence": "monthly",
    "due_day": 28,
    "policy": "as_is",
    "origin": "notice",
    "recipient_rule": "lead",
}
FIRMS = UNITS | {"name": "带队检查", "respondent": "enterprise", "line": "", "unit_kinds": [], "area_levels": []}


@pytest.fixture
def campaign():
    """2023-05-01 to 2023-12-31."""
    return campaigns.campaign()


def form_of(campaign, base=UNITS, instance=None, **changed):
    return DeliverableForm(base | changed, instance=instance or Deliverable(campaign=campaign), campaign=campaign)


def kept(campaign, base=FIRMS, **changed):
    form = form_of(campaign, base, **changed)
    assert form.is_valid(), form.errors
    return editing.save_deliverable(form.instance, scope=form.scope(), by=Actor.system())


def errors(campaign, **changed):
    form = form_of(campaign, **changed)
    return {name: list(words) for name, words in form.errors.items()}


def test_plain_rule_is_taken(campaign):
    assert errors(campaign) == {}


@pytest.mark.parametrize(
    ("recurrence", "month", "most"),
    [
        ("quarterly", 4, 3),
        ("quarterly", 0, 3),
        ("half_yearly", 7, 6),
        ("yearly", 13, 12),
        ("yearly", 0, 12),
        ("monthly", 2, 1),
    ],
)
def test_month_beyond_the_period_is_refused(campaign, recurrence, month, most):
    """The 13th month of a year would raise in the night's run and stop every campaign's obligations."""
    label = Deliverable.Recurrence(recurrence).label
    found = errors(campaign, recurrence=recurrence, due_month=month)
    assert found == {"due_month": [f"“{label}”的截止月应为1至{most}，空为末月。"]}


@pytest.mark.parametrize(
    ("recurrence", "month", "days"),
    [
        ("quarterly", 1, ["2023-07-28", "2023-10-28"]),
        ("quarterly", 3, ["2023-06-28", "2023-09-28", "2023-12-28"]),
        ("quarterly", None, ["2023-06-28", "2023-09-28", "2023-12-28"]),
        ("half_yearly", 6, ["2023-06-28", "2023-12-28"]),
        ("yearly", 12, ["2023-12-28"]),
        ("monthly", 1, [f"2023-{month:02}-28" for month in range(5, 13)]),
    ],
)
def test_last_and_first_month_of_the_period_are_taken(campaign, recurrence, month, days):
    form = form_of(campaign, recurrence=recurrence, due_month=month or "")
    assert form.is_valid(), form.errors
    assert [day.isoformat() for _, day in nominal_days(form.instance)] == days


@pytest.mark.parametrize("day", [0, 32, -1, 99999])
def test_day_outside_a_month_is_refused(campaign, day):
    assert set(errors(campaign, due_day=day)) in ({"due_day"}, {"__all__"})


@pytest.mark.parametrize(("day", "refused"), [(1, False), (7, False), (8, True), (28, True)])
def test_day_of_a_week_is_one_of_seven(campaign, day, refused):
    found = errors(campaign, recurrence="weekly", due_day=day)
    assert found == ({"due_day": ["每周的截止日应为1（周一）至7（周日）。"]} if refused else {})


@pytest.mark.parametrize("field", ["due_on", "starts_on", "ends_on"])
@pytest.mark.parametrize("day", ["0023-06-28", "1999-12-31", "2100-01-01", "9999-12-31"])
def test_year_that_cannot_be_meant_is_refused(campaign, field, day):
    assert errors(campaign, **{field: day})[field] == [f"年份为{int(day[:4])}，应在2000至2099之间，请核对。"]


@pytest.mark.parametrize("day", ["2023-02-29", "2023-06-31", "昨天", "28", "2023/13/01"])
def test_what_is_no_date_is_refused(campaign, day):
    assert "due_on" in errors(campaign, recurrence="once", due_day="", due_on=day)


NEVER = "按此规则在起止日期内没有一个应报日，请核对频次、截止日和起止日期。"


@pytest.mark.parametrize(
    "rule",
    [
        # the 28th lies neither in 06-01..06-27 nor in 06-29..07-27
        {"starts_on": "2023-06-01", "ends_on": "2023-06-27"},
        {"starts_on": "2023-06-29", "ends_on": "2023-07-27"},
        # ends before it begins
        {"starts_on": "2023-08-01", "ends_on": "2023-07-31"},
        # the year's first month lies before the campaign
        {"recurrence": "yearly", "due_day": 31, "due_month": 1},
        # no Friday from Saturday to Thursday (2023-06-03 to 06-08)
        {"recurrence": "weekly", "due_day": 5, "starts_on": "2023-06-03", "ends_on": "2023-06-08"},
    ],
)
def test_rule_that_never_falls_due_is_refused(campaign, rule):
    assert errors(campaign, **rule) == {"recurrence": [NEVER]}


@pytest.mark.parametrize(
    "rule",
    [
        {"starts_on": "2023-06-28", "ends_on": "2023-06-28"},
        {"recurrence": "weekly", "due_day": 5, "starts_on": "2023-06-03", "ends_on": "2023-06-09"},
        {"recurrence": "event", "due_day": ""},
        {"recurrence": "once", "due_day": "", "due_on": "2022-01-01"},
        {"recurrence": "once", "due_day": "", "origin": "undated"},
        {"recurrence": "yearly", "due_day": 31, "due_month": 1, "origin": "undated"},
        {"recurrence": "yearly", "due_day": ""},
    ],
)
def test_rule_that_falls_due_once_or_need_not_is_taken(campaign, rule):
    assert errors(campaign, **rule) == {}


def test_two_rules_do_not_replace_each_other(campaign):
    """Each would ask whom the other leaves, without end."""
    general = kept(campaign)
    strict = kept(campaign, FIRMS, name="每月带队检查", replaces=general.pk)
    circle = form_of(campaign, FIRMS, instance=general, replaces=strict.pk)
    assert list(circle.errors["replaces"]) == ["该规定本身已替代本事项，不能互相替代，请另选。"]


def test_nor_do_three_in_a_ring(campaign):
    first = kept(campaign)
    second = kept(campaign, FIRMS, name="二", replaces=first.pk)
    third = kept(campaign, FIRMS, name="三", replaces=second.pk)
    assert "replaces" in form_of(campaign, FIRMS, instance=first, replaces=third.pk).errors
    again = form_of(campaign, FIRMS, instance=third, replaces=first.pk)
    assert again.is_valid(), again.errors


def test_rule_is_not_offered_itself_nor_units_duties_nor_other_campaigns(campaign):
    own = kept(campaign)
    other = kept(campaign, FIRMS, name="二")
    kept(campaign, UNITS, name="调度表")
    elsewhere = campaigns.campaign("mines-2023")
    kept(elsewhere, FIRMS, name="别的行动")
    offered = DeliverableForm(instance=own, campaign=campaign).fields["replaces"].queryset
    assert list(offered) == [other]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("form", "return:nothing"),
        ("respondent", "person"),
        ("unit_kinds", ["bureau", "kingdom"]),
        ("area_levels", ["planet"]),
        ("recurrence", "hourly"),
        ("policy", "whenever"),
        ("origin", "rumour"),
        ("recipient_rule", "everybody"),
        ("grades", ["E"]),
        ("statuses", ["sleeping"]),
        ("sectors", ["999999"]),
        ("replaces", "999999"),
        ("cut_off", "25:00"),
        ("name", ""),
        ("name", "长" * 121),
        ("name", "空\x00字"),
        ("due_month", "70000"),
    ],
)
def test_value_no_page_offers_is_refused_at_its_field(campaign, field, value):
    base = UNITS if field != "due_month" else UNITS | {"recurrence": "yearly"}
    assert field in form_of(campaign, base, **{field: value}).errors


def test_units_offered_lie_in_the_campaigns_area(campaign):
    inside, outside = (
        make.unit(),
        make.unit("高青县应急管理局", in_area=make.area("高青县", parent=make.city("淄博市"))),
    )
    make.unit("停用的局", active=False)
    offered = form_of(campaign).fields["named_respondents"].queryset
    assert set(offered) == {inside, campaign.lead_unit}
    assert "named_respondents" in errors(campaign, named_respondents=[outside.pk])
    assert "recipients" in errors(campaign, recipient_rule="named", recipients=[outside.pk])


def test_checklists_and_tables_in_use_are_offered(campaign):
    campaigns.deliverable("return", of=campaign, form="return:trade", name="进展情况调度表（附件1）")
    choices = dict(form_of(campaign).fields["form"].choices)
    assert choices["return:trade"] == f"调度表（进展情况调度表（附件1），{campaign.name}）"
    assert choices["text"] == "文字材料"
    assert errors(campaign, form="return:trade") == {}


def test_duty_taken_by_the_form_is_opened_as_it_says(campaign):
    make.unit()
    kept(campaign, UNITS, recurrence="quarterly", due_month=2, due_day=31, policy="later")
    open_obligations(date(2023, 8, 1), by=Actor.system())
    rows = Deliverable.objects.get().obligations.order_by("nominal_on")
    # the second month of a quarter is May, August, November; its last day
    assert [(row.period, row.nominal_on.isoformat()) for row in rows] == [
        ("2023-Q2", "2023-05-31"),
        ("2023-Q3", "2023-08-31"),
    ]


def test_each_checklist_and_table_is_offered_once_and_without_its_code(campaign):
    for code in ("first", "second"):
        campaigns.deliverable(code, of=campaign, form="checklist:enterprise-56", name=f"对照检查 {code}")
    offered = [label for form, label in form_of(campaign).fields["form"].choices if form == "checklist:enterprise-56"]
    assert offered == [f"对照检查表（对照检查 first，{campaign.name}）"]


@pytest.mark.parametrize(("form", "word"), [("return:trade", "调度表"), ("checklist:enterprise-56", "对照检查表")])
def test_offices_check_is_not_asked_where_the_content_is_decided_on_its_own_page(campaign, form, word):
    """There is no button for it there: such a hand-in could never be accepted."""
    campaigns.deliverable("bound", of=campaign, form=form)
    told = errors(campaign, form=form, audit_days=3)
    assert told == {"audit_days": [f"{word}在其页面审核接收，不经科室审核把关，请留空。"]}
    assert errors(campaign, form="text", audit_days=3) == {}


@pytest.mark.parametrize(("name", "word"), [("respondent", "请选择"), ("line", "不选"), ("replaces", "不选")])
def test_nothing_chosen_is_said_in_words(campaign, name, word):
    shown = str(form_of(campaign)[name])
    assert f">{word}</option>" in shown
    assert "-----" not in shown
