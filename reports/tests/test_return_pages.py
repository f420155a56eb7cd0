"""The pages of a return, as its clerk and as the city see them."""

import pytest
from django.urls import reverse

from campaigns.actions import submissions
from campaigns.models import Submission
from organizations.models.people import Role
from organizations.tests import factories
from reports import actions
from reports.dispatch.cells import filling, new_return
from reports.forms import ReturnForm, reason_name, value_name
from reports.models import DispatchReturn
from reports.tests.factories import campaign, hazard, obligation
from reports.tests.filling import WORDS, Entry, handed_in

pytestmark = pytest.mark.django_db


def address(owed, name="dispatch_return"):
    return reverse(f"reports:{name}", args=[owed.pk])


def posted(owed, **changed):
    """The form as the browser sends it: what is shown, zeros for what is empty, some cells typed over (x2_1="3")."""
    filled = filling(new_return(owed))
    data = {"seen": filled.seen}
    for cell in filled.cells:
        value = cell.entry.reported
        data[value_name(cell)] = "0" if value is None else f"{value:.2f}" if cell.indicator.is_money else f"{value:.0f}"
    names = {cell.code: (value_name(cell), reason_name(cell)) for cell in filled.cells}
    for name, typed in changed.items():
        value, _, reason = typed.partition("；")
        code = name.removeprefix("x").replace("_", ".")
        data |= dict(zip(names[code], (value, reason), strict=True))
    return data


def text(response):
    return response.content.decode()


# Filling in


def test_the_page_shows_the_systems_values_in_the_fields(owed, clerk, signed_in):
    hazard(factories.enterprise())
    response = signed_in(clerk).get(address(owed))

    assert response.status_code == 200
    assert response.context["form"].fields["v_n_2_1"].initial == "1"
    assert "荣成市 工贸调度表 2023年6月" in text(response)
    assert "当月（2023年5月29日至2023年6月28日）" in text(response)


def test_looking_at_the_page_stores_nothing(owed, clerk, signed_in):
    signed_in(clerk).get(address(owed))

    assert not DispatchReturn.objects.exists()


def test_saving_keeps_what_was_typed(owed, clerk, signed_in):
    response = signed_in(clerk).post(address(owed), posted(owed, x1_1="3"), follow=True)

    assert "已保存，尚未报送。" in text(response)
    assert DispatchReturn.objects.get().figures.get(code="1.1").reported == 3
    assert not owed.submissions.exists()


def test_handing_in_locks_the_page(owed, clerk, signed_in):
    data = posted(owed, x1_1="3") | {"hand_in": "yes"}
    response = signed_in(clerk).post(address(owed), data, follow=True)

    assert "已报送，等待接收单位审核。" in text(response)
    assert response.context["form"] is None
    assert owed.submissions.get().state == Submission.State.SUBMITTED


def test_what_stands_against_handing_in_is_said_at_the_figure(owed, clerk, signed_in):
    hazard(factories.enterprise())
    response = signed_in(clerk).post(address(owed), posted(owed, x1_4="5") | {"hand_in": "yes"})
    form = response.context["form"]

    assert form.errors == {"r_n_1_4": ["“发现问题隐患数量”与系统数不一致，请写明原因。"]}
    assert DispatchReturn.objects.get().figures.get(code="1.4").reported == 5
    assert not owed.submissions.exists()


@pytest.mark.parametrize(
    ("typed", "error"),
    [("-1", "不能小于0。"), ("1.5", "请填写整数，没有的填0。"), ("三", "请填写整数，没有的填0。"), ("9" * 15, None)],
)
def test_a_count_is_a_whole_number_from_zero(owed, clerk, signed_in, typed, error):
    response = signed_in(clerk).post(address(owed), posted(owed, x1_1=typed))
    errors = response.context["form"].errors

    assert list(errors) == ["v_n_1_1"]
    assert error is None or errors["v_n_1_1"] == [error]
    assert not DispatchReturn.objects.exists()


