from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from campaigns.tests import factories as campaigns
from organizations.tests import factories as make

pytestmark = pytest.mark.django_db


def printed(at):
    out = StringIO()
    call_command("remind", "--at", at, stdout=out)
    return out.getvalue().splitlines()


def test_command_names_each_respondent_once():
    owed = campaigns.obligation()
    campaigns.obligation(make.unit("文登区应急管理局", in_area=make.county("文登区")), of=owed.deliverable)
    make.member(owed.unit)
    assert printed("2023-06-25T08:30") == [
        "荣成市应急管理局：2023年6月 调度表：请于6月28日（周三）前报送，还剩3天",
        "文登区应急管理局：2023年6月 调度表：请于6月28日（周三）前报送，还剩3天（无联系人）",
    ]
    assert printed("2023-06-25T08:30") == ["2023-06-25 08:30 没有新的催报"]


def test_command_with_nothing_owed_names_nobody():
    campaigns.obligation(handed_in_at="2023-06-20T08:00+08:00")
    assert printed("2023-06-28T08:30") == ["2023-06-28 08:30 没有新的催报"]


def test_command_refuses_what_is_no_moment():
    with pytest.raises(CommandError, match="“明早”不是时刻，请写成 2023-06-25T08:30 的样子"):
        printed("明早")
