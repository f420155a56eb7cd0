"""What pages, digests and workbooks say of a duty, in the words of an office; nothing here asks twice for the same."""

from datetime import date, datetime, time

import pytest

from campaigns import wording
from campaigns.board import board, columns, month_shown, months, table
from campaigns.messages import digest_line
from campaigns.models import Campaign, Deliverable, Obligation, Standing
from campaigns.tests import factories as campaigns
from organizations.models import Unit
from organizations.tests import factories as make


def at(text):
    return datetime.fromisoformat(f"{text}+08:00")


def end_of(day):
    return at(f"{day}T23:59:59.999999")


def owed(**fields):
    """Not stored: June's 调度表, due 2023-06-28 (a Wednesday)."""
    defaults = {
        "deliverable": Deliverable(name="调度表", campaign=Campaign(name="行动")),
        "period": "2023-06",
        "original_due_at": end_of("2023-06-28"),
        "due_at": end_of("2023-06-28"),
    }
    return Obligation(**defaults | fields)


# The line of a digest


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2023-06-25", "请于6月28日（周三）前报送，还剩3天"),
        ("2023-06-27", "请于6月28日（周三）前报送，还剩1天"),
        ("2023-06-28", "今天（6月28日）截止，请及时报送"),
        ("2023-06-29", "已逾期1天（应于6月28日报送），请尽快报送"),
        ("2023-07-28", "已逾期30天（应于6月28日报送），请尽快报送"),
    ],
)
def test_line_counts_calendar_days(today, words):
    assert digest_line(owed(), date.fromisoformat(today)) == f"2023年6月 调度表：{words}"


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2023-06-27", "请于6月30日（周五）前报送，还剩3天，原定6月28日"),
        ("2023-06-30", "今天（6月30日）截止，原定6月28日，请及时报送"),
        ("2023-07-01", "已逾期1天（应于6月30日报送，原定6月28日），请尽快报送"),
    ],
)
def test_line_of_an_extended_duty_names_both_days(today, words):
    line = digest_line(owed(due_at=end_of("2023-06-30")), date.fromisoformat(today))
    assert line == f"2023年6月 调度表：{words}"


def test_line_of_another_moment_of_the_same_day_names_one_day():
    """The cut-off moved from noon to the evening: the day is the same."""
    row = owed(original_due_at=at("2023-06-28T12:00"))
    assert "原定" not in digest_line(row, date(2023, 6, 27))


def test_line_counts_by_the_local_day():
    """00:30 of the 29th in Shanghai is the 28th in UTC."""
    row = owed(due_at=at("2023-06-29T00:30"), original_due_at=at("2023-06-29T00:30"))
    assert digest_line(row, date(2023, 6, 28)) == "2023年6月 调度表：请于6月29日（周四）前报送，还剩1天"


def test_line_of_one_opened_too_late_says_so_instead():
    row = owed(late_to_open=True)
    assert digest_line(row, date(2023, 7, 5)) == "2023年6月 调度表：原定6月28日，生成任务时已过期，待确认期限"


@pytest.mark.parametrize(
    ("period", "subject", "name", "title"),
    [
        ("once", "", "行动方案", "行动方案"),
        ("2023-06", "", "调度表", "2023年6月 调度表"),
        ("2023-Q2", "", "带队检查", "2023年第二季度 带队检查"),
        ("2023-H1", "", "应急演练", "2023年上半年 应急演练"),
        ("2023", "", "培训", "2023年 培训"),
        ("2023-W26", "", "周报", "2023年第26周（6月26日至7月2日） 周报"),
        ("once", "安全总监", "专项述职", "安全总监 专项述职"),
        ("once", "安全总监", "安全总监专项述职", "安全总监专项述职"),
        ("flood-1", "", "险情快报", "flood-1 险情快报"),
    ],
)
def test_title_says_period_and_person_only_where_the_name_does_not(period, subject, name, title):
    row = owed(period=period, subject=subject, deliverable=Deliverable(name=name))
    assert row.title == title