def test_money_has_at_most_two_places(owed, clerk, signed_in):
    page = signed_in(clerk).post(address(owed), posted(owed, x3_4="1.005"))
    assert page.context["form"].errors == {"v_n_3_4": ["最多两位小数。"]}

    page.client.post(address(owed), posted(owed, x3_3="1", x3_4="12.50"))
    assert str(DispatchReturn.objects.get().figures.get(code="3.4").reported) == "12.50"


def test_full_width_digits_and_separators_are_understood(owed, clerk, signed_in):
    signed_in(clerk).post(address(owed), posted(owed, x1_1="１，０３０", x1_2="2,000"))

    figures = dict(DispatchReturn.objects.get().figures.values_list("code", "reported"))
    assert (figures["1.1"], figures["1.2"]) == (1030, 2000)


def test_figures_that_changed_meanwhile_are_shown_before_handing_in(owed, clerk, signed_in):
    data = posted(owed) | {"hand_in": "yes"}
    hazard(factories.enterprise())
    response = signed_in(clerk).post(address(owed), data)

    assert "台账刚有变动，系统数已更新，请核对后再报送。" in text(response)
    assert response.context["filled"].seen != data["seen"]


def test_a_returned_return_says_why_and_can_be_changed(owed, clerk, signed_in):
    handed_in(actions.open_return(owed, by=clerk), clerk)
    city = factories.actor(factories.city_bureau())
    submissions.return_submission(owed.submissions.get(), by=city, reason="2.1与台账不符")
    response = signed_in(clerk).get(address(owed))

    assert "第1稿退回理由：2.1与台账不符" in text(response)
    assert response.context["form"] is not None


def test_the_mines_return_asks_yes_or_no(clerk, signed_in):
    owed = obligation(campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25))
    data = posted(owed) | {"hand_in": "yes", "v_n_党政-6": ""}
    page = signed_in(clerk).post(address(owed), data)
    assert page.context["form"].errors == {"v_n_党政-6": ["“是否在主流媒体播放安全生产专题栏目”未选择是或否。"]}

    page.client.post(address(owed), data | {"v_n_党政-6": "否"})
    assert DispatchReturn.objects.get().figures.get(code="党政-6").text == "否"
    assert owed.submissions.exists()


# Live checks


def test_identities_are_checked_as_one_types(owed, clerk, signed_in):
    page = signed_in(clerk)
    response = page.post(address(owed, "check_return"), posted(owed, x2_1="3", x2_3="1", x2_5="1"))

    assert response.templates[0].name == "reports/_checks.html"
    assert "不能报送" in text(response)
    assert "“发现重大事故隐患数量”3个应等于" in text(response)
    assert not DispatchReturn.objects.exists()


def test_an_explanation_settles_a_check(owed, clerk, signed_in):
    page = signed_in(clerk)
    wanting = page.post(address(owed, "check_return"), posted(owed, x1_5="1"))
    explained = page.post(address(owed, "check_return"), posted(owed, x1_5="1；上月发现"))

    assert "须说明" in text(wanting)
    assert "已说明" in text(explained)


def test_figures_that_agree_say_so(owed, clerk, signed_in):
    response = signed_in(clerk).post(address(owed, "check_return"), posted(owed))

    assert "各项数值勾稽一致。" in text(response)


# The city


def test_the_city_reads_what_was_handed_in_and_accepts(owed, clerk, signed_in):
    handed_in(actions.open_return(owed, by=clerk), clerk, x1_1=3)
    page = signed_in(factories.actor(factories.city_bureau()))
    response = page.get(address(owed))
    assert response.context["form"] is None
    assert response.context["judge_form"] is not None

    answer = page.post(address(owed, "judge"), {"verdict": "accept"})
    assert answer.url == reverse("reports:table", args=["trade-2023", "trade", "2023-06"])
    assert owed.submissions.get().state == Submission.State.ACCEPTED


def test_giving_back_needs_a_reason(owed, clerk, signed_in):
    handed_in(actions.open_return(owed, by=clerk), clerk)
    page = signed_in(factories.actor(factories.city_bureau()))

    response = page.post(address(owed, "judge"), {"verdict": "return", "reason": ""}, follow=True)
    assert "退回须写明理由。" in text(response)
    page.post(address(owed, "judge"), {"verdict": "return", "reason": "请核对2.1"})
    assert owed.submissions.get().reason == "请核对2.1"