@pytest.mark.parametrize(
    ("fields", "last", "badge"),
    [
        ({}, None, ("late", "逾期未报")),
        ({"due_at": end_of("2099-06-28")}, None, ("open", "待报送")),
        ({"due_at": None}, None, ("open", "待报送")),
        ({"late_to_open": True}, None, ("info", "待确认期限")),
        ({}, "submitted", ("info", "待审核")),
        ({}, "audited", ("info", "科室已审")),
        ({}, "returned", ("soon", "已退回")),
        ({}, "void", ("late", "视为未报")),
        ({"late_to_open": True}, "returned", ("soon", "已退回")),
        ({"state": "fulfilled"}, "accepted", ("done", "已接收")),
        ({"state": "missing"}, None, ("late", "缺报")),
        ({"state": "missing"}, "submitted", ("late", "缺报")),
        ({"state": "waived"}, None, ("closed", "免报")),
        ({"state": "superseded"}, None, ("closed", "已由更严规定替代")),
        ({"state": "ended"}, "returned", ("closed", "不再应报")),
    ],
)
def test_badge_says_whose_turn_it_is_before_how_late_it_is(fields, last, badge):
    row = owed(**fields)
    row.last_state = last
    assert row.status == badge


@pytest.mark.parametrize(
    ("fields", "settled"),
    [
        ({}, False),
        ({"handed_in_at": end_of("2023-06-27")}, True),
        ({"state": "waived"}, True),
        ({"state": "missing"}, True),
        ({"late_to_open": True}, True),
    ],
)
def test_day_presses_until_it_is_settled(fields, settled):
    """A day that waits to be confirmed presses nobody: no reminder goes out for it and nothing counts as late."""
    assert owed(**fields).is_settled is settled


# A duty in words


def test_rule_of_a_duty_in_words():
    rule = {"recurrence": "monthly", "due_day": 28}
    assert wording.frequency(Deliverable(**rule)) == "每月28日前"
    assert wording.frequency(Deliverable(**rule, cut_off=time(12))) == "每月28日12:00前"
    assert wording.frequency(Deliverable(**rule, origin="undated")) == "每月，文件未定日期"
    assert wording.frequency(Deliverable(recurrence="once", origin="undated")) == "一次性，文件未定日期"
    assert wording.frequency(Deliverable(recurrence="once", due_on=date(2023, 5, 31))) == "2023年5月31日前"


@pytest.mark.parametrize(
    ("form", "words", "example", "with_example"),
    [
        ("text", "文字材料", "", "文字材料"),
        ("two-lists", "两个清单", "", "两个清单"),
        ("return:trade", "调度表", "附件1，工贸行动", "调度表（附件1，工贸行动）"),
        ("checklist:enterprise-56", "对照检查表", "企业对照检查，大检查", "对照检查表（企业对照检查，大检查）"),
        ("checklist:enterprise-56", "对照检查表", "", "对照检查表"),
        ("unheard-of", "材料", "", "unheard-of"),
    ],
)
def test_form_of_a_duty_in_words(form, words, example, with_example):
    assert wording.form_of(Deliverable(form=form)) == words
    assert wording.form_words(form, example) == with_example


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "应急部门（县（市、区）、功能区）"),
        ({"line": "", "unit_kinds": [], "area_levels": []}, "单位"),
        (
            {"line": "miit", "unit_kinds": ["bureau", "town"], "area_levels": ["county"]},
            "工信部门、镇街（县（市、区））",
        ),
        ({"person": "驻点人员"}, "应急部门（县（市、区）、功能区）的驻点人员"),
    ],
)
def test_units_that_owe_it_in_words(fields, words):
    assert wording.respondents_of(campaigns.deliverable(**fields)) == words


@pytest.mark.django_db
def test_named_units_are_said_by_their_short_names():
    duty = campaigns.deliverable()
    duty.named_respondents.set([make.unit(short_name="荣成局"), make.unit("文登区应急管理局", position=1)])
    assert wording.respondents_of(duty) == "荣成局、文登区应急管理局"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "related", "words"),
    [
        ({}, {}, "企业"),
        ({"grades": ["C", "D"]}, {}, "C、D级企业"),
        ({"key_only": True}, {}, "重点企业"),
        ({"statuses": ["building", "resuming"]}, {}, "基建、复工企业"),
        ({}, {"features": ["涉氨制冷"]}, "涉氨制冷企业"),
        ({}, {"except_features": ["粉尘涉爆"]}, "企业（粉尘涉爆除外）"),
        ({"person": "安全总监"}, {"features": ["涉氨制冷"]}, "涉氨制冷企业的安全总监"),
    ],
)
def test_firms_that_owe_it_in_words(fields, related, words):
    duty = campaigns.deliverable(respondent="enterprise", **fields)
    for relation, names in related.items():
        getattr(duty, relation).set([make.feature(name) for name in names])
    assert wording.respondents_of(duty) == words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("lead", "牵头单位"),
        ("sector_office", "行业对口科室"),
        ("lead_and_office", "牵头单位和行业对口科室"),
        ("area_unit", "所在地同条线主管部门"),
        ("file", "留存备查"),
    ],
)
def test_recipients_in_words(rule, words):
    assert wording.recipients_of(campaigns.deliverable(recipient_rule=rule)) == words


@pytest.mark.django_db
def test_named_recipients_are_named_and_unnamed_ones_said():
    duty = campaigns.deliverable(recipient_rule="named")
    assert wording.recipients_of(duty) == "指定单位"
    duty.recipients.set([make.unit(short_name="荣成局")])
    assert wording.recipients_of(duty) == "荣成局"


@pytest.mark.django_db
def test_scope_of_a_campaign_in_words():
    campaign = campaigns.campaign()
    assert wording.scope_of(campaign) == ""
    campaign.sectors.set([make.sector("冶金"), make.sector("轻工")])
    campaign.features.set([make.feature("涉氨制冷")])
    campaign.areas.set([make.county("荣成市")])
    assert wording.scope_of(campaign) == "荣成市 · 冶金、轻工 · 涉氨制冷"


# The board


@pytest.fixture
def five(db):
    """At 2023-07-01 in 荣成市: on time, late, missing, waived; in 文登区 one unconfirmed."""
    first = campaigns.obligation(handed_in_at=end_of("2023-06-27"))
    duty = first.deliverable
    campaigns.obligation(make.unit("二局"), of=duty, handed_in_at=end_of("2023-06-29"))
    campaigns.obligation(make.unit("三局"), of=duty)
    campaigns.obligation(make.unit("四局"), of=duty, state="waived")
    wendeng = make.unit("文登区应急管理局", in_area=make.county("文登区"))
    campaigns.obligation(wendeng, of=duty, late_to_open=True)
    return duty


NOW = at("2023-07-01T09:00")


def test_board_adds_up_by_area_and_in_all(five):
    found = board(Obligation.objects.all(), NOW)
    (line,) = found.lines
    for cell in [*(cell for _, cell in line.cells), line.sum, found.sum]:
        assert cell.expected == cell.on_time + cell.late + cell.missing + cell.pending
        assert cell.handed_in == cell.on_time + cell.late
        assert cell.total == cell.expected + cell.waived
    assert (line.sum.expected, line.sum.handed_in, line.sum.missing, line.sum.pending) == (4, 2, 1, 1)
    assert [cell.worst for _, cell in line.cells] == [Standing.MISSING, Standing.UNCONFIRMED]


@pytest.mark.parametrize(
    ("present", "worst"),
    [
        (["on_time", "late"], "late"),
        (["on_time", "pending"], "pending"),
        (["late", "unconfirmed"], "unconfirmed"),
        (["unconfirmed", "missing"], "missing"),
        (["optional", "waived", "ended"], "optional"),
        (["ended", "waived"], "waived"),
        ([], None),
    ],
)
def test_worst_of_a_cell_is_what_needs_a_call_first(present, worst):
    from campaigns.board import Cell

    cell = Cell()
    cell.counts.update(Standing(one) for one in present)
    assert cell.worst == worst