def test_there_is_nothing_to_judge_before_it_is_handed_in(owed, signed_in):
    page = signed_in(factories.actor(factories.city_bureau()))

    assert page.post(address(owed, "judge"), {"verdict": "accept"}).status_code == 404


# Who may


def test_the_obligations_page_leads_here(owed, clerk, signed_in):
    assert signed_in(clerk).get(address(owed, "start")).url == address(owed)


def test_somebody_elses_return_is_not_there(owed, signed_in):
    other = factories.unit("乳山市应急管理局", in_area=factories.county("乳山市"))
    page = signed_in(factories.actor(other))

    for name in ("start", "dispatch_return"):
        assert page.get(address(owed, name)).status_code == 404
    for name in ("dispatch_return", "check_return", "judge"):
        assert page.post(address(owed, name), {"verdict": "accept"}).status_code == 404


def test_an_officer_reads_but_does_not_fill_in(owed, signed_in):
    page = signed_in(factories.actor(factories.unit(), Role.OFFICER))
    response = page.get(address(owed))

    assert response.context["form"] is None
    assert "“执法人员”岗位不能填报调度表。" in text(response)
    assert page.post(address(owed), {}).status_code == 403
    assert page.post(address(owed, "check_return"), {}).status_code == 403


def test_the_district_does_not_judge_itself(owed, clerk, signed_in):
    handed_in(actions.open_return(owed, by=clerk), clerk)

    assert signed_in(clerk).post(address(owed, "judge"), {"verdict": "accept"}).status_code == 403


def test_a_unit_without_a_row_is_told_so(signed_in):
    one = campaign()
    above = factories.unit("山东省应急管理厅", in_area=factories.area("山东省", level="province"))
    response = signed_in(factories.actor(above)).get(address(obligation(one, unit=above)))

    assert response.status_code == 403
    assert "没有对应的填报行" in text(response)


def test_another_kind_of_duty_has_no_return(owed, clerk, signed_in):
    owed.deliverable.form = "text"
    owed.deliverable.save(update_fields=["form"])

    assert signed_in(clerk).get(address(owed)).status_code == 404


@pytest.mark.parametrize(("table", "there"), [("trade", True), ("trade-ledger", False)])
def test_what_was_handed_in_is_offered_as_excel_where_it_is_a_table(clerk, signed_in, table, there):
    """The ledger is always of the records as they stand."""
    hazard(factories.enterprise())
    owed = obligation(campaign(table=table))
    page = signed_in(clerk)
    assert "报送数据" not in text(page.get(address(owed)))
    handed_in(actions.open_return(owed, by=clerk), clerk)

    response = page.get(address(owed))
    assert ("下载Excel（报送数据）" in text(response)) is there
    assert "下载Excel（实时数据）" in text(response)


# 市本级


def test_the_city_types_its_own_figures(signed_in):
    factories.city_bureau(sectors=("非煤矿山",))
    campaign("mines-2023", sectors=("非煤矿山",), table="mines", due_day=25)
    city = factories.actor(factories.city_bureau())
    where = reverse("reports:own_figures", args=["mines-2023", "mines", "2023-06"])
    page = signed_in(city)
    assert page.get(where).status_code == 200

    page.post(where, {"v_n_党政-6": "是", "v_n_党政-7": "12"})

    figures = DispatchReturn.objects.get(row=None).figures
    assert (figures.get(code="党政-6").text, figures.get(code="党政-7").reported) == ("是", 12)


def test_a_district_does_not_type_the_citys_figures(owed, clerk, signed_in):
    where = reverse("reports:own_figures", args=["trade-2023", "trade", "2023-06"])

    assert signed_in(clerk).get(where).status_code == 403


def test_the_form_has_two_fields_for_each_figure(owed):
    form = ReturnForm(filling(new_return(owed)))

    assert len(form.fields) == 2 * 35
    assert [group.name for group, _ in form.groups()] == ["检查和抽查情况", "重大事故隐患情况", "执法和帮扶情况"]
    assert {"x党政-6": Entry(text="是")} == WORDS