def test_workbook_says_the_board_and_leaves_out_empty_areas(five):
    other = campaigns.deliverable("ledger", name="台账")
    campaigns.obligation(of=other)
    found = board(Obligation.objects.all(), NOW)
    assert [heading.name for heading in columns(found)] == [
        "报送事项", "区域", "应报", "按时", "迟报", "缺报", "未到期", "待确认期限", "免报",
    ]  # fmt: skip
    assert sorted(table(found)) == sorted(
        [
            ["调度表", "荣成市", 3, 1, 1, 1, 0, 0, 1],
            ["调度表", "文登区", 1, 0, 0, 0, 0, 1, 0],
            ["调度表", "合计", 4, 1, 1, 1, 0, 1, 1],
            ["台账", "荣成市", 1, 0, 0, 1, 0, 0, 0],
            ["台账", "合计", 1, 0, 0, 1, 0, 0, 0],
        ]
    )


def test_row_counts_where_it_is_reported_else_where_it_is(five):
    harbour = make.area("经区", parent=make.city(), level="zone")
    Obligation.objects.filter(unit__name="二局").update(reporting_area=harbour)
    Obligation.objects.filter(unit__name="三局").update(reporting_area=None)
    (line,) = board(Obligation.objects.all(), NOW).lines
    assert {str(area): cell.total for area, cell in line.cells} == {"荣成市": 3, "文登区": 1, "经区": 1}
    assert set(Obligation.objects.in_row_of(harbour).values_list("unit__name", flat=True)) == {"二局"}
    assert "三局" in set(Obligation.objects.in_row_of(make.county()).values_list("unit__name", flat=True))


def test_months_are_those_of_the_local_day(five):
    """2023-07-01 00:30 in Shanghai is still June in UTC."""
    Obligation.objects.filter(unit__name="三局").update(due_at=at("2023-07-01T00:30"))
    Obligation.objects.filter(unit__name="二局").update(due_at=None)
    campaign = Campaign.objects.get()
    found = months(campaign, Obligation.objects.all())
    assert found == [("2023-06", "2023年6月"), ("2023-07", "2023年7月")]
    assert set(Obligation.objects.due_in_month("2023-07").values_list("unit__name", flat=True)) == {"三局"}
    assert Obligation.objects.due_in_month("2023-06").count() == 3


@pytest.mark.parametrize(
    ("day", "inside"),
    [
        ("2023-05-31T23:59:59.999999", False),
        ("2023-06-01T00:00:00", True),
        ("2023-06-30T23:59:59.999999", True),
        ("2023-07-01T00:00:00", False),
    ],
)
def test_month_holds_its_first_and_last_moment(db, day, inside):
    campaigns.obligation(due_at=at(day))
    assert Obligation.objects.due_in_month("2023-06").exists() is inside


def test_december_ends_with_the_year(db):
    campaigns.obligation(due_at=end_of("2023-12-31"))
    assert Obligation.objects.due_in_month("2023-12").exists()
    assert not Obligation.objects.due_in_month("2024-01").exists()


@pytest.mark.parametrize(
    ("today", "shown"), [("2023-05", "2023-06"), ("2023-06", "2023-06"), ("2023-12", "2023-08"), ("2024-01", "2023-08")]
)
def test_month_shown_first_is_the_last_that_has_come(today, shown):
    choices = [("2023-06", "2023年6月"), ("2023-08", "2023年8月")]
    assert month_shown(choices, today) == shown


def test_names_of_rows_are_said_in_lists_of_the_back_office(five):
    row = Obligation.objects.filter(unit__name="二局").get()
    assert str(row) == "调度表（二局）"
    assert str(Unit.objects.get(name="二局")) == "二局"
